#!/bin/bash
# jax-js's side of the benchmark, in headless Chromium: jaxjs.sh W1|W2|W3|W4|W5 (README.md).
exec bash "$(dirname "${BASH_SOURCE[0]}")/browser.bash" jaxjs "${1:-}"

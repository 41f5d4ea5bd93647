#!/bin/bash
# jax-js's side of the benchmark, in headless Chromium: jaxjs.sh W1|W2|W3|W4|W5 (README.md).
exec "$(dirname "${BASH_SOURCE[0]}")/browser.sh" jaxjs "${1:-}"

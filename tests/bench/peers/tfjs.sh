#!/bin/bash
# TensorFlow.js's side of the benchmark, in headless Chromium: tfjs.sh W1|W2|W3|W4|W5 (README.md).
exec bash "$(dirname "${BASH_SOURCE[0]}")/browser.bash" tfjs "${1:-}"

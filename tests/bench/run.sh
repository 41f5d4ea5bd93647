#!/bin/bash
# Throughput of the fixed workloads, natively and as wasm under Node, each with the roof of its own run.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=web/toolchain.sh
source web/toolchain.sh
install_packages cmake ninja-build g++ doctest-dev libeigen3-dev pkg-config gzip
toolchain_make
digits_make
quietly cmake --preset release "${toolchain_sources[@]}" -DDOWNHILL_UI=OFF -DDOWNHILL_DIGITS_DIR="$digits_dir" \
  -B build/bench
quietly ninja -C build/bench downhill_throughput
quietly toolchain_configure_web
quietly toolchain_run ninja -C build/web downhill_throughput
echo "Native, $(c++ --version | head -n 1)"
build/bench/tests/bench/downhill_throughput build/bench/tests/data
echo "wasm under Node $(node --version)"
node build/web/tests/bench/downhill_throughput.js build/bench/tests/data

#!/bin/bash
# How fast the fixed workloads train, natively, as wasm under Node and as wasm in Chromium, beside the
# roof of the same run and, where they can run, beside others (peers/).
#
#   tests/bench/run.sh [--lines] [W1…W5] [ENGINES]
#
# --lines prints nothing but a line per configuration, RESULT {"workload":…}; ENGINES is how many
# engines work at once. bench.mjs says which variables change the windows and the configurations.

set -euo pipefail
cd "$(dirname "$0")/../.."
for argument in "$@"; do
  [[ $argument =~ ^(--lines|W[1-5]|[1-9][0-9]?)$ ]] || {
    echo "unknown argument '$argument'; there are --lines, W1 to W5 and a number of engines" >&2
    exit 1
  }
done
exec {results}>&1 1>&2 # builds have nothing to say on standard output
# shellcheck source=web/toolchain.sh
source web/toolchain.sh
packages=(cmake ninja-build g++ doctest-dev libeigen3-dev pkg-config gzip chromium)
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
install_packages "${packages[@]}"
toolchain_make
digits_make
quietly cmake --preset release "${toolchain_sources[@]}" -DDOWNHILL_UI=OFF \
  -DDOWNHILL_DIGITS_DIR="$digits_dir" -B build/bench
quietly ninja -C build/bench downhill_throughput
quietly toolchain_configure_web
quietly toolchain_run ninja -C build/web site
[[ tests/web/node_modules/.package-lock.json -nt tests/web/package-lock.json ]] ||
  quietly npm ci --prefix tests/web --no-audit --no-fund --ignore-scripts
exec node tests/bench/bench.mjs "$@" >&"$results"

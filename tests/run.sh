#!/bin/bash
# Runs all tests from a bare clone: installs what is missing, builds, runs, and ends with the
# summary of ctest.
#
#   tests/run.sh            native, wasm under Node, and the page in Chromium and Firefox
#   tests/run.sh native     GCC (with the UI), and the core with clang under ASan + UBSan
#   tests/run.sh wasm       the core suite as WebAssembly under Node
#   tests/run.sh web        the page in Chromium, and its browser-dependent parts in Firefox

set -euo pipefail
export CI=true npm_config_fetch_retries=5
cd "$(dirname "$0")/.."
# shellcheck source=web/toolchain.sh
source web/toolchain.sh

case ${1:-all} in
  all) parts='native wasm web' ;;
  native | wasm | web) parts=$1 ;;
  *) die "unknown part '$1'; the parts are native, wasm and web" ;;
esac
wanted() { [[ " $parts " == *" $1 "* ]]; }

packages=(ca-certificates cmake ninja-build gzip)
if wanted native; then
  packages+=(g++ clang libclang-rt-dev doctest-dev libeigen3-dev pkg-config libglfw3-dev libgles-dev libegl-dev
    libgl1-mesa-dri zlib1g-dev libpng-dev xvfb xauth valgrind)
fi
if wanted web; then
  # Firefox needs a screen and the GL libraries for WebGL.
  packages+=(chromium firefox-esr xvfb xauth libgl1 libegl1 libgl1-mesa-dri libpci3)
fi
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
toolchain_own_emscripten || packages+=(mmdebstrap bubblewrap debian-archive-keyring)
install_packages "${packages[@]}"
toolchain_make &  # meanwhile the core is built, which does not need it
maker=$!
digits_make

# build PRESET [CMAKE OPTION…]: builds a native preset and adds its tests, named PRESET/room.
build() {
  local preset=$1
  shift
  echo "Building $preset (after $SECONDS s)"
  quietly cmake --preset "$preset" -DDOWNHILL_TEST_PREFIX="$preset/" \
    -DDOWNHILL_DIGITS_DIR="$digits_dir" "$@"
  quietly ninja -C "build/$preset"
  echo "subdirs(\"$PWD/build/$preset\")" >>build/tests/CTestTestfile.cmake
}

rm -rf build/tests  # holds only the list of tests
mkdir -p build/tests
if command -v ccache >/dev/null; then  # one cache for all clones
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
fi
if wanted native; then
  build asan
fi
wait "$maker" || exit 1
toolchain_make  # it exists by now: this sets the variables that say where
if wanted native; then
  build release "${toolchain_sources[@]}"
fi
if wanted wasm || wanted web; then
  echo "Building web (after $SECONDS s)"
  quietly toolchain_configure_web
  quietly toolchain_run ninja -C build/web
fi
if wanted wasm; then
  echo "subdirs(\"$PWD/build/web\")" >>build/tests/CTestTestfile.cmake
fi
if wanted web; then
  [[ tests/web/node_modules/.package-lock.json -nt tests/web/package-lock.json ]] ||
    quietly npm ci --prefix tests/web --no-audit --no-fund --ignore-scripts
  # One browser at a time and nothing beside it, because the page must draw while it trains.
  for file in tests/web/*_test.mjs; do
    name=web/$(basename "$file" _test.mjs)
    screen=
    [[ $name == web/firefox ]] && screen='xvfb-run -a'
    echo "add_test([[$name]] $screen node --test --test-reporter=spec [[$PWD/$file]])
set_tests_properties([[$name]] PROPERTIES RUN_SERIAL ON TIMEOUT 1800)"
  done >>build/tests/CTestTestfile.cmake
fi
echo "Testing (after $SECONDS s)"
ctest --test-dir build/tests --output-on-failure -j "$(nproc)"

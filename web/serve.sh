#!/bin/bash
# Builds the site into build/site and serves it.
#
#   web/serve.sh [--build-only] [--port N]     (default: 6931)

set -euo pipefail
# shellcheck source=web/toolchain.sh
source "$(dirname "$0")/toolchain.sh"

serve=yes
port=6931
while (($#)); do
  case $1 in
    --build-only) serve=no ;;
    --port)
      port=${2:-}
      [[ $port =~ ^[0-9]+$ ]] || die "--port needs a number"
      shift
      ;;
    *) die "unknown argument '$1'; there are --build-only and --port N" ;;
  esac
  shift
done

cd "$toolchain_checkout"
toolchain_make
digits_make
quietly toolchain_configure_web
toolchain_run ninja -C build/web site
[[ $serve == yes ]] || exit 0
echo "Downhill: http://localhost:$port/ (Ctrl+C ends it)"
toolchain_run --network emrun --no_browser --no_emrun_detect --hostname localhost --port "$port" build/site

#!/bin/bash
# What tfjs.sh and jaxjs.sh have in common: browser.sh PEER WORKLOAD runs PEER.mjs in Chromium.
set -euo pipefail
peers=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

die() {
  printf '%s: %s\n' "$1" "$2" >&2
  exit 1
}

[[ ${2:-} == W[1-5] ]] || die "$1" "which workload? W1…W5"
[[ -d ${BENCH_DATA:-} ]] || die "$1" "BENCH_DATA must be the folder of the four inflated IDX files"
command -v node >/dev/null || die "$1" "Node.js is missing (nodejs and npm of Debian)"
[[ -x ${CHROMIUM:-/usr/bin/chromium} ]] || die "$1" "Chromium is missing; CHROMIUM can name one"
if [[ ! $peers/node_modules/.package-lock.json -nt $peers/package-lock.json ]]; then
  npm ci --prefix "$peers" --no-audit --no-fund --ignore-scripts >&2 ||
    die "$1" "its packages could not be installed (is the network reachable?)"
fi
exec node "$peers/browser.mjs" "$1" "$2"

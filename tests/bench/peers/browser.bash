#!/bin/bash
# What tfjs.sh and jaxjs.sh have in common: browser.bash PEER WORKLOAD runs PEER.mjs in Chromium.
set -euo pipefail
peers=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

say() {
  printf '%s: %s\n' "$peer" "$*" >&2
}

# What is not installed is no failure: the benchmark goes on without this peer.
skip() {
  say "$@"
  exit 0
}

peer=$1
[[ ${2:-} == W[1-5] && -d ${BENCH_DATA:-} ]] || {
  say "a workload, W1…W5, please, and BENCH_DATA, the folder of the four inflated IDX files"
  exit 2
}
for program in node npm "${CHROMIUM:-/usr/bin/chromium}"; do
  command -v "$program" >/dev/null || skip "$program is missing (Debian's nodejs, npm and chromium)"
done
if [[ ! $peers/node_modules/.package-lock.json -nt $peers/package-lock.json ]]; then
  npm ci --prefix "$peers" --no-audit --no-fund --ignore-scripts >&2 ||
    skip "its packages could not be installed (is the network reachable?)"
fi
exec node "$peers/browser.mjs" "$peer" "$2"

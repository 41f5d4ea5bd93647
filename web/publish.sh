#!/bin/bash
# Builds the site and makes the folder that goes to a static host.
#
#   web/publish.sh OUT [PREVIOUS]
#
# PREVIOUS is what the host has now, as a folder or as its address; by default OUT as it was. Its last releases are
# carried along, so that a page that is open while the host gets the new one still finds its files. An address where
# nothing is published yet (404) is no error.

set -euo pipefail
(($# == 1 || $# == 2)) || {
  echo "web/publish.sh OUT [PREVIOUS]" >&2
  exit 1
}
# shellcheck source=web/toolchain.sh
source "$(dirname "$0")/toolchain.sh"
command -v node >/dev/null || install_packages nodejs
"$toolchain_checkout/web/serve.sh" --build-only
exec node "$toolchain_checkout/web/publish.mjs" "$toolchain_checkout/build/site" "$@"

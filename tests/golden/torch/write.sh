#!/bin/bash
# Asks PyTorch again and writes what it answers: tests/golden/torch/write.sh [NAME…]
# NAME is that of generate_NAME.py, which makes NAME.txt; without one, all are written. A file changes
# only if its generator succeeds, so nothing is lost where PyTorch (Debian's python3-torch) is missing.

set -euo pipefail
cd "$(dirname "$0")"
if ((!$#)); then
  for generator in generate_*.py; do
    name=${generator#generate_}
    set -- "$@" "${name%.py}"
  done
fi
for name; do
  if [[ ! -e generate_$name.py ]]; then
    echo "There is no generate_$name.py in $PWD" >&2
    exit 2
  fi
  if ! /usr/bin/python3 "generate_$name.py" >"$name.txt.new"; then
    rm "$name.txt.new"
    echo "generate_$name.py failed; $name.txt is unchanged" >&2
    exit 1
  fi
  mv "$name.txt.new" "$name.txt"
done
git diff --stat -- .

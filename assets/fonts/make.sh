#!/bin/sh
# Makes the three fonts of the page from Debian packages, in this folder. The results are committed:
# run it only to change the set of glyphs. The same packages give the same bytes.
#   apt-get install fonttools fonts-inter fonts-noto-core fonts-material-design-icons-iconfont
set -eu
cd "$(dirname "$0")"
for package in fonttools fonts-inter fonts-noto-core fonts-material-design-icons-iconfont; do
  dpkg-query -W "$package" || { echo "make.sh: install $package first" >&2; exit 1; }
done
# Debian's Python, which sees Debian's fontTools even where another python3 comes first on PATH.
/usr/bin/python3 subset.py .
sha256sum -- *.ttf

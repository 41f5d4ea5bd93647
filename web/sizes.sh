#!/bin/bash
# web/sizes.sh SITE: prints what a visitor downloads before the first useful frame (code, with a
# budget of 1 MB compressed, and data), what follows for visits without a network, and what is fetched
# on request only: all ten digits, the course (with a budget of 80 kB compressed for its program, words
# and longest chapter), the sheet "Share" with what paper, links and other pages ask for, and the
# benchmark (tests/bench). Fails if a budget is exceeded.

set -euo pipefail
cd "$1"
build=$(head -n 1 releases.txt)
budget=1000000 course_budget=80000
code=0 data=0 digits=0 bench=0 course=0 chapter=0 later=0 handed=0

# compressed FILE COMMAND…: the size of FILE after COMMAND; a .gz file counts as it is.
compressed() {
  if [[ $1 == *.gz ]]; then
    wc -c <"$1"
  elif command -v "$2" >/dev/null; then
    "${@:2}" <"$1" | wc -c
  else
    echo -
  fi
}

printf '%-46s %10s %10s %10s\n' "in $PWD" bytes gzip brotli
while read -r file; do
  raw=$(wc -c <"$file")
  packed=$(compressed "$file" gzip -9 -c)
  printf '%-46s %10d %10d %10s\n' "$file" "$raw" "$packed" "$(compressed "$file" brotli -9 -c)"
  file=${file#v/"$build"/}
  if [[ $file == data/digits/* ]]; then
    digits=$((digits + raw))
  elif [[ $file == data/* ]]; then
    data=$((data + raw))
  elif [[ $file == course/en/[0-9]* ]]; then
    chapter=$((packed > chapter ? packed : chapter))
  elif [[ $file == course/* ]]; then
    course=$((course + packed))
  elif [[ $file =~ ^(share/.*|(down-hill|element|embed|options|packed|paper|result|tables)\.js)$ ]]; then
    handed=$((handed + packed))
  elif [[ $file == bench.html || $file == bench/* ]]; then
    bench=$((bench + packed))
  elif [[ $file == @(_headers|releases.txt|files.json) ]]; then
    : # no visitor fetches these
  elif [[ $file == @(sw.js|offline.js|manifest.webmanifest|icons/*|down-hill.js) ]]; then
    later=$((later + packed))
  else
    code=$((code + packed))
  fi
done < <(find . -type f -printf '%P\n' | LC_ALL=C sort)
printf 'First useful frame: %d bytes of gzipped code (budget %d) and %d bytes of data\n' \
  "$code" "$budget" "$data"
printf 'Fetched after it, to work without a network: %d bytes\n' "$later"
if ((digits)); then printf 'All ten digits, fetched when chosen: %d bytes\n' "$digits"; fi
printf 'The course, fetched when opened: %d bytes (budget %d), its longest chapter included\n' \
  "$((course + chapter))" "$course_budget"
printf 'Sharing and embedding, fetched on request: %d bytes of gzipped code\n' "$handed"
if ((bench)); then printf 'The benchmark, a page of its own: %d bytes of gzipped code\n' "$bench"; fi
((course + chapter <= course_budget)) || {
  echo "The course has more than $course_budget bytes" >&2
  exit 1
}
((code <= budget)) || {
  echo "$code bytes are more than the budget of $budget" >&2
  exit 1
}

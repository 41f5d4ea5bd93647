#!/bin/bash
# Counts the instructions of two training steps, and of the automatic test over 512 images, for each
# of the five workloads, and compares them with instructions.txt, to 5 %. A slower kernel, an extra
# copy or a lost inlining shows here without a clock, on a busy machine too.
#
#   instructions.sh PROGRAM DATA_FOLDER [--write]     the program is downhill_steps; --write
#                                                     rewrites instructions.txt
#
# Exits with 77, "skipped", without valgrind, or if another compiler built the program.
set -euo pipefail
figures=$(dirname "$0")/instructions.txt
program=$1 data=$2 write=${3:-}

command -v valgrind >/dev/null || {
  echo "Skipped: there is no valgrind here to count instructions."
  exit 77
}
made_by="$("$program"), $(uname -m)"
if [[ $write != --write && $made_by != "$(sed -n 's/^made by //p' "$figures")" ]]; then
  echo "Skipped: the figures are those of '$(sed -n 's/^made by //p' "$figures")', this is '$made_by'."
  exit 77
fi

# The C library chooses its memset and memcpy by machine, and "rep stosb" counts every byte. This
# selects the plain ones everywhere; without it, W3's figure was 2 % higher on an EPYC.
export GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2_Usable,-AVX2,-AVX512VL,-ERMS,-FSRM

# count WORKLOAD step|test: the instructions inside downhill_counted.
count() {
  valgrind --tool=callgrind --toggle-collect=downhill_counted --callgrind-out-file="$scratch/$1-$2" \
    "$program" "$data" "$1" "$2" >"$scratch/log" 2>&1 || {
    cat "$scratch/log" >&2
    return 1
  }
  sed -n 's/^totals: //p' "$scratch/$1-$2"
}

scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
failed=0
{
  echo "# Instructions of two training steps, and of the test over 512 images. See instructions.sh."
  echo "made by $made_by"
} >"$scratch/figures"
for workload in W1 W2 W3 W4 W5; do
  for what in step test; do
    counted=$(count "$workload" "$what")
    echo "$workload $what $counted" | tee -a "$scratch/figures"
    [[ $write == --write ]] && continue
    known=$(sed -n "s/^$workload $what //p" "$figures")
    if ((counted * 100 > known * 105 || counted * 100 < known * 95)); then
      echo "  was $known: $(((counted - known) * 100 / known)) % more"
      failed=1
    fi
  done
done
[[ $write != --write ]] || cp "$scratch/figures" "$figures"
((failed == 0)) || cat <<END
A step takes another number of instructions than tests/guard/instructions.txt says. To see where:
  valgrind --tool=callgrind --toggle-collect=downhill_counted --callgrind-out-file=callgrind.out $program $data W1 step
  callgrind_annotate callgrind.out
If the change is meant and worth it, write the figures again and say why in the commit:
  ninja -C build/release guard_figures
END
exit $failed

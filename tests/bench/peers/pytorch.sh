#!/bin/bash
# PyTorch's side of the benchmark, on the processor.
#
#   pytorch.sh W1|W2|W3|W4|W5   one RESULT line per mode; the variables are in README.md
#   pytorch.sh article          the article's three epochs: seconds (tests/bench/article.mjs is ours)
#   pytorch.sh --make           makes a private Debian 13 root with PyTorch 2.6 (1.3 GB)
set -euo pipefail
peers=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
checkout=$(cd "$peers/../../.." && pwd -P)
# shellcheck source=web/toolchain.sh
source "$checkout/web/toolchain.sh"

# The text of this function names the root: a changed recipe makes a new one.
torch_recipe() {
  mmdebstrap --variant=apt "${mmdebstrap_options[@]}" \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Retries "3"' \
    --include=ca-certificates,python3-torch,python3-numpy,libopenblas0-pthread \
    trixie "$1"
}
torch_dir=$toolchain_cache/torch-$(declare -f torch_recipe | sha256sum | cut -c1-12)

torch_make() {
  [[ ! -e $torch_dir ]] || return 0
  mkdir -p "$toolchain_cache" || die "cannot write to $toolchain_cache"
  local free_mb user_ids=() mmdebstrap_options=(--mode=root)
  free_mb=$(df --output=avail -m "$toolchain_cache" | tail -n 1)
  ((free_mb >= 4000)) ||
    die "PyTorch needs 4 GB in $toolchain_cache and $((free_mb)) MB are free;" \
      "XDG_CACHE_HOME can name another place"
  if ((EUID != 0)); then
    user_ids=(uidmap)
    mmdebstrap_options=(--mode=unshare)
  fi
  install_packages mmdebstrap bubblewrap debian-archive-keyring "${user_ids[@]}"
  echo "Making Debian 13 with PyTorch in $torch_dir (once, some minutes)" >&2
  local parts
  parts=$(mktemp -d "$toolchain_cache/torch-parts.XXXXXX")
  # An archive, because for a user mmdebstrap maps user ids, and a folder would belong to those.
  if ! torch_recipe - 2>"$parts/log" </dev/null |
    tar -C "$parts" -x --no-same-owner --exclude='./dev/*'; then
    tail -n 20 "$parts/log" >&2
    die "the root could not be made (is the network reachable?); the log is $parts/log"
  fi
  mv -T "$parts" "$torch_dir"
}

# torch_run CMD…: in the root, read-only and without a network.
torch_run() {
  bwrap --die-with-parent --unshare-net --dev-bind /dev /dev --ro-bind /proc /proc \
    --ro-bind /sys /sys --ro-bind "$torch_dir/usr" /usr --ro-bind "$torch_dir/etc" /etc \
    --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64 --tmpfs /tmp \
    --ro-bind "$peers" /peers --ro-bind "$BENCH_DATA" /data --chdir / \
    env BENCH_DATA=/data "$@"
}

case ${1:-} in
  --make)
    torch_make
    echo "PyTorch: $torch_dir"
    exit
    ;;
  W[1-5]) program=(pytorch.py "$1") ;;
  article) program=(article.py) ;;
  *) die "which workload? W1…W5, article, or --make" ;;
esac
[[ -d ${BENCH_DATA:-} ]] || die "BENCH_DATA must be the folder of the four inflated IDX files"
BENCH_DATA=$(cd "$BENCH_DATA" && pwd -P)
# One thread means one of OpenMP and of OpenBLAS, which torch.set_num_threads does not reach.
export OMP_NUM_THREADS=${BENCH_THREADS:-1} OPENBLAS_NUM_THREADS=${BENCH_THREADS:-1}
if [[ -n ${DOWNHILL_TORCH_PYTHON:-} ]]; then
  exec "$DOWNHILL_TORCH_PYTHON" -B "$peers/${program[0]}" "${program[@]:1}"
elif [[ -e $torch_dir ]]; then
  torch_run /usr/bin/python3 -B "/peers/${program[0]}" "${program[@]:1}"
elif /usr/bin/python3 -c 'import torch' 2>/dev/null; then
  exec /usr/bin/python3 -B "$peers/${program[0]}" "${program[@]:1}"
else  # no failure: the benchmark goes on without it
  echo "pytorch.sh: no PyTorch; '$peers/pytorch.sh --make' makes a private root with it, or" \
    "install python3-torch, or let DOWNHILL_TORCH_PYTHON name a Python that has it" >&2
fi

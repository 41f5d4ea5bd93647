#!/bin/bash
# The compiler for the web, pinned by Debian 13: a private root, made by mmdebstrap and entered with
# bubblewrap. Only those packages are installed on the host. Run it or source it:
#
#   web/toolchain.sh                        make the toolchain if it is missing, print where it is
#   web/toolchain.sh run [--network] CMD…   run CMD in it; this checkout and /tmp keep their paths
#
# If em++ 3.1.69 or newer is on PATH (emsdk), it is used instead; Dear ImGui and ImPlot then come
# from DOWNHILL_IMGUI_DIR and DOWNHILL_IMPLOT_DIR, or CMake fetches them.

set -euo pipefail

toolchain_checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
toolchain_cache=${XDG_CACHE_HOME:-$HOME/.cache}/downhill
digits_dir=$toolchain_cache/mnist  # filled by digits_make; DOWNHILL_DIGITS_DIR of CMake
packages_dir=$toolchain_checkout/build/packages  # filled by packages_make; DOWNHILL_PACKAGES_DIR of CMake

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# quietly COMMAND…: runs it and shows its output only if it fails.
quietly() {
  local log=$toolchain_checkout/build/log
  mkdir -p "${log%/*}"
  "$@" >"$log" 2>&1 </dev/null || {
    grep -iE -A 12 'error|FAILED' "$log" | head -n 80 >&2 || tail -n 40 "$log" >&2
    die "this failed: $* (its output is in $log)"
  }
}

# install_packages PACKAGE…: installs those that the host lacks, by one quiet apt-get call.
install_packages() {
  local package missing=()
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || {
    echo "No apt-get here; assuming that the contents of these Debian packages are installed: ${missing[*]}"
    return
  }
  ((EUID == 0)) || die "run this as root first: apt-get install ${missing[*]}"
  echo "Installing ${missing[*]}"
  patiently apt_install "${missing[@]}"
}

# patiently COMMAND…: up to three tries, because another apt may hold a lock and a mirror may be in
# the middle of an update.
patiently() {
  local try
  for try in 1 2; do
    if ("$@") 2>/dev/null; then return; fi
    sleep $((20 * try))
  done
  "$@"
}

apt_install() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300
    -o Acquire::Retries=3)
  quietly "${apt[@]}" update
  quietly "${apt[@]}" -y install --no-install-recommends "$@"
}

# digits_make: puts all ten digits of MNIST into $digits_dir unless they are there (assets/mnist).
digits_make() {
  if ls "$digits_dir"/{train,valid}-{images.idx3,labels.idx1}-ubyte.gz >/dev/null 2>&1; then return; fi
  install_npm gzip
  echo "Making all ten digits of MNIST in $digits_dir (once, half a minute)"
  quietly "$toolchain_checkout/assets/mnist/make.sh" "$digits_dir"
}

# install_npm PACKAGE…: installs npm, unless it is there, and those packages.
install_npm() {
  local packages=("$@")
  command -v node >/dev/null || packages+=(nodejs)
  command -v npm >/dev/null || packages+=(npm)
  install_packages "${packages[@]}"
}

# packages_make: puts the npm packages of the site, pinned by web/packages/package-lock.json, into
# $packages_dir unless they are there.
packages_make() {
  local lock=$toolchain_checkout/web/packages/package-lock.json
  if cmp -s "$lock" "$packages_dir/package-lock.json"; then return; fi
  install_npm
  rm -rf "$packages_dir" "$packages_dir.parts"
  mkdir -p "$packages_dir.parts"
  cp "$toolchain_checkout"/web/packages/package.json "$toolchain_checkout"/web/packages/.npmrc \
    "$lock" "$packages_dir.parts"
  quietly npm ci --prefix "$packages_dir.parts" --no-audit --no-fund --ignore-scripts
  mv "$packages_dir.parts" "$packages_dir"
}

# toolchain_recipe TARGET: makes the root; TARGET is a folder, or - for a tar archive on standard
# output. The text of this function is its version: editing it makes a new root. apt verifies every
# file. ImPlot is the copy in satdump, with the upstream include paths restored.
toolchain_recipe() {
  # shellcheck disable=SC2016  # expanded by the shells of mmdebstrap
  mmdebstrap --variant=apt "${mmdebstrap_options[@]}" \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Retries "3"' \
    --include=ca-certificates,cmake,ninja-build,emscripten,libeigen3-dev,doctest-dev,brotli,xz-utils \
    --customize-hook='sed -n "s/^deb /deb-src /p" "$1"/etc/apt/sources.list \
                        >"$1"/etc/apt/sources.list.d/sources.list' \
    --customize-hook='chroot "$1" sh -euc "
        apt-get -q update
        mkdir -p /usr/src/archives /usr/src/imgui /usr/src/implot
        cd /usr/src/archives
        apt-get -q -o APT::Sandbox::User=root source --download-only --tar-only imgui satdump
        tar -C /usr/src/imgui -xf imgui_*.orig.tar.* --strip-components=1
        tar -C /usr/src/implot -xf satdump_*.orig.tar.* --strip-components=4 \
          --wildcards \"*/src-core/imgui/implot/*\"
        sed -i \"s,#include \\\"imgui/,#include \\\",\" /usr/src/implot/*
        rm -r /usr/src/archives"' \
    trixie "$1"
}

# toolchain_fill FOLDER: root fills the folder directly. For another user mmdebstrap maps user ids,
# and the folder would belong to ids that the user does not own; hence the archive.
toolchain_fill() {
  local mmdebstrap_options=(--mode=unshare)
  if ((EUID == 0)); then
    mmdebstrap_options=(--mode=root)
    toolchain_recipe "$1"
  else
    toolchain_recipe - | tar -C "$1" -x --no-same-owner --exclude='./dev/*'
  fi
}

toolchain_fill_parts() {
  rm -rf --one-file-system "$1/root"
  mkdir "$1/root"
  toolchain_fill "$1/root" >"$1/log" 2>&1 </dev/null
}

toolchain_own_emscripten() {
  local version
  command -v em++ >/dev/null || return 1
  version=$(em++ --version </dev/null | sed -nE '1s/.* ([0-9]+\.[0-9]+\.[0-9]+).*/\1/p')
  printf '3.1.69\n%s\n' "$version" | sort -CV
}

# Makes the root unless it exists. Works in a folder beside it that is renamed when complete, under
# a lock, so that neither an interrupted run nor a concurrent one leaves it half made. Sets
# toolchain_sources, the options that tell CMake where Dear ImGui and ImPlot are.
toolchain_make() {
  toolchain_dir=
  toolchain_sources=()
  if toolchain_own_emscripten; then return; fi
  local recipe
  recipe=$(declare -f toolchain_recipe | sha256sum | cut -c1-12)
  toolchain_dir=$toolchain_cache/trixie-$recipe
  toolchain_root=$toolchain_dir/root
  toolchain_sources=(
    -DDOWNHILL_IMGUI_DIR="${DOWNHILL_IMGUI_DIR:-$toolchain_root/usr/src/imgui}"
    -DDOWNHILL_IMPLOT_DIR="${DOWNHILL_IMPLOT_DIR:-$toolchain_root/usr/src/implot}")
  [[ -e $toolchain_dir ]] || toolchain_build
  command -v bwrap >/dev/null || ((EUID == 0)) || install_packages bubblewrap
}

toolchain_build() {
  ((EUID != 0)) || unshare --mount --propagation unchanged true 2>/dev/null ||
    die "this container may not mount; start it privileged, or put em++ 3.1.69 or newer" \
      "(emsdk) on PATH"
  mkdir -p "$toolchain_cache" || die "cannot write to $toolchain_cache"
  local lock
  exec {lock}>"$toolchain_cache/lock"
  flock --nonblock "$lock" || {
    echo "Waiting for another run that is making the toolchain"
    flock "$lock"
  }
  if [[ ! -e $toolchain_dir ]]; then
    local free_mb
    free_mb=$(df --output=avail -m "$toolchain_cache" | tail -n 1)
    ((free_mb >= 4000)) ||
      die "the toolchain needs 4 GB in $toolchain_cache, but only $((free_mb)) MB are free;" \
        "XDG_CACHE_HOME can name another folder"
    local user_ids=()
    ((EUID == 0)) || user_ids=(uidmap)
    install_packages mmdebstrap bubblewrap debian-archive-keyring "${user_ids[@]}"
    echo "Making the toolchain in $toolchain_dir (once, about two minutes)"
    rm -rf --one-file-system "$toolchain_cache"/trixie-*
    local parts=$toolchain_cache/trixie-parts
    mkdir -p "$parts/home" "$parts/view"
    if ! patiently toolchain_fill_parts "$parts"; then
      tail -n 20 "$parts/log" >&2
      die "the toolchain could not be made (is the network reachable?);" \
        "the output of mmdebstrap is in $parts/log"
    fi
    mv "$parts" "$toolchain_dir"
  fi
  exec {lock}>&-
}

# toolchain_run [--network] CMD…: runs CMD in the root; /usr and /etc are read-only, and the network
# is off unless requested.
toolchain_run() {
  local network=off
  if [[ $1 == --network ]]; then
    network=on
    shift
  fi
  if [[ -z $toolchain_dir ]]; then
    "$@"
    return
  fi
  local environment=(env -i HOME="$toolchain_dir/home" PATH=/usr/bin:/bin LANG=C.UTF-8
    TERM="${TERM:-dumb}" DOWNHILL_IMGUI_DIR="$toolchain_root/usr/src/imgui"
    DOWNHILL_IMPLOT_DIR="$toolchain_root/usr/src/implot")
  if toolchain_bwrap true 2>/dev/null; then
    toolchain_bwrap "${environment[@]}" "$@"
  elif ((EUID == 0)); then
    toolchain_chroot "${environment[@]}" "$@"
  else
    toolchain_bwrap true || die "bubblewrap may not make namespaces here; root can run this script"
  fi
}

# Configures build/web, whose target `site` fills build/site. Its tests run in Node.
toolchain_configure_web() {
  packages_make
  toolchain_run emcmake cmake --preset web --log-level=WARNING "${toolchain_sources[@]}" \
    -DDOWNHILL_SITE="$toolchain_checkout/build/site" -DDOWNHILL_TEST_PREFIX=wasm/ \
    -DDOWNHILL_DIGITS_DIR="$digits_dir" -DDOWNHILL_PACKAGES_DIR="$packages_dir" \
    "-DCMAKE_CROSSCOMPILING_EMULATOR=$toolchain_checkout/web/toolchain.sh;run;node"
}

# Reads $network, a local variable of toolchain_run.
toolchain_bwrap() {
  local options=(--die-with-parent --dev-bind /dev /dev --ro-bind /proc /proc
    --ro-bind "$toolchain_root/usr" /usr --ro-bind "$toolchain_root/etc" /etc
    --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64
    --bind /tmp /tmp --bind "$toolchain_dir" "$toolchain_dir"
    --ro-bind-try "$digits_dir" "$digits_dir"
    --bind "$toolchain_checkout" "$toolchain_checkout" --chdir "$PWD")
  [[ $network == on ]] || options+=(--unshare-net)
  bwrap "${options[@]}" "$@"
}

# Where bubblewrap does not work (inside another chroot, for example), root builds the same view by
# hand, in its own mount namespace, so that nothing is left behind.
toolchain_chroot() {
  local namespaces=(--mount --propagation unchanged)
  [[ $network == on ]] || namespaces+=(--net)
  # shellcheck disable=SC2016  # expanded by the inner shell
  unshare "${namespaces[@]}" bash -euc '
    view=$1 root=$2 dir=$3 checkout=$4 digits=$5 here=$6
    shift 6
    mount -t tmpfs view "$view"
    for path in /usr /etc; do mkdir "$view$path"; mount --bind "$root$path" "$view$path"; done
    for path in bin lib lib64; do ln -s "usr/$path" "$view/$path"; done
    for path in /dev /proc /tmp; do mkdir "$view$path"; mount --rbind "$path" "$view$path"; done
    for path in "$dir" "$checkout" "$digits"; do
      [[ -e $path ]] || continue
      mkdir -p "$view$path"
      mount --bind "$path" "$view$path"
    done
    exec chroot "$view" env -C "$here" "$@"
  ' chroot "$toolchain_dir/view" "$toolchain_root" "$toolchain_dir" "$toolchain_checkout" \
    "$digits_dir" "$PWD" "$@"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  case ${1:-} in
    '')
      toolchain_make
      if [[ -n $toolchain_dir ]]; then
        echo "Toolchain: $toolchain_root"
      else
        echo "Toolchain: $(command -v em++), found on PATH"
      fi
      ;;
    run)
      shift
      (($#)) || die "run what? (web/toolchain.sh run CMD…)"
      toolchain_make
      toolchain_run "$@"
      ;;
    *) die "unknown argument '$1'; there is only: run [--network] CMD…" ;;
  esac
fi

# shellcheck shell=bash
# Where things are kept outside the checkout. Works with HOME empty, unset or not writable.

# Sets the variable `cache`, the folder for downloads, and creates it.
find_cache() {
  local home=${HOME:-}
  [ -n "$home" ] || home=$(getent passwd "$(id -u)" | cut -d: -f6)
  cache=${XDG_CACHE_HOME:-$home/.cache}/billow
  if ! mkdir -p "$cache" 2>/dev/null || [ ! -w "$cache" ]; then
    cache=/var/tmp/billow-cache-$(id -u)
    mkdir -m 700 "$cache" 2>/dev/null || true
    [ -O "$cache" ] && [ -w "$cache" ] || die "no folder for downloads: set XDG_CACHE_HOME"
  fi
}

# make_folder_of_root FOLDER: created when missing, and refused when it belongs to another user.
make_folder_of_root() {
  mkdir -p "$1" || die "cannot create $1"
  [ -O "$1" ] || die "$1 belongs to another user: remove it"
}

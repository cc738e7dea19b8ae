# shellcheck shell=bash
# Installs the Debian or Ubuntu packages a command needs, and only those that are missing.

# Prints the lines of one [group] of packages.txt.
packages_of_group() {
  awk -v group="[$1]" '/^#/ || NF == 0 { next } /^\[/ { on = ($0 == group); next } on' \
    "$root/scripts/packages.txt"
}

package_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Version apt would install; empty when the distribution has no such package.
package_candidate() {
  apt-cache policy "$1" 2>/dev/null | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

# version_suffices VERSION MINIMUM: an empty minimum is always met.
version_suffices() { [ -z "$2" ] || dpkg --compare-versions "$1" ge "$2"; }

# for_alternatives LINE FUNCTION: calls FUNCTION name minimum for each `a | b >= 1.2` of the line
# and prints the name of the first for which it succeeds.
for_alternatives() {
  local line=$1 accepts=$2 alternative name operator minimum
  local -a alternatives
  IFS='|' read -ra alternatives <<<"$line"
  for alternative in "${alternatives[@]}"; do
    read -r name operator minimum <<<"$alternative"
    [ -z "$operator" ] || [ "$operator" = '>=' ] || die "packages.txt: cannot read '$line'"
    if "$accepts" "$name" "$minimum"; then
      printf '%s\n' "$name"
      return 0
    fi
  done
  return 1
}

is_installed_enough() {
  package_installed "$1" && version_suffices "$(dpkg-query -W -f '${Version}' "$1")" "$2"
}

is_available_enough() {
  local candidate
  candidate=$(package_candidate "$1")
  [ -n "$candidate" ] && version_suffices "$candidate" "$2"
}

# need_packages GROUP...: returns when every package of the groups is installed.
need_packages() {
  local group line name missing=() names=() unknown=()
  command -v dpkg-query >/dev/null || die "this needs Debian or Ubuntu; elsewhere install" \
    "the counterparts of scripts/packages.txt and use cmake directly (see README.md)"
  for group in "$@"; do
    while IFS= read -r line; do
      for_alternatives "$line" is_installed_enough >/dev/null || missing+=("$line")
    done < <(packages_of_group "$group")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "these packages are missing, and there is neither root" \
      "nor sudo to install them: ${missing[*]}"
    as_root=(sudo)
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive)
  say "reading the package lists (apt-get update)"
  "${as_root[@]}" apt-get -q -o Acquire::Retries=3 update >&2 ||
    say "apt-get update failed: going on with the lists there are"
  for line in "${missing[@]}"; do
    if name=$(for_alternatives "$line" is_available_enough); then
      names+=("$name")
    else
      unknown+=("$line")
    fi
  done
  if [ ${#unknown[@]} -gt 0 ]; then
    die "this distribution does not have: $(printf '%s; ' "${unknown[@]}")Debian 12 has them all"
  fi
  say "installing ${names[*]}"
  "${as_root[@]}" apt-get -q -y -o Acquire::Retries=3 install --no-install-recommends \
    "${names[@]}" >&2 || die "apt-get could not install ${names[*]}"
}

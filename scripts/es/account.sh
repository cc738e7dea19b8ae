# shellcheck shell=bash
# Elasticsearch refuses to run as root: root starts it as a user of its own.

engine_user=billow-es

# Sets the array `as_engine`: what goes before a command so that it runs as the engine's user.
prepare_account() {
  as_engine=()
  [ "$(id -u)" -eq 0 ] || return 0
  if ! getent passwd "$engine_user" >/dev/null; then
    say "creating the system user $engine_user: Elasticsearch refuses to run as root"
    useradd --system --user-group --no-create-home --home-dir /nonexistent \
      --shell /usr/sbin/nologin "$engine_user" || die "could not create the user $engine_user"
  fi
  as_engine=(setpriv "--reuid=$engine_user" "--regid=$engine_user" --clear-groups --)
}

# hand_over FOLDER: makes the engine's user its owner, and checks that this user can get there.
hand_over() {
  [ ${#as_engine[@]} -gt 0 ] || return 0
  chown -R "$engine_user:$engine_user" "$1" || die "cannot give $1 to $engine_user"
  "${as_engine[@]}" test -w "$1" || die "the user $engine_user cannot reach $1, since a folder" \
    "above it is closed to others: set BILLOW_ES_DATA to one under /var/tmp, for example"
}

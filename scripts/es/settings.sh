# shellcheck shell=bash
# The engine's configuration, written anew at every start.

# Prints the site's own settings from BILLOW_ES_SETTINGS, one `key: value` a line. Commas part them
# too, unless there is a line break, so that a value may hold commas.
site_settings() {
  local text=${BILLOW_ES_SETTINGS:-}
  [[ $text == *$'\n'* ]] || text=${text//,/$'\n'}
  sed -e 's/^[[:space:]]*//' -e 's/[[:space:]]*$//' -e '/^$/d' <<<"$text"
}

# engine_settings DATA PORT prints elasticsearch.yml; a site's setting replaces ours of that name.
engine_settings() {
  local data=$1 port=$2 ours theirs line
  theirs=$(site_settings)
  while IFS= read -r line; do
    [ -z "$line" ] || [[ $line =~ ^[a-z0-9_.*-]+:\ +[^\ ] ]] ||
      die "BILLOW_ES_SETTINGS: '$line' is not of the form key: value"
  done <<<"$theirs"
  ours="cluster.name: billow-local
node.name: billow-local
path.data: \"$data/data\"
path.logs: \"$data/logs\"
network.host: 127.0.0.1
http.port: $port
transport.port: 0
discovery.type: single-node
# A small engine for development: a nearly full disk must not turn its indices read-only.
cluster.routing.allocation.disk.threshold_enabled: false
xpack.security.enabled: $([ "${BILLOW_ES_SECURITY:-}" = 1 ] && echo true || echo false)
xpack.security.enrollment.enabled: false"
  awk 'NR == FNR { if ($0 != "") taken[$1] = 1; print; next } !($1 in taken)' \
    <(printf '%s' "$theirs") <(printf '%s\n' "$ours")
}

# write_configuration DATA PORT: fills DATA/config, from the distribution's and the above.
write_configuration() {
  local data=$1 port=$2 config=$1/config settings
  settings=$(engine_settings "$data" "$port") || exit
  rm -rf "$config"
  cp -R "$distribution/config" "$config"
  printf '%s\n' "$settings" >"$config/elasticsearch.yml"
  chmod -R u=rwX,go= "$config"
}

# Adds the user `billow`, who may do everything, and for each role in the file BILLOW_ES_ROLES a user
# of the role's name; all with BILLOW_ES_PASSWORD. The roles.yml way is used since this engine lacks
# the analysis module that the API for users and roles needs.
add_users() {
  local roles=${BILLOW_ES_ROLES:-/dev/null} role hash
  cat "$roles" >>"$data/config/roles.yml" || die "cannot read BILLOW_ES_ROLES=$roles"
  engine_command elasticsearch-users useradd billow -p "$BILLOW_ES_PASSWORD" -r superuser \
    >"$data/logs/useradd.log" 2>&1 ||
    { cat "$data/logs/useradd.log" >&2; die "could not add the user billow"; }
  # The tool takes seconds a user; the others have the same password, so they can have its hash.
  hash=$(sed -n 's/^billow://p' "$data/config/users")
  while IFS= read -r role; do
    printf '%s:%s\n' "$role" "$hash" >>"$data/config/users"
    printf '%s:%s\n' "$role" "$role" >>"$data/config/users_roles"
  done < <(sed -n 's/^\([A-Za-z0-9_-]*\):.*/\1/p' "$roles")
}

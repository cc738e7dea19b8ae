#!/usr/bin/env bash
# The local engine: ./run es start|stop|status. `./run help es` explains the variables it reads.
set -euo pipefail
umask 022
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
for piece in say places packages es/distribution es/java es/account es/settings; do
  # shellcheck source=/dev/null
  source "$root/scripts/$piece.sh"
done

# Sets `port` and `data`: each port and version has a folder of its own unless BILLOW_ES_DATA names one.
find_data() {
  local base=/var/lib/billow-es
  port=${BILLOW_ES_PORT:-9200}
  [[ $port =~ ^[0-9]{1,5}$ ]] && [ "$port" -le 65535 ] ||
    die "BILLOW_ES_PORT=$port is not a port (0 takes a free one)"
  if [ -z "${BILLOW_ES_DATA:-}" ] && [ "$(id -u)" -ne 0 ]; then
    find_cache
    base=$cache/es
  fi
  # Version 9 takes over what 8 wrote, and 8 cannot read it any more.
  [ "$es_version" = 8 ] || base+=-$es_version
  data=$(realpath -m "${BILLOW_ES_DATA:-$base/$port}")
  [[ $data != *[[:cntrl:]\"\\]* ]] || die "BILLOW_ES_DATA: quotes and control characters cannot be used"
  [ "$data" != / ] || die "BILLOW_ES_DATA=/ cannot be used"
}

# Prints the process id when this data folder's engine is running. The id of an ended engine may
# belong to another program by now, so the command line decides.
running_pid() {
  local pid
  pid=$(cat "$data/pid" 2>/dev/null) && [[ $pid =~ ^[0-9]+$ ]] || return 1
  tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -e "-Djava.io.tmpdir=$data/tmp" ||
    return 1
  printf '%s\n' "$pid"
}

# An ended process that its parent has not asked about yet (state Z) holds nothing any more.
has_ended() {
  local state
  state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null) || return 0
  [ "$state" = Z ]
}

# engine_command PROGRAM ARGUMENT...: runs one of the distribution's programs as the engine's user. The
# launcher leaves a folder among the temporary files at every start. It does not take a folder with
# blanks in CLI_JAVA_OPTS, nor look at TMPDIR.
engine_command() {
  local program=$1
  shift
  setsid "${as_engine[@]}" env -i "PATH=$PATH" LANG=C.UTF-8 "HOME=$data" "ES_JAVA_HOME=$java_home" \
    "ES_PATH_CONF=$data/config" "ES_TMPDIR=$data/tmp" CLI_JAVA_OPTS=-XX:TieredStopAtLevel=1 \
    "JDK_JAVA_OPTIONS=\"-Djava.io.tmpdir=$data/tmp\"" \
    "ES_JAVA_OPTS=-Xms$heap -Xmx$heap ${BILLOW_ES_JAVA_OPTS:-}" \
    "$distribution/bin/$program" "$@" </dev/null 7>&-
}

# ask PATH [CURL OPTION...]: a request to the engine; the password does not show in the process list.
ask() {
  local path=$1 login=
  shift
  [ "${BILLOW_ES_SECURITY:-}" = 1 ] && login="user = \"billow:${BILLOW_ES_PASSWORD//\"/\\\"}\""
  curl -s --noproxy '*' -m 70 -K - "$@" "$(cat "$data/url")$path" <<<"$login"
}

refuse_taken_port() {
  [ "$port" -ne 0 ] && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 0
  die "port $port is taken by another program: choose one with BILLOW_ES_PORT=9201 ./run es start"
}

# boot: starts the engine and returns when it has opened its port; its output is kept in a file.
boot() {
  local log=$data/logs/start.log
  rm -f "$data/url" "$data/pid"
  if ! engine_command elasticsearch -d -p "$data/pid" >"$log" 2>&1; then
    grep -E 'ERROR|fatal|Exception|Address already in use' "$log" | cut -c1-400 | tail -n 8 >&2
    die "Elasticsearch did not start; its log is in $data/logs"
  fi
  # With port 0 only the log knows which one it became.
  sed -n 's/.*HttpServerTransport.*publish_address {\([0-9.:]*\)}.*/http:\/\/\1/p' "$log" \
    >"$data/url"
}

start() {
  local pid heap=${BILLOW_ES_HEAP:-1g} seconds=$SECONDS
  if pid=$(running_pid) && [ ! -s "$data/url" ]; then
    say "a start that was interrupted left an engine behind"
    stop
  elif [ -n "$pid" ]; then
    [ -z "${BILLOW_ES_PORT:-}" ] || [ "$port" -eq 0 ] || [[ $(cat "$data/url") == *":$port" ]] ||
      die "the engine of $data already runs at $(cat "$data/url"): give another BILLOW_ES_DATA"
    [[ $(running_version) =~ ^($es_version\.|unknown) ]] ||
      die "the engine of $data runs with version $(running_version): stop it first"
    say "Elasticsearch is already running (pid $pid, $data)"
    cat "$data/url"
    return 0
  fi
  refuse_taken_port
  prepare_folder
  say "starting Elasticsearch (heap $heap, data in $data)"
  [ "${BILLOW_ES_SECURITY:-}" != 1 ] || add_users
  boot
  # 408: it answers, and an index of earlier days is not whole; that is for its reader to see.
  ask '/_cluster/health?wait_for_status=yellow&timeout=30s' -o /dev/null -w '%{http_code}' |
    grep -qE '200|408' ||
    die "Elasticsearch started but does not answer; its log is in $data/logs"
  say "Elasticsearch is ready after $((SECONDS - seconds)) s (pid $(running_pid))"
  cat "$data/url"
}

prepare_folder() {
  rm -rf "$data/tmp"
  mkdir -p "$data"/{data,logs,tmp}
  write_configuration "$data" "$port"
  hand_over "$data"
}

# One start at a time in a folder. The lock marks the folder as ours: another one that holds other
# things is not touched. It also holds the newest version that has written there.
lock_folder() {
  local lock=$data/.billow-es
  [ -e "$lock" ] || [ ! -d "$data" ] || [ -z "$(ls -A "$data")" ] ||
    die "BILLOW_ES_DATA=$data holds other things: name an empty folder"
  mkdir -p "$data" && exec 7>>"$lock" || die "cannot write to $data"
  flock 7
  [ "$es_version" = 9 ] || [ "$(cat "$lock")" != 9 ] ||
    die "Elasticsearch 9 has written to $data, which 8 cannot read: set BILLOW_ES_VERSION=9"
  printf '%s\n' "$es_version" >"$lock"
}

stop() {
  local pid
  pid=$(running_pid) || { say "Elasticsearch is not running"; return 0; }
  say "stopping Elasticsearch (pid $pid)"
  kill "$pid"
  for _ in {1..600}; do
    has_ended "$pid" && { rm -f "$data/pid" "$data/url"; return 0; }
    sleep 0.1
  done
  say "it did not stop within 60 s: ending it"
  kill -9 "$pid"
}

running_version() {
  ask /_nodes/_local?filter_path=nodes.*.version | grep -oE '[0-9]+(\.[0-9]+)+' || echo unknown
}

status() {
  local pid
  pid=$(running_pid) || { echo "not running"; return 1; }
  printf '%s (pid %s, version %s, data in %s)\n' "$(cat "$data/url")" "$pid" "$(running_version)" \
    "$data"
}

command=${1:-}
[ $# -eq 1 ] || die_usage "es needs one of start, stop, status"
case $command in start | stop | status) ;; *) die_usage "es does not know '$command'" ;; esac
if [ "${BILLOW_ES_SECURITY:-}" = 1 ] && [ -z "${BILLOW_ES_PASSWORD:-}" ]; then
  die "BILLOW_ES_SECURITY=1 needs BILLOW_ES_PASSWORD, six characters or more"
fi
choose_version
find_data
if [ "$command" = start ]; then
  need_packages engine
  prepare_account
  find_java "$es_version"
  prepare_distribution
  lock_folder
fi
"$command"

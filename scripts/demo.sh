#!/usr/bin/env bash
# ./run demo [--keep]: a month of AWS cost of an invented company, and its restatement, from files to figures.
# It wants a cluster with nothing of Billow's in it, takes all it brought away again, and runs nowhere else.
#   BILLOW_ES_URL   an Elasticsearch without a password to use; otherwise ./run es finds or starts one
#   BILLOW_BIN      the program to show; otherwise the release binary is built
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for piece in say packages; do
  # shellcheck source=/dev/null
  source "$root/scripts/$piece.sh"
done

keep=
for word in "$@"; do
  case $word in
    --keep) keep=1 ;;
    *) die_usage "demo knows --keep, which leaves the figures there to look at" ;;
  esac
done
[ -n "${BILLOW_BIN:-}" ] || "$root/scripts/build.sh"
billow=${BILLOW_BIN:-$root/build/release/billow}
[ -x "$billow" ] || die "BILLOW_BIN: there is no program $billow"
billow=$(realpath "$billow")
need_packages python

feed="billow-demo"
period=2026-06

helper() { /usr/bin/python3 "$root/scripts/demo_bill.py" "$@"; }

folder=$(mktemp -d "${TMPDIR:-/tmp}/billow-demo.XXXXXX")
engine=found
claimed=
# remove_demo: everything of Billow's, when a demo brought all of it.
remove_demo() {
  [ "$(helper alone "$feed" $$)" = yes ] && helper clear "$feed" &&
    "$billow" setup --remove -c "$folder/billow.yml" >"$folder/removal.log" 2>&1 && helper release
}
finish() {
  local code=$?
  trap - EXIT INT TERM
  if [ -z "$keep" ] || [ "$code" -ne 0 ]; then
    [ -z "$claimed" ] || remove_demo ||
      say "could not remove all of the demo from $BILLOW_ES_URL: ./run demo tries again"
    rm -rf "$folder"
    if [ "$engine" = started ]; then "$root/scripts/es/engine.sh" stop; fi
  fi
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The words before ./run that lead to this engine again, and to another one.
here='' elsewhere='' port=${BILLOW_ES_PORT:-9200}
for name in BILLOW_ES_URL BILLOW_ES_VERSION BILLOW_ES_PORT BILLOW_ES_DATA; do
  [ -z "${!name:-}" ] || printf -v here '%s%s=%q ' "$here" "$name" "${!name}"
done
for name in BILLOW_ES_URL BILLOW_ES_DATA; do
  [ -z "${!name:-}" ] || elsewhere+="-u $name "
done
[[ $port =~ ^[1-9][0-9]*$ ]] || port=9200
elsewhere="${elsewhere:+env $elsewhere}BILLOW_ES_PORT=$((port + 1)) ./run demo"
end=''
[ -n "${BILLOW_ES_URL:-}" ] || end=$'\n'"  ${here}./run es stop      ends the engine"

if [ -z "${BILLOW_ES_URL:-}" ]; then
  "$root/scripts/es/engine.sh" status >/dev/null || engine=started
  BILLOW_ES_URL=$("$root/scripts/es/engine.sh" start | tail -n 1)
fi
export BILLOW_ES_URL

if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi
title() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
# show COMMAND...: a command of billow as a user would type it, then what it says.
show() {
  printf '%s$ billow %s%s\n' "$bold" "$*" "$plain"
  (cd "$folder" && "$billow" "$@")
}

cat >"$folder/billow.yml" <<YAML
elasticsearch:
  url: $BILLOW_ES_URL
feeds:
  - id: $feed
    kind: aws/cur2
    location: file://$folder/bucket
    export: heliograph
YAML
left=$(helper alone "$feed" $$)
if [ "$left" = yes ]; then
  say "removing what an earlier demo left in $BILLOW_ES_URL"
  remove_demo || die "could not: $(grep ' error ' "$folder/removal.log" 2>/dev/null)"
fi
helper claim "$elsewhere" $$
claimed=1

title "1. A bill arrives: June 2026 of Heliograph, an invented company with eight accounts"
helper write "$folder/bucket" 0 "$folder/first.json"
sed 's/^/   /' "$folder/billow.yml"

title "2. Is the configuration right, and what would be pulled?"
show check -c billow.yml

title "3. Pull it: normalised to FOCUS, loaded, verified, published in one step"
show sync -c billow.yml
helper verify "$feed" "$folder/first.json"

title "4. What did it cost?"
show report -c billow.yml --feed "$feed" --period "$period" --top 12

title "5. AWS restates June: a few days change, lines vanish, others come late, credits are granted"
helper write "$folder/bucket" 1 "$folder/second.json"
show sync -c billow.yml
helper verify "$feed" "$folder/second.json"

title "6. Once more: nothing is new, so nothing is written"
show sync -c billow.yml

title "7. Look further"
helper ask "$feed"
if [ -n "$keep" ]; then
  cat <<TEXT

The figures stay: $BILLOW_ES_URL, alias billow-charges, feed $feed. The files are in $folder.
  $billow report -c $folder/billow.yml --by account
  ${here}./run demo         runs again and cleans up, unless another feed has been loaded there$end
TEXT
else
  printf '\nThe demo now removes what it made. ./run demo --keep leaves it there to look at.\n'
fi

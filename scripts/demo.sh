#!/usr/bin/env bash
# ./run demo [--keep]: a month of AWS cost of an invented company, and its restatement, from files to figures.
#   BILLOW_ES_URL   an Elasticsearch without a password to use; otherwise a local engine is found or started
#   BILLOW_BIN      the program to show (build/release/billow)
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
billow=${BILLOW_BIN:-$root/build/release/billow}
[ -x "$billow" ] || die "there is no $billow yet: ./run build makes it"
billow=$(realpath "$billow")
need_packages python

feed="billow-demo"
period=2026-06

helper() { /usr/bin/python3 "$root/scripts/demo_bill.py" "$@"; }

folder=$(mktemp -d "${TMPDIR:-/tmp}/billow-demo.XXXXXX")
state=$folder/before.json
engine=found
finish() {
  local code=$?
  trap - EXIT INT TERM
  if [ -z "$keep" ] || [ "$code" -ne 0 ]; then
    [ ! -e "$state" ] || helper clean "$feed" "$state" ||
      say "could not remove the demo's indices from $BILLOW_ES_URL"
    rm -rf "$folder"
  fi
  if [ "$engine" = started ] && [ -z "$keep" ]; then "$root/scripts/es/engine.sh" stop; fi
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

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

helper begin "$feed" "$state"
cat >"$folder/billow.yml" <<YAML
elasticsearch:
  url: $BILLOW_ES_URL
feeds:
  - id: $feed
    kind: aws/cur2
    location: file://$folder/bucket
    export: heliograph
YAML

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
  ./run demo         runs again and cleans up
  ./run es stop      ends the engine
TEXT
else
  printf '\nThe demo now removes what it made. ./run demo --keep leaves it there to look at.\n'
fi

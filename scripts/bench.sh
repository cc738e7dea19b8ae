#!/usr/bin/env bash
# ./run bench [instructions|shapes|mappings]: speed next to other loaders; instructions a line next to kept
# figures; forms of bulk requests, or of the index, next to ours.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for piece in say packages python_env; do
  # shellcheck source=/dev/null
  source "$root/scripts/$piece.sh"
done
program=$root/bench/run.py
asked=
for word in "$@"; do [[ ! $word =~ ^(-h|--help)$ ]] || asked=1; done
case ${1:-} in
  instructions | shapes | mappings)
    program=$root/bench/$1.py
    [ "$1" != instructions ] || [ -n "$asked" ] || need_packages bench
    shift
    ;;
esac
# Who asks what there is need not wait for a build.
[ -n "$asked" ] || [ -n "${BILLOW_BIN:-}" ] || "$root/scripts/build.sh"
prepare_python
exec "$python" "$program" "$@"

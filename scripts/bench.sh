#!/usr/bin/env bash
# ./run bench [instructions]: speed next to other loaders, or instructions a line next to kept figures.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for piece in say packages python_env; do
  # shellcheck source=/dev/null
  source "$root/scripts/$piece.sh"
done
program=$root/bench/run.py
if [ "${1:-}" = instructions ]; then
  shift
  program=$root/bench/instructions.py
  need_packages bench
fi
[ -n "${BILLOW_BIN:-}" ] || "$root/scripts/build.sh"
prepare_python
exec "$python" "$program" "$@"

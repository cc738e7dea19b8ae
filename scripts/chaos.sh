#!/usr/bin/env bash
# ./run chaos [--minutes N] [--seed S] [--scenario NAME]: crash safety by force, in tests/chaos.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for piece in say packages python_env; do
  # shellcheck source=/dev/null
  source "$root/scripts/$piece.sh"
done
[ -n "${BILLOW_BIN:-}" ] || "$root/scripts/build.sh"
export BILLOW_BIN=${BILLOW_BIN:-$root/build/release/billow}
need_packages python
prepare_python
exec "$python" "$root/tests/chaos/run.py" "$@"

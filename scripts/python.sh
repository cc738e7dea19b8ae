#!/usr/bin/env bash
# Runs Python with the pinned packages: scripts/python.sh FILE ARGUMENT...
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for piece in say packages python_env; do
  # shellcheck source=/dev/null
  source "$root/scripts/$piece.sh"
done
prepare_python
exec "$python" "$@"

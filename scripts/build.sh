#!/usr/bin/env bash
# ./run build: the binary users run, build/release/billow.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for piece in say packages compile; do
  # shellcheck source=/dev/null
  source "$root/scripts/$piece.sh"
done
[ $# -eq 0 ] || die_usage "build takes no words"
need_packages build
mkdir -p "$root/build"
{
  flock -n 8 || { say "another run is building: waiting for it"; flock 8; }
  configure release || die "cmake failed"
  compile release billow || die "the build failed"
} 8>"$root/build/release.lock"
say "built $root/build/release/billow"

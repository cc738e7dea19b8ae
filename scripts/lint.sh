#!/usr/bin/env bash
# ./run lint [format|tidy|shell|arrows]: what can be found without running anything.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for piece in say packages compile python_env; do
  # shellcheck source=/dev/null
  source "$root/scripts/$piece.sh"
done

lint_format() {
  say "clang-format: layout of every C++ file"
  find src tests bench -name '*.[ch]pp' -print0 2>/dev/null |
    xargs -0 -r clang-format-19 --dry-run -Werror
}

lint_shell() {
  say "shellcheck: every script"
  shellcheck -x run .ci/run scripts/*.sh scripts/*/*.sh
}

lint_arrows() {
  prepare_python
  say "tests/tidy: which module includes which"
  "$python" -m pytest -q -p no:cacheprovider tests/tidy
}

# clang-tidy needs the compile commands and the generated files, not the compiled program. Clang cannot
# read what GCC precompiled, and would not see a missing include if it could.
lint_tidy() {
  configure dev -B "$root/build/lint" -D CMAKE_DISABLE_PRECOMPILE_HEADERS=ON || return
  say "clang-tidy: every file under src that has changed (all of them take minutes)"
  /usr/bin/python3 scripts/clang_tidy.py build/lint "$(compile_jobs)"
}

checks=("$@")
[ $# -gt 0 ] || checks=(format shell arrows tidy)
for check in "${checks[@]}"; do
  declare -F "lint_$check" >/dev/null || die_usage "lint does not know '$check'"
done
cd "$root"
mkdir -p build
need_packages build python lint
bad=()
for check in "${checks[@]}"; do "lint_$check" || bad+=("$check"); done
[ ${#bad[@]} -eq 0 ] || die "lint found something in: ${bad[*]}"
say "nothing found"

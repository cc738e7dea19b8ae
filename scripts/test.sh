#!/usr/bin/env bash
# ./run test [unit|tsan|e2e|chaos]: builds what the tests need, runs them, and adds up what came out.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for piece in say packages compile python_env; do
  # shellcheck source=/dev/null
  source "$root/scripts/$piece.sh"
done

results=$root/build/results
passed=0
failed=0
skipped=0

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}

# Sanitizers of GCC 12 lose their way in a memory layout that is random in more than 28 bits.
fixed_layout=()
setarch -R true 2>/dev/null && fixed_layout=(setarch -R)

# fail TEXT: something outside of any single test went wrong; counts as one failed test.
fail() {
  say "FAILED: $*"
  failed=$((failed + 1))
}

# add_results PART EXIT_CODE: counts results/PART.xml. No test at all is a failure, and so is a
# runner that ended badly without naming a failed test.
add_results() {
  local part=$1 code=$2 file=$results/$1.xml p=0 f=0 s=0
  if [ -s "$file" ]; then
    read -r p f s < <(/usr/bin/python3 "$root/scripts/count_results.py" "$file" || echo 0 0 0)
  fi
  say "$part: $p passed, $f failed, $s skipped (after $SECONDS s)"
  passed=$((passed + p))
  failed=$((failed + f))
  skipped=$((skipped + s))
  if [ $((p + f)) -eq 0 ]; then
    fail "$part: no test was executed"
  elif [ "$code" -ne 0 ] && [ "$f" -eq 0 ]; then
    fail "$part: its runner ended with exit code $code"
  fi
}

# run_ctest PART PRESET
run_ctest() {
  local code=0
  say "running the $1 tests"
  (cd "$root" && "${fixed_layout[@]}" ctest --preset "$2" -j "$(nproc)" --no-tests=error \
    --output-junit "$results/$1.xml") || code=$?
  add_results "$1" "$code"
}

# run_pytest PART FOLDER [PYTEST OPTION...]
run_pytest() {
  local part=$1 folder=$2 code=0
  shift 2
  (cd "$root" && "${fixed_layout[@]}" "$python" -m pytest "$folder" -p no:cacheprovider \
    --junitxml "$results/$part.xml" "$@") || code=$?
  add_results "$part" "$code"
}

# Tests at once, each worker with an engine of its own (1 GB for Java, and as much again around it).
workers=$(compile_jobs)
[ "$workers" -le 4 ] || workers=4

# Starts the engine that the tests share, with data of its own, unless BILLOW_TEST_ES_URL names one.
share_engine() {
  [ -z "${BILLOW_TEST_ES_URL:-}" ] || return 0
  engine_data=$(mktemp -d /var/tmp/billow-test.XXXXXX)
  trap end_engine EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  BILLOW_TEST_ES_URL=$(BILLOW_ES_PORT=0 BILLOW_ES_DATA=$engine_data \
    BILLOW_ES_JAVA_OPTS=-XX:TieredStopAtLevel=1 "$root/scripts/es/engine.sh" start | tail -n 1) ||
    die "the tests have no engine"
  export BILLOW_TEST_ES_URL
}

end_engine() {
  BILLOW_ES_PORT=0 BILLOW_ES_DATA=$engine_data "$root/scripts/es/engine.sh" stop || true
  rm -rf "$engine_data"
}

test_unit() {
  configure asan && compile asan || { fail "the asan build"; return 0; }
  share_engine
  run_ctest unit asan
}

# Only the test programs with the label: the tree a third time would cost minutes.
test_tsan() {
  local targets
  mapfile -t targets < <(cd "$root/tests/unit" &&
    grep -lE 'LABELS[^)]*\bthreads\b' -- */CMakeLists.txt | sed 's|/.*||; s|^|test_|')
  [ ${#targets[@]} -gt 0 ] || { fail "no test carries the label threads"; return 0; }
  configure tsan && compile tsan "${targets[@]}" || { fail "the tsan build"; return 0; }
  run_ctest tsan tsan
}

test_tidy() {
  prepare_python
  say "checking which module includes which"
  run_pytest tidy tests/tidy -q
}

test_bills() {
  prepare_python
  say "checking the golden bills against the independent oracle"
  run_pytest bills tests/bills -q
}

# Sets BILLOW_BIN, the program that is tested from outside.
find_program() {
  if [ -z "${BILLOW_BIN:-}" ]; then
    configure asan && compile asan billow || return 1
    BILLOW_BIN=$root/build/asan/billow
  fi
  BILLOW_BIN=$(realpath "$BILLOW_BIN")
  export BILLOW_BIN
}

test_e2e() {
  find_program || { fail "the asan build"; return 0; }
  prepare_python
  share_engine
  say "running the end-to-end tests with $BILLOW_BIN"
  run_pytest e2e tests/e2e -ra -n "$workers" --dist loadfile "$@"
}

test_chaos() {
  find_program || { fail "the asan build"; return 0; }
  prepare_python
  share_engine
  say "killing $BILLOW_BIN while a reader looks on (a short part of ./run chaos)"
  run_pytest chaos tests/chaos -ra -n "$workers" "$@"
}

part=${1:-all}
[ $# -eq 0 ] || shift
[ $# -eq 0 ] || [[ $part =~ ^(e2e|chaos)$ ]] || die_usage "only e2e and chaos take further words"
case $part in
  unit | tsan | e2e | chaos) parts=("$part") ;;
  all) parts=(tidy bills unit tsan e2e chaos) ;;
  *) die_usage "there is no part '$part' of the tests" ;;
esac
need_packages build python
rm -rf "$results"
mkdir -p "$results"
for part in "${parts[@]}"; do "test_$part" "$@"; done
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]

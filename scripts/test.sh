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

# Freed memory is kept to be watched: 32 MiB of it, since to touch 256 anew takes a sixth of the time.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:quarantine_size_mb=32}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}

# Sanitizers of GCC 12 lose their way in a memory layout that is random in more than 28 bits.
fixed_layout=()
setarch -R true 2>/dev/null && fixed_layout=(setarch -R)

# fail TEXT: something outside of any single test went wrong; counts as one failed test.
fail() {
  say "FAILED: $*"
  failed=$((failed + 1))
}

# add_results PART EXIT_CODE: counts results/PART.xml, or all that lies in results/PART. No test at all
# is a failure, and so is a runner that ended badly without naming a failed test.
add_results() {
  local part=$1 code=$2 p=0 f=0 s=0 files=()
  mapfile -t files < <(find "$results/$part" "$results/$part.xml" -name '*.xml' -size +0 2>/dev/null)
  if [ ${#files[@]} -gt 0 ]; then
    read -r p f s < <(/usr/bin/python3 "$root/scripts/count_results.py" "${files[@]}" || echo 0 0 0)
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

# Sets `programs` to the test programs of a preset, with a label or all: programs_of PRESET [LABEL]
programs_of() {
  mapfile -t programs < <(sed -n "s/^${2:-[a-z]*} //p" "$root/build/$1/test_programs.txt")
  [ ${#programs[@]} -gt 0 ] || { fail "there is no test program${2:+ with the label $2}"; return 1; }
}

# run_programs PART PROGRAM...: test programs of GoogleTest, one a core. A program that crashes leaves
# no results, so it is a failure by itself. (ctest starts a program anew for every test, and starting
# one with sanitizers takes longer than most tests.)
run_programs() {
  local part=$1 program name
  shift
  say "running the $part tests"
  mkdir -p "$results/$part"
  # shellcheck disable=SC2016  # the inner shell's own variables
  (cd "$root" && printf '%s\n' "$@" | xargs -P "$(nproc)" -I PROGRAM bash -c '
    log=$2/$(basename "$1").log
    timeout 900 "${@:3}" "$1" --gtest_brief=1 --gtest_output="xml:${log%.log}.xml" >"$log" 2>&1 || cat "$log"
  ' _ PROGRAM "$results/$part" "${fixed_layout[@]}")
  for program in "$@"; do
    name=$(basename "$program")
    [ -s "$results/$part/$name.xml" ] || fail "$name ended without results"
  done
  add_results "$part" 0
}

# run_pytest PART FOLDER [PYTEST OPTION...]
run_pytest() {
  local part=$1 folder=$2 code=0
  shift 2
  (cd "$root" && "${fixed_layout[@]}" "$python" -m pytest "$folder" -p no:cacheprovider \
    --junitxml "$results/$part.xml" "$@") || code=$?
  add_results "$part" "$code"
}

# Tests at once: two a core, since a test waits for the engine half of its time.
workers=$((2 * $(compile_jobs)))
[ "$workers" -le 4 ] || workers=4

# Where the engines of the tests keep their data: in memory where there is room, since an engine waits
# for the disk a dozen times to make an index, and no test cuts the power.
choose_test_data() {
  [ -z "${BILLOW_TEST_DATA:-}" ] || return 0
  local free
  export BILLOW_TEST_DATA=/var/tmp
  # The engine loads a library from a temporary file beside its data.
  awk '$2 == "/dev/shm" && $3 == "tmpfs" && $4 !~ /(^|,)(noexec|ro)(,|$)/ { found = 1 } END { exit !found }' \
    /proc/mounts || return 0
  free=$(df --output=avail -k /dev/shm | tail -n 1)
  [ "$free" -lt 4000000 ] || BILLOW_TEST_DATA=/dev/shm
}

# Java compiles and collects garbage in the cheapest way: no engine here lives long enough for more.
engine_java="-XX:TieredStopAtLevel=1 -XX:-UseG1GC -XX:+UseSerialGC"

# Starts the engine that tests share, with data of its own, unless BILLOW_TEST_ES_URL names one.
share_engine() {
  [ -z "${BILLOW_TEST_ES_URL:-}" ] || return 0
  engine_data=$(mktemp -d "$BILLOW_TEST_DATA/billow-test.XXXXXX")
  BILLOW_TEST_ES_URL=$(BILLOW_ES_PORT=0 BILLOW_ES_DATA=$engine_data \
    BILLOW_ES_JAVA_OPTS=$engine_java "$root/scripts/es/engine.sh" start | tail -n 1) ||
    die "the tests have no engine"
  export BILLOW_TEST_ES_URL
}

# Whatever runs is interrupted, so that it ends its own engines.
clean_up() {
  local group
  for group in "${running[@]}"; do kill -INT -- "-$group" 2>/dev/null && wait "$group" || true; done
  [ -z "${engine_data:-}" ] || end_engine
}

end_engine() {
  BILLOW_ES_PORT=0 BILLOW_ES_DATA=$engine_data "$root/scripts/es/engine.sh" stop || true
  rm -rf "$engine_data"
}

test_unit() {
  local programs
  build_asan || { fail "the asan build"; return 0; }
  share_engine
  programs_of asan || return 0
  run_programs unit "${programs[@]}"
}

# build_asan [TARGET]: two parts at once must not build at once.
build_asan() {
  {
    flock 8
    configure asan && compile asan "$@"
  } 8>"$root/build/asan.lock"
}

# Only the test programs with the label: the tree a third time would cost minutes.
test_tsan() {
  local programs
  configure tsan || { fail "the tsan build"; return 0; }
  programs_of tsan threads || return 0
  compile tsan "${programs[@]##*/}" || { fail "the tsan build"; return 0; }
  run_programs tsan "${programs[@]}"
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
    build_asan billow || return 1
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
  run_pytest e2e tests/e2e -ra -n "$workers" "$@"
}

test_chaos() {
  find_program || { fail "the asan build"; return 0; }
  prepare_python
  say "killing $BILLOW_BIN while a reader looks on (a short part of ./run chaos)"
  run_pytest chaos tests/chaos -ra "$@"
}

declare -A running=() # part -> its process group

# side_by_side PART...: the parts at the same time, as far as memory goes, since much of what they do is
# to wait. What each one prints is shown as a whole, once it has ended.
side_by_side() {
  local part counts
  say "side by side, as memory allows: $*"
  for part in "$@"; do
    set -m # a process group, to be interrupted as one
    # shellcheck disable=SC2030,SC2031  # the sums reach us by a file
    (
      passed=0 failed=0 skipped=0
      "test_$part"
      echo "$passed $failed $skipped" >"$results/$part.counts"
    ) </dev/null >"$results/$part.log" 2>&1 &
    running[$part]=$!
    set +m
    # Two engines a part, and a compiler a core.
    [ "$(awk '/^MemAvailable:/ { print int($2 / 1000000) }' /proc/meminfo)" -ge 10 ] || wait $! || true
  done
  for part in "$@"; do
    wait "${running[$part]}" || true
    unset "running[$part]"
    cat "$results/$part.log"
    counts=(0 0 0)
    read -ra counts <"$results/$part.counts" || fail "$part ended without results"
    # shellcheck disable=SC2031
    passed=$((passed + counts[0])) failed=$((failed + counts[1])) skipped=$((skipped + counts[2]))
  done
}

# They share an engine, of which the unit tests want every feed to be theirs.
test_unit_then_e2e() {
  test_unit
  test_e2e "$@"
}

test_all() {
  prepare_python
  build_asan || fail "the asan build"
  share_engine
  side_by_side unit_then_e2e chaos tsan tidy bills
}

part=${1:-all}
[ $# -eq 0 ] || shift
[ $# -eq 0 ] || [[ $part =~ ^(e2e|chaos)$ ]] || die_usage "only e2e and chaos take further words"
case $part in
  unit | tsan | e2e | chaos) parts=("$part") ;;
  all) parts=(all) ;;
  *) die_usage "there is no part '$part' of the tests" ;;
esac
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
need_packages build python
choose_test_data
rm -rf "$results"
mkdir -p "$results"
for part in "${parts[@]}"; do "test_$part" "$@"; done
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]

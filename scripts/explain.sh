#!/usr/bin/env bash
# ./run help [es|test|chaos]: what the commands do.
set -euo pipefail

overview() {
  cat <<'TEXT'
Billow: cloud bills, exact and current, in Elasticsearch.

  ./run demo [--keep]         build, start an engine, load a month of AWS cost, show the report, clean
                              up; refuses a cluster where Billow is in use
  ./run build                 the release binary: build/release/billow
  ./run test [unit|tsan|e2e|chaos]  all tests, or one part of them   (./run help test)
  ./run chaos                 kills, faults and races while a reader watches (./run help chaos)
  ./run lint                  format, clang-tidy, shellcheck and the dependency arrows
  ./run bench                 speed, next to ready-made bodies, Go, Java, Node and Python
                              (./run bench --help)
  ./run bench instructions    instructions a line by stage, next to the figures that are kept
  ./run bench shapes          forms of bulk requests, next to ours
  ./run bench mappings        forms of the charges' index, next to ours
  ./run es start|stop|status  a real Elasticsearch with ES|QL, here  (./run help es)

A first look:   ./run demo
Your own bill:  ./run build && build/release/billow --help
Each command installs the Debian or Ubuntu packages it lacks (as root or by sudo) and may be run
again at any time. What is built lies under build/; `rm -rf build` takes all of it away.
TEXT
}

about_es() {
  cat <<'TEXT'
./run es start    starts Elasticsearch on 127.0.0.1 and prints its URL as the last line
./run es stop     ends it and waits; the data stays
./run es status   URL, process id and version; exit code 1 when it does not run

The first start downloads 120 MB from Maven Central (checked against scripts/es/distribution-*.lock)
to ${XDG_CACHE_HOME:-~/.cache}/billow. Elasticsearch refuses to be root: root starts it as the user
billow-es, from /var/cache/billow.

  BILLOW_ES_VERSION=9         Elasticsearch 9.5 instead of 8.19, without ES|QL. It needs Java 21 or
                              later: the one of ES_JAVA_HOME, JAVA_HOME, PATH or /usr/lib/jvm, else
                              35 MB from the Python package index (scripts/es/java.lock)
  BILLOW_ES_PORT=9201         another port (9200); 0 takes a free one. Each port and version has
                              its own data
  BILLOW_ES_DATA=/folder      where data, logs and configuration lie, by default
                              ~/.cache/billow/es/PORT, or /var/lib/billow-es/PORT for root; es-9
                              and billow-es-9 for version 9, whose data 8 cannot read
  BILLOW_ES_HEAP=2g           memory for Java (1g)
  BILLOW_ES_JAVA_OPTS=...     further options for Java, e.g. -XX:TieredStopAtLevel=1: it is warm
                              after half the time, and slower from then on
  BILLOW_ES_SECURITY=1        ask for a password: user billow, BILLOW_ES_PASSWORD=...
  BILLOW_ES_ROLES=roles.yml   with it, also a user of the same password for each role in that file
  BILLOW_ES_SETTINGS='http.max_content_length: 1mb, action.auto_create_index: false'
                              further settings, parted by commas or line breaks
Two engines side by side:
  ./run es start
  BILLOW_ES_PORT=9201 ./run es start
  BILLOW_ES_PORT=9201 ./run es stop
TEXT
}

about_test() {
  cat <<'TEXT'
./run test        all of the following; ends with one line: N passed, N failed, N skipped
./run test unit   unit, golden feed and integration tests, under AddressSanitizer and UBSan
./run test tsan   the tests labelled `threads`, under ThreadSanitizer
./run test e2e    the program against a real Elasticsearch and an S3 emulator, in tests/e2e;
                  further words go to pytest: ./run test e2e -k throttled
./run test chaos  a short part of ./run chaos, and tests that its oracle sees damage
  BILLOW_BIN=build/release/billow   the program that e2e and chaos run (build/asan/billow)
  BILLOW_TEST_ES_URL=http://...     an engine for unit and e2e; otherwise one is started and ended again
  BILLOW_TEST_DATA=/var/tmp         where the engines of the tests keep their data (/dev/shm where there is room)
  BILLOW_ES_VERSION=9               all of these on Elasticsearch 9, as a part of e2e always is
e2e runs two tests a core, up to four at once. Most share one engine (2 GB); those that cannot, and
chaos, start up to four more. Without a part named all run side by side, e2e once unit has ended (with
10 GB to spare: otherwise one after another); what a part prints is shown once it has ended, and lies
in build/results beside the JUnit XML.
TEXT
}

about_chaos() {
  cat <<'TEXT'
./run chaos [--minutes 5] [--seed 1]

Starts an engine and runs scenarios until the time is over. At every single write to Elasticsearch
in turn the program is killed before, after and in it, or the write arrives when another pass has
published. By turns with these come scenarios drawn from the seed: kills, pauses, races, `sync` and
`serve`, broken answers, an engine that is paused or killed. A reader polls the alias every 20 ms,
by search and by ES|QL. After each scenario what is published must be the provider's statement, line
by line and decimal by decimal, and nothing else may be left. The first failure ends the run; it
prints the command that repeats it and keeps its logs in build/chaos.

  --scenario NAME     only this one, as a failure names it
  --part writes       only the writes in turn; `random` only what is drawn
  --keep-going        count failures and go on
  BILLOW_BIN=build/release/billow   the program; otherwise the release binary is built
  BILLOW_ES_PORT, BILLOW_ES_DATA    where the engine runs, otherwise a free port and a folder that
                                    goes away with it   (./run help es)
TEXT
}

case ${1:-} in
  es) about_es ;;
  chaos) about_chaos ;;
  test) about_test ;;
  *) overview ;;
esac

#!/usr/bin/env bash
# Has Elastic's own classes read what a cluster would be sent: read_assets.sh KIND FILE [KIND FILE...],
# where KIND is lifecycle, role or transform; without arguments it reads such pairs from its input, a
# line each. BILLOW_ES_VERSION says whose classes. Exit code 77: no JDK can be had.
set -euo pipefail
umask 022
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
for piece in say places packages es/distribution es/java; do
  # shellcheck source=/dev/null
  source "$root/scripts/$piece.sh"
done

# Sets `jdk` to a Java that has a compiler and is new enough for the engine.
find_jdk() {
  local candidate
  while IFS= read -r candidate; do
    [ -x "$candidate/bin/javac" ] || continue
    [ "$es_version" = 8 ] || java_runs_9 "$candidate" || continue
    jdk=$candidate
    return 0
  done < <(if [ "$es_version" = 8 ]; then java_homes_of_8; else java_homes; fi)
  return 1
}

choose_version
find_jdk || { [ "$es_version" = 8 ] && (need_packages jdk) && find_jdk; } || {
  say "no JDK for Elasticsearch $es_version"
  exit "$no_java"
}
need_packages engine
prepare_distribution
exec "$jdk/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m \
  -cp "$distribution/lib/*:$distribution/modules/x-pack-core/*" \
  "$root/tests/e2e/elastic_parsers/ReadAssets.java" "$@"

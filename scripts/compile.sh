# shellcheck shell=bash
# Configuring and compiling one CMake preset.

# Compilers to run at once: one a core, as far as memory goes (1.2 GB for the largest files).
compile_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1200000) }' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  printf '%s\n' "$((cores < memory ? cores : memory))"
}

# configure PRESET [CMAKE OPTION...]
configure() {
  local preset=$1
  shift
  # ccache and others look for their folder under HOME.
  [ -n "${HOME:-}" ] || export CCACHE_DIR="${CCACHE_DIR:-$root/build/ccache}"
  # What one checkout compiled serves every other.
  export CCACHE_BASEDIR=$root
  say "configuring ($preset)"
  (cd "$root" && cmake --preset "$preset" "$@") >"$root/build/configure-$preset.log" 2>&1 ||
    { tail -n 30 "$root/build/configure-$preset.log" >&2; return 1; }
}

# compile PRESET [TARGET...]
compile() {
  local preset=$1 target targets=()
  shift
  for target in "$@"; do targets+=(--target "$target"); done
  say "compiling ${*:-everything} in build/$preset"
  (cd "$root" && cmake --build --preset "$preset" -j "$(compile_jobs)" "${targets[@]}") >&2
}

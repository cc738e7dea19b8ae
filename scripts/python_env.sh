# shellcheck shell=bash
# The Python environment of tests and bench: build/venv, made again when the requirements change.

# Sets `python` to the environment's interpreter. It gets its stamp last, so that one which was
# interrupted is made again.
prepare_python() {
  local requirements=$root/tests/python/requirements.txt venv=$root/build/venv stamp
  python=$venv/bin/python
  # The folder is part of it: an environment does not survive being moved.
  stamp=$(sha256sum <(echo "$venv") "$requirements" | cut -d' ' -f1)
  mkdir -p "$root/build"
  {
    flock 9
    [ "$(cat "$venv/stamp" 2>/dev/null)" = "$stamp" ] && "$python" -c '' 2>/dev/null && return 0
    need_packages python
    say "making the Python environment in build/venv"
    rm -rf "$venv"
    /usr/bin/python3 -m venv "$venv" || die "could not make $venv"
    "$python" -m pip install --quiet --disable-pip-version-check --no-input \
      -r "$requirements" >&2 || die "pip could not install tests/python/requirements.txt"
    printf '%s\n' "$stamp" >"$venv/stamp"
  } 9>"$root/build/venv.lock"
}

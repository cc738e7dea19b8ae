# shellcheck shell=bash
# What the scripts tell the person at the terminal. Everything goes to stderr, so that stdout holds
# only what a caller may want to catch, such as the engine's URL.

# One line: what is being done now.
say() { printf '==> %s\n' "$*" >&2; }

# One line of why it cannot go on; the exit code is 1.
die() {
  printf 'run: %s\n' "$*" >&2
  exit 1
}

# die_usage MESSAGE: the command line was wrong; the exit code is 2.
die_usage() {
  printf 'run: %s (./run help shows the commands)\n' "$*" >&2
  exit 2
}

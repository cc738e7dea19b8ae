"""clang-tidy for every file under src whose inputs are not those it was last found clean with:
python clang_tidy.py BUILD JOBS [PREFIX...], where a prefix is a folder such as src/base. Exit code 1 when something
was found. What is clean has a stamp in BUILD/clean, named by a digest of all that it was told from."""
import concurrent.futures
import functools
import hashlib
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src"
PROGRAM = "clang-tidy-19"
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
# Templates are parsed when they are used: that is quicker, and Clang refuses a line of the distribution's RapidJSON
# that nobody uses.
OPTIONS = ["-quiet", f"-header-filter=^{SOURCES}/", "-extra-arg=-fdelayed-template-parsing",
           "-extra-arg=-Wno-delayed-template-parsing-in-cxx20",
           "-extra-arg=-Wno-unknown-warning-option"]


@functools.cache
def text_of(path):
    return path.read_bytes()


@functools.cache
def included_by(path):
    """Our own headers that a file names; the distribution's change with the release that is part of the digest."""
    names = INCLUDE.findall(text_of(path).decode(errors="replace"))
    found = [place for name in names for place in (SOURCES / name, path.parent / name) if place.is_file()]
    return sorted({place.resolve() for place in found})


def inputs_of(path):
    seen, waiting = set(), [path]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += included_by(one)
    return sorted(seen)


def digest_of(entry, basis):
    digest = hashlib.sha256(basis + entry["command"].encode())
    for path in inputs_of(pathlib.Path(entry["file"]).resolve()):
        digest.update(str(path).encode() + hashlib.sha256(text_of(path)).digest())
    return digest.hexdigest()


def basis_of_all():
    """What every file is told from: the program, the release of the distribution, the settings."""
    version = subprocess.run([PROGRAM, "--version"], capture_output=True, check=True).stdout
    settings = b"".join(text_of(path) for path in sorted([ROOT / ".clang-tidy", *SOURCES.rglob(".clang-tidy")]) if path.is_file())
    return version + pathlib.Path("/etc/os-release").read_bytes() + settings + " ".join(OPTIONS).encode()


def look_at(build, path):
    """What clang-tidy says of a file; nothing when it is clean."""
    done = subprocess.run([PROGRAM, "-p", str(build), *OPTIONS, path], capture_output=True, text=True)
    said = done.stdout + done.stderr
    return said if done.returncode != 0 or re.search(r"(warning|error): ", said) else ""


def main(build, jobs, *prefixes):
    build = pathlib.Path(build).resolve()
    stamps = build / "clean"
    stamps.mkdir(exist_ok=True)
    basis = basis_of_all()
    wanted = tuple(f"{ROOT / prefix}/" for prefix in prefixes or ["src"])
    entries = [entry for entry in json.loads((build / "compile_commands.json").read_text()) if entry["file"].startswith(wanted)]
    digests = {entry["file"]: digest_of(entry, basis) for entry in entries}
    dirty = [path for path, digest in digests.items() if not (stamps / digest).exists()]
    print(f"==> {len(dirty)} of {len(entries)} files have changed since they were found clean", file=sys.stderr, flush=True)
    if not prefixes:
        for stamp in stamps.iterdir():
            if stamp.name not in digests.values():
                stamp.unlink()
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        for path, said in zip(dirty, pool.map(lambda path: look_at(build, path), dirty)):
            if said:
                bad += 1
                print(said, flush=True)
            else:
                (stamps / digests[path]).touch()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

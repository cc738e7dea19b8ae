"""The loaders that billow is compared with: builds each in build/bench and says how it is started."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOADERS = ROOT / "bench" / "loaders"
BUILT = ROOT / "build" / "bench"


class LeftOut(Exception):
    """Why a loader cannot take part on this machine."""


def words_of(name: str) -> list:
    """The words that start the loader, which takes URL INDEX ROOT FILE... after them; or LeftOut."""
    return {"go": go, "java": java, "node": node, "python": python}[name]()


def need(*programs: str) -> None:
    if missing := [program for program in programs if not shutil.which(program)]:
        raise LeftOut(f"there is no {' and no '.join(missing)}")


def build(folder: Path, *command) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        # What went wrong comes first with some tools and last with others; one line has to do.
        told = [line for line in done.stdout.splitlines() if "error" in line.lower()] or [done.stdout]
        raise LeftOut(f"it does not build: {told[0].strip()[-300:]}")


def up_to_date(target: Path, sources) -> bool:
    """True when the target is younger than all its sources, so that the next bench needs no network."""
    return target.exists() and all(target.stat().st_mtime > source.stat().st_mtime for source in sources)


def go() -> list:
    need("go")
    BUILT.mkdir(parents=True, exist_ok=True)
    build(LOADERS / "go", "go", "build", "-o", BUILT / "go-loader", ".")
    return [BUILT / "go-loader"]


def java() -> list:
    need("java", "javac", "mvn")
    jar = BUILT / "java" / "loader.jar"
    if not up_to_date(jar, [path for path in (LOADERS / "java").rglob("*") if path.is_file()]):
        build(LOADERS / "java", "mvn", "-B", "-q", "package")
    return ["java", "-cp", f"{jar}{os.pathsep}{jar.parent}/lib/*", "billow.bench.Loader"]


def node() -> list:
    need("node", "npm")
    folder = BUILT / "node"
    folder.mkdir(parents=True, exist_ok=True)
    names = ("package.json", "package-lock.json")
    # npm writes this file last.
    fresh = up_to_date(folder / "node_modules/.package-lock.json", [LOADERS / "node" / n for n in names])
    # A module finds its packages beside itself, so the loader moves to where they are.
    for name in (*names, "loader.mjs"):
        shutil.copyfile(LOADERS / "node" / name, folder / name)
    if not fresh:
        build(folder, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    return ["node", folder / "loader.mjs"]


def python() -> list:
    done = subprocess.run([sys.executable, "-c", "import elasticsearch"], stderr=subprocess.DEVNULL)
    if done.returncode:
        raise LeftOut("this Python has no package elasticsearch; ./run bench brings one")
    return [sys.executable, LOADERS / "python_loader.py"]

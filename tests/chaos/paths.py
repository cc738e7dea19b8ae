"""Where things lie, and the modules that are shared with the other tests. Import this first."""
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
for folder in ("tests", "tests/e2e"):
    if str(ROOT / folder) not in sys.path:
        sys.path.insert(0, str(ROOT / folder))

KEPT = ROOT / "build" / "chaos"  # what a failed scenario leaves behind


def program():
    return pathlib.Path(os.environ.get("BILLOW_BIN", ROOT / "build" / "release" / "billow")).resolve()

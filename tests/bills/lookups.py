"""The tables beside the mappings: they are part of the contract, so the oracle reads the same files."""

import csv
import os
from functools import lru_cache, cache
from pathlib import Path

ROOT = Path(os.environ.get("BILLOW_ROOT", Path(__file__).resolve().parents[2]))


@cache
def table(provider: str, name: str) -> dict[str, tuple[str, ...]]:
    """First column -> the other columns; lines that start with # are comments."""
    path = ROOT / "ingest" / provider / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as text:
        lines = csv.reader(line for line in text if line.strip() and not line.startswith("#"))
        next(lines)
        return {fields[0]: tuple(fields[1:]) for fields in lines}

"""A folder that is a copy of a bucket with AWS Data Exports in it, read by the manifest's word."""

import csv
import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path
from collections.abc import Iterator

csv.field_size_limit(1 << 30)
PERIOD = re.compile(r"BILLING_PERIOD=(\d{4}-\d{2})$")


@dataclass
class Delivery:
    """What the export last said about one billing period."""

    period: str  # 2026-06
    execution: str
    files: list[Path]
    columns: dict[str, str]  # name -> type, as the manifest says


@dataclass
class Row:
    file: str
    line: int  # number of the line in the file on which the row ends; 1 is the header
    fields: dict[str, str]


def deliveries(folder: str | Path, export: str) -> dict[str, Delivery]:
    """The newest delivery of each period of `export`. Files the manifest does not name do not exist."""
    found: dict[str, Delivery] = {}
    for manifest in sorted(Path(folder).rglob(f"{export}-Manifest.json")):
        match = PERIOD.match(manifest.parent.name)
        # Create-new exports keep older manifests in a folder per execution; the one that lies directly
        # in the period's folder speaks for the period.
        if not match or manifest.parent.parent.name != "metadata":
            continue
        if manifest.parent.parent.parent.name != export:
            continue
        if match[1] in found:
            raise ValueError(f"two copies of export {export} below {folder}")
        found[match[1]] = read_manifest(manifest, manifest.parent.parent.parent, match[1])
    return found


def read_manifest(path: Path, export_root: Path, period: str) -> Delivery:
    manifest = json.loads(path.read_text(encoding="utf-8"))
    files = [locate(item, export_root) for item in manifest["dataFiles"]]
    columns = {c["name"]: c.get("type", "") for c in manifest.get("columns", [])}
    return Delivery(period, manifest.get("executionId", ""), files, columns)


def locate(item: object, export_root: Path) -> Path:
    """A data file by its key: what follows <export>/data/ lies below the copy's own data folder."""
    if isinstance(item, dict):
        item = next(v for k, v in item.items() if "key" in k.lower() or "path" in k.lower())
    key = str(item).split("://", 1)[-1]
    tail = key.rsplit(f"{export_root.name}/data/", 1)[-1]
    path = export_root / "data" / tail
    if path.exists() or not path.name.endswith(".gz"):
        return path
    return path.with_suffix("")  # golden cases keep the text, so that it can be reviewed


def open_text(path: Path):
    opener = gzip.open if path.name.endswith(".gz") else open
    return opener(path, "rt", encoding="utf-8-sig", newline="")


def rows(delivery: Delivery) -> Iterator[Row]:
    for path in delivery.files:
        with open_text(path) as text:
            reader = csv.reader(text, strict=True)
            header = next(reader, None)
            if header is None:
                continue
            for fields in reader:
                if not fields:
                    continue
                if len(fields) != len(header):
                    raise ValueError(f"{path}:{reader.line_num}: {len(fields)} fields, not {len(header)}")
                yield Row(path.name, reader.line_num, dict(zip(header, fields)))

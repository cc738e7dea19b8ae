"""Writes deliveries into a folder that is a copy of a bucket, as AWS Data Exports lays them out."""

import json
import queue
import random
import threading
import zlib
from pathlib import Path


class GzipFiles:
    """A sequence of .csv.gz files with a header each; compresses in a thread of its own, since zlib lets go of
    the interpreter while it works."""

    def __init__(
        self, folder: Path, export: str, header: str, rows_each: int, rows_member: int = 0, level: int = 1
    ):
        self.folder, self.export, self.header = folder, export, header
        self.rows_each, self.rows_member, self.level = rows_each, rows_member, level
        self.names: list[str] = []
        self.rows_in_file = self.rows_in_member = 0
        self._queue: queue.Queue = queue.Queue(maxsize=8)
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._compress)
        self._thread.start()
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, rows: list[str]) -> None:
        """Whole rows, each with its line end."""
        if self._failure:
            raise self._failure
        while rows:
            if not self.names or self.rows_in_file >= self.rows_each:
                self._open()
            room = self.rows_each - self.rows_in_file
            if self.rows_member:
                if self.rows_in_member >= self.rows_member:
                    self._queue.put("member")
                    self.rows_in_member = 0
                room = min(room, self.rows_member - self.rows_in_member)
            part, rows = rows[:room], rows[room:]
            self._queue.put("".join(part).encode("utf-8"))
            self.rows_in_file += len(part)
            self.rows_in_member += len(part)

    def _open(self) -> None:
        name = f"{self.export}-{len(self.names) + 1:05d}.csv.gz"
        self.names.append(name)
        self.rows_in_file = self.rows_in_member = 0
        self._queue.put(self.folder / name)
        self._queue.put(self.header.encode("utf-8"))

    def close(self) -> list[str]:
        if not self.names:
            self._open()  # a period without a line still has a file with a header
        self._queue.put(None)
        self._thread.join()
        if self._failure:
            raise self._failure
        return self.names

    def _compress(self) -> None:
        out = packer = None
        try:
            while (item := self._queue.get()) is not None:
                if isinstance(item, bytes):
                    out.write(packer.compress(item))
                    continue
                if packer is not None:
                    out.write(packer.flush())
                if isinstance(item, Path):
                    if out is not None:
                        out.close()
                    out = item.open("wb")
                packer = zlib.compressobj(self.level, zlib.DEFLATED, 31)
            if packer is not None:
                out.write(packer.flush())
        except BaseException as why:  # reported by the next write()
            self._failure = why
            while self._queue.get() is not None:
                pass
        finally:
            if out is not None:
                out.close()


def execution_id(seed: int, number: int) -> str:
    bits = random.Random(f"execution {seed} {number}").getrandbits(128)
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


def data_folder(root: Path, period: str, layout: str, stamp: str, execution: str) -> Path:
    folder = root / "data" / f"BILLING_PERIOD={period}"
    return folder / f"{stamp}-{execution}" if layout == "create-new" else folder


def write_manifest(
    root: Path,
    bucket: str,
    prefix: str,
    period: str,
    layout: str,
    stamp: str,
    execution: str,
    columns: list[tuple[str, str]],
    names: list[str],
) -> Path:
    """Last of all, as AWS does: whoever sees the manifest sees all its files."""
    export = root.name
    middle = f"{stamp}-{execution}/" if layout == "create-new" else ""
    key = f"{prefix}/{export}/data/BILLING_PERIOD={period}/{middle}".lstrip("/")
    manifest = {
        "executionId": execution,
        "exportArn": f"arn:aws:bcm-data-exports:us-east-1:012345678901:export/{export}-1a2b3c4d",
        "columns": [{"name": name, "type": kind} for name, kind in columns],
        "dataFiles": [f"s3://{bucket}/{key}{name}" for name in names],
        "additionalOutputFiles": [],
    }
    text = json.dumps(manifest, indent=1) + "\n"
    folder = root / "metadata" / f"BILLING_PERIOD={period}"
    places = [folder / f"{export}-Manifest.json"]
    if layout == "create-new":
        places.insert(0, folder / f"{stamp}-{execution}" / f"{export}-Manifest.json")
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        passing = place.with_suffix(".part")
        passing.write_text(text, encoding="utf-8")
        passing.replace(place)
    return places[-1]

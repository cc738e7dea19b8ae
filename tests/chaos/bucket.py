"""A folder that is a copy of a bucket, into which a provider puts its statements object by object, the manifest last."""
import os
import pathlib
import random
import shutil
import time

import paths  # noqa: F401
from bill_folder import quote
from bills import delivery, oracle
from bills.totals import Totals


class Bucket:
    def __init__(self, folder, seed):
        self.folder, self.staging = pathlib.Path(folder) / "bucket", pathlib.Path(folder) / "staging"
        self.folder.mkdir(parents=True)
        self.random = random.Random(f"bucket {seed}")
        self.stated = 0

    @property
    def root(self):
        return self.folder / "P" / "E"

    def stage(self, statement):
        """Writes the objects beside the bucket, and lets the oracle say what must come of them."""
        self.stated += 1
        statement.number = self.stated
        stage = self.staging / str(statement.number)
        root = stage / "P" / "E"
        stamp, execution = f"202606{statement.number:02d}T000000Z", delivery.execution_id(self.random.getrandbits(32), statement.number)
        header = sorted({column for row in statement.rows for column in row})
        files = delivery.GzipFiles(delivery.data_folder(root, statement.period, statement.layout, stamp, execution), "E",
                                   ",".join(header) + "\n", max(1, -(-len(statement.rows) // statement.files)))
        files.write([",".join(quote(row.get(column, "")) for column in header) + "\n" for row in statement.rows])
        names = files.close()
        typed = [(column, "string") for column in header]
        delivery.write_manifest(root, "B", "P", statement.period, statement.layout, stamp, execution, typed, names)
        totals = Totals()
        statement.charges = list(oracle.charges(stage, "E", "aws/cur2", statement.period, totals))
        statement.dead = len(totals.dead_letters)
        return statement

    def put(self, statement, gap_ms=0):
        """Moves the staged objects into the bucket, `gap_ms` apart."""
        stage = self.staging / str(statement.number)
        objects = sorted(path for path in stage.rglob("*") if path.is_file())
        last = stage / "P" / "E" / "metadata" / f"BILLING_PERIOD={statement.period}" / "E-Manifest.json"
        for path in [path for path in objects if path != last] + [last]:
            if gap_ms:
                time.sleep(gap_ms / 1000)
            place = self.folder / path.relative_to(stage)
            place.parent.mkdir(parents=True, exist_ok=True)
            os.utime(path)
            os.replace(path, place)
        shutil.rmtree(stage)

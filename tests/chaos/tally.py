"""What was done so far, counted."""
import threading
import time
from collections import Counter


class Tally:
    def __init__(self, audit=False, leases=False):
        self.lock, self.counts, self.began = threading.Lock(), Counter(), time.monotonic()
        self.audit, self.leases = audit, leases  # what the program has

    def add(self, what, number=1):
        with self.lock:
            self.counts[what] += number

    def fault(self, kind):
        self.add(f"fault {kind}")

    def line(self):
        with self.lock:
            counts = Counter(self.counts)
        faults = ", ".join(f"{name[6:]} {number}" for name, number in sorted(counts.items()) if name.startswith("fault "))
        exits = ", ".join(f"{name[5:]}: {number}" for name, number in sorted(counts.items()) if name.startswith("exit "))
        return (f"{time.monotonic() - self.began:.0f} s: {counts['scenarios']} scenarios, {counts['kills']} kills, "
                f"{counts['publishes']} publishes seen in {counts['polls']} polls; faults: {faults or 'none'}; exit codes {exits}")

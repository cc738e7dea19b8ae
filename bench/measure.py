"""Runs a command and writes what it cost as JSON: measure.py RESULT COMMAND...

A process of its own because Linux counts the memory of whoever starts a program as that program's peak.
"""

import json
import os
import sys
import time

start = time.monotonic()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w", encoding="utf-8") as out:
    json.dump(
        {
            "seconds": time.monotonic() - start,
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "peak_mib": usage.ru_maxrss / 1024,
            "exit": os.waitstatus_to_exitcode(status),
        },
        out,
    )

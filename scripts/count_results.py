"""Adds up JUnit XML files: `count_results.py FILE...` prints passed, failed and skipped tests.

Skipped tests are named on stderr with their reason: what did not run is not hidden.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree


def fate(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "passed" if case.find("skipped") is None else "skipped"


def reason(case):
    """pytest gives the reason itself; of a GoogleTest, ctest keeps what it printed after `Skipped`."""
    printed = re.search(r": Skipped\n(.+)", case.findtext("system-out") or "")
    return printed[1] if printed else case.find("skipped").get("message") or "no reason given"


def main(paths):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in paths:
        for case in ElementTree.parse(path).iter("testcase"):
            counts[fate(case)] += 1
            if fate(case) == "skipped":
                print(f"skipped: {case.get('name')}: {reason(case)}", file=sys.stderr)
    print(*counts.values())


main(sys.argv[1:])

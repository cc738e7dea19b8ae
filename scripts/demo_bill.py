"""What the demo needs beside billow itself: its bill, a check of every figure, a query, and a cluster of its own.

demo_bill.py alone FEED PID            says `yes` when all there is of Billow's was brought by a demo; refuses a
                                       cluster where another process than PID is at it
demo_bill.py claim ADVICE PID          marks the cluster as the demo's; refuses one with anything of Billow's
demo_bill.py write FOLDER N EXPECTED   delivery number N of the month, and the sums it must lead to
demo_bill.py verify FEED EXPECTED      adds up what readers see, exactly, and compares
demo_bill.py ask FEED                  runs a query and prints it in a form to copy
demo_bill.py clear FEED                deletes the indices of a demo that is alone
demo_bill.py release                   takes the mark away
"""

import json
import os
import re
import sys
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from bills.generate import generate  # noqa: E402
from bills.totals import COSTS  # noqa: E402
from bills.values import add, dump, load, plain  # noqa: E402

URL = os.environ["BILLOW_ES_URL"].rstrip("/")
BILL = {
    "rows": 5000,
    "seed": 1906,
    "period": "2026-06",
    "columns": "all",
    "granularity": "daily",
    "export": "heliograph",
    "prefix": "",
}
# A component template that no index is made of: it costs nothing, and goes with the cluster's data.
MARK = "/_component_template/billow-demo"
# No proxy: the demo's Elasticsearch is on this machine.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def call(method: str, path: str, body=None, absent_ok: bool = False):
    data = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
    kind = "application/x-ndjson" if isinstance(body, str) else "application/json"
    request = urllib.request.Request(URL + path, data=data, method=method, headers={"Content-Type": kind})
    try:
        with OPENER.open(request, timeout=60) as answer:
            return load(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        if error.code == 404 and absent_ok:
            return {}
        sys.exit(f"demo: {method} {path}: {error.code} {error.read()[:300]!r}")
    except urllib.error.URLError as error:
        sys.exit(f"demo: no Elasticsearch at {URL}: {error.reason}")


def present() -> list:
    """The names of all there is of Billow's: indices, templates, and the demo's mark."""
    templates = call("GET", "/_index_template/billow*", absent_ok=True).get("index_templates", [])
    components = call("GET", "/_component_template/billow*", absent_ok=True).get("component_templates", [])
    return indices() + sorted({each["name"] for each in templates + components})


def indices() -> list:
    return sorted(call("GET", "/billow*/_settings?expand_wildcards=all&filter_path=*.settings.index.uuid"))


def is_demo(process: int) -> bool:
    try:
        return b"demo.sh" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def alone(feed: str, own: str) -> None:
    """The audit chain and the records are one for all feeds, so a demo can be removed as a whole or not at all."""
    marks = call("GET", MARK, absent_ok=True).get("component_templates")
    if not marks:
        return
    owner = int(marks[0]["component_template"].get("_meta", {}).get("process", 0))
    if owner != int(own) and is_demo(owner):
        sys.exit(f"demo: another ./run demo (process {owner}) is at work at {URL}: wait until it has ended")
    # Of billow-state, leases and fencing tokens, nothing is left without a record elsewhere.
    records = "/billow*,-billow-state"
    call("POST", f"{records}/_refresh?expand_wildcards=open,hidden")
    others = {"query": {"bool": {"must_not": {"term": {"x_FeedId": feed}}}}}
    if not call("POST", f"{records}/_count?expand_wildcards=open,hidden", others)["count"]:
        print("yes")


def claim(advice: str, own: str) -> None:
    names = present()
    if names:
        more = f" and {len(names) - 4} more" if len(names) > 4 else ""
        sys.exit(
            f"demo: somebody uses Billow at {URL} already: there is {', '.join(names[:4])}{more}. Nothing was changed: "
            "what the demo publishes would stay in the audit chain.\n"
            f"Give it an engine of its own:  {advice}"
        )
    about = {"description": "./run demo brought all of Billow's.", "process": int(own)}
    call("PUT", f"{MARK}?create=true", {"template": {}, "_meta": about})


def write(folder: str, number: str, expected: str) -> None:
    said = generate(folder, restate=int(number), **BILL)
    Path(expected).write_text(dump(said))
    size = sum(path.stat().st_size for path in Path(folder).rglob("*.csv.gz"))
    sums = ", ".join(f"{plain(s['BilledCost'])} {currency}" for currency, s in said["currencies"].items())
    print(
        f"   {said['rows']:,} lines in {size // 1024:,} KiB; by its own count {int(said['charges']):,} charges of {sums}"
    )


def documents(feed: str):
    call("POST", "/billow-charges/_refresh")
    pit = call("POST", "/billow-charges/_pit?keep_alive=1m")["id"]
    after = None
    try:
        while True:
            # Whole documents: a filtered _source passes through doubles and loses digits.
            body = {
                "size": 2000,
                "query": {"term": {"x_FeedId": feed}},
                "sort": ["_shard_doc"],
                "pit": {"id": pit, "keep_alive": "1m"},
                "track_total_hits": False,
            }
            if after:
                body["search_after"] = [int(value) for value in after]
            # Every page asks every shard: they are numbered in the sort values.
            path = "/_search?allow_partial_search_results=false&pre_filter_shard_size=1000000"
            hits = call("POST", path, body)["hits"]["hits"]
            yield from (hit["_source"] for hit in hits)
            if len(hits) < 2000:
                return
            after = hits[-1]["sort"]
    finally:
        call("DELETE", "/_pit", {"id": pit})


def verify(feed: str, expected: str) -> None:
    said = load(Path(expected).read_text())["currencies"]
    found: dict = {}
    for document in documents(feed):
        sums = found.setdefault(
            document["BillingCurrency"], {"lines": Decimal(0)} | {cost: Decimal(0) for cost in COSTS}
        )
        sums["lines"] += 1
        for cost in COSTS:
            sums[cost] = add(sums[cost], document[cost])
    if found != said:
        sys.exit(f"demo: Elasticsearch holds {dump(found)}, the bill says {dump(said)}")
    for currency, sums in found.items():
        print(
            f"   Checked: {int(sums['lines']):,} documents, added up one by one, give the bill's {plain(sums['BilledCost'])} {currency}, to the last digit."
        )


def ask(feed: str) -> None:
    query = (
        f'FROM billow-charges | WHERE x_FeedId == "{feed}" '
        "| STATS list = SUM(ListCost), effective = SUM(EffectiveCost) BY SubAccountName, BillingCurrency "
        "| SORT effective DESC | LIMIT 8"
    )
    print(
        f"curl -s '{URL}/_query?format=txt' -H 'Content-Type: application/json' -d '\n  {json.dumps({'query': query})}'"
    )
    request = urllib.request.Request(
        f"{URL}/_query?format=txt",
        data=json.dumps({"query": query}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with OPENER.open(request, timeout=60) as answer:
            print(answer.read().decode().rstrip())
    except urllib.error.HTTPError:
        print("   (this Elasticsearch has no ES|QL)")


def clear(feed: str) -> None:
    own = ("billow-audit", "billow-dead-letters", "billow-deliveries", "billow-state")
    of_feed = re.compile(rf"billow-(charges|daily|monthly|usage|commitments)-{re.escape(feed)}-\d{{4}}\b")
    for index in indices():
        if index in own or of_feed.match(index):
            call("DELETE", f"/{index}")


def release() -> None:
    call("DELETE", MARK, absent_ok=True)


if __name__ == "__main__":
    commands = (alone, claim, write, verify, ask, clear, release)
    {command.__name__: command for command in commands}[sys.argv[1]](*sys.argv[2:])

"""What the demo needs beside billow itself: its bill, a check of every figure, a query, and the cleaning up.

demo_bill.py begin FEED STATE          remembers what was in Elasticsearch; removes an earlier demo
demo_bill.py write FOLDER N EXPECTED   delivery number N of the month, and the sums it must lead to
demo_bill.py verify FEED EXPECTED      adds up what readers see, exactly, and compares
demo_bill.py ask FEED                  runs a query and prints it in a form to copy
demo_bill.py clean FEED STATE          removes what the demo made
"""

import json
import os
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


def present() -> dict:
    templates = call("GET", "/_index_template/billow*", absent_ok=True).get("index_templates", [])
    components = call("GET", "/_component_template/billow*", absent_ok=True).get("component_templates", [])
    return {
        "indices": sorted(
            call("GET", "/billow*/_settings?expand_wildcards=all&filter_path=*.settings.index.uuid")
        ),
        "templates": sorted(t["name"] for t in templates),
        "components": sorted(t["name"] for t in components),
    }


def begin(feed: str, state: str) -> None:
    if any(index.startswith(f"billow-charges-{feed}-") for index in present()["indices"]):
        remove(feed)
    Path(state).write_text(json.dumps(present()))


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
            hits = call("POST", "/_search", body)["hits"]["hits"]
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
        "| STATS list = SUM(ListCost), effective = SUM(EffectiveCost) BY SubAccountName | SORT effective DESC | LIMIT 8"
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


def remove(feed: str) -> None:
    indices = present()["indices"]
    for index in indices:
        if index.startswith((f"billow-charges-{feed}-", f"billow-daily-{feed}-")):
            call("DELETE", f"/{index}")
    for index in {"billow-deliveries", "billow-dead-letters"} & set(indices):
        call("POST", f"/{index}/_refresh")
        hits = call(
            "POST",
            f"/{index}/_search",
            {"size": 10000, "_source": False, "query": {"term": {"x_FeedId": feed}}},
        )["hits"]["hits"]
        lines = "".join(json.dumps({"delete": {"_index": index, "_id": hit["_id"]}}) + "\n" for hit in hits)
        if lines:
            call("POST", "/_bulk?refresh=true", lines)
    if "billow-state" in indices:
        aliases = call("GET", "/billow-state/_alias")["billow-state"]["aliases"]
        own = [name for name in aliases if name.startswith(f"billow-epoch-{feed}-")]
        if own:
            call(
                "POST",
                "/_aliases",
                {"actions": [{"remove": {"index": "billow-state", "alias": name}} for name in own]},
            )


def clean(feed: str, state: str) -> None:
    before = json.loads(Path(state).read_text())
    remove(feed)
    now = present()
    for index in sorted(set(now["indices"]) - set(before["indices"])):
        call("DELETE", f"/{index}")
    for template in sorted(set(now["templates"]) - set(before["templates"])):
        call("DELETE", f"/_index_template/{template}")
    for component in sorted(set(now["components"]) - set(before["components"])):
        call("DELETE", f"/_component_template/{component}")


if __name__ == "__main__":
    {"begin": begin, "write": write, "verify": verify, "ask": ask, "clean": clean}[sys.argv[1]](*sys.argv[2:])

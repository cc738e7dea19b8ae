"""./run bench mappings: what the index should look like, measured.

    mappings.py [--lines 200000] [--copies 1] [--rounds 2] [--own-once] [--only NAME;...]

The same documents go into indices that differ from Billow's template in one thing, each right after the template
as it is. Printed is what became, against that, of the speed until all can be searched and of the CPU that
Elasticsearch spent; the size of the index when it is merged into one segment; and the median times of searches
as dashboards send them, through an alias that filters by slice.

`--copies N` sends each document N times under different ids, for an index of many lines from a small bill. With
`--own-once` the template itself is loaded once a round, not before each mapping: a load of minutes varies less.

    BILLOW_BIN, BILLOW_ES_URL   as for ./run bench
"""

import argparse
import copy
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "bench/loaders")]

import ready_sender  # noqa: E402
from bill import Bill, chosen, prepared  # noqa: E402
from cluster import Engine, Failed, say  # noqa: E402

BYTES = 5 << 20
CONNECTIONS = 2
REPEATS = 15
WARM_UPS = 3  # until the engine's compiler is done
FILTERED = {  # what people filter by, so that everything else could do without an inverted index
    *("@timestamp", "BillingAccountId", "BillingCurrency", "BillingPeriodStart", "ChargeCategory", "ChargePeriodStart"),
    *("CommitmentDiscountId", "InvoiceId", "RegionId", "ResourceId", "ServiceCategory", "ServiceName"),
    *("ServiceProviderName", "SkuId", "SubAccountId", "x_DeliveryId", "x_FeedId", "x_SliceId", "x_Tags"),
}

# ---- the variants: each changes the body of an index -------------------------------------------------------------------


def fields(body: dict) -> Iterator[tuple[str, dict]]:
    """Every field and dynamic template with its mapping."""
    yield from body["mappings"]["properties"].items()
    for template in body["mappings"]["dynamic_templates"]:
        for name, parts in template.items():
            yield name, parts["mapping"]


def codec(name: str) -> Callable[[dict], None]:
    def change(body):
        body["settings"]["index"]["codec"] = name

    return change


def numbers_indexed(body):
    for _, mapping in fields(body):
        if mapping["type"] == "double":
            mapping.pop("index", None)


def unindexed(fits: Callable[[str], bool]) -> Callable[[dict], None]:
    def change(body):
        for name, mapping in fields(body):
            if mapping["type"] in ("keyword", "date") and fits(name):
                mapping["index"] = False

    return change


def sorted_by(*names: str) -> Callable[[dict], None]:
    def change(body):
        body["settings"]["index"]["sort"] = {"field": list(names), "order": ["asc"] * len(names)}

    return change


def logsdb(body):
    index = body["settings"]["index"]
    index.pop("codec")
    index |= {"mode": "logsdb", "sort": {"field": ["SubAccountId", "@timestamp"], "order": ["asc", "asc"]}}
    # Without it the mode rebuilds _source from the fields, where 0.10 reads 0.1: not the provider's digits.
    index["mapping"]["source"] = {"mode": "stored"}


def only_kept(fits: Callable[[str, dict], bool]) -> Callable[[dict], None]:
    """Neither searched nor aggregated, only shown."""

    def change(body):
        for name, mapping in fields(body):
            if not fits(name, mapping):
                continue
            if mapping["type"] == "flattened":
                mapping |= {"type": "object", "enabled": False}
                mapping.pop("ignore_above")
            else:
                mapping |= {"index": False, "doc_values": False}

    return change


def async_translog(body):
    body["settings"]["index"]["translog"] = {"durability": "async"}


def merged_rarely(body):
    body["settings"]["index"]["merge"] = {"policy": {"segments_per_tier": 64, "max_merge_at_once": 64}}


def _is_extra(name: str) -> bool:
    return name in ("x_texts", "other_texts")


OWN = "the template as it is"
VARIANTS: dict[str, Callable[[dict], None]] = {
    OWN: lambda body: None,
    "codec default (LZ4)": codec("default"),
    "numbers indexed": numbers_indexed,
    "x_ texts not indexed": unindexed(_is_extra),
    "only filtered texts indexed": unindexed(lambda name: name not in FILTERED),
    "sorted by account, service, time": sorted_by("SubAccountId", "ServiceName", "@timestamp"),
    "sorted by time": sorted_by("@timestamp"),
    "logsdb, source stored": logsdb,
    "x_ texts only kept": only_kept(lambda name, _: _is_extra(name)),
    "maps only kept": only_kept(lambda _, mapping: mapping["type"] == "flattened"),
    "translog asynchronous": async_translog,
    "merged rarely": merged_rarely,
}

# ---- searches ----------------------------------------------------------------------------------------------------------


def total(field: str) -> dict:
    return {"cost": {"sum": {"field": field}}}


def searches(sample: dict) -> dict[str, dict]:
    """What dashboards ask; `sample` is a document to take values from."""
    by_day = {"date_histogram": {"field": "@timestamp", "calendar_interval": "day"}}
    services = {"terms": {"field": "ServiceName", "size": 10, "order": {"cost": "desc"}}, "aggs": total("EffectiveCost")}
    accounts = {"terms": {"field": "SubAccountId", "size": 10, "order": {"cost": "desc"}}, "aggs": total("BilledCost")}
    tags = {"terms": {"field": "x_Tags", "size": 20}, "aggs": total("EffectiveCost")}
    week = {"range": {"@timestamp": {"gte": "2026-06-08", "lt": "2026-06-15"}}}
    return {
        "day": {"size": 0, "aggs": {"days": by_day | {"aggs": {"services": services}}}},
        "account": {"size": 0, "query": {"term": {"ChargeCategory": "Usage"}}, "aggs": {"accounts": accounts}},
        "tag": {"size": 0, "query": week, "aggs": {"tags": tags}},
        "resource": {
            "size": 0,
            "query": {"term": {"ResourceId": sample["ResourceId"]}},
            "aggs": {"days": by_day | {"aggs": total("EffectiveCost")}},
        },
        "lines": {"size": 50, "query": week, "sort": [{"BilledCost": "desc"}]},
    }


# ---- the measurement ---------------------------------------------------------------------------------------------------


@dataclass
class Figures:
    speed: float  # documents/s until they can be searched
    cpu: float  # Elasticsearch's CPU seconds a million documents
    size: float  # bytes a document, merged
    latency: dict[str, float]  # of each search, ms


class Bench:
    def __init__(self, engine: Engine, bill: Bill, copies: int):
        self.engine, self.bill, self.copies = engine, bill, copies
        simulated = engine.call("POST", "/_index_template/_simulate_index/billow-charges-bench-2026-06")
        self.template = json.loads(json.dumps(simulated["template"], default=int))
        self.template.pop("aliases", None)
        with bill.bodies.open("rb") as lines:
            documents = (json.loads(line) for line in lines)
            self.sample = next(d for d in documents if "ResourceId" in d)
        self.slices = sorted(self._slices())

    def _slices(self) -> set[str]:
        slices = set()
        with self.bill.bodies.open("rb") as lines:
            for line in lines:
                if line.startswith(b'{"create"'):
                    slices.add(json.loads(line)["create"]["_id"].rpartition("-")[0])
        return slices

    def pieces(self) -> Iterator[bytes]:
        for number in range(self.copies):
            for body in ready_sender.bodies(self.bill.bodies, BYTES):
                yield body if number == 0 else body.replace(b'"create":{"_id":"', b'"create":{"_id":"%d-' % number)

    def run(self, name: str) -> Figures:
        index, alias = "bench-mapping", "bench-mapping-visible"
        body = copy.deepcopy(self.template)
        VARIANTS[name](body)
        body["aliases"] = {alias: {"filter": {"terms": {"x_SliceId": self.slices}}}}
        call = self.engine.call
        call("DELETE", f"/{index}")
        call("PUT", f"/{index}", body)
        self.engine.quiet()
        try:
            cpu, start = self.engine.cpu_seconds(), time.monotonic()
            ready_sender.send_all(self.engine.url, index, self.pieces(), CONNECTIONS, {})
            call("POST", f"/{index}/_refresh")
            seconds = time.monotonic() - start
            self.engine.quiet()
            cpu = self.engine.cpu_seconds() - cpu
            count = int(call("GET", f"/{index}/_count")["count"])
            if count != self.bill.documents * self.copies:
                raise Failed(f"{name}: {count} documents, {self.bill.documents * self.copies} were sent")
            call("POST", f"/{index}/_forcemerge?max_num_segments=1")
            call("POST", f"/{index}/_refresh")
            stats = call("GET", f"/{index}/_stats/store")
            size = int(stats["_all"]["primaries"]["store"]["size_in_bytes"]) / count
            return Figures(count / seconds, cpu / count * 1e6, size, self.latencies(alias))
        finally:
            call("DELETE", f"/{index}")

    def latencies(self, alias: str) -> dict[str, float]:
        figures = {}
        for name, body in searches(self.sample).items():
            took = []
            for _ in range(REPEATS):
                answer = self.engine.call("POST", f"/{alias}/_search?request_cache=false", body)
                took.append(float(answer["took"]))
            # The first ones load what later ones find in memory.
            figures[name] = statistics.median(took[REPEATS // 3 :])
        return figures


def rounds(bench: Bench, names: list[str], number_of_rounds: int, own_once: bool) -> dict[str, list]:
    """Of each mapping, for each round: its figures, and those of the template before."""
    results: dict[str, list] = {name: [] for name in names}
    for number in range(1, number_of_rounds + 1):
        own = None
        for name in names:
            if own is None or not own_once:
                own = bench.run(OWN)
            figures = own if own_once and name == OWN else bench.run(name)
            results[name].append((figures, own))
            say(
                f"round {number}: {name:33} {figures.speed / own.speed:.2f} of our speed, "
                f"{figures.cpu / own.cpu:.2f} of the CPU, {figures.size:.0f} B a document"
            )
    return results


def table(results: dict[str, list]) -> list[str]:
    all_own = [own for pairs in results.values() for _, own in pairs]
    kinds = list(all_own[0].latency)
    rows = [
        f"| {'mapping':33} | speed | CPU | bytes a document | " + " | ".join(f"{kind}, ms" for kind in kinds) + " |",
        f"|{'-' * 35}|---|---|---|" + "---|" * len(kinds),
    ]
    for name, pairs in results.items():
        speed = statistics.median(figures.speed / own.speed for figures, own in pairs)
        cpu = statistics.median(figures.cpu / own.cpu for figures, own in pairs)
        size = statistics.median(figures.size for figures, _ in pairs)
        took = " | ".join(f"{statistics.median(figures.latency[kind] for figures, _ in pairs):.0f}" for kind in kinds)
        rows.append(f"| {name:33} | {speed:.2f} | {cpu:.2f} | {size:.0f} | {took} |")
    speed, cpu = statistics.median(own.speed for own in all_own), statistics.median(own.cpu for own in all_own)
    rows.append(f"\n1.00 is {speed:,.0f} documents/s and {cpu:.1f} CPU seconds a million.")
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="./run bench mappings", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--own-once", action="store_true")
    parser.add_argument("--only", default="", help="mappings, by semicolon")
    args = parser.parse_args()
    names = chosen(parser, args.only, VARIANTS)
    try:
        with prepared(args.lines) as (engine, bill):
            say("warming Elasticsearch up")
            for _ in range(WARM_UPS):
                Bench(engine, bill, 1).run(OWN)
            results = rounds(Bench(engine, bill, args.copies), names, args.rounds, args.own_once)
    except (Failed, ready_sender.Refused) as why:
        print(f"bench: {why}", file=sys.stderr)
        return 1
    print("\n".join(table(results)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

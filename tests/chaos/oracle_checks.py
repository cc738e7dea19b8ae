"""What must be so when everything has come to rest: each function returns what is wrong, as sentences."""
import re
from collections import Counter
from decimal import Decimal

import paths  # noqa: F401
import rollup_documents
from bill_folder import COSTS, sums
from bills.compare import compare

ENDED = {"published", "superseded", "withheld"}  # states in which a delivery record may stay


def published_exactly(engine, feed, statements):
    """Line by line and decimal by decimal: `statements` are those that readers must see now."""
    hits = engine.hits("billow-charges", feed) if alias_exists(engine) else []
    found = [hit["_source"] for hit in hits]
    expected = [charge for statement in statements for charge in statement.charges]
    wrong = [f"published twice: {name}" for name, times in Counter(hit["_id"] for hit in hits).items() if times > 1]
    if any(statement.minted for statement in statements):
        # A slice that says the same under new ids is left alone, so the old ids stay.
        expected, found = without_ids(expected), without_ids(found)
    return wrong + compare(expected, found, limit=20)


def without_ids(charges):
    return [{name: value for name, value in charge.items() if name != "x_LineItemId"} for charge in charges]


def alias_exists(engine):
    return engine.call("GET", "/_alias/billow-charges")[0] == 200


def visible_slices(engine, feed):
    """Period -> the slices that the alias lets readers see."""
    status, answer = engine.call("GET", f"/billow-charges-{feed}-*/_alias/billow-charges")
    if status != 200:
        return {}
    shown = {}
    for index, entry in answer.items():
        filtered = entry["aliases"]["billow-charges"].get("filter")
        shown[index[-7:]] = set(re.findall(r"[0-9a-f]{6,}-\d+-[\w-]+", str(filtered))) if filtered else None
    return shown


def no_garbage(engine, feed, statements):
    """Nothing lies behind the alias that readers do not see, and no record tells of an attempt that has ended."""
    wrong = []
    engine.call("POST", f"/billow-charges-{feed}-*/_refresh")
    _, answer = engine.call("GET", f"/billow-charges-{feed}-*/_count")
    stored, published = answer.get("count", 0), sum(len(statement.charges) for statement in statements)
    if stored != published:
        hits = engine.hits(f"billow-charges-{feed}-*")
        by_slice = Counter((hit["_index"], hit["_source"]["x_SliceId"]) for hit in hits)
        wrong.append(f"{stored} lines are stored, {published} are published; by slice: {dict(by_slice)}; "
                     f"visible: {visible_slices(engine, feed)}")
    return wrong + records_in_order(engine, feed, statements) + one_token(engine, feed)


def rolled_up_exactly(engine, feed):
    """Rollups say what the published charges say, and hold nothing else."""
    charges = [hit["_source"] for hit in engine.hits("billow-charges", feed)] if alias_exists(engine) else []
    wrong = rollup_documents.differences(engine, feed, charges)[:20]
    left = rollup_documents.hidden(engine, feed)
    return wrong + [f"rollups hold documents that nobody sees (stored, shown): {left}"] * bool(left)


def records_in_order(engine, feed, statements):
    wrong, published = [], {}
    for hit in engine.hits("billow-deliveries", feed):
        record = hit["_source"]
        if "State" not in record:
            continue  # health of the feed, not a delivery
        if record["State"] not in ENDED:
            wrong.append(f"record {hit['_id']} says {record['State']!r} though nothing is under way")
        if record["State"] == "published":
            published.setdefault(record["BillingPeriod"], []).append(record)
    for statement in statements:
        of_period = published.pop(statement.period, [])
        if len(of_period) != 1:
            wrong.append(f"{len(of_period)} records say that they are what is published of {statement.period}")
            continue
        wrong += totals_differ(of_period[0], statement)
    return wrong + [f"a record says that {period} is published, which nobody stated" for period in published]


def totals_differ(record, statement):
    """The control totals of the published record against the oracle's sums."""
    added = {}
    for part in record.get("Slices", []):
        for entry in part["Currencies"]:
            into = added.setdefault(entry["BillingCurrency"], {"lines": 0, **{cost: Decimal(0) for cost in COSTS}})
            into["lines"] += entry["Lines"]
            for cost in COSTS:
                into[cost] += Decimal(entry["Sums"][cost])
    expected = sums(statement.charges)
    if added == expected:
        return []
    return [f"the published record of {statement.period} adds up to {short(added)}, the statement to {short(expected)}"]


def short(added):
    return ", ".join(f"{entry['lines']} lines {entry['BilledCost']} {currency}" for currency, entry in sorted(added.items()))


def one_token(engine, feed):
    status, answer = engine.call("GET", f"/billow-state/_alias/billow-epoch-{feed}-*")
    assert status in (200, 404), (status, answer)
    tokens = [name for entry in answer.values() for name in entry["aliases"]] if status == 200 else []
    return [] if len(tokens) == 1 else [f"the feed has {len(tokens)} tokens: {tokens}"]


def dead_letters(engine, feed, stated, standing):
    """Each line that cannot become a charge is kept once a delivery. Both are numbers of lines: `stated` of all deliveries
    that had any, `standing` of those that are published or wait."""
    letters = Counter()
    for hit in engine.hits("billow-dead-letters", feed):
        letter = hit["_source"]
        letters[(letter["BillingPeriod"], letter["x_DeliveryId"], letter["Object"], letter["Row"])] += 1
    wrong = [f"dead letter {origin} is kept {times} times" for origin, times in letters.items() if times > 1]
    found = Counter(Counter((period, delivery) for period, delivery, *_ in letters).values())
    if not Counter(standing) <= found <= Counter(stated):
        wrong.append(f"deliveries with dead letters hold {sorted(found.elements())}, expected {sorted(standing)} at the least "
                     f"and {sorted(stated)} at the most")
    return wrong


def document_writes(engine, feed):
    """How many charges and documents of rollups were ever written to or deleted from the feed's indices."""
    indices = ",".join(f"{alias}-{feed}-*" for alias in ["billow-charges", *rollup_documents.ALIASES])
    _, answer = engine.call("GET", f"/{indices}/_stats/indexing")
    indexing = answer["_all"].get("primaries", {}).get("indexing", {}) if isinstance(answer, dict) else {}
    return indexing.get("index_total", 0), indexing.get("delete_total", 0)

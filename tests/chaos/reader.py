"""Someone at a dashboard: asks the alias every 20 ms while anyone may write, and notes whenever it shows what no
statement says."""
import http.client
import json
import threading
import time
from decimal import Decimal
from urllib.parse import urlsplit

PAUSE_SECONDS = 0.02
REST_PAUSES = 10  # between two polls when no program runs: what is there stays until one does
ESQL_EVERY = 8  # polls
NOTHING = (0, 0, Decimal(0))


BY_PERIOD = {"period": {"terms": {"field": "BillingPeriodStart", "size": 50},
                        "aggs": {"mark": {"sum": {"field": "ConsumedQuantity"}}, "billed": {"sum": {"field": "BilledCost"}},
                                 "counted": {"sum": {"field": "x_ChargeCount"}}}}}


def name_of(bucket):
    return bucket["key_as_string"][:7]


def sums_of(bucket):
    return int(bucket["mark"]["value"]), Decimal(bucket["billed"]["value"])


class Story:
    """What readers may see of each period: its statements one after another, never one of before."""

    def __init__(self):
        self.lock = threading.Lock()
        self.statements = {}  # period -> signatures; what was before the first is nothing
        self.place = {}  # period -> index of the statement that readers saw last, at the least
        self.problems = []
        self.publishes = 0

    def allow(self, period, signature):
        with self.lock:
            self.statements.setdefault(period, [NOTHING]).append(signature)
            self.place.setdefault(period, 0)

    def see(self, seen, by):
        with self.lock:
            for period in self.statements.keys() | seen.keys():
                self.see_period(period, seen.get(period, NOTHING), by)

    def see_rollup(self, seen, rolled_up):
        """What one search has found in the charges and in a rollup."""
        with self.lock:
            for period in seen.keys() | rolled_up.keys():
                charges, rollup = seen.get(period, NOTHING), rolled_up.get(period, NOTHING)
                if not same(charges, rollup) and len(self.problems) < 20:
                    self.problems.append(f"a reader saw {period} at one moment as {text(charges)} in the charges "
                                         f"and as {text(rollup)} in a rollup")

    def see_period(self, period, found, by):
        told, at = self.statements.get(period, [NOTHING]), self.place.get(period, 0)
        fits = [n for n, signature in enumerate(told) if same(signature, found)]
        later = [n for n in fits if n >= at]
        if later:
            self.publishes += later[0] > at
            self.place[period] = later[0]
        elif len(self.problems) < 20:
            what = f"went back from statement {at} to {fits[0]}" if fits else f"saw what no statement says (after statement {at})"
            self.problems.append(f"a reader by {by} {what}: {period} shows {text(found)}; "
                                 f"the statements are {', '.join(map(text, told))}")

    def promise(self):
        """What a pass that begins now must have published when it says that it has: period -> place."""
        with self.lock:
            return {period: len(told) - 1 for period, told in self.statements.items()}

    def holds(self, promise, seen):
        """The promises that are not kept by what a reader has seen."""
        with self.lock:
            return [period for period, place in promise.items()
                    if not any(same(signature, seen.get(period, NOTHING)) for signature in self.statements[period][place:])]

    def is_current(self, period):
        with self.lock:
            told = self.statements.get(period, [NOTHING])
            return same(told[self.place.get(period, 0)], told[-1])


def same(signature, found):
    return signature[:2] == found[:2] and abs(signature[2] - found[2]) <= Decimal("1e-6")


def text(signature):
    return f"{signature[0]} lines, mark {signature[1]}, {signature[2]:.6f}"


class Reader:
    """One thread and one connection. `url` is the engine's own, without any fault in between; `under_way` says whether
    a program runs."""

    def __init__(self, url, feed, story, under_way=lambda: True):
        self.address, self.feed, self.story = urlsplit(url), feed, story
        self.under_way = under_way
        self.polls = self.unanswered = 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.connection = None

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()

    def run(self):
        while not self.stopping.is_set():
            self.poll("ES|QL" if self.polls % ESQL_EVERY == ESQL_EVERY - 1 else "search")
            self.polls += 1
            self.pause()

    def pause(self):
        for _ in range(REST_PAUSES):
            time.sleep(PAUSE_SECONDS)
            if self.under_way() or self.stopping.is_set():
                return

    def poll(self, by):
        try:
            seen = self.by_esql() if by == "ES|QL" else self.by_search()
        except (OSError, ValueError, http.client.HTTPException):
            seen, self.connection = None, None
        if seen is None:
            self.unanswered += 1
        else:
            self.story.see(seen, by)

    def ask(self, path, body):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=20)
        self.connection.request("POST", path, body=json.dumps(body), headers={"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read(), parse_float=Decimal)

    def by_search(self):
        """What the charges show. A rollup is asked in the same search and must show the same."""
        status, answer = self.ask("/billow-charges,billow-usage/_search?allow_partial_search_results=false", {
            "size": 0, "query": {"term": {"x_FeedId": self.feed}},
            "aggs": {name: {"filter": {"prefix": {"_index": name + "-"}}, "aggs": BY_PERIOD} for name in ("billow-charges", "billow-usage")}})
        if status == 404:
            return {}
        if status != 200:
            return None
        periods = {name: found["period"]["buckets"] for name, found in answer["aggregations"].items()}
        seen = {name_of(bucket): (bucket["doc_count"], *sums_of(bucket)) for bucket in periods["billow-charges"]}
        self.story.see_rollup(seen, {name_of(bucket): (int(bucket["counted"]["value"]), *sums_of(bucket)) for bucket in periods["billow-usage"]})
        return seen

    def by_esql(self):
        status, answer = self.ask("/_query", {
            "query": f'FROM billow-charges | WHERE x_FeedId == "{self.feed}" '
                     "| STATS n = COUNT(*), m = SUM(ConsumedQuantity), b = SUM(BilledCost) BY BillingPeriodStart"})
        if status == 400 and "Unknown index" in str(answer):
            return {}
        if status != 200 or answer.get("is_partial"):
            return None
        return {row[3][:7]: (row[0], int(row[1] or 0), Decimal(row[2] or 0)) for row in answer["values"]}

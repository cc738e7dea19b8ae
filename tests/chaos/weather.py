"""What breaks between the program and Elasticsearch while an act is played: a few kinds of faults that come by chance,
and events that happen at a certain request."""
import threading

import paths  # noqa: F401
import fault_proxy

TIMEOUT_SECONDS = 1  # of the program's requests, where they may hang

# Each leaves most requests alone; `share` is the chance of a request to be hit.
KINDS = {
    "429": lambda share: fault_proxy.too_many_requests(share, fault_proxy.anything),
    "429 items": lambda share: fault_proxy.items_rejected(share),
    "503": lambda share: fault_proxy.unavailable(share),
    "503 items": lambda share: fault_proxy.items_rejected(share, 503, "unavailable_shards_exception"),
    "cut before": fault_proxy.cut_before_sending,
    "cut after": fault_proxy.cut_after_sending,
    "half-open": lambda share: fault_proxy.half_open(share, 4 * TIMEOUT_SECONDS),
    "slow": lambda share: fault_proxy.slow(share, 0.3),
    "truncated": lambda share: fault_proxy.truncated_answers(share, fault_proxy.anything),
    "wrong item counts": fault_proxy.wrong_item_counts,
    "html with 200": lambda share: fault_proxy.html_instead(share, fault_proxy.anything),
}


class Event:
    """Something that happens once, when request number `at` has come in. `act` gets the exchange and may answer."""

    def __init__(self, at, name, act):
        self.at, self.name, self.act = at, name, act


class Weather:
    """A fault for the proxy. Of each kind only `hits` requests are hit, so that patience is rewarded."""

    def __init__(self, kinds, events, tally, note):
        self.kinds = [(name, KINDS[name](share), [hits]) for name, share, hits in kinds]
        self.events = sorted(events, key=lambda event: event.at)
        self.tally, self.note = tally, note
        self.lock, self.requests = threading.Condition(), 0
        self.under_way, self.problems = 0, []
        self.calm = threading.Event()

    def __call__(self, exchange, proxy):
        if self.calm.is_set():
            return None
        with self.lock:
            self.requests += 1
            due = [event for event in self.events if event.at == self.requests]
            self.under_way += len(due)
        try:
            while due:
                answer = self.happen(due.pop(0), exchange)
                if answer:
                    return answer
        finally:
            with self.lock:  # an event that ends the exchange takes the place of those behind it
                self.under_way -= len(due)
                self.lock.notify_all()
        return self.of_kinds(exchange, proxy)

    def happen(self, event, exchange):
        self.note(f"{event.name} at request {event.at}, {exchange.method} {exchange.path.split('?')[0]}")
        self.tally.fault(event.name)
        try:
            return event.act(exchange)
        except fault_proxy.Cut:
            raise
        except (ConnectionError, ProcessLookupError) as down:  # the engine is, by another event: so is this exchange
            raise fault_proxy.Cut from down
        except Exception as problem:  # the thread is the proxy's: whoever waits for us must hear of it
            self.problems.append(problem)
            raise fault_proxy.Cut from problem
        finally:
            with self.lock:
                self.under_way -= 1
                self.lock.notify_all()

    def settle(self):
        """No event is under way any more, and none will be. Raises what went wrong in one."""
        self.calm.set()
        with self.lock:
            self.lock.wait_for(lambda: self.under_way == 0)
        for problem in self.problems:
            raise problem

    def of_kinds(self, exchange, proxy):
        for name, fault, left in self.kinds:
            if left[0] <= 0:
                continue
            try:
                answer = fault(exchange, proxy)
            except fault_proxy.Cut:
                self.hit(name, left, exchange)
                raise
            if answer:
                self.hit(name, left, exchange)
                return answer
        return None

    def hit(self, name, left, exchange):
        with self.lock:
            left[0] -= 1
        self.tally.fault(name)
        self.note(f"{name}: {exchange.method} {exchange.path.split('?')[0]}")

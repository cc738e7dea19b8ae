"""Something happens at every single write to Elasticsearch in turn: write number n is the one that is hit."""
import random
import threading

import fault_proxy
from engine import forget_all
from scenario import PATIENCE_SECONDS, Failure, Scenario
from statements import Author

# What happens at the write: the program is killed before Elasticsearch sees it, after it was carried out, in the
# middle of its body; or it is carried out late, when another pass has run to its end: the program is dead by then,
# or was paused and wakes up.
KILLS = ("before", "after", "inside")
OVERTAKEN = ("late", "stall")
SEQUENCES = ("setup", "restate", "withheld")
RESTATED = ("change_amounts", "withdraw_lines", "withdraw_day", "late_lines", "new_day", "change_taxes")


class AtWrite:
    """A fault for the proxy that hits one write and leaves all others alone."""

    def __init__(self, number, mode):
        self.number, self.mode = number, mode
        self.lock, self.writes = threading.Lock(), []
        self.hit, self.go_on = threading.Event(), threading.Event()
        self.held, self.running = None, None
        self.began = threading.Event()

    def __call__(self, exchange, _):
        # A paused holder's lease must be short, so it is renewed at moments that no seed knows: not counted there.
        if not exchange.is_write or (self.mode == "stall" and "/lease-" in exchange.path):
            return None
        with self.lock:
            self.writes.append(f"{exchange.method} {exchange.path.split('?')[0]}")
            mine = len(self.writes) == self.number
        return self.strike(exchange) if mine else None

    def strike(self, exchange):
        self.began.wait(PATIENCE_SECONDS)
        if self.mode == "inside":
            exchange.forward_half()
        else:
            self.held = exchange.whole()
        if self.mode == "after":
            exchange.forward()
        if self.mode == "stall":
            self.running.pause()
            self.hit.set()
            self.go_on.wait(PATIENCE_SECONDS)
            return exchange.forward()
        self.running.kill()
        self.hit.set()
        raise fault_proxy.Cut

    def watch(self, running):
        self.running = running
        self.began.set()


def was_hit(scenario, fault, code=0):
    """True when the write was hit, False when the pass ended before, with `code`."""
    running = fault.running
    while not fault.hit.wait(0.005):
        if running.ended() and not fault.hit.is_set() and not running.killed:
            found = scenario.finish(running)
            if found != code:
                raise Failure(f"a pass without any fault ended with {found}:\n{running.text()}")
            return False
    scenario.note(f"hit write {fault.number}, {fault.writes[-1]}")
    scenario.tally.fault(f"write {fault.mode}")
    if fault.mode != "stall":
        scenario.tally.add("kills")
        scenario.finish(running)
    return True


class WriteScenario:
    """One sequence with its write number `number` hit in one way."""

    def __init__(self, sequence, number, mode):
        self.sequence, self.number, self.mode = sequence, number, mode
        self.name = f"{sequence}-{number}-{mode}"

    def run(self, engine, seed, tally):
        """The writes that were seen; they end with the one that was hit."""
        if self.sequence == "setup":
            forget_all(engine)
        with Scenario(engine, self.name, seed, tally) as scenario:
            fault = AtWrite(self.number, self.mode)
            with fault_proxy.FaultProxy(engine.url, fault) as proxy:
                self.play(scenario, fault, proxy)
            return fault.writes

    def play(self, scenario, fault, proxy):
        rng = random.Random(f"{scenario.seed} {self.sequence}")
        author = Author(rng)
        scenario.configure(lease="2s" if self.mode == "stall" else "1m")
        faulty = scenario.configure(proxy.url, "faulty.yml", lease="2s" if self.mode == "stall" else "1m")
        bad = self.sequence == "withheld"
        statement = author.first(lines=220, days=5, files=2)
        scenario.state(statement)
        if self.sequence != "setup":
            scenario.clean_sync()
            statement = author.restated(statement, RESTATED + ("poison",) * bad)
            scenario.state(statement, withheld=bad)
        fault.watch(scenario.start("sync", faulty))
        hit = was_hit(scenario, fault, 1 if bad else 0)
        if hit and self.mode in OVERTAKEN:
            scenario.clean_sync(code=1 if bad else 0)
            self.wake(scenario, fault)
        scenario.clean_sync(code=1 if bad else 0)
        scenario.check(settled=self.number % 4 == 1, withheld=bad)
        if bad:
            scenario.state(author.restated(statement, ["repair"]))
            scenario.clean_sync()
            scenario.with_dead.clear()  # what was withheld has been restated: nothing of it may stay
            scenario.check(settled=False)

    def wake(self, scenario, fault):
        """The write of the pass that was overtaken is carried out at last."""
        if self.mode == "late":
            status, _, body = fault.held.forward()
            scenario.note(f"the late write was answered with {status}: {body[:300]}")
            return
        fault.running.resume()
        fault.go_on.set()
        code = scenario.finish(fault.running)
        scenario.note(f"the paused pass ended with {code}:\n{fault.running.text()}")


class WritesInTurn:
    """One feed that is restated again and again: the pass about the first restatement is killed at write `first`, the
    next one `step` writes further on, and so on until a pass has no such write. Cheaper than a scenario a write, since the
    feed's indices are made once."""

    def __init__(self, first, step):
        self.first, self.step = first, step
        self.name = f"restate-from-{first}"

    def run(self, engine, seed, tally):
        """The number of the last write that was hit."""
        with Scenario(engine, self.name, seed, tally) as scenario:
            author = Author(random.Random(f"{seed} {self.name}"))
            scenario.configure(lease="1m")
            base = author.first(lines=220, days=5, files=2)
            scenario.state(base)
            scenario.clean_sync()
            number = self.first
            while self.hits(scenario, author.restated(base, RESTATED), number):
                number += self.step
            return number - self.step

    def hits(self, scenario, statement, number):
        scenario.state(statement)
        fault = AtWrite(number, KILLS[number % len(KILLS)])
        with fault_proxy.FaultProxy(scenario.engine.url, fault) as proxy:
            fault.watch(scenario.start("sync", scenario.configure(proxy.url, "faulty.yml", lease="1m")))
            hit = was_hit(scenario, fault)
        scenario.clean_sync()
        scenario.check(settled=number % 4 == 1)
        return hit


def all_of(counts):
    """Every write of every sequence hit in every way, the kills first. `counts`: how many writes a sequence has."""
    for some in (KILLS, OVERTAKEN):
        for sequence in SEQUENCES:
            for number in range(1, counts.get(sequence, 0) + 1):
                for mode in some:
                    yield WriteScenario(sequence, number, mode)

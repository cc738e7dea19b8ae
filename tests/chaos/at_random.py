"""Scenarios out of a seed: what a provider states and restates, who runs, and what goes wrong meanwhile."""
import random
import threading
import time

import fault_proxy
from s3_emulator import free_port
from scenario import Failure, Scenario
from statements import CHANGES, Author
from weather import KINDS, TIMEOUT_SECONDS, Event, Weather

ACT_SECONDS = 8  # then an impatient operator kills what still runs
RESTART_SECONDS = 150  # the same where the engine has to start again

# What may happen in an act, and how often. Where the engine is not ours to stop, something else happens.
EVENTS = {"kill before": 5, "kill after": 5, "kill inside": 4, "kill later": 4, "pause": 2, "overtake": 3, "restate": 1,
          "overtake with a restatement": 3, "engine pause": 3, "engine restart": 0.25}


class RandomScenario:
    def __init__(self, number, power=None):
        self.name, self.number, self.power = f"random-{number}", number, power

    def run(self, engine, seed, tally):
        with Scenario(engine, self.name, seed, tally) as scenario:
            try:
                Play(scenario, random.Random(f"{seed} {self.name}"), self.power).run()
            finally:
                if self.power:
                    self.power.settle()


class Play:
    def __init__(self, scenario, rng, power):
        self.scenario, self.rng, self.power = scenario, rng, power
        self.authors = [Author(rng, period) for period in (["2026-06", "2026-05"] if rng.random() < 0.2 else ["2026-06"])]
        self.publishes_dead = rng.random() < 0.15
        self.bad_last = False
        self.actors = []
        self.latest = {}  # period -> the last statement, also one that is withheld
        self.writing = threading.Lock()

    def chance(self, share):
        return self.rng.random() < share

    def run(self):
        rng, scenario = self.rng, self.scenario
        self.layout = rng.choice(["overwrite", "create-new"])
        self.settings = {"request_timeout": f"{TIMEOUT_SECONDS}s", "compression": "off"}
        self.connections = rng.randrange(1, 4)
        self.feed = {"dead_letters": "publish" if self.publishes_dead else "withhold"}
        scenario.configure(connections=self.connections, feed=self.feed)
        for author in self.authors:
            first = author.first(rng.randrange(40, 320), rng.randrange(2, 10), rng.randrange(1, 4), self.layout, rng.randrange(4))
            self.state(self.poisoned(author, first))
        if self.chance(0.6):
            scenario.clean_sync(code=1 if self.bad_last else 0)
        else:
            self.act()
        for _ in range(rng.choice([1, 1, 2, 3])):
            self.restate()
            self.act()
        if self.bad_last:
            self.restate(repair=True)
        scenario.clean_sync()
        scenario.check(settled=self.chance(0.3))

    # ---- the provider --------------------------------------------------------------------------------------
    def poisoned(self, author, statement):
        return author.restated(statement, ["poison"]) if self.chance(0.15) else statement

    def state(self, statement, gap_ms=0):
        bad = any(row["line_item_unblended_cost"] == "about 3" for row in statement.rows) and not self.publishes_dead
        self.latest[statement.period] = statement
        self.scenario.state(statement, gap_ms, withheld=bad)
        self.bad_last = any(self.is_bad(latest) for latest in self.latest.values())

    def is_bad(self, statement):
        return statement.dead > 0 and not self.publishes_dead

    def restate(self, repair=False):
        for author in self.authors:
            before = self.latest[author.period]
            if repair:
                if self.is_bad(before):
                    self.state(author.restated(before, ["repair"]))
            elif author is self.authors[0] or self.chance(0.5):
                self.state(self.restated(author, before))

    def restated(self, author, before):
        changes = self.rng.sample(CHANGES, self.rng.randrange(1, 5))
        if self.chance(0.8):
            changes.append("repair")
        return self.poisoned(author, author.restated(before, changes))

    # ---- the act -------------------------------------------------------------------------------------------
    def act(self):
        """Someone runs the program in bad weather."""
        kinds = [(name, self.rng.choice([0.05, 0.15, 0.4]), self.rng.randrange(1, 8))
                 for name in self.rng.sample(sorted(KINDS), self.rng.choice([0, 1, 1, 2]))]
        how = self.rng.choices(["sync", "race", "serve"], [6, 3, 2])[0]
        self.weather = Weather(kinds, [], self.scenario.tally, self.scenario.note)
        self.weather.events = sorted(self.events(how), key=lambda event: event.at)
        self.actors = []
        self.scenario.note(f"act: {how}, {kinds}, {[(event.at, event.name) for event in self.weather.events]}")
        with fault_proxy.FaultProxy(self.scenario.engine.url, self.weather, seed=self.rng.getrandbits(30)) as proxy:
            extra = {"http": {"listen": f"127.0.0.1:{free_port()}"}} if how == "serve" else None
            config = self.scenario.configure(proxy.url, "faulty.yml", self.connections, {**self.feed, "every": "1s"}, self.settings, extra)
            getattr(self, how)(config)
            self.weather.settle()
        if self.power:
            self.power.settle()
        self.scenario.check_reading()

    def deadline(self):
        restarts = any(event.name == "engine restart" for event in self.weather.events)
        return time.monotonic() + (RESTART_SECONDS if restarts else ACT_SECONDS)

    def sync(self, config):
        self.actors.append((self.scenario.start("sync", config), self.scenario.story.promise()))
        self.wait(self.deadline())

    def race(self, config):
        for _ in range(self.rng.choice([2, 2, 3])):
            self.actors.append((self.scenario.start("sync", config), self.scenario.story.promise()))
            time.sleep(self.rng.choice([0, 0, 0.1, 0.4]))
        self.wait(self.deadline())

    def wait(self, deadline):
        for running, promise in list(self.actors):
            if running.wait(max(0.1, deadline - time.monotonic())) is None and self.end(running):
                self.scenario.note(f"{running.name} takes too long and is killed")
            if self.scenario.finish(running) == 0:
                self.scenario.hold(promise, running)

    def end(self, running):
        """kill -9. True when it was alive."""
        if not running.kill():
            return False
        self.scenario.tally.add("kills")
        return True

    def serve(self, config):
        running = self.scenario.start("serve", config)
        self.actors.append((running, None))
        until = self.deadline() - ACT_SECONDS / 2
        while time.monotonic() < until and not running.ended() and not (self.all_current() and "serving" in running.text()):
            time.sleep(0.01)
        running.resume()
        if self.chance(0.5):
            self.end(running)
        else:
            running.signal(15)
        code = running.wait(60)
        if code is None or code not in (-9, 0):
            raise Failure(f"{running.name} ended with {code} after SIGTERM:\n{running.text()}")
        self.scenario.tally.add(f"exit {code}")

    def all_current(self):
        return all(self.scenario.story.is_current(period) for period in self.latest)

    # ---- what happens in an act ----------------------------------------------------------------------------
    def events(self, how):
        last = 45 if how == "sync" else 90
        names = self.rng.choices(list(EVENTS), EVENTS.values(), k=self.rng.choice([0, 1, 1, 1, 2, 3]))
        return [self.event(name if self.power else name.replace("engine ", ""), self.rng.randrange(1, last)) for name in names]

    def event(self, name, at):
        number = self.rng.random()
        if name in ("restate", "overtake with a restatement"):
            author, own = self.authors[0], random.Random(self.rng.getrandbits(60))
            if name == "restate":
                return Event(at, name, lambda _: self.restate_meanwhile(author, own, number))
            return Event(at, name, lambda exchange: self.overtake(exchange, lambda: self.restate_meanwhile(author, own, 0)))
        act = {"kill before": self.kill_before, "kill after": self.kill_after, "kill inside": self.kill_inside,
               "kill later": lambda exchange: self.kill_later(number * 0.05), "pause": lambda exchange: self.pause(number * 3),
               "overtake": self.overtake, "engine pause": lambda exchange: self.power.pause(0.2 + number * 4),
               "engine restart": lambda exchange: self.power.restart(), "restart": self.overtake}[name]
        return Event(at, name, act)

    def alive(self):
        return [running for running, _ in self.actors if not running.ended()]

    def kill_one(self):
        for running in self.alive()[:1]:
            self.end(running)

    def kill_before(self, _):
        self.kill_one()
        raise fault_proxy.Cut

    def kill_after(self, exchange):
        answer = exchange.forward()
        self.kill_one()
        return answer

    def kill_inside(self, exchange):
        exchange.forward_half()
        self.kill_one()
        raise fault_proxy.Cut

    def kill_later(self, seconds):
        threading.Timer(seconds, self.kill_one).start()

    def pause(self, seconds):
        for running in self.alive()[:1]:
            running.pause()
            threading.Timer(seconds, running.resume).start()

    def overtake(self, exchange, first=lambda: None):
        """It is paused with its request on the way; another pass runs to its end; then it wakes up."""
        paused = self.alive()[:1]
        if not paused:
            return None
        exchange.whole()
        paused[0].pause()
        first()
        other = self.scenario.start("sync", self.scenario.direct)
        self.scenario.finish(other)
        paused[0].resume()
        return exchange.forward()

    def restate_meanwhile(self, author, rng, gap):
        """The provider writes its next statement while the last one is read."""
        with self.writing:
            author.rng, kept = rng, author.rng
            statement = author.restated(self.latest[author.period], ["change_amounts", "late_lines", "repair"])
            author.rng = kept
            self.state(statement, gap_ms=int(gap * 60))

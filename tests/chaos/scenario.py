"""What every scenario stands on: a feed of its own, its bucket, the program, a reader, and the oracle at the end."""
import shutil
import time

import cluster_state
import oracle_checks
from bucket import Bucket
from paths import KEPT, program
from programs import Programs
from reader import NOTHING, Reader, Story, same

PATIENCE_SECONDS = 120  # for anything that must end by itself


class Failure(Exception):
    """The program did what it must not; the text says what."""


class Scenario:
    def __init__(self, engine, name, seed, tally):
        self.engine, self.name, self.seed, self.tally = engine, name, seed, tally
        self.feed = f"{name}-{seed}"[:40]
        self.folder = KEPT / f"seed-{seed}-{name}"
        self.story = Story()
        self.current = {}  # period -> the statement that must be published in the end
        self.waiting = {}  # period -> the newest statement, where it must not be published
        self.with_dead = []  # statements with lines that cannot become charges
        self.direct = None
        self.notes = []

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.began = time.monotonic()
        cluster_state.forget_feed(self.engine, self.feed)
        self.bucket = Bucket(self.folder, f"{self.seed} {self.name}")
        self.programs = Programs(program(), self.folder)
        self.reader = Reader(self.engine.url, self.feed, self.story, self.programs.under_way)
        self.reader.__enter__()
        return self

    def __exit__(self, kind, error, _):
        self.programs.end()
        self.reader.__exit__()
        self.tally.add("publishes", self.story.publishes)
        self.tally.add("polls", self.reader.polls)
        if kind is None:
            shutil.rmtree(self.folder, ignore_errors=True)
            cluster_state.forget_feed(self.engine, self.feed)
        elif issubclass(kind, Exception):
            self.folder.joinpath("failure.txt").write_text("\n".join([f"{kind.__name__}: {error}", *self.notes]) + "\n")

    # ---- the provider --------------------------------------------------------------------------------------
    def state(self, statement, gap_ms=0, withheld=False):
        """The provider states it; from now on readers may see it, and in the end they must."""
        self.bucket.stage(statement)
        if statement.dead:
            self.with_dead.append(statement)
        if withheld:
            self.waiting[statement.period] = statement
        else:
            self.waiting.pop(statement.period, None)
            self.current[statement.period] = statement
            self.story.allow(statement.period, statement.signature)
        self.note(f"states {statement.number}: {statement.period}, {len(statement.rows)} rows, {statement.files} files, "
                  f"{statement.dead} dead{', withheld' if withheld else ''}")
        self.bucket.put(statement, gap_ms)

    def note(self, text):
        self.notes.append(f"{time.monotonic() - self.began:8.3f} {text}")

    # ---- the program ---------------------------------------------------------------------------------------
    def feed_settings(self, **more):
        return {"id": self.feed, "kind": "aws/cur2", "location": f"file://{self.bucket.folder}", "export": "E", **more}

    def configure(self, url=None, name="billow.yml", connections=1, feed=None, elasticsearch=None, extra=None, lease="2s"):
        settings = {"bulk": {"size": "64KiB", "connections": connections}, "request_timeout": "30s", **(elasticsearch or {})}
        extra = {"lease": lease, **(extra or {})} if self.tally.leases else extra
        path = self.programs.config(url or self.engine.url, name, self.feed_settings(**(feed or {})), settings, extra)
        if url is None:
            self.direct = path
        return path

    def start(self, command, config):
        running = self.programs.start(command, config)
        self.note(f"starts {running.name}")
        return running

    def finish(self, running, seconds=PATIENCE_SECONDS):
        code = running.wait(seconds)
        if code is None:
            raise Failure(f"{running.name} did not end within {seconds} s:\n{running.text()}")
        self.note(f"{running.name} ended with {code}")
        self.tally.add(f"exit {code}")
        allowed = (-9, 0, 1) if running.killed else (0, 1)
        if code not in allowed or "Sanitizer" in running.text():
            raise Failure(f"{running.name} ended with exit code {code}:\n{running.text()}")
        return code

    def hold(self, promise, running):
        """It ended with 0: what was stated when it began, or later, is what readers see."""
        seen = Reader(self.engine.url, self.feed, self.story).by_search()
        broken = [] if seen is None else self.story.holds(promise, seen)
        if broken:
            raise Failure(f"{running.name} ended with 0, but {', '.join(broken)} is not published; readers see {seen}:\n{running.text()}")

    def clean_sync(self, code=0):
        """One pass without any fault."""
        running = self.start("sync", self.direct)
        found = self.finish(running)
        if found != code:
            raise Failure(f"a sync without faults ended with {found}, not {code}:\n{running.text()}")
        return running

    # ---- the oracle ----------------------------------------------------------------------------------------
    def check(self, settled=True, withheld=False):
        """Everything is at rest. `settled`: also that one more pass changes nothing."""
        statements = [self.current[period] for period in sorted(self.current)]
        wrong = oracle_checks.published_exactly(self.engine, self.feed, statements)
        wrong += oracle_checks.no_garbage(self.engine, self.feed, statements)
        wrong += oracle_checks.rolled_up_exactly(self.engine, self.feed)
        wrong += self.dead_letters()
        wrong += self.look(statements)
        if settled and not wrong:
            before = oracle_checks.document_writes(self.engine, self.feed), oracle_checks.visible_slices(self.engine, self.feed)
            self.clean_sync(1 if withheld else 0)
            after = oracle_checks.document_writes(self.engine, self.feed), oracle_checks.visible_slices(self.engine, self.feed)
            if before != after:
                wrong.append(f"one more pass changed something: {before} became {after}")
        wrong += self.story.problems
        if self.tally.audit:
            wrong += self.verify_audit()
        if wrong:
            raise Failure("\n".join(wrong))

    def dead_letters(self):
        standing = [statement.dead for statement in [*self.current.values(), *self.waiting.values()] if statement.dead]
        return oracle_checks.dead_letters(self.engine, self.feed, [statement.dead for statement in self.with_dead], standing)

    def look(self, statements):
        """A reader who sees nothing would find nothing wrong either: both ways must show what is published."""
        reader, wrong = Reader(self.engine.url, self.feed, self.story), []
        for by, look in (("search", reader.by_search), ("ES|QL", reader.by_esql)):
            seen = look()
            wrong += [f"a reader by {by} does not see what is published of {statement.period} but {seen and seen.get(statement.period)}"
                      for statement in statements if seen is None or not same(statement.signature, seen.get(statement.period, NOTHING))]
        return wrong

    def verify_audit(self):
        verified = self.programs.billow.run("audit", "verify", "-c", self.direct, "--feed", self.feed)
        return [] if verified.returncode == 0 else [f"billow audit verify: {verified.stdout}{verified.stderr}"]

    def check_reading(self):
        if self.story.problems:
            raise Failure("\n".join(self.story.problems))

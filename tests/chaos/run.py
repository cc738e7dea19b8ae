"""./run chaos: kills, breaks and races until the time is over, and proves after each scenario that what readers saw
and what is stored is the provider's statement. Everything follows from the seed."""
import argparse
import itertools
import os
import re
import shutil
import sys
import time

import paths
import writes
from at_random import RandomScenario
from engine import LocalEngine
from power import Power
from programs import has
from scenario import Failure
from tally import Tally

LINE_EVERY_SECONDS = 15


def scenario_name(text):
    in_turn = rf"({'|'.join(writes.SEQUENCES)})-[0-9]+-({'|'.join(writes.KILLS + writes.OVERTAKEN)})"
    if not re.fullmatch(rf"random-[0-9]+|{in_turn}", text):
        raise argparse.ArgumentTypeError(f"there is no '{text}'; expected one such as random-17 or restate-4-before")
    return text


def options():
    parser = argparse.ArgumentParser(prog="./run chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="ends by then (5)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same scenarios (1)")
    parser.add_argument("--scenario", type=scenario_name, help="only this one, by the name that a failure prints")
    parser.add_argument("--part", choices=["all", "writes", "random"], default="all", help="what is hit: every write in turn, or at random (all)")
    parser.add_argument("--keep-going", action="store_true", help="go on after a failure")
    return parser.parse_args()


class KeptEngine(LocalEngine):
    """An engine of our own that goes on when it ran already."""

    def __enter__(self):
        self.ran_before = self.run("status").returncode == 0
        return self.start()

    def guard(self):
        if not self.ran_before:
            super().guard()

    def __exit__(self, *_):
        if not self.ran_before:
            self.stop()
        shutil.rmtree(self.data, ignore_errors=True)


def count_writes(engine, seed, tally):
    """How many writes each sequence has, counted in passes that nothing disturbs."""
    return {sequence: len(writes.WriteScenario(sequence, sys.maxsize, "before").run(engine, seed, tally)) for sequence in writes.SEQUENCES}


def scenarios(engine, chosen, tally):
    """The writes in turn and random ones by turns, then random ones without end."""
    power = Power(engine)
    if chosen.scenario:
        return iter([named(chosen.scenario, power)])
    in_turn = writes.all_of(count_writes(engine, chosen.seed, tally)) if chosen.part != "random" else iter(())
    drawn = (RandomScenario(number, power) for number in itertools.count(1)) if chosen.part != "writes" else iter(())
    return (scenario for pair in itertools.zip_longest(in_turn, drawn) for scenario in pair if scenario)


def named(name, power):
    sequence, number, *mode = name.split("-")
    return writes.WriteScenario(sequence, int(number), *mode) if mode else RandomScenario(int(number), power)


def perform(engine, scenario, chosen, tally):
    """True when all was right."""
    try:
        scenario.run(engine, chosen.seed, tally)
        return True
    except (Failure, AssertionError, OSError) as failure:
        print(f"FAILED: seed {chosen.seed}, scenario {scenario.name}: {failure}\n"
              f"  repeat it: ./run chaos --seed {chosen.seed} --scenario {scenario.name}\n"
              f"  its logs:  {paths.KEPT}/seed-{chosen.seed}-{scenario.name}", flush=True)
        return False


def perform_all(engine, chosen, tally):
    failed, until, said = [], time.monotonic() + 60 * chosen.minutes, time.monotonic()
    for scenario in scenarios(engine, chosen, tally):
        if time.monotonic() > until:
            break
        tally.add("scenarios")
        if not perform(engine, scenario, chosen, tally):
            failed.append(scenario.name)
            if not chosen.keep_going:
                break
        if time.monotonic() > said + LINE_EVERY_SECONDS:
            said = time.monotonic()
            print(f"{tally.line()}; now {scenario.name}", flush=True)
    return failed


def main():
    chosen = options()
    paths.KEPT.mkdir(parents=True, exist_ok=True)
    variables = {name: os.environ[name] for name in ("BILLOW_ES_DATA", "BILLOW_ES_HEAP") if name in os.environ}
    with KeptEngine(paths.ROOT, port=os.environ.get("BILLOW_ES_PORT", "0"), **variables) as engine:
        tally = Tally(audit=has("verify", "audit"), leases=has("lease", "serve"))
        print(f"seed {chosen.seed}, {paths.program()}, {engine.url}", flush=True)
        failed = perform_all(engine, chosen, tally)
    print(f"{tally.line()}\n{f'FAILED: {len(failed)}: ' + ', '.join(failed) if failed else 'all was right'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

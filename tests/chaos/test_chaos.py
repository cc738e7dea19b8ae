"""A short part of ./run chaos, the same at every run: a kill at every write of a restatement, and some scenarios out
of a seed. Longer ones are for ./run chaos."""
import pytest

import writes
from at_random import RandomScenario

SEED = 1


def kill_at_every_second_write(engine, tally, number):
    """From the write `number` on to the last one of a restatement."""
    assert writes.WritesInTurn(number, step=2).run(engine, SEED, tally) > 8, "a restatement was thought to have more writes"


def test_a_kill_at_an_odd_write_of_a_restatement_leaves_the_old_statement_or_the_new_one(engine, tally):
    kill_at_every_second_write(engine, tally, 1)


@pytest.mark.parametrize("sequence, number, mode", [("restate", 3, "late"), ("restate", 6, "stall"), ("withheld", 1, "after")])
def test_a_write_that_arrives_late_or_of_one_who_was_overtaken_changes_nothing(engine, tally, sequence, number, mode):
    writes.WriteScenario(sequence, number, mode).run(engine, SEED, tally)


def test_a_kill_at_an_even_write_of_a_restatement_leaves_the_old_statement_or_the_new_one(engine, tally):
    kill_at_every_second_write(engine, tally, 2)


@pytest.mark.parametrize("number", range(1, 5))
def test_at_random(engine, tally, number):
    RandomScenario(number).run(engine, SEED, tally)

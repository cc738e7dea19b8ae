"""The oracle and the reader see what is wrong: each test damages what was published, and expects to be told."""
import argparse
import json
import threading
from decimal import Decimal
from types import SimpleNamespace

import pytest

from reader import NOTHING, Reader, Story
import paths  # noqa: F401
import run
import fault_proxy
from engine import forget_all
from scenario import Failure
from weather import Event, Weather

ONE, TWO = (10, 5, Decimal("1.5")), (12, 9, Decimal("2.5"))


@pytest.fixture
def published(scenario, author):
    scenario.configure()
    scenario.state(author.first(lines=40, days=3))
    scenario.clean_sync()
    return scenario


def index_of(scenario):
    return f"billow-charges-{scenario.feed}-2026-06"


def some_line(scenario):
    return scenario.engine.hits("billow-charges", scenario.feed)[0]


def put(scenario, index, name, source):
    text = json.dumps(source, default=str)
    scenario.engine.ok("PUT", f"/{index}/_doc/{name}?refresh=true", text)


def refused(scenario):
    with pytest.raises(Failure) as failure:
        scenario.check(settled=False)
    return str(failure.value)


def test_what_is_right_passes(published):
    published.check()


def test_a_line_that_nobody_sees_is_garbage(published):
    line = some_line(published)["_source"]
    put(published, index_of(published), "stranger", {**line, "x_SliceId": "0123456789-1-20260601"})
    assert "44 lines are stored, 43 are published" in refused(published)


def test_a_line_too_many_is_seen(published):
    line = some_line(published)["_source"]
    put(published, index_of(published), "stranger", line)
    assert "nobody expects" in refused(published)


def test_an_amount_that_differs_in_its_last_digit_is_seen(published):
    hit = some_line(published)
    source = {**hit["_source"], "BilledCost": "AMOUNT"}
    amount = str(hit["_source"]["BilledCost"]) + ("1" if "." in str(hit["_source"]["BilledCost"]) else ".0000000001")
    text = json.dumps(source, default=float).replace('"AMOUNT"', amount)
    published.engine.ok("PUT", f"/{index_of(published)}/_doc/{hit['_id']}?refresh=true", text)
    assert "BilledCost" in refused(published)


def test_a_line_that_is_missing_is_seen(published):
    published.engine.ok("DELETE", f"/{index_of(published)}/_doc/{some_line(published)['_id']}?refresh=true")
    assert "has no document" in refused(published)


def test_a_record_of_an_attempt_is_garbage(published):
    [record] = [hit["_source"] for hit in published.engine.hits("billow-deliveries", published.feed) if "State" in hit["_source"]]
    put(published, "billow-deliveries", "left-over", {**record, "State": "loading"})
    assert "nothing is under way" in refused(published)


def test_a_second_token_is_seen(published):
    action = {"add": {"index": "billow-state", "alias": f"billow-epoch-{published.feed}-999"}}
    published.engine.ok("POST", "/_aliases", {"actions": [action]})
    assert "2 tokens" in refused(published)


def test_a_line_that_is_there_twice_is_seen(published):
    """In two indices, under one id."""
    hit, second = some_line(published), f"billow-charges-{published.feed}-2026-05"
    put(published, second, hit["_id"], hit["_source"])
    filtered = {"terms": {"x_SliceId": [hit["_source"]["x_SliceId"]]}}
    published.engine.ok("PUT", f"/{second}/_alias/billow-charges", {"filter": filtered})
    assert f"published twice: {hit['_id']}" in refused(published)


def record_of(scenario):
    [record] = [hit for hit in scenario.engine.hits("billow-deliveries", scenario.feed) if hit["_source"].get("State") == "published"]
    return record["_id"], record["_source"]


def test_a_record_that_adds_up_to_something_else_is_seen(published):
    name, record = record_of(published)
    put(published, "billow-deliveries", name, {**record, "Slices": record["Slices"][1:]})
    assert "adds up to" in refused(published)


def test_a_second_record_of_what_is_published_is_seen(published):
    put(published, "billow-deliveries", "another", record_of(published)[1])
    assert "2 records say that they are what is published of 2026-06" in refused(published)


def test_a_record_of_a_month_that_nobody_stated_is_seen(published):
    put(published, "billow-deliveries", "another", {**record_of(published)[1], "BillingPeriod": "2026-04"})
    assert "a record says that 2026-04 is published, which nobody stated" in refused(published)


def usage_of(scenario):
    return scenario.engine.hits("billow-usage", scenario.feed)[0]


def test_a_rollup_that_lacks_a_group_is_seen_by_the_oracle_and_by_a_reader(published):
    hit = usage_of(published)
    published.engine.ok("DELETE", f"/{hit['_index']}/_doc/{hit['_id']}?refresh=true")
    said = refused(published)
    assert "billow-usage lacks" in said and "in the charges and as" in said


def test_a_document_of_a_rollup_that_nobody_sees_is_garbage(published):
    hit = usage_of(published)
    put(published, hit["_index"], "stranger", {**hit["_source"], "x_SliceId": "0123456789-1-20260601"})
    assert "rollups hold documents that nobody sees" in refused(published)


def test_a_chain_that_does_not_tell_what_is_published_is_seen(published):
    [record] = published.engine.hits("billow-audit", published.feed)
    source = {**record["_source"], "RowsRead": record["_source"]["RowsRead"] + 1}
    try:
        put(published, "billow-audit", record["_id"], source)
        assert "billow audit verify" in refused(published)
    finally:
        forget_all(published.engine)  # the chain is one of all scenarios


@pytest.mark.parametrize("written", ["billow-charges", "billow-usage"])
def test_a_pass_that_writes_again_what_is_there_is_seen(published, monkeypatch, written):
    hit = published.engine.hits(written, published.feed)[0]
    monkeypatch.setattr(published, "clean_sync", lambda code: put(published, hit["_index"], hit["_id"], hit["_source"]))
    with pytest.raises(Failure, match="one more pass changed something"):
        published.check()


@pytest.mark.parametrize("blind", ["by_search", "by_esql"])
def test_a_reader_who_sees_nothing_is_noticed(published, monkeypatch, blind):
    monkeypatch.setattr(Reader, blind, lambda self: None)
    assert "does not see what is published of 2026-06" in refused(published)


def test_a_pass_that_says_it_is_done_and_is_not_is_noticed(published, author):
    running = published.start("sync", published.direct)
    published.finish(running)
    published.hold(published.story.promise(), running)
    published.story.allow("2026-06", TWO)
    with pytest.raises(Failure, match="2026-06 is not published"):
        published.hold(published.story.promise(), running)


def test_a_pass_that_ends_in_no_way_it_may_is_noticed(published, tmp_path):
    broken = tmp_path / "broken.yml"
    broken.write_text("feeds: 3\n")
    with pytest.raises(Failure, match="exit code 2"):
        published.finish(published.start("sync", broken))


# ---- lines that cannot become charges ----------------------------------------------------------------------
@pytest.fixture
def poisoned(scenario, author):
    """Published, and restated with three lines that keep the restatement from being published."""
    scenario.configure()
    first = author.first(lines=40, days=3)
    scenario.state(first)
    scenario.clean_sync()
    scenario.state(author.restated(first, ["poison"]), withheld=True)
    scenario.clean_sync(code=1)
    return scenario


def letters_of(scenario):
    return scenario.engine.hits("billow-dead-letters", scenario.feed)


def test_dead_letters_that_are_right_pass(poisoned):
    poisoned.check(withheld=True)


def test_a_dead_letter_that_is_lost_is_seen(poisoned):
    poisoned.engine.ok("DELETE", f"/billow-dead-letters/_doc/{letters_of(poisoned)[0]['_id']}?refresh=true")
    assert "hold [2], expected [3]" in refused(poisoned)


def test_dead_letters_that_are_all_lost_are_seen(poisoned):
    for letter in letters_of(poisoned):
        poisoned.engine.ok("DELETE", f"/billow-dead-letters/_doc/{letter['_id']}?refresh=true")
    assert "hold [], expected [3]" in refused(poisoned)


def test_a_dead_letter_that_is_there_twice_is_seen(poisoned):
    put(poisoned, "billow-dead-letters", "twin", letters_of(poisoned)[0]["_source"])
    assert "is kept 2 times" in refused(poisoned)


def test_dead_letters_of_a_delivery_that_nobody_stated_are_seen(poisoned):
    put(poisoned, "billow-dead-letters", "stranger", {**letters_of(poisoned)[0]["_source"], "x_DeliveryId": "another"})
    assert "hold [1, 3], expected [3]" in refused(poisoned)


def test_a_reader_sees_half_a_month(published):
    """A slice is taken out of the alias for a moment."""
    path = f"/{index_of(published)}/_alias/billow-charges"
    alias = published.engine.ok("GET", path)[index_of(published)]["aliases"]["billow-charges"]
    slices = sorted({hit["_source"]["x_SliceId"] for hit in published.engine.hits("billow-charges", published.feed)})
    published.engine.ok("PUT", path, {"filter": {"terms": {"x_SliceId": slices[1:]}}})
    seen = threading.Event()
    while not published.story.problems and not seen.wait(0.02):
        pass
    published.engine.ok("PUT", path, {"filter": alias["filter"]})
    assert "saw what no statement says" in refused(published)


def test_a_story_goes_on_and_never_back():
    story = Story()
    for signature in (ONE, TWO):
        story.allow("2026-06", signature)
    for seen in ({}, {"2026-06": ONE}, {"2026-06": TWO}):
        story.see(seen, "search")
    assert story.problems == [] and story.publishes == 2
    story.see({"2026-06": ONE}, "search")
    assert "went back from statement 2 to 1" in story.problems[0]


@pytest.mark.parametrize("seen", [(11, 5, ONE[2]), (10, 6, ONE[2]), (10, 5, Decimal("1.50001")), NOTHING])
def test_a_story_tells_what_no_statement_says(seen):
    story = Story()
    story.allow("2026-06", ONE)
    story.see({"2026-06": ONE}, "search")
    story.see({"2026-06": seen}, "search")
    assert len(story.problems) == 1


def test_a_rollup_of_another_statement_is_seen_at_one_moment():
    story = Story()
    story.see_rollup({"2026-06": TWO}, {"2026-06": TWO})
    assert story.problems == []
    for seen, rolled_up in (({"2026-06": TWO}, {"2026-06": ONE}), ({"2026-06": TWO}, {}), ({}, {"2026-06": TWO})):
        story.see_rollup(seen, rolled_up)
    assert len(story.problems) == 3 and "in the charges and as" in story.problems[0]


def test_a_promise_is_kept_by_what_was_stated_then_or_later():
    story = Story()
    story.allow("2026-06", ONE)
    promise = story.promise()
    story.allow("2026-06", TWO)
    assert story.holds(promise, {}) == ["2026-06"]
    assert story.holds(promise, {"2026-06": ONE}) == story.holds(promise, {"2026-06": TWO}) == []
    assert story.holds(story.promise(), {"2026-06": ONE}) == ["2026-06"]


def test_an_act_ends_though_two_events_fell_on_one_request(tally):
    def cut(exchange):
        raise fault_proxy.Cut

    def settles(act):
        weather = Weather([], [Event(1, "first", act), Event(1, "second", act)], tally, lambda text: None)
        exchange = SimpleNamespace(method="GET", path="/")
        try:
            weather(exchange, None)
        except fault_proxy.Cut:
            pass
        settling = threading.Thread(target=weather.settle, daemon=True)
        settling.start()
        settling.join(30)
        return not settling.is_alive()

    assert settles(cut)
    assert settles(lambda exchange: "an answer")
    assert settles(lambda exchange: None)


def test_an_event_whose_engine_is_down_is_a_cut_and_what_else_goes_wrong_in_one_is_told(tally):
    def settles(problem):
        def act(exchange):
            raise problem
        weather = Weather([], [Event(1, "kill inside", act)], tally, lambda text: None)
        with pytest.raises(fault_proxy.Cut):
            weather(SimpleNamespace(method="GET", path="/"), None)
        weather.settle()

    settles(ConnectionRefusedError())
    settles(ProcessLookupError())
    with pytest.raises(Failure):
        settles(Failure("something else"))


@pytest.mark.parametrize("name", ["nope-1", "restate-4-gently", "restate-4", "random"])
def test_a_scenario_that_there_is_not_is_refused(name):
    with pytest.raises(argparse.ArgumentTypeError, match="there is no"):
        run.scenario_name(name)


@pytest.mark.parametrize("name", ["random-17", "setup-2-after", "withheld-11-stall"])
def test_a_scenario_is_known_by_the_name_that_a_failure_tells(name):
    assert run.scenario_name(name) == name

"""Somebody takes the alias of a published month away or alters its filter, as a restore without aliases does: of what
was published nothing is deleted that cannot be loaded again."""
import shutil

import pytest

from audit_store import feed_of, month
from bill_folder import write_export
from test_upgrade import of_may


class May:
    """A feed whose May and June are published."""

    def __init__(self, billow, engine, folder, feed_id):
        self.billow, self.engine, self.folder, self.feed = billow, engine, folder, feed_id
        self.index = f"billow-charges-{feed_id}-2026-05"
        write_export(folder, month([1, 2, 3]))
        self.deliver("e5")
        self.config = billow.config([feed_of(feed_id, folder)])
        billow.sync(self.config)
        self.charges = engine.charges(feed_id)
        self.filter = engine.ok("GET", f"/{self.index}/_alias")[self.index]["aliases"]["billow-charges"]["filter"]

    def deliver(self, execution):
        write_export(self.folder, [of_may(row) for row in month([1, 2])], period="2026-05", execution=execution)

    def vanish(self):
        for path in self.folder.rglob("BILLING_PERIOD=2026-05"):
            shutil.rmtree(path)
        self.sync()

    def sync(self, check=0):
        done = self.billow.sync(self.config, check=check)
        return done.stdout + done.stderr

    def alter(self, **action):
        [(verb, more)] = action.items()
        self.engine.ok("POST", "/_aliases", {"actions": [{verb: {"index": self.index, "alias": "billow-charges", **more}}]})

    def show(self, query):
        self.alter(add={"filter": query})

    def hide(self):
        self.alter(remove={})

    def stored(self):
        return self.engine.count(self.index)

    def rolled_up(self):
        """What readers see in the rollup by day: its documents by month, by their ids."""
        months = {}
        for hit in self.engine.hits("billow-daily", self.feed):
            months.setdefault(hit["_source"]["BillingPeriodStart"][:7], {})[hit["_id"]] = hit["_source"]
        return months

    def publications(self):
        return len(self.engine.hits("billow-audit", self.feed))

    def states(self):
        """Of the delivery records of May."""
        return sorted(r["State"] for r in self.engine.delivery_records(self.feed) if r["BillingPeriod"] == "2026-05")


@pytest.fixture
def may(billow, engine, folder, feed_id):
    return May(billow, engine, folder, feed_id)


def test_a_vanished_month_without_its_alias_is_kept_until_it_is_back(may):
    may.vanish()
    may.hide()
    for _ in range(2):
        said = may.sync(check=1)
        assert may.index in said and "billow-charges" in said and "put the alias back" in said, said
        assert may.filter["bool"]["_name"] in said
        assert may.stored() == 6 and may.states() == ["published"]
    may.show(may.filter)
    may.sync()
    assert may.engine.charges(may.feed) == may.charges


def test_the_rollups_of_a_month_come_back_with_its_alias(may):
    may.vanish()
    before = may.rolled_up()
    assert set(before) == {"2026-05", "2026-06"}
    may.hide()
    write_export(may.folder, month([1, 2, 3, 4]), execution="e6")  # another month of the year is published
    may.sync(check=1)
    assert set(may.rolled_up()) == {"2026-06"}
    may.show(may.filter)
    may.sync()
    after = may.rolled_up()
    assert after["2026-05"] == before["2026-05"] and set(after) == {"2026-05", "2026-06"}
    published = may.publications()
    may.sync()
    assert may.publications() == published and may.rolled_up() == after


def test_a_vanished_month_without_its_alias_may_be_deleted_by_hand(may):
    may.vanish()
    may.hide()
    may.sync(check=1)
    may.engine.ok("DELETE", f"/{may.index}")
    may.sync()
    assert len(may.engine.charges(may.feed)) == 9


def test_a_vanished_month_keeps_the_days_that_its_alias_no_longer_shows(may):
    may.vanish()
    [clause] = may.filter["bool"]["filter"]
    fewer = {"terms": {"x_SliceId": clause["terms"]["x_SliceId"][1:]}}
    may.show({"bool": {**may.filter["bool"], "filter": [fewer]}})
    assert may.index in may.sync(check=1)
    assert may.stored() == 6 and may.states() == ["published"]
    may.show(may.filter)
    may.sync()
    assert may.engine.charges(may.feed) == may.charges


def test_a_month_without_its_alias_is_loaded_again_and_the_old_charges_go(may):
    may.hide()
    may.sync()
    assert len(may.engine.charges(may.feed)) == len(may.charges)
    assert may.stored() == 6 and may.states() == ["published", "superseded"]
    may.sync()
    assert may.states() == ["published", "superseded"]


def test_a_month_without_its_alias_keeps_its_charges_when_it_cannot_be_loaded_again(may):
    may.hide()
    may.deliver("e6")
    [file] = [path for path in may.folder.rglob("*.csv.gz") if "2026-05" in str(path)]
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    may.sync(check=1)
    assert may.stored() == 6 and "published" in may.states()
    file.write_bytes(whole)
    may.sync()
    assert len(may.engine.charges(may.feed)) == len(may.charges) and may.stored() == 6

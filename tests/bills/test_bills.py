"""The oracle against the golden cases, and the generator against the oracle: three readings of one contract."""

from decimal import Decimal

import pytest

from bills import lookups, oracle
from bills.compare import compare
from bills.generate import generate
from bills.generate_focus import generate_focus
from bills.values import dump, load

CASES = sorted(lookups.ROOT.glob("ingest/aws/*/testdata/*/totals.json"))


@pytest.mark.parametrize("totals", CASES, ids=lambda path: "/".join(path.parts[-4:-1:2]))
def test_the_oracle_agrees_with_the_figures_made_by_hand(totals):
    assert oracle.check_case(totals.parent) == []


@pytest.mark.parametrize(
    "options",
    [
        dict(rows=3000, nasty=0.3, net=True, columns="all"),
        dict(rows=3000, layout="create-new", stale=True, restate=2, eol="crlf"),
        dict(rows=2500, granularity="daily", days=20, stale=True, files=3, members=4),
        dict(rows=5000, seed=99, period="2026-02", restate=1, nasty=1.0, files=4),
        dict(rows=2000, fleeting=True),
        dict(rows=2000, unalike=True, nasty=0.2),
    ],
    ids=["net", "create-new", "daily", "nasty", "fleeting", "unalike"],
)
def test_the_oracle_reads_what_the_generator_says_it_wrote(tmp_path, options):
    said = load(dump(generate(tmp_path, **options)))
    read = load(dump(oracle.export_totals(tmp_path, "E").as_json(grouped=True)))
    assert {name: said.get(name) for name in read} == read


@pytest.mark.parametrize("version", ["1.0", "1.2"])
def test_the_oracle_reads_the_focus_month_the_generator_wrote(tmp_path, version):
    said = load(dump(generate_focus(tmp_path, version, rows=3000, nasty=0.2, restate=1, files=2)))
    read = load(dump(oracle.export_totals(tmp_path, "E", "aws/focus").as_json(grouped=True)))
    assert {name: said.get(name) for name in read} == read


def test_a_restatement_leaves_most_days_as_they_were(tmp_path):
    def days(name, restate):
        generate(tmp_path / name, rows=4000, restate=restate)
        found = {}
        for charge in oracle.charges(tmp_path / name, "E"):
            del charge["x_LineItemId"]
            found.setdefault(charge["@timestamp"][:10], []).append(dump(charge))
        return {day: sorted(lines) for day, lines in found.items()}

    before, after = days("a", 0), days("b", 1)
    changed = [day for day in before if before[day] != after[day]]
    assert 1 <= len(changed) <= 6


CHARGE = {
    "x_LineItemId": "1",
    "ChargeCategory": "Usage",
    "BilledCost": Decimal("0.10"),
    "x_Tags": ["a=1", "b=2"],
}


def test_amounts_are_equal_by_value_and_tags_are_a_set():
    assert compare([CHARGE], [CHARGE | {"BilledCost": Decimal("0.1"), "x_Tags": ["b=2", "a=1"]}]) == []


@pytest.mark.parametrize(
    "document",
    [
        CHARGE | {"BilledCost": Decimal("0.1000000000000000000000000000000001")},
        CHARGE | {"ChargeCategory": "Tax"},
        CHARGE | {"InvoiceId": "x"},
        {k: v for k, v in CHARGE.items() if k != "BilledCost"},
    ],
    ids=["a digit", "category", "a column more", "a column less"],
)
def test_every_difference_is_found(document):
    assert compare([CHARGE], [document]) != []


def test_missing_and_surplus_documents_are_found():
    assert compare([CHARGE], []) != []
    assert compare([CHARGE], [CHARGE, CHARGE]) != []

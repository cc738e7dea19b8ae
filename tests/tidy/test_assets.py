"""Holds docs/assets.md to the files it is made of, and these files to each other."""
import importlib.util
import json
import pathlib
import shutil

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
AGAIN = "run scripts/assets_page.py"

spec = importlib.util.spec_from_file_location("assets_page", ROOT / "scripts" / "assets_page.py")
assets_page = importlib.util.module_from_spec(spec)
spec.loader.exec_module(assets_page)


def read(folder):
    return {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / folder).glob("*.json"))}


INDEX, COMPONENT, ROLLUPS = read("es-templates/index"), read("es-templates/component"), read("transforms")


@pytest.fixture
def copied(tmp_path):
    for folder in ("es-templates", "transforms"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def change(root, name, edit):
    path = root / name
    body = json.loads(path.read_text())
    edit(body)
    path.write_text(json.dumps(body))


def test_the_page_says_what_the_assets_say():
    assert (ROOT / "docs" / "assets.md").read_text() == assets_page.page(), AGAIN


@pytest.mark.parametrize("name, edit", [
    ("es-templates/index/billow-audit.json", lambda body: body.update(version=99)),
    ("es-templates/component/billow-charges-mappings.json",
     lambda body: body["template"]["mappings"]["properties"]["BilledCost"].update(type="float")),
    ("es-templates/component/billow-charges-settings.json",
     lambda body: body["template"]["settings"]["index"].update(codec="default")),
    ("es-templates/lifecycle/billow.json", lambda body: body["policy"]["phases"]["warm"].update(min_age="1d")),
    ("es-templates/role/billow_reader.json", lambda body: body["indices"][0]["names"].append("billow-audit")),
    ("transforms/daily.json", lambda body: body["pivot"]["group_by"].pop("RegionId")),
])
def test_the_page_changes_with_an_asset(copied, name, edit):
    change(copied, name, edit)
    assert assets_page.page(copied) != assets_page.page()


@pytest.mark.parametrize("name, edit", [
    ("es-templates/index/billow-state.json",
     lambda body: body["template"]["mappings"]["properties"].update(Unexplained={"type": "long"})),
    ("es-templates/index/billow-state.json", lambda body: body["template"]["aliases"].update(unexplained={})),
    ("es-templates/role/billow_auditor.json", lambda body: body["indices"][0]["privileges"].append("unexplained")),
    ("es-templates/component/billow-records.json",
     lambda body: body["template"]["settings"]["index"].update(unexplained=1)),
    ("es-templates/index/billow-audit.json", lambda body: body["_meta"]["reasons"].update(Unexplained="no such field")),
])
def test_everything_needs_a_reason_and_every_reason_a_thing(copied, name, edit):
    change(copied, name, edit)
    with pytest.raises(SystemExit, match="(?i)unexplained"):
        assets_page.page(copied)


def test_index_templates_are_composed_of_what_there_is():
    named = {name for body in INDEX.values() for name in body["composed_of"]}
    assert named == {*COMPONENT, "billow@custom"}, "a component template that no index has, or one that is missing"


def test_what_may_be_missing_is_what_a_cluster_may_not_have():
    for name, body in INDEX.items():
        optional = {part for part in body["composed_of"] if part not in COMPONENT or "requires" in COMPONENT[part]["_meta"]}
        assert set(body.get("ignore_missing_component_templates", [])) == optional, name


@pytest.mark.parametrize("rollup", ROLLUPS)
def test_a_rollup_has_its_alias_a_template_and_a_reader(rollup):
    alias = ROLLUPS[rollup]["dest"]["index"]
    assert alias == f"billow-{rollup}"
    assert f"{alias}-*" in INDEX["billow-rollups"]["index_patterns"]
    reader = json.loads((ROOT / "es-templates" / "role" / "billow_reader.json").read_text())
    assert alias in reader["indices"][0]["names"]


def test_no_pattern_of_a_template_is_without_a_rollup():
    assert sorted(INDEX["billow-rollups"]["index_patterns"]) == [f"billow-{name}-*" for name in sorted(ROLLUPS)]

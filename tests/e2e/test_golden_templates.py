"""What an index is made with once its templates are merged, as the real engine says it, against golden_templates/.
The engine here has no lifecycles, so `index.lifecycle.name` is not in it. After a wanted change,
`BILLOW_WRITE_GOLDEN=1 ./run test e2e -k golden_templates` writes the files anew: read what git says has changed."""
import json
import os
import pathlib

import pytest

from conftest import ROOT

GOLDEN = pathlib.Path(__file__).parent / "golden_templates"
TEMPLATES = {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "es-templates" / "index").glob("*.json"))}
INDICES = [(name, pattern.replace("*", "golden-2026")) for name, body in TEMPLATES.items() for pattern in body["index_patterns"]]


def is_short(value):
    return not isinstance(value, (dict, list)) or len(json.dumps(value)) < 100 and not any(
        isinstance(inner, (dict, list)) for inner in (value.values() if isinstance(value, dict) else value))


def readable(value, pad=""):
    """JSON in the order of its keys, with a field a line."""
    if is_short(value):
        return json.dumps(value, sort_keys=True)
    inner = pad + "  "
    if isinstance(value, list):
        lines = [readable(item, inner) for item in value]
        return "[\n" + ",\n".join(inner + line for line in lines) + f"\n{pad}]"
    lines = [f"{json.dumps(key)}: {readable(item, inner)}" for key, item in sorted(value.items())]
    return "{\n" + ",\n".join(inner + line for line in lines) + f"\n{pad}}}"


def merged(engine, index):
    return readable(engine.ok("POST", f"/_index_template/_simulate_index/{index}")) + "\n"


@pytest.fixture
def set_up(billow, engine, folder):
    """Runs `billow setup`."""
    config = billow.config([{"id": "golden", "kind": "aws/cur2", "location": f"file://{folder}", "export": "E"}])

    def run():
        billow.run("setup", "-c", config, check=0)

    run()
    return run


@pytest.mark.parametrize("template, index", INDICES, ids=[index for _, index in INDICES])
def test_an_index_is_made_as_the_golden_file_says(set_up, engine, template, index):
    file, found = GOLDEN / f"{template}.json", merged(engine, index)
    if os.environ.get("BILLOW_WRITE_GOLDEN") == "1":
        file.write_text(found)
    assert found == file.read_text()


def test_every_golden_file_has_its_template():
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(TEMPLATES)


@pytest.mark.parametrize("path, value", [
    (("mappings", "properties", "BilledCost", "type"), "float"),
    (("mappings", "properties", "Tags"), {"type": "keyword"}),
    (("mappings", "date_detection"), True),
])
def test_an_altered_mapping_does_not_pass_for_the_golden_one(set_up, engine, path, value):
    """Its version is lowered, so that `billow setup` puts ours back."""
    name = "billow-charges-mappings"
    altered = json.loads((ROOT / "es-templates" / "component" / f"{name}.json").read_text())
    altered["version"] = 0
    *way, last = path
    part = altered["template"]
    for key in way:
        part = part[key]
    part[last] = value
    golden = (GOLDEN / "billow-charges.json").read_text()
    engine.ok("PUT", f"/_component_template/{name}", altered)
    try:
        assert merged(engine, "billow-charges-golden-2026") != golden
    finally:
        set_up()
    assert merged(engine, "billow-charges-golden-2026") == golden

"""What rollups must hold, made from the charges that readers see by the definitions in transforms/."""
import json
import pathlib
from collections import defaultdict
from decimal import Decimal

DEFINITIONS = {path.stem: json.loads(path.read_text())
               for path in sorted((pathlib.Path(__file__).resolve().parents[2] / "transforms").glob("*.json"))}
ALIASES = [f"billow-{name}" for name in DEFINITIONS]


def day_of(text, interval):
    return text[: 7 if interval == "1M" else 10] + ("-01" if interval == "1M" else "") + "T00:00:00.000Z"


def value_of(document, field):
    if field.startswith("Tags."):
        value = (document.get("Tags") or {}).get(field[len("Tags."):])
        return "true" if value is True else value  # how a search sees a tag without a value
    return document.get(field)


def grouped_value_of(charge, field):
    """What Elasticsearch groups a charge by: values beyond "ignore_above", counted as UTF-16, are not indexed."""
    value = value_of(charge, field)
    longest = 1024 if field.startswith("Tags.") else 8191
    return value if value is None or len(value.encode("utf-16-le")) <= 2 * longest else None


def groups_of(alias, tags=()):
    definition = DEFINITIONS[alias.removeprefix("billow-")]
    groups = {name: next(iter(how.items())) for name, how in definition["pivot"]["group_by"].items()}
    if definition["_meta"].get("tags"):
        groups |= {f"Tags.{tag}": ("terms", {"field": f"Tags.{tag}"}) for tag in tags}
    return groups


def expected_documents(alias, charges, tags=()):
    """Group values -> exact sums."""
    groups = groups_of(alias, tags)
    measures = DEFINITIONS[alias.removeprefix("billow-")]["pivot"]["aggregations"]
    documents = defaultdict(lambda: defaultdict(Decimal))
    for charge in charges:
        key = []
        for name, (kind, settings) in groups.items():
            value = grouped_value_of(charge, settings["field"])
            key.append((name, day_of(value, settings["calendar_interval"]) if kind == "date_histogram" else value))
        for name, how in measures.items():
            kind, settings = next(iter(how.items()))
            documents[tuple(key)][name] += 1 if kind == "value_count" else Decimal(charge.get(settings["field"]) or 0)
    return documents


def differences(engine, feed, charges, tags=(), share=Decimal("1e-12")):
    """What readers see in each rollup against what the charges add up to, as sentences. Sums may differ by `share` of themselves."""
    wrong = []
    for alias in ALIASES:
        expected, found = expected_documents(alias, charges, tags), {}
        hits = engine.hits(alias, feed) if engine.call("GET", f"/_alias/{alias}")[0] == 200 else []
        for hit in hits:
            key = tuple((name, value_of(hit["_source"], name)) for name in groups_of(alias, tags))
            if key in found:
                wrong.append(f"{alias} has a group twice: {key}")
            found[key] = hit["_source"]
        wrong += [f"{alias} lacks {key}" for key in set(expected) - set(found)]
        wrong += [f"{alias} has {key}, which no charge has" for key in set(found) - set(expected)]
        for key in set(expected) & set(found):
            for name, exact in expected[key].items():
                if abs(Decimal(found[key][name]) - exact) > share * max(1, abs(exact)):
                    wrong.append(f"{alias} {key}: {name} is {found[key][name]}, expected {exact}")
    return wrong


def hidden(engine, feed):
    """Documents that are stored and not visible, by alias."""
    left = {}
    for alias in ALIASES:
        stored = engine.count(f"{alias}-{feed}-*")
        shown = len(engine.hits(alias, feed)) if engine.call("GET", f"/_alias/{alias}")[0] == 200 else 0
        if stored != shown:
            left[alias] = (stored, shown)
    return left

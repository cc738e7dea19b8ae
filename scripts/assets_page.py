#!/usr/bin/env python3
"""Writes docs/assets.md: everything that Billow puts into a cluster, and why, as es-templates/ and transforms/ say it.
Each setting, field, alias and privilege has its reason in `_meta.reasons` of its file (roles: `metadata.reasons`)."""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "assets.md"
FOCUS_COMPONENT = "billow-charges-mappings"

INTRODUCTION = """# What Billow puts into Elasticsearch

Made by `scripts/assets_page.py` from `es-templates/` and `transforms/`; change these and run it again. `billow setup` installs what stands here, `billow setup --dry-run` shows how a cluster differs.

## Names and versions
- Everything begins with `billow`. A component template is named for its concern, an index template for its indices, a role `billow_` and who has it; the alias of a rollup is `billow-` and the name of its file.
- Every file has a version of its own, a whole number. It is raised with each change of what the file does in a cluster: settings, mappings, patterns, priorities, phases, privileges, groups, measures. The texts that explain
  do not raise it. The thousands of a version are the major version: 2 is of major 0, 1002 of major 1. `billow setup` replaces what is older and leaves alone what is as new or newer; `--downgrade` replaces what is newer, within the
  same major version. What a later major version has installed is refused, and so is what has our name but another `managed_by`, or neither that nor a version, unless
  `--take-over` says otherwise; then nothing at all is changed.
- An index keeps its mapping. Fields that a newer version maps in addition are added to it; where a field is mapped in another way, `billow setup` marks the index (`billow_outdated` in the `_meta` of its mapping), and the next pass over the
  feed copies what readers see to an index that follows it, verifies sums and counts there, and moves the alias in the call that publishes: `billow-charges-aws-2026-06` is followed by `billow-charges-aws-2026-06-r1`, then `-r2`.
- `billow@custom` is the site's own component template; Billow never writes it. Its settings come after ours in indices of charges and rollups.
- FOCUS columns have their FOCUS names. `x_` marks what FOCUS does not have. Billow's own records name the rest in the same style.
"""


class Asset:
    """One file, and which of its reasons were asked for."""

    def __init__(self, path):
        self.name = path.stem
        self.file = f"{path.parent.name}/{path.name}"
        self.body = json.loads(path.read_text())
        policy = self.body.get("policy", self.body)
        self.meta = policy.get("_meta") or policy.get("metadata")
        self.version = self.body.get("version") or self.meta["version"]
        self.description = prose(self.meta.get("description") or self.body["description"])
        self.unused = dict(self.meta.get("reasons", {}))

    def reason(self, name):
        reasons = self.meta.get("reasons", {})
        if not reasons.get(name):
            raise SystemExit(f"{self.file}: _meta.reasons lacks a reason for '{name}'")
        self.unused.pop(name, None)
        return prose(reasons[name])

    def part(self, *path):
        found = self.body.get("template", {})
        for key in path:
            found = found.get(key, {})
        return found


def load(folder):
    return {path.stem: Asset(path) for path in sorted(folder.glob("*.json"))}


def prose(text):
    return text.replace("<", "&lt;")


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def code(text):
    return f"`{text}`"


def codes(names):
    return ", ".join(map(code, names))


def plain(value):
    return value if isinstance(value, str) else json.dumps(value)


def settings_of(tree, prefix=""):
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from settings_of(value, f"{prefix}{key}.")
        else:
            yield prefix + key, plain(value)


def type_of(mapping):
    extra = [f"{key} {plain(value)}" for key, value in mapping.items() if key not in ("type", "properties")]
    return ", ".join([mapping.get("type", "object"), *extra])


def fields_of(properties, prefix=""):
    for name, mapping in properties.items():
        yield prefix + name, mapping
        yield from fields_of(mapping.get("properties", {}), f"{prefix}{name}.")


def reason_of_field(asset, field):
    """A field within an object may leave it to the object to say why."""
    parent = field.rpartition(".")[0]
    return asset.reason(field) if field in asset.meta.get("reasons", {}) or not parent else f"part of {code(parent)}"


def contents(asset, focus):
    """Settings, dynamic templates and fields of a template, as tables."""
    settings = [(code(name), code(value), asset.reason(name)) for name, value in settings_of(asset.part("settings"))]
    rules = [(name, rule) for entry in asset.part("mappings", "dynamic_templates") or [] for name, rule in entry.items()]
    rules = [(code(name), f"{rule['match_mapping_type']} {code(rule.get('match', '*'))}", type_of(rule["mapping"]), asset.reason(name))
             for name, rule in rules]
    fields = [(code(name), type_of(mapping), "yes" if name.rpartition(".")[2] in focus else "", reason_of_field(asset, name))
              for name, mapping in fields_of(asset.part("mappings", "properties"))]
    text = ""
    if settings:
        text += "\n" + table(["setting", "value", "reason"], settings)
    if rules:
        text += "\n" + table(["dynamic template", "for", "type", "reason"], rules)
    if fields:
        text += "\n" + table(["field", "type", "FOCUS", "reason"], fields)
    switches = [f"{code(key)}: {plain(value)}" for key, value in asset.part("mappings").items() if not isinstance(value, (dict, list))]
    return text + ("\n" + ", ".join(switches) + "\n" if switches else "")


def index_rows(index, rollups):
    """An index, its template and its reason, for each index that a template serves."""
    for asset in index.values():
        name = asset.meta.get("index_name", asset.body["index_patterns"][0])
        if "<rollup>" not in name:
            yield code(name), code(asset.name), asset.description
            continue
        for rollup in rollups.values():
            own = name.replace("<rollup>", rollup.name).replace("<version>", str(rollup.version))
            own += "-<digest of the promoted tags>" if rollup.meta.get("tags") else ""
            yield code(own), code(asset.name), rollup.description


def alias_rows(index, rollups):
    for asset in index.values():
        fixed = list(asset.part("aliases"))
        moved = [name for name in asset.meta.get("reasons", {}) if name.startswith("billow-") and name not in fixed]
        for name in fixed + moved:
            yield code(name), code(asset.meta.get("index_name", asset.body["index_patterns"][0])), asset.reason(name)
    for rollup in rollups.values():
        alias = rollup.body["dest"]["index"]
        yield code(alias), code(f"{alias}-*"), "what readers query of this rollup; filtered as `billow-charges` is, and changed in the same call"


def group_text(name, group):
    [(kind, how)] = group.items()
    where = "" if how["field"] == name else f" of {code(how['field'])}"
    return code(name) + (f"{where} by {how['calendar_interval']}" if kind == "date_histogram" else where)


def rollup_text(rollup):
    pivot = rollup.body["pivot"]
    groups = ", ".join(group_text(name, group) for name, group in pivot["group_by"].items())
    tags = ", and by each tag that the site promotes" if rollup.meta.get("tags") else ""
    sums = [name for name, how in pivot["aggregations"].items() if "sum" in how]
    counts = [name for name, how in pivot["aggregations"].items() if "value_count" in how]
    return (f"\n### {code(rollup.body['dest']['index'])}, version {rollup.version}\n{rollup.description}\n\n"
            f"- Grouped by {groups}{tags}.\n- Sums {codes(sums)}.\n- Counts charges as {codes(counts)}.\n")


def action_text(actions):
    return ", ".join(f"{name} ({', '.join(f'{key} {plain(value)}' for key, value in how.items())})" for name, how in actions.items())


def role_text(role):
    rows = [("cluster", "", code(name), role.reason(name)) for name in role.body["cluster"]]
    rows += [("indices", codes(part["names"]), code(name), role.reason(name)) for part in role.body["indices"] for name in part["privileges"]]
    return f"\n### {code(role.name)}, version {role.version}\n{role.description}\n\n" + table(["of", "names", "privilege", "reason"], rows)


def template_text(asset, focus):
    body = asset.body
    served = f"Serves {codes(body['index_patterns'])} with priority {body['priority']}. Composed of {codes(body['composed_of'])}"
    optional = body.get("ignore_missing_component_templates")
    served += f"; {codes(optional)} may be missing.\n" if optional else ".\n"
    return f"\n### {code(asset.name)}, version {asset.version}\n{asset.description}\n\n{served}{contents(asset, focus)}"


def page(root=ROOT):
    """The text of the page for the assets of a checkout. SystemExit says which reason is missing or left over."""
    templates = root / "es-templates"
    component, index = load(templates / "component"), load(templates / "index")
    lifecycle, role, rollups = load(templates / "lifecycle"), load(templates / "role"), load(root / "transforms")
    focus = {name for name in component[FOCUS_COMPONENT].part("mappings", "properties") if name[0].isupper()}
    text = INTRODUCTION + "\n## Indices\n" + table(["index", "index template", "reason"], index_rows(index, rollups))
    text += "\n## Aliases\n" + table(["alias", "of", "reason"], alias_rows(index, rollups))
    text += "\n## Index templates\n" + "".join(template_text(asset, focus) for asset in index.values())
    text += "\n## Component templates\n"
    for asset in component.values():
        text += f"\n### {code(asset.name)}, version {asset.version}\n{asset.description}\n{contents(asset, focus)}"
    text += "\n## Lifecycle policy\n"
    for asset in lifecycle.values():
        rows = [(name, phase["min_age"], action_text(phase["actions"]), asset.reason(name)) for name, phase in asset.body["policy"]["phases"].items()]
        text += f"\n### {code(asset.name)}, version {asset.version}\n{asset.description}\n\n" + table(["phase", "from", "does", "reason"], rows)
    text += ("\n## Rollups\nDefinitions in `transforms/`, in Elasticsearch's own form for transforms. Every document belongs to one slice, feed, period and currency.\n"
             + "".join(map(rollup_text, rollups.values())))
    text += "\n## Roles\nInstalled by `billow setup --roles`. Tests take the privileges of setup and writer away one by one and see the work fail.\n"
    text += "".join(map(role_text, role.values()))
    for asset in [*component.values(), *index.values(), *lifecycle.values(), *role.values(), *rollups.values()]:
        if asset.unused:
            raise SystemExit(f"{asset.file}: _meta.reasons speaks of {', '.join(asset.unused)}, which the file does not have")
    return text


if __name__ == "__main__":
    if len(sys.argv) > 1:
        raise SystemExit("scripts/assets_page.py takes no arguments: it writes docs/assets.md")
    PAGE.write_text(page())

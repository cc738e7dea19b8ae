"""Keeps the structure of src/ as src/README.md draws it: a module includes only what it declares, arrows point
downward, files stay small, and words that hide unfinished work stay out."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SRC = ROOT / "src"

# Lower layers first; a module may include modules of its own layer only when DEPS names them.
LAYERS = [
    {"base", "charge", "http", "metrics", "audit"},
    {"feed", "auth", "elastic"},
    {"fetch", "normalize", "rollup"},
    {"sync"},
    {"proof"},
    {"daemon"},
]
LINES_MAX = 600
LINE_WIDTH_MAX = 120
BANNED_NAMES = re.compile(r"(util|helper|manager|common|misc)", re.I)

MODULES = sorted(p.parent.name for p in SRC.glob("*/CMakeLists.txt"))


def layer_of(module):
    return next(i for i, layer in enumerate(LAYERS) if module in layer)


def declared(module):
    text = (SRC / module / "CMakeLists.txt").read_text()
    body = text[text.index("billow_module("):]
    match = re.search(r"\bDEPS\s+([a-z_\s]+?)(?:\bLIBS\b|\))", body)
    return set(match.group(1).split()) if match else set()


def sources(module):
    return sorted(p for p in (SRC / module).rglob("*") if p.suffix in {".hpp", ".cpp"})


def includes(path):
    for line in path.read_text().splitlines():
        match = re.match(r'#include "([a-z_]+)/', line)
        if match:
            yield match.group(1)


def test_there_are_modules_to_look_at():
    assert len(MODULES) >= 10


@pytest.mark.parametrize("module", MODULES)
def test_module_includes_only_what_it_declares(module):
    allowed = declared(module) | {module}
    for path in sources(module):
        for included in includes(path):
            if not (SRC / included).is_dir():
                continue
            assert included in allowed, f"{path.relative_to(ROOT)} includes {included}, DEPS: {sorted(allowed)}"


@pytest.mark.parametrize("module", MODULES)
def test_arrows_point_downward(module):
    for dependency in declared(module):
        assert layer_of(dependency) <= layer_of(module), f"{module} must not depend on {dependency}"


def test_no_cycles():
    graph = {module: declared(module) for module in MODULES}
    done, path = set(), []

    def visit(module):
        assert module not in path, " -> ".join(path + [module])
        if module in done:
            return
        path.append(module)
        for dependency in graph.get(module, ()):
            visit(dependency)
        path.pop()
        done.add(module)

    for module in MODULES:
        visit(module)


@pytest.mark.parametrize("module", MODULES)
def test_files_stay_small_and_well_named(module):
    for path in sources(module):
        lines = path.read_text().splitlines()
        assert len(lines) <= LINES_MAX, f"{path.relative_to(ROOT)}: {len(lines)} lines, find the second concept"
        assert not BANNED_NAMES.search(path.stem), f"{path.relative_to(ROOT)}: name the concept"
        for number, line in enumerate(lines, 1):
            assert len(line) <= LINE_WIDTH_MAX, f"{path.relative_to(ROOT)}:{number}: {len(line)} columns"


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_left_for_later(module):
    for path in sources(module):
        assert not re.search(r"TODO|FIXME|HACK", path.read_text()), path.relative_to(ROOT)


@pytest.mark.parametrize("module", MODULES)
def test_money_is_never_read_as_double(module):
    """strtod and its kin depend on the locale and round; amounts are read by Decimal::parse."""
    for path in sources(module):
        assert not re.search(r"\b(strtod|stod|atof|strtof|stof)\s*\(", path.read_text()), path.relative_to(ROOT)


def test_beast_and_tls_headers_stay_in_few_files():
    heavy = [p for module in MODULES for p in sources(module)
             if re.search(r"#include <boost/(beast|asio/ssl)", p.read_text())]
    assert heavy, "the pattern no longer finds anything"
    assert all(p.parent.name == "http" for p in heavy), [str(p.relative_to(ROOT)) for p in heavy]


def test_source_map_names_every_module():
    text = (SRC / "README.md").read_text()
    for module in MODULES:
        assert f"`{module}/`" in text, f"src/README.md says nothing of {module}/"

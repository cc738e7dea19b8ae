"""No coroutine of ours borrows what may be gone when it resumes; and the rule itself, held against small texts."""
import pathlib

import pytest

from coroutine_parameters import SERVICES, findings

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = sorted(p for p in (ROOT / "src").rglob("*") if p.suffix in {".hpp", ".cpp"})

REFUSED = {
    "Task<void> load(const std::string& name);": "const std::string& name",
    "Task<int> load(std::string_view name) {": "std::string_view name",
    "Task<int> load(std::span<const char> bytes);": "std::span<const char> bytes",
    "boost::asio::awaitable<void> run(Piece &piece);": "Piece &piece",
    "asio::awaitable<Result<void>> Impl::run(Piece&& piece) {": "Piece&& piece",
    "Task<std::vector<std::pair<int, int>>> sums(\n    int at, std::vector<int>& out) {": "std::vector<int>& out",
    "Task<void> load(std::vector<std::string_view> names);": "std::vector<std::string_view> names",
    "Task<void> load(std::optional<std::span<const char>> bytes = {});": "std::optional<std::span<const char>> bytes",
    "auto run = [](Piece& piece) -> asio::awaitable<void> {": "Piece& piece",
    "auto run = [](std::string_view s) mutable -> Task<void> {": "std::string_view s",
    "std::function<Task<void>(const std::string&)> run;": "const std::string&",
    "Task<void> load(Cluster&& cluster);": "Cluster&& cluster",
    "Task<void> load(std::vector<Cluster>& all);": "std::vector<Cluster>& all",
    "Task<void> load(Piece const& piece);": "Piece const& piece",
    "template <class T> Task<T> load(T& from);": "T& from",
    "Task<void> load(char (&bytes)[8]);": "char (&bytes)[8]",
}
ALLOWED = [
    "Task<void> load(std::string name, int at = f(a & b));",
    "Task<void> load(elastic::Cluster& cluster, std::string index);",
    "Task<void> load(const elastic::Cluster& cluster);",
    "Task<std::size_t> read_some(std::span<char> out) override;",
    "Task<void> run(std::function<void(const Event&, std::string_view)> observer);",
    "Result<void> load(const std::string& name);",
    "// Task<void> load(const std::string& name);",
    'const char* text = "Task<void> load(const std::string& name);";',
    "std::vector<Task<void>> tasks; void take(const std::string& name);",
    "Task<void> load(std::shared_ptr<const BulkBody> body) { use(a && b); }",
]


@pytest.mark.parametrize("text", REFUSED)
def test_rule_refuses(text):
    assert [found.parameter for found in findings(text)] == [REFUSED[text]]


@pytest.mark.parametrize("text", ALLOWED)
def test_rule_allows(text):
    assert findings(text) == []


def test_rule_names_the_line():
    text = "/* two\nlines */\nTask<void> load(int at,\n                std::string_view name);\n"
    assert [found.line for found in findings(text)] == [4]


def test_every_service_is_still_taken_by_reference():
    text = "\n".join(path.read_text() for path in FILES)
    assert [name for name in SERVICES if f"{name}& " not in text] == []


def test_coroutines_take_values():
    found = [f"{path.relative_to(ROOT)}:{f.line}: {f.parameter}" for path in FILES for f in findings(path.read_text())]
    assert not found, "take a value, or name the service and its reason in coroutine_parameters.py:\n" + "\n".join(found)

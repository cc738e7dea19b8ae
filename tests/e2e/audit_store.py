"""A feed whose publications are the only ones in the audit chain, and what `billow audit` says of it."""
import json

from audit_chain import Chain
from bill_folder import usage_row, write_export


def month(days, cost="1.5"):
    return [usage_row(f"{day}-{n}", day, cost) for day in days for n in range(3)]


def feed_of(feed_id, folder, **more):
    return {"id": feed_id, "kind": "aws/cur2", "location": f"file://{folder}", "export": "E", **more}


class Store:
    """A feed with a chain that holds its publications and no others."""

    def __init__(self, billow, engine, folder, feed_id):
        self.billow, self.engine, self.folder, self.feed_id = billow, engine, folder, feed_id
        self.config = billow.config([feed_of(feed_id, folder)])
        billow.run("setup", "-c", self.config, check=0)
        self.chain = Chain(engine).begin()
        self.index = f"billow-charges-{feed_id}-2026-06"

    def deliver(self, rows, execution, *arguments):
        write_export(self.folder, rows, execution=execution)
        return self.billow.sync(self.config, *arguments)

    def verify(self, *arguments, check=None):
        """What `billow audit verify` says, and that its exit code agrees."""
        done = self.billow.run("audit", "verify", "-c", self.config, "--feed", self.feed_id, "--format", "json", *arguments)
        assert done.returncode in (0, 1), done.stderr
        verdict = json.loads(done.stdout)
        assert verdict["proven"] == (done.returncode == 0) == (not verdict["findings"])
        return verdict

    def proven(self, *arguments):
        verdict = self.verify(*arguments)
        assert verdict["proven"], verdict["findings"]
        return verdict

    def found(self, *arguments):
        """The findings as {(kind, record, document): sentence}."""
        verdict = self.verify(*arguments)
        return {(f["kind"], f.get("sequence", 0), f.get("document", "")): f["what"] for f in verdict["findings"]}

    def kinds(self, *arguments):
        return sorted((kind, sequence) for kind, sequence, _ in self.found(*arguments))

    def alias(self):
        return self.engine.ok("GET", f"/{self.index}/_alias/billow-charges")[self.index]["aliases"]["billow-charges"]

    def show(self, query, index=None):
        self.engine.ok("POST", "/_aliases", {"actions": [
            {"add": {"index": index or self.index, "alias": "billow-charges", "filter": query}}]})

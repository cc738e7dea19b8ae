"""Takes away what scenarios leave in the engine, so that thousands of them fit into one."""
import json

from engine import names


def forget_feed(engine, feed):
    for index in names(engine, f"/billow-*-{feed}-*?expand_wildcards=all"):
        if f"-{feed}-" in index:  # not billow-state, which is found by its alias for the feed
            engine.call("DELETE", f"/{index}")
    for index in ("billow-deliveries", "billow-dead-letters"):
        if not names(engine, f"/{index}"):
            continue
        doomed = [json.dumps({"delete": {"_index": index, "_id": hit["_id"]}}) for hit in engine.hits(index, feed)]
        if doomed:
            engine.ok("POST", "/_bulk", "\n".join(doomed) + "\n", content_type="application/x-ndjson")
    for alias in names_of_tokens(engine, feed):
        engine.call("DELETE", f"/billow-state/_alias/{alias}")


def names_of_tokens(engine, feed):
    status, answer = engine.call("GET", f"/billow-state/_alias/billow-epoch-{feed}-*")
    return [name for entry in answer.values() for name in entry["aliases"]] if status == 200 else []

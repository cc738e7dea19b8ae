"""An engine with security on, and everyone who signs in there: a user for each role, all with the same password."""
import base64
import copy
import json
import pathlib

from engine import Engine, LocalEngine

ROOT = pathlib.Path(__file__).resolve().parents[2]

PASSWORD = "correct horse battery"
# The engine takes so little at once that a body of the usual size is refused: see the last test of test_security.py.
BODY_BYTES_MAX = 1_000_000
ROLES = {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "es-templates" / "role").glob("*.json"))}
NOT_HERE = {"manage_ilm", "manage_transform"}  # nothing here to manage
# `keeper` is what README.md tells to grant; `reader` may look at what is published and nothing else.
OTHERS = {
    "keeper": {"cluster": ["monitor", "manage_index_templates"],
               "indices": [{"names": ["billow-*"], "privileges": ["manage", "read", "write"]}]},
    "reader": {"cluster": ["monitor"], "indices": [{"names": ["billow-charges"], "privileges": ["read"]}]},
}


def lesser(name):
    """The role without one privilege, for each of them: name -> role."""
    found = {}
    for privilege in ROLES[name]["cluster"]:
        role = copy.deepcopy(ROLES[name])
        role["cluster"].remove(privilege)
        found[f"{name}-no-{privilege}"] = role
    for privilege in ROLES[name]["indices"][0]["privileges"]:
        role = copy.deepcopy(ROLES[name])
        role["indices"][0]["privileges"].remove(privilege)
        if not role["indices"][0]["privileges"]:
            role["indices"] = []
        found[f"{name}-no-{privilege}"] = role
    return {name: role for name, role in found.items() if not NOT_HERE & set(name.split("-"))}


SETUP_LACKS, WRITER_LACKS, AUDITOR_LACKS = lesser("billow_setup"), lesser("billow_writer"), lesser("billow_auditor")


def header(user):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()}


def seen_by(secured, user):
    engine = Engine(secured.url)
    engine.headers = header(user)
    return engine


def secured_engine(folder):
    """Not started yet; its roles are kept in `folder`."""
    every = {**ROLES, **OTHERS, **SETUP_LACKS, **WRITER_LACKS, **AUDITOR_LACKS}
    for role in every.values():
        role.pop("metadata", None)
    (folder / "roles.yml").write_text("".join(f"{name}: {json.dumps(role)}\n" for name, role in every.items()))
    local = LocalEngine(ROOT, BILLOW_ES_SECURITY="1", BILLOW_ES_PASSWORD=PASSWORD, BILLOW_ES_ROLES=str(folder / "roles.yml"),
                        BILLOW_ES_HEAP="512m", BILLOW_ES_SETTINGS=f"http.max_content_length: {BODY_BYTES_MAX}b")
    local.headers = header("billow")
    return local

"""Holds README.md and the alerts to the metrics there are."""
import pathlib
import re
import shutil
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "compose"
NAME = re.compile(r"\bbillow_[a-z0-9_]+")

# Prometheus makes these of a histogram.
OF_A_HISTOGRAM = ("_bucket", "_sum", "_count")


def exposed():
    """The names in src/metrics; test_registry sees that /metrics shows them under these names."""
    source = "".join(path.read_text() for path in sorted((ROOT / "src" / "metrics").glob("*.cpp")))
    return set(re.findall(r'"(billow_[a-z0-9_]+)"', source))


def rules():
    groups = yaml.safe_load((COMPOSE / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def unknown(text):
    metrics = exposed()
    return {name for name in NAME.findall(text)
            if name not in metrics and not (name.endswith(OF_A_HISTOGRAM) and name.rsplit("_", 1)[0] in metrics)}


def test_the_readme_names_metrics_that_there_are():
    text = (ROOT / "README.md").read_text()
    roles = {path.stem for path in (ROOT / "es-templates" / "role").glob("*.json")}
    assert len(set(NAME.findall(text)) - roles) > 10
    assert unknown(text) <= roles


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_looks_at_metrics_that_there_are(rule):
    assert not unknown(rule["expr"]), rule["expr"]
    assert NAME.search(rule["expr"]) or 'up{job="billow"}' in rule["expr"]
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"]["summary"] and rule["annotations"]["description"]


def test_the_prometheus_of_compose_loads_the_alerts():
    prometheus = yaml.safe_load((COMPOSE / "prometheus.yml").read_text())
    assert prometheus["rule_files"] == ["alerts.yml"]
    assert [job["job_name"] for job in prometheus["scrape_configs"]] == ["billow"]
    volumes = yaml.safe_load((COMPOSE / "compose.yml").read_text())["services"]["prometheus"]["volumes"]
    assert "./alerts.yml:/etc/prometheus/alerts.yml:ro" in volumes


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool; it is in Debian's package prometheus")
@pytest.mark.parametrize("asked", ["check rules alerts.yml", "check config prometheus.yml", "test rules ../tests/tidy/alerts.yml"])
def test_promtool_takes_the_rules_and_they_do_what_they_say(asked):
    told = subprocess.run(["promtool", *asked.split()], cwd=COMPOSE, capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stdout + told.stderr

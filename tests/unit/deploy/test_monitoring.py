"""The dashboard and the alerts name only metrics and labels that the server has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram

from rtc_server.metrics import Metrics
from tests.paths import ROOT

ALERTS = yaml.safe_load((ROOT / "deploy" / "prometheus-alerts.yml").read_text("utf-8"))
RULES: list[dict[str, Any]] = [rule for group in ALERTS["groups"] for rule in group["rules"]]
DASHBOARD = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text("utf-8"))
METRIC = re.compile(r"\b((?:tandem|process)_\w+)(?:\{([^}]*)\})?")
OF_PROMETHEUS = {"instance", "job", "le"}
# prometheus_client has these on Linux only.
OF_PROCESSES = {
    *("process_cpu_seconds_total", "process_resident_memory_bytes"),
    *("process_open_fds", "process_max_fds"),
}


def known_metrics() -> dict[str, set[str]]:
    """Every series that a scrape can have, with its labels."""
    known: dict[str, set[str]] = {name: set() for name in OF_PROCESSES}
    for name, metric in vars(Metrics()).items():
        suffixes: tuple[str, ...] = ("",)
        if isinstance(metric, Counter):
            suffixes = ("_total",)
        elif isinstance(metric, Histogram):
            suffixes = ("_bucket", "_sum", "_count")
        elif not isinstance(metric, Gauge):
            continue
        for suffix in suffixes:
            known[f"tandem_{name}{suffix}"] = set(metric._labelnames)
    return known | {"tandem_event_loop_lag_p99_ms": set(), "tandem_threads": {"of"}}


def expressions() -> Iterator[tuple[str, str]]:
    for rule in RULES:
        yield rule["alert"], rule["expr"]
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


@pytest.mark.parametrize(("title", "expression"), list(expressions()))
def test_an_expression_names_metrics_and_labels_of_the_server(title: str, expression: str) -> None:
    known = known_metrics()
    found = METRIC.findall(expression)
    assert found or expression.startswith("up{")
    for name, selectors in found:
        assert name in known, title
        labels = {one.split("=")[0].rstrip("!") for one in selectors.split(",") if one}
        assert labels <= known[name] | OF_PROMETHEUS, title
    grouped = {
        label
        for labels in re.findall(r"by \(([^)]*)\)", expression)
        for label in labels.split(", ")
    }
    assert grouped <= {label for name, _ in found for label in known[name]} | OF_PROMETHEUS, title


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alert_says_what_is_wrong_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert len(rule["annotations"]["summary"]) > 20
    assert len(rule["annotations"]["action"]) > 40


def test_the_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (place["x"] + column, place["y"] + line)
            for column in range(place["w"])
            for line in range(place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(column for column, _ in cells) < 24
        taken |= cells

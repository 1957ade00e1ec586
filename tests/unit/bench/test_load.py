"""What the load benchmark makes of the scores that light learners received."""

from __future__ import annotations

from typing import Any

from bench.load import build_light_row, slowest_stretch
from bench.server_process import read_largest, read_metric


def scores(*times_s: float) -> list[dict[str, Any]]:
    return [{"at_s": at_s, "age_ms": 100.0 * at_s} for at_s in times_s]


def test_the_slowest_stretch_is_found() -> None:
    steady = [0.2 * k for k in range(100)]
    assert slowest_stretch(scores(*steady), 20.0) == 5.0
    gap = [at_s for at_s in steady if not 8.0 <= at_s < 10.0]
    assert slowest_stretch(scores(*gap), 20.0) == 3.0
    assert slowest_stretch([], 20.0) == 0.0


def test_the_slowest_learner_counts() -> None:
    report = {
        "refusal": "503 server_full, try again after 12 s",
        "seconds": 10.0,
        "learners_cpu_s": 2.0,
        "opened_ms": [7.0, 9.0, 30.0],
        "scores": [scores(*range(10)), scores(*range(0, 10, 2))],
    }
    metrics = "tandem_event_loop_lag_p99_ms 7.25\ntandem_places 2.0\n"
    row = build_light_row(report, 0.5, metrics)
    assert (row["learners"], row["places"], row["refused"]) == (2, 2, report["refusal"])
    assert (row["scores/s, slowest"], row["server cores a learner"]) == (0.5, 0.25)
    assert row["opened ms p50"] == 9
    assert (row["loop lag ms p99"], row["learners' cores"]) == (7.2, 0.2)


def test_figures_of_session_hosts_are_those_of_the_front_or_the_largest() -> None:
    metrics = "".join(
        f'tandem_places{{host="{host}"}} {places}\ntandem_lag{{host="{host}"}} {lag}\n'
        for host, places, lag in (("w1", 1000, 7.5), ("front", 11, 0.5), ("w2", 1000, 3.0))
    )
    assert read_metric(metrics, "tandem_places") == 11
    assert read_largest(metrics, "tandem_lag") == 7.5
    assert read_metric(metrics, "tandem_other") == read_largest(metrics, "tandem_other") == 0

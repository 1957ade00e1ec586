"""The metrics of all hosts are one valid answer, in which each sample names its host."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from rtc_server.cluster.metrics_text import merge_metrics
from rtc_server.metrics import Metrics


def test_each_sample_names_its_host_and_keeps_its_labels() -> None:
    front, host = Metrics(), Metrics()
    host.sessions_ended.labels(how='a "b"\\').inc(2)
    host.pose_seconds.observe(0.02)
    merged = merge_metrics({"front": front.text().decode(), "w1": host.text().decode()})
    families = list(text_string_to_metric_families(merged))
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }
    ended = ("tandem_sessions_ended_total", ("host", "w1"), ("how", 'a "b"\\'))
    assert samples[ended] == 2.0
    assert samples["tandem_pose_seconds_bucket", ("host", "w1"), ("le", "0.02")] == 1.0
    assert samples["tandem_pose_seconds_count", ("host", "front")] == 0.0
    assert all("host" in dict(labels) for _, *labels in samples)


def test_a_metric_is_described_once() -> None:
    texts = {name: Metrics().text().decode() for name in ("front", "w1", "w2")}
    lines = merge_metrics(texts).splitlines()
    described = [line for line in lines if line.startswith("# TYPE")]
    assert len(described) == len({line.split()[2] for line in described})
    assert len(described) == sum(line.startswith("# TYPE") for line in texts["w1"].splitlines())


def test_nothing_is_lost() -> None:
    one = Metrics().text().decode()
    merged = merge_metrics({"w1": one, "w2": one})
    count = sum(not line.startswith("#") for line in one.splitlines())
    assert sum(not line.startswith("#") for line in merged.splitlines()) == 2 * count

"""The pose network of live sessions."""

from __future__ import annotations

import threading

import pytest

from rtc_server.config import Config
from rtc_server.pose import processors
from rtc_server.pose.inference import WORKER_NICENESS
from rtc_server.pose.live_model import LiveModel


def test_it_is_loaded_with_the_priority_of_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that OpenVINO starts meanwhile keep that priority, and poses are found in them."""
    lowered: dict[int, int] = {}  # niceness by thread
    loaded_in: list[int] = []
    monkeypatch.setattr(
        processors,
        "lower_priority",
        lambda niceness: lowered.update({threading.get_native_id(): niceness}),
    )
    monkeypatch.setattr(LiveModel, "_load", lambda _: loaded_in.append(threading.get_native_id()))
    LiveModel(Config()).load()
    assert lowered == dict.fromkeys(loaded_in, WORKER_NICENESS)
    assert len(loaded_in) == 1

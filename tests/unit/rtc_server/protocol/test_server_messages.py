import json
import math
from types import SimpleNamespace
from typing import Any

from rtc_server.protocol.server_messages import (
    build_calibrated,
    build_state,
    build_welcome,
    to_json,
)


def test_numbers_that_json_lacks_become_null() -> None:
    text = to_json({"a": math.nan, "b": [math.inf, 1.5], "c": {"d": -math.inf}})
    assert json.loads(text) == {"a": None, "b": [None, 1.5], "c": {"d": None}}


def test_welcome_describes_the_lesson() -> None:
    lesson: Any = SimpleNamespace(
        id="demo", title="Demo", duration_s=24.0, width=480, height=640, rates=(0.5, 1.0)
    )
    message = build_welcome("9f86", lesson, 5.0, {"lesson_s": 4.25, "samples": 7})
    assert message["lesson"] == {
        **{"id": "demo", "title": "Demo", "duration_s": 24.0},
        **{"width": 480, "height": 640},
    }
    assert message["resumed"] == {"lesson_s": 4.25, "samples": 7}


def test_a_state_has_a_countdown_or_a_reason_only_where_there_is_one() -> None:
    plain = build_state("playing", 1.23456, rate=0.5, loop=(3.0, 7.5))
    assert plain == {
        **{"type": "state", "state": "playing", "lesson_s": 1.235},
        **{"rate": 0.5, "loop": [3.0, 7.5]},
    }
    counting = build_state("counting", 0.0, rate=1.0, loop=None, countdown_s=3)
    assert counting["countdown_s"] == 3 and "reason" not in counting
    ended = build_state("ended", 9.0, rate=1.0, loop=None, reason="finished")
    assert ended["reason"] == "finished" and "countdown_s" not in ended


def test_calibrated_has_rounded_figures() -> None:
    assert build_calibrated(123.456, 17.04, 5, None) == {
        **{"type": "calibrated", "latency_ms": 123.5, "spread_ms": 17.0},
        **{"cycles": 5, "problem": None},
    }

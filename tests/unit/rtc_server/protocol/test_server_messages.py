import json
import math
from types import SimpleNamespace
from typing import Any

from rtc_server.feedback import FINDING_KINDS, Finding
from rtc_server.lessons.titles import MAX_TITLE
from rtc_server.protocol.server_messages import (
    MAX_SENT_BYTES,
    MAX_TIMELINE_POINTS,
    build_calibrated,
    build_state,
    build_welcome,
    thin_timeline,
    to_json,
)
from rtc_server.scoring.limbs import LIMB_NAMES
from rtc_server.scoring.passages import MAX_SHOWN, Passage
from rtc_server.scoring.summary import Summary


def test_numbers_that_json_lacks_become_null() -> None:
    text = to_json({"a": math.nan, "b": [math.inf, 1.5], "c": {"d": -math.inf}})
    assert json.loads(text) == {"a": None, "b": [None, 1.5], "c": {"d": None}}


def test_welcome_describes_the_lesson() -> None:
    lesson: Any = SimpleNamespace(
        id="demo", title="Demo", duration_s=24.0, width=480, height=640, rates=(0.5, 1.0)
    )
    message = build_welcome("9f86", lesson, 5.0, 1, {"lesson_s": 4.25, "samples": 7})
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


def longest_summary() -> Summary:
    """Of a lesson of six hours, with everything that can be said of an attempt."""
    seconds = 6 * 3600
    passages = [Passage(99999.99, 99999.99, 100.0)] * MAX_SHOWN
    findings = [Finding(kind, LIMB_NAMES[:2], 1000.0) for kind in FINDING_KINDS]
    return Summary(
        **dict.fromkeys(("score", "shape", "timing", "energy", "lag_ms"), 1234.5),
        **{"grade": "A+", "coverage": 0.123, "samples": 10**9, "dropped": 10**9},
        limbs=dict.fromkeys(LIMB_NAMES, 0.123456789012345678),
        best=passages,
        worst=passages,
        timeline=[(99999.99, 100.0)] * seconds,
        mirror="off",
        complete=False,
        verdict=" ".join(finding.sentence for finding in findings),
        findings=findings,
    )


def test_no_message_is_larger_than_what_an_offer_must_allow() -> None:
    """The rest is as long as its sentence, of which a client chooses 60 characters."""
    assert len(to_json(longest_summary().message()).encode()) < MAX_SENT_BYTES
    lesson: Any = SimpleNamespace(
        **{"id": "x" * 64, "title": "\N{DANCER}" * MAX_TITLE, "duration_s": 12345.678},
        **{"width": 10_000, "height": 10_000, "rates": (0.5, 0.75, 1.0)},
    )
    assert len(to_json(build_welcome("f" * 32, lesson, 5.0, 4, None)).encode()) < MAX_SENT_BYTES


def test_a_long_timeline_is_thinned_evenly() -> None:
    short = [(float(k), 50.0) for k in range(MAX_TIMELINE_POINTS)]
    assert thin_timeline(short) == short
    assert thin_timeline([]) == []
    long = [(float(k), 50.0) for k in range(MAX_TIMELINE_POINTS + 1)]
    assert thin_timeline(long) == long[::2]

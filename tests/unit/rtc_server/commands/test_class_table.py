"""What a headless teacher prints."""

from __future__ import annotations

from typing import Any

import pytest

from rtc_server.commands.class_table import ClassTable, format_kept, format_report

ROSTER: dict[str, Any] = {
    **{"type": "roster", "from": 0, "lesson_s": 8.0, "score": 61.5},
    "learners": [
        {
            **{"name": "Ann", "score": 41.2, "lag_ms": 320, "weakest": "left_arm", "hand": True},
            **{"session": "on", "connection": "good"},
        }
    ],
}
REPORT: dict[str, Any] = {
    **{"title": "Tuesday", "code": "KRT4MW", "learners": []},
    "hardest": {"from_s": 4.0, "to_s": 8.0, "failing": 2, "of": 3},
}


def test_a_table_comes_now_and_then_and_a_change_once(capsys: pytest.CaptureFixture[str]) -> None:
    table = ClassTable()
    for message in (
        *({"type": "class", "state": "open", "present": 1},) * 3,
        *(ROSTER, ROSTER),
        {"type": "state", "state": "paused", "reason": "teacher"},
        {"type": "hand", "name": "Ann", "up": True},
    ):
        table.on_message(message)
    printed = capsys.readouterr()
    assert printed.out == ""  # which has the code and the report, and nothing else
    assert printed.err.count("class open, 1 there") == 1
    assert printed.err.count("left_arm") == 1
    assert "paused: teacher" in printed.err
    assert "Ann raises a hand" in printed.err


def test_a_report_says_who_danced_how_and_what_was_hardest() -> None:
    row = {"name": "Ann", "score": 81.4, "grade": "A", "lag_ms": None, "weakest": None}
    text = format_report({**REPORT, "learners": [row]})
    assert "KRT4MW" in text and "Ann" in text and "grade A" in text
    assert "4 to 8 s, where 2 of 3 failed" in text


def test_a_report_of_nobody_says_so() -> None:
    assert "nobody danced" in format_report({**REPORT, "hardest": None})


@pytest.mark.parametrize(
    ("kept", "line"),
    [
        (None, "the class is not kept"),
        ({"state": "saving"}, "the recording: saving"),
        ({"state": "waiting", "ahead": 2}, "the recording waits to be prepared, 2 before it"),
        ({"state": "preparing", "step": "poses", "progress": 0.404}, "preparing: poses 40 %"),
        ({"state": "failed", "error": "too short"}, "the class becomes no lesson: too short"),
    ],
)
def test_a_line_says_what_becomes_of_a_class(kept: dict[str, Any] | None, line: str) -> None:
    assert format_kept(kept) == line


def test_a_recording_that_stops_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    table = ClassTable()
    for recording in (
        None,
        {"state": "off", "why": None},
        {"state": "on", "why": None},
        *({"state": "stopped", "why": "the disk is full"},) * 2,
    ):
        table.on_message({"type": "class", "state": "open", "present": 1, "recording": recording})
    assert capsys.readouterr().err.splitlines() == [
        "class open, 1 there",
        "class open, 1 there, recording on",
        "class open, 1 there, recording stopped: the disk is full",
    ]

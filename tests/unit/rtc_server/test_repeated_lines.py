"""What repeats is one line a minute in the log."""

from __future__ import annotations

import logging

from rtc_server.repeated_lines import INTERVAL_S, MAX_KINDS, RepeatedLines


def record(text: str, *values: object, level: int = logging.WARNING) -> logging.LogRecord:
    return logging.LogRecord("name", level, "", 0, text, values, None)


def test_a_line_comes_once_a_minute_and_says_how_many_were_left_out() -> None:
    now_s = 0.0
    lines = RepeatedLines(lambda: now_s)
    assert lines.filter(record("from %s", "a"))
    assert not any(lines.filter(record("from %s", k)) for k in range(5))
    assert lines.filter(record("another"))
    now_s = INTERVAL_S
    later = record("from %s", "b")
    assert lines.filter(later)
    assert later.getMessage() == "from b [and 5 more like it before this one]"


def test_information_is_never_left_out() -> None:
    lines = RepeatedLines(lambda: 0.0)
    assert all(lines.filter(record("joined", level=logging.INFO)) for _ in range(9))


def test_many_kinds_of_lines_take_bounded_memory() -> None:
    lines = RepeatedLines(lambda: 0.0)
    assert all(lines.filter(record(f"line {k}")) for k in range(3 * MAX_KINDS))
    assert len(lines._kinds) == MAX_KINDS

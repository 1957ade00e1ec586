"""How lines of the log look."""

import json
import logging
import sys
from typing import Any

from rtc_server.log_format import make_formatter


def make_record(message: str, *values: object, **more: Any) -> logging.LogRecord:
    record = logging.LogRecord("rtc_server.x", logging.INFO, "x.py", 1, message, values, None)
    record.__dict__.update(more)
    record.created = 1781250000.25
    return record


def test_json_is_one_object_a_line() -> None:
    line = make_formatter("json").format(make_record("lesson %s:\n%s", "demo", "ready"))
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-06-12T07:40:00.250Z",
        "level": "INFO",
        "logger": "rtc_server.x",
        "message": "lesson demo:\nready",
    }


def test_fields_become_members_and_replace_none_of_the_lines_own() -> None:
    fields = {"action": "joined", "level": "forged", "address": object}
    line = json.loads(make_formatter("json").format(make_record("joined", fields=fields)))
    assert (line["action"], line["level"]) == ("joined", "INFO")
    assert "object" in line["address"]


def test_an_exception_is_a_member() -> None:
    try:
        raise ValueError("wrong")
    except ValueError:
        record = make_record("failed", exc_info=sys.exc_info())
    line = make_formatter("json").format(record)
    assert "\n" not in line and "ValueError: wrong" in json.loads(line)["exception"]


def test_text_is_for_people() -> None:
    line = make_formatter("text").format(make_record("ready"))
    assert line.endswith(" INFO rtc_server.x ready")

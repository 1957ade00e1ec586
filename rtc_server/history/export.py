"""What is kept under a name as a file, written piece by piece: JSON or CSV. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Protocol

from rtc_server.history.results import FIGURES, Result

COLUMNS = (
    *("id", "learner", "lesson", "title", "started_at", "ended_at", "reason"),
    *(*FIGURES, "summary"),
)
# A spreadsheet would take what begins so for a formula.
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


class Writer(Protocol):
    """Begin, put each result, end; each gives text."""

    content_type: str

    def __init__(self, learner: str) -> None: ...
    def begin(self) -> str: ...
    def put(self, result: Result) -> str: ...
    def end(self) -> str: ...


class JsonWriter:
    """`{"learner": …, "results": [everything of each, the summary message included]}`."""

    content_type = "application/json"

    def __init__(self, learner: str) -> None:
        self._learner = learner
        self._first = True

    def begin(self) -> str:
        return f'{{"learner": {_json(self._learner)}, "results": ['

    def put(self, result: Result) -> str:
        comma = "\n" if self._first else ",\n"
        self._first = False
        return comma + _json(result.whole())

    def end(self) -> str:
        return "\n]}\n"


class CsvWriter:
    """A row a result, times in ISO 8601 (UTC), the whole summary message as JSON at the end."""

    content_type = "text/csv"

    def __init__(self, learner: str) -> None:
        del learner  # it stands in every row

    def begin(self) -> str:
        return _line(COLUMNS)

    def put(self, result: Result) -> str:
        ended_at_s = result.ended_at_s or result.started_at_s
        row = {
            **result.line(),
            "lesson": result.lesson,
            "title": _text(result.title),
            "learner": _text(result.learner or ""),
            "started_at": _when(result.started_at_s),
            "ended_at": _when(ended_at_s),
            "summary": _json(result.summary),
        }
        return _line(row[name] for name in COLUMNS)

    def end(self) -> str:
        return ""


WRITERS: Mapping[str, type[Writer]] = MappingProxyType({"json": JsonWriter, "csv": CsvWriter})


def _line(cells: Any) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULAS) else cell


def _when(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")

"""Writes everything that is stored under a name to a file, piece by piece: JSON or CSV. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Protocol

from rtc_server.history.results import LIST_FIELDS, Result

COLUMNS = (
    *("id", "learner", "lesson", "title", "started_at", "ended_at", "reason"),
    *(*LIST_FIELDS, "summary"),
)
# A spreadsheet would take a cell that begins with one of these for a formula.
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")


class ResultWriter(Protocol):
    """Formats a file as text: the header, each result, the footer."""

    content_type: str

    def __init__(self, learner: str) -> None: ...
    def header(self) -> str: ...
    def item(self, result: Result) -> str: ...
    def footer(self) -> str: ...


class JsonWriter:
    """`{"learner": …, "results": [everything of each, the summary message included]}`."""

    content_type = "application/json"

    def __init__(self, learner: str) -> None:
        self._learner = learner
        self._first = True

    def header(self) -> str:
        return f'{{"learner": {_to_json(self._learner)}, "results": ['

    def item(self, result: Result) -> str:
        comma = "\n" if self._first else ",\n"
        self._first = False
        return comma + _to_json(result.to_export())

    def footer(self) -> str:
        return "\n]}\n"


class CsvWriter:
    """One row for each result; times in ISO 8601 (UTC); the last cell is the summary as JSON."""

    content_type = "text/csv"

    def __init__(self, learner: str) -> None:
        del learner  # each row contains it

    def header(self) -> str:
        return _csv_line(COLUMNS)

    def item(self, result: Result) -> str:
        ended_at_s = result.ended_at_s or result.started_at_s
        row = {
            **result.to_list_item(),
            "lesson": result.lesson,
            "title": _escape_formula(result.title),
            "learner": _escape_formula(result.learner or ""),
            "started_at": _iso_time(result.started_at_s),
            "ended_at": _iso_time(ended_at_s),
            "summary": _to_json(result.summary),
        }
        return _csv_line(row[name] for name in COLUMNS)

    def footer(self) -> str:
        return ""


WRITERS: Mapping[str, type[ResultWriter]] = MappingProxyType({"json": JsonWriter, "csv": CsvWriter})


def _csv_line(cells: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _escape_formula(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_PREFIXES) else cell


def _iso_time(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")

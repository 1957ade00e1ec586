"""The report of a class, and its CSV."""

from __future__ import annotations

import csv
import io

from rtc_server.classes.members import Member
from rtc_server.classes.report import COLUMNS, build_rows, write_csv
from tests.unit.rtc_server.classes.people import summary


def member(number: int, name: str, score: float | None) -> Member:
    one = Member(number, name, None, is_let_in=True)
    if score is not None:
        one.take_summary(summary(10, score))
    return one


def test_rows_are_the_best_first_and_who_danced_nothing_is_last() -> None:
    rows = build_rows([member(0, "Ann", 40), member(1, "Bo", None), member(2, "Cho", 90)])
    assert [row["name"] for row in rows] == ["Cho", "Ann", "Bo"]
    assert rows[0]["grade"] == "B"
    assert rows[0]["weakest"] == "left_forearm"
    assert rows[2]["score"] is None
    assert set(rows[0]) == set(COLUMNS)


def test_who_still_dances_has_the_score_so_far() -> None:
    one = member(0, "Ann", None)
    one.total = (240.0, 3)
    assert build_rows([one])[0]["score"] == 80.0


def test_who_was_never_let_in_has_no_row() -> None:
    one = member(0, "Ann", None)
    one.is_let_in = False
    assert build_rows([one]) == []


def test_no_cell_of_the_csv_is_a_formula() -> None:
    rows = build_rows([member(0, "=HYPERLINK(1)", 40), member(1, 'An"n,\n', 30)])
    header, first, second = csv.reader(io.StringIO(write_csv(rows), newline=""))
    assert tuple(header) == COLUMNS
    assert first[1] == "'=HYPERLINK(1)"
    assert second[1] == 'An"n,\n'
    assert first[COLUMNS.index("timing")] == ""

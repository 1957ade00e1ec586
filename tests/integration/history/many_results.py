"""Ten thousand results, as a dance school would gather them in a year."""

from __future__ import annotations

import sqlalchemy as sa

from rtc_server.history.store import ResultStore, _to_row
from rtc_server.history.tables import results
from tests.unit.rtc_server.sample_results import make_result

MANY = 10_000
LEARNERS = 300
LESSONS = ("short", "tango", "waltz", "salsa")
POINTS = 60  # of a timeline: a lesson of a minute


def name(number: int) -> str:
    """Whose result that is."""
    if number % 2:
        return "Ann"
    return "Ben" if number % 40 == 0 else f"learner {number % LEARNERS}"


def fill(store: ResultStore, many: int = MANY) -> None:
    """Half of them are Ann's, some are Ben's, the rest are everybody's, in all lessons."""
    rows = [
        _to_row(
            make_result(
                number,
                name(number),
                lesson=LESSONS[number // 2 % len(LESSONS)],
                score=20.0 + number * 37 % 700 / 10,
                complete=number % 5 != 0,
                grade=None if number % 7 == 0 else "B",
                points=POINTS,
            )
        )
        for number in range(many)
    ]
    with store._begin_write() as connection:
        connection.execute(sa.insert(results), rows)

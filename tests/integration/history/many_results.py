"""Ten thousand results, as many as a dance school may have in a year."""

from __future__ import annotations

import sqlalchemy as sa

from rtc_server.history.store import ResultStore, _to_row
from rtc_server.history.tables import results
from tests.unit.rtc_server.sample_results import make_result

MANY = 10_000
LEARNERS = 300
LESSONS = ("short", "tango", "waltz", "salsa")
POINTS = 60  # of a timeline: a lesson of a minute


def learner_of(number: int) -> str:
    """The learner of that result."""
    if number % 2:
        return "Ann"
    return "Ben" if number % 40 == 0 else f"learner {number % LEARNERS}"


def fill(store: ResultStore, many: int = MANY) -> None:
    """Save results in all lessons: half are Ann's, some are Ben's, the rest of other learners."""
    rows = [
        _to_row(
            make_result(
                number,
                learner_of(number),
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

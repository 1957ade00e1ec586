"""Asks the database of results. Blocking, and for one thread at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from rtc_server.errors import HistoryUnavailable, UnknownResult
from rtc_server.history.database import cause, open_database, writing
from rtc_server.history.database_url import Address
from rtc_server.history.results import Cursor, Page, Result, to_ms
from rtc_server.history.tables import best_first, ranked, results

BOARD = 20  # learners on a leaderboard
FIRST = ("attempt", "started_at_ms")  # what a later session of an attempt leaves as it was
newest_first = (results.c.ended_at_ms.desc(), results.c.attempt.desc())


class Store:
    """The results that are kept.

    Every method raises `HistoryUnavailable` where the database does not do what it should.
    """

    def __init__(self, address: Address, *, create: bool = True) -> None:
        """Open it.

        :raises BadHistory: it cannot be, see `open_database`.
        """
        self.shown = address.shown
        self._is_file = address.path is not None
        self._engine = open_database(address, create=create)

    def close(self) -> None:
        """Let the connection go."""
        self._engine.dispose()

    def put(self, result: Result) -> None:
        """Keep a result that has ended and a name; once it is back, it survives a kill.

        What a later session of the same attempt says takes the place of what an earlier one said,
        whichever comes first.

        :raises sqlalchemy.exc.SQLAlchemyError: no database would take this one.
        """
        row = _row(result)
        insert = (sqlite.insert if self._is_file else postgresql.insert)(results).values(row)
        later = {name: insert.excluded[name] for name in row if name not in FIRST}
        statement = insert.on_conflict_do_update(
            index_elements=[results.c.attempt],
            set_=later,
            where=results.c.ended_at_ms <= insert.excluded.ended_at_ms,
        )
        with self._writing() as connection:
            connection.execute(statement)

    def page(
        self, learner: str | None, lesson: str | None, limit: int, after: Cursor | None = None
    ) -> Page:
        """A learner's results (None: everybody's), the newest first, of one lesson or of all."""
        query = sa.select(results).order_by(*newest_first).limit(limit + 1)
        if learner is not None:
            query = query.where(results.c.learner == learner)
        if lesson is not None:
            query = query.where(results.c.lesson == lesson)
        if after is not None:
            place = sa.tuple_(results.c.ended_at_ms, results.c.attempt)
            query = query.where(place < (after.ended_at_ms, after.attempt))
        found = self._all(query)
        more = len(found) > limit
        return Page(found[:limit], Cursor.after(found[limit - 1]) if more else None)

    def before(self, result: Result) -> Result | None:
        """The last kept result of the same learner and lesson before this attempt."""
        query = (
            sa.select(results)
            .where(results.c.learner == result.learner, results.c.lesson == result.lesson)
            .where(results.c.attempt != result.attempt)
            .order_by(*newest_first)
            .limit(1)
        )
        if result.ended_at_s is not None:
            query = query.where(results.c.ended_at_ms <= to_ms(result.ended_at_s))
        return next(iter(self._all(query)), None)

    def get(self, attempt: str) -> Result:
        """The result of that id.

        :raises UnknownResult: not kept.
        """
        return self._one(results.c.attempt == attempt, attempt)

    def of_session(self, session: str) -> Result:
        """The result that the session of that id left.

        :raises UnknownResult: not kept.
        """
        return self._one(results.c.session == session, session)

    def leaderboard(self, lesson: str) -> list[Result]:
        """The best result of each learner, complete and with a grade; of equal ones the first."""
        return self._all(leaderboard_query(lesson))

    def forget(self, learner: str) -> int:
        """Remove everything under that name; the number of results."""
        with self._writing() as connection:
            gone = connection.execute(sa.delete(results).where(results.c.learner == learner))
        if self._is_file:
            self._empty_log()
        return int(gone.rowcount)

    def _empty_log(self) -> None:
        """Write SQLite's log back, which holds old pages; left for later while others read."""
        with _told(), self._engine.execution_options(begin=None).connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with _told(), writing(self._engine) as connection:
            yield connection

    def _all(self, query: sa.Select[Any]) -> list[Result]:
        with _told(), self._engine.connect() as connection:
            return [_result(row) for row in connection.execute(query)]

    def _one(self, condition: sa.ColumnElement[bool], id: str) -> Result:
        found = self._all(sa.select(results).where(condition).limit(1))
        if not found:
            raise UnknownResult(f"expected the id of a result that is kept, got {id!r:.60}")
        return found[0]


def leaderboard_query(lesson: str) -> sa.Select[Any]:
    """From the best result on down the index, those that are the best of their learner."""
    own = results.alias("own")
    best_of_learner = (
        sa.select(own.c.attempt)
        .where(own.c.lesson == results.c.lesson, own.c.learner == results.c.learner, ranked(own))
        .order_by(*best_first(own))
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.select(results)
        .where(results.c.lesson == lesson, ranked(), results.c.attempt == best_of_learner)
        .order_by(*best_first())
        .limit(BOARD)
    )


def _row(result: Result) -> dict[str, Any]:
    return {
        "attempt": result.attempt,
        "session": result.session,
        "learner": result.learner,
        "lesson": result.lesson,
        "title": result.title,
        "started_at_ms": to_ms(result.started_at_s),
        "ended_at_ms": None if result.ended_at_s is None else to_ms(result.ended_at_s),
        "reason": result.reason,
        "complete": result.summary["complete"],
        "score": result.summary["score"],
        "grade": result.summary["grade"],
        "summary": dict(result.summary),
    }


def _result(row: sa.Row[Any]) -> Result:
    return Result(
        attempt=row.attempt,
        session=row.session,
        learner=row.learner,
        lesson=row.lesson,
        title=row.title,
        started_at_s=row.started_at_ms / 1000,
        ended_at_s=row.ended_at_ms / 1000,
        reason=row.reason,
        summary=row.summary,
    )


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What the database fails at, in our words; what no database would take, as it is."""
    try:
        yield
    except (DataError, IntegrityError):
        raise
    except DBAPIError as error:
        raise HistoryUnavailable(
            f"the database of results does not do what it should: {cause(error)}"
        ) from error

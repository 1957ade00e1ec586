"""Queries the database of results. Blocking, and for one thread at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from rtc_server.errors import HistoryUnavailable, UnknownResult
from rtc_server.history.database import begin_write, driver_message, open_engine
from rtc_server.history.database_url import DatabaseUrl
from rtc_server.history.results import Cursor, Result, ResultPage, to_ms
from rtc_server.history.tables import best_first, is_ranked, results

LEADERBOARD_SIZE = 20
FIXED = ("attempt", "started_at_ms")  # columns that a later session of an attempt does not change
newest_first = (results.c.ended_at_ms.desc(), results.c.attempt.desc())


class ResultStore:
    """The stored results.

    Every method raises `HistoryUnavailable` where the database fails.
    """

    def __init__(self, database: DatabaseUrl, *, create: bool = True) -> None:
        """Open the database.

        :raises BadHistory: it cannot be opened, see `open_engine`.
        """
        self._is_sqlite = database.path is not None
        self._engine = open_engine(database, create=create)

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    def save(self, result: Result) -> None:
        """Insert or update a result that has ended and has a name; it then survives a crash.

        The result of a later session replaces that of an earlier session of the same attempt,
        whichever is saved first.

        :raises sqlalchemy.exc.SQLAlchemyError: no database would take this result.
        """
        row = _to_row(result)
        insert = (sqlite.insert if self._is_sqlite else postgresql.insert)(results).values(row)
        later = {name: insert.excluded[name] for name in row if name not in FIXED}
        statement = insert.on_conflict_do_update(
            index_elements=[results.c.attempt],
            set_=later,
            where=results.c.ended_at_ms <= insert.excluded.ended_at_ms,
        )
        with self._begin_write() as connection:
            connection.execute(statement)

    def get_page(
        self,
        learner: str | None,
        lesson: str | None,
        limit: int,
        after: Cursor | None = None,
        owner: str | None = None,
    ) -> ResultPage:
        """A learner's results (None: everybody's), the newest first, of one lesson or of all.

        :param owner: only this invited learner's results.
        """
        query = sa.select(results).order_by(*newest_first).limit(limit + 1)
        if learner is not None:
            query = query.where(_is_of(learner, owner))
        if lesson is not None:
            query = query.where(results.c.lesson == lesson)
        if after is not None:
            place = sa.tuple_(results.c.ended_at_ms, results.c.attempt)
            query = query.where(place < (after.ended_at_ms, after.attempt))
        found = self._fetch_all(query)
        more = len(found) > limit
        return ResultPage(found[:limit], Cursor.after(found[limit - 1]) if more else None)

    def get_previous(self, result: Result) -> Result | None:
        """The last stored result of the same learner and lesson before this attempt."""
        query = (
            sa.select(results)
            .where(_is_of(result.learner or "", result.owner))
            .where(results.c.owner.is_not_distinct_from(result.owner))
            .where(results.c.lesson == result.lesson, results.c.attempt != result.attempt)
            .order_by(*newest_first)
            .limit(1)
        )
        if result.ended_at_s is not None:
            query = query.where(results.c.ended_at_ms <= to_ms(result.ended_at_s))
        return next(iter(self._fetch_all(query)), None)

    def get(self, attempt: str, owner: str | None = None) -> Result:
        """The result of that id.

        :param owner: only if it is this invited learner's.
        :raises UnknownResult: it is not stored.
        """
        return self._fetch_one(results.c.attempt == attempt, attempt, owner)

    def get_by_session(self, session: str, owner: str | None = None) -> Result:
        """The result of the session of that id.

        :param owner: only if it is this invited learner's.
        :raises UnknownResult: it is not stored.
        """
        return self._fetch_one(results.c.session == session, session, owner)

    def get_leaderboard(self, lesson: str) -> list[Result]:
        """The best complete and graded result of each learner; of equal ones the earliest."""
        return self._fetch_all(leaderboard_query(lesson))

    def delete_learner(self, learner: str, owner: str | None = None) -> int:
        """Delete everything under that name.

        :param owner: only this invited learner's results.
        :return: the number of deleted results.
        """
        with self._begin_write() as connection:
            deleted = connection.execute(sa.delete(results).where(_is_of(learner, owner)))
        if self._is_sqlite:
            self._truncate_wal()
        return int(deleted.rowcount)

    def _truncate_wal(self) -> None:
        """Empty SQLite's write-ahead log, which holds old pages; not done while others read."""
        with (
            _translated_errors(),
            self._engine.execution_options(begin=None).connect() as connection,
        ):
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextlib.contextmanager
    def _begin_write(self) -> Iterator[sa.Connection]:
        with _translated_errors(), begin_write(self._engine) as connection:
            yield connection

    def _fetch_all(self, query: sa.Select[Any]) -> list[Result]:
        with _translated_errors(), self._engine.connect() as connection:
            return [_from_row(row) for row in connection.execute(query)]

    def _fetch_one(self, condition: sa.ColumnElement[bool], id: str, owner: str | None) -> Result:
        query = sa.select(results).where(condition).limit(1)
        found = self._fetch_all(query if owner is None else query.where(results.c.owner == owner))
        if not found:
            raise UnknownResult(f"expected the id of a result that is kept, got {id!r:.60}")
        return found[0]


def _is_of(learner: str, owner: str | None) -> sa.ColumnElement[bool]:
    """Whether results have that name, and belong to that invited learner if one is given.

    Then they are looked for among the owner's results only, not by the index of names: how long
    that takes says nothing about the names of others.
    """
    if owner is None:
        return results.c.learner == learner
    return sa.and_(results.c.owner == owner, sa.func.coalesce(results.c.learner, "") == learner)


def leaderboard_query(lesson: str) -> sa.Select[Any]:
    """The query walks down the index of best results and takes the best one of each learner."""
    own = results.alias("own")
    best_of_learner = (
        sa.select(own.c.attempt)
        .where(own.c.lesson == results.c.lesson, own.c.learner == results.c.learner, is_ranked(own))
        .where(own.c.owner.is_not_distinct_from(results.c.owner))  # two learners may have one name
        .order_by(*best_first(own))
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.select(results)
        .where(results.c.lesson == lesson, is_ranked(), results.c.attempt == best_of_learner)
        .order_by(*best_first())
        .limit(LEADERBOARD_SIZE)
    )


def _to_row(result: Result) -> dict[str, Any]:
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
        "owner": result.owner,
    }


def _from_row(row: sa.Row[Any]) -> Result:
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
        owner=row.owner,
    )


@contextlib.contextmanager
def _translated_errors() -> Iterator[None]:
    """Raise failures of the database as HistoryUnavailable; let errors of the data through."""
    try:
        yield
    except (DataError, IntegrityError):
        raise
    except DBAPIError as error:
        raise HistoryUnavailable(
            f"the database of results fails: {driver_message(error)}"
        ) from error

"""The table of results, as the newest migration leaves it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

VERSION_TABLE = "tandem_version"  # not Alembic's default, so that a database can be shared

metadata = sa.MetaData()

results = sa.Table(
    "tandem_results",
    metadata,
    sa.Column("attempt", sa.String(32), primary_key=True),
    sa.Column("session", sa.String(32), nullable=False),
    sa.Column("learner", sa.String(40), nullable=False),
    sa.Column("lesson", sa.String(64), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("started_at_ms", sa.BigInteger, nullable=False),
    sa.Column("ended_at_ms", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    # Three figures of the summary are columns, too, for the leaderboard's indexes.
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("grade", sa.String(8)),
    sa.Column("summary", sa.JSON, nullable=False),
    sa.Column("owner", sa.String(32)),
)


def is_ranked(table: sa.FromClause = results) -> sa.ColumnElement[bool]:
    """The condition for a leaderboard; its partial indexes were made with the same condition."""
    return sa.and_(table.c.complete.is_(True), table.c.grade.is_not(None))


def best_first(table: sa.FromClause = results) -> list[sa.ColumnElement[Any]]:
    """The order of a leaderboard: of equal scores the earlier one is first."""
    return [table.c.score.desc(), table.c.ended_at_ms, table.c.attempt]


sa.Index("tandem_results_session", results.c.session)
sa.Index("tandem_results_owner", results.c.owner, results.c.ended_at_ms, results.c.attempt)
sa.Index("tandem_results_learner", results.c.learner, results.c.ended_at_ms, results.c.attempt)
sa.Index(
    "tandem_results_best",
    *(results.c.lesson, *best_first()),
    sqlite_where=is_ranked(),
    postgresql_where=is_ranked(),
)
sa.Index(
    "tandem_results_best_of_learner",
    *(results.c.lesson, results.c.learner, *best_first()),
    sqlite_where=is_ranked(),
    postgresql_where=is_ranked(),
)

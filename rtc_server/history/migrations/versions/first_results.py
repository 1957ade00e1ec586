"""The table of results."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Columns = list[str | sa.TextClause | sa.ColumnElement[Any]]
BEST: Columns = [sa.text("score DESC"), "ended_at_ms", "attempt"]


def upgrade() -> None:
    op.create_table(
        "tandem_results",
        sa.Column("attempt", sa.String(32), primary_key=True),
        sa.Column("session", sa.String(32), nullable=False),
        sa.Column("learner", sa.String(40), nullable=False),
        sa.Column("lesson", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("started_at_ms", sa.BigInteger, nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("grade", sa.String(8)),
        sa.Column("summary", sa.JSON, nullable=False),
    )
    _index("session", ["session"])
    _index("learner", ["learner", "ended_at_ms", "attempt"])
    ranked = sa.and_(sa.column("complete").is_(True), sa.column("grade").is_not(None))
    _index("best", ["lesson", *BEST], ranked)
    _index("best_of_learner", ["lesson", "learner", *BEST], ranked)


def _index(name: str, columns: Columns, where: object = None) -> None:
    op.create_index(
        f"tandem_results_{name}",
        "tandem_results",
        columns,
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_table("tandem_results")

"""Whose results they are: the id of an invited learner; none for those from before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Both databases add a column without a default at once, however many rows there are.
    op.add_column("tandem_results", sa.Column("owner", sa.String(32)))
    op.create_index("tandem_results_owner", "tandem_results", ["owner", "ended_at_ms", "attempt"])


def downgrade() -> None:
    op.drop_index("tandem_results_owner", "tandem_results")
    op.drop_column("tandem_results", "owner")

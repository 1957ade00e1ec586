"""Run by Alembic: applies the migrations within the transaction that `database` has begun."""

from __future__ import annotations

from alembic import context

from rtc_server.history.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite cannot alter most of a table in place
)
context.run_migrations()

"""Results in a database: SQLite or PostgreSQL. The only room that knows SQLAlchemy.

`results` is what is kept of an attempt, and `exporting` writes it as a file;
`address` reads where they are kept, `database` opens it, `store` asks it, and `archive` does so off
the event loop.
"""

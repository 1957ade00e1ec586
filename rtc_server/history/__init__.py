"""Results in a database: SQLite or PostgreSQL. The only room that knows SQLAlchemy.

`address` reads where they are kept, `database` opens it, `store` asks it, and `archive` does so off
the event loop.
"""

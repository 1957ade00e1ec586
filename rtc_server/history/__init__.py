"""Results in a database: SQLite or PostgreSQL. The only package that knows SQLAlchemy.

`results` defines what is stored of an attempt, and `export` writes it to a file. `database_url`
parses where results are stored, `database` opens and migrates the database, `store` queries it, and
`async_store` does so off the event loop.
"""

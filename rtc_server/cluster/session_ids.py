"""Ids of sessions that name the host that runs them. Pure."""

from __future__ import annotations

import re
import secrets

RANDOM_BYTES = 16  # 128 bits, as every session's id has
# Of a host, short enough for an id to fit the database's column of 32 characters.
HOST_NAME = re.compile(r"[a-z0-9]{1,9}")
SEPARATOR = "."  # not among the characters of the random part


def make_session_id(host: str) -> str:
    """The id of a new session on that host: a secret, then the host's name."""
    return f"{secrets.token_urlsafe(RANDOM_BYTES)}{SEPARATOR}{host}"


def parse_host_name(session_id: str) -> str | None:
    """The name of the host in a session's id; None where there is none."""
    _, separator, name = session_id.rpartition(SEPARATOR)
    return name if separator and HOST_NAME.fullmatch(name) else None

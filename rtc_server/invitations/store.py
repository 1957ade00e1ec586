"""What invitations were issued and revoked: a small SQLite file that two processes share.

Blocking. It holds no token: an invitation that is lost has to be made again.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from rtc_server.invitations.errors import InvitationsUnavailable, UnknownInvitation
from rtc_server.invitations.invitation import Invitation, Role

FILE_NAME = "invitations.sqlite3"
MAX_INVITATIONS = 10_000  # that have not ended
BUSY_TIMEOUT_S = 5.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS invitations (
  id TEXT PRIMARY KEY, role TEXT NOT NULL, name TEXT, lesson TEXT,
  issued_s REAL NOT NULL, expires_s REAL NOT NULL, revoked_s REAL
)
"""


@dataclass(frozen=True, slots=True)
class IssuedInvitation:
    """What is kept of an invitation; times are Unix times."""

    id: str
    role: Role
    name: str | None
    lesson: str | None
    issued_s: float
    expires_s: float
    revoked_s: float | None = None

    def describe(self) -> dict[str, object]:
        """Its JSON, for lists."""
        return {
            "id": self.id,
            "role": self.role,
            "name": self.name,
            "lesson": self.lesson,
            "issued_at": self.issued_s,
            "expires_at": self.expires_s,
            "revoked_at": self.revoked_s,
        }


class InvitationStore:
    """The invitations that have not ended. Every method raises `InvitationsUnavailable`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._was_there = False  # then its absence is a fault, and not that nothing was revoked

    def add(self, invitation: Invitation, now_s: float) -> IssuedInvitation:
        """Keep an invitation; those that have ended are forgotten.

        :raises InvitationsUnavailable: also where there are too many.
        """
        issued = IssuedInvitation(
            *(invitation.id, invitation.role, invitation.name, invitation.lesson),
            *(invitation.issued_s, invitation.expires_s),
        )
        with self._connect(create=True) as connection:
            connection.execute("DELETE FROM invitations WHERE expires_s <= ?", (now_s,))
            (count,) = connection.execute("SELECT count(*) FROM invitations").fetchone()
            if count >= MAX_INVITATIONS:
                raise InvitationsUnavailable(
                    f"{MAX_INVITATIONS} invitations have not ended yet; a new secret "
                    "(`run.py invite --new-secret`) revokes and forgets all"
                )
            connection.execute(
                "INSERT INTO invitations VALUES (?, ?, ?, ?, ?, ?, NULL)",
                astuple(issued)[:-1],
            )
        return issued

    def list(self, now_s: float) -> list[IssuedInvitation]:
        """The invitations that have not ended, revoked ones included, the newest first."""
        query = "SELECT * FROM invitations WHERE expires_s > ? ORDER BY issued_s DESC, rowid DESC"
        with self._connect() as connection:
            return [IssuedInvitation(*row) for row in connection.execute(query, (now_s,))]

    def revoke(self, id: str, now_s: float) -> None:
        """Revoke an invitation; one that is revoked already stays so.

        :raises UnknownInvitation: there is none that has not ended.
        """
        statement = (
            "UPDATE invitations SET revoked_s = coalesce(revoked_s, ?) WHERE id = ? "
            "AND expires_s > ?"
        )
        with self._connect() as connection:
            if not connection.execute(statement, (now_s, id, now_s)).rowcount:
                raise UnknownInvitation(
                    f"expected the id of an invitation that has not ended, got {id!r:.60}"
                )

    def clear(self) -> None:
        """Forget all: a new secret has revoked them."""
        with self._connect() as connection:
            connection.execute("DELETE FROM invitations")

    def revoked_ids(self, now_s: float) -> frozenset[str]:
        """The ids of invitations that are revoked and have not ended."""
        query = "SELECT id FROM invitations WHERE revoked_s IS NOT NULL AND expires_s > ?"
        with self._connect() as connection:
            return frozenset(id for (id,) in connection.execute(query, (now_s,)))

    @contextlib.contextmanager
    def _connect(self, *, create: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction; without a file there are none, and it is made only to add one."""
        try:
            if create:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                # Created here, because SQLite would let others read the names in it.
                os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            if is_there := self._path.exists():
                self._was_there = True
            elif self._was_there:
                raise FileNotFoundError(errno.ENOENT, "the file is gone")
            target = self._path if is_there else ":memory:"
            with contextlib.closing(
                sqlite3.connect(target, timeout=BUSY_TIMEOUT_S, isolation_level="IMMEDIATE")
            ) as connection:
                connection.execute(SCHEMA)
                with connection:
                    yield connection
        except (OSError, sqlite3.Error) as error:
            raise InvitationsUnavailable(
                f"the list of invitations cannot be used: {self._path}: {error}"
            ) from None

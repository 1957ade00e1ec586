"""What the audit log says of sessions."""

from __future__ import annotations

import time
from typing import Protocol

from rtc_server import audit
from rtc_server.protocol.server_messages import EndReason


class EndedSession(Protocol):
    """What of a session is written down when it ends."""

    @property
    def id(self) -> str: ...

    @property
    def end_reason(self) -> EndReason | None: ...

    @property
    def started_at(self) -> float: ...


def record_left(session: EndedSession) -> None:
    """Write into the audit log how it ended."""
    audit.record(
        "left",
        session=audit.tag_id(session.id),
        how=session.end_reason or "cut off",
        lasted_s=max(0, round(time.time() - session.started_at)),
    )

"""Finds places that are taken and should not be: a defect of this server."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from rtc_server.session.admission import Admission, Claimant

MAX_CLOSING_S = 30.0  # for a session to close after its end; longer than anything in it may take


class EndingSession(Claimant, Protocol):
    """What is read of a session."""

    ended_at: float | None


def count_lost_places(admission: Admission, running: Sequence[EndingSession], offers: int) -> int:
    """Places that no session uses, or one that ended long ago; may be called in any thread.

    :param offers: how many are being answered, whose places no session uses yet.
    """
    latest_s = time.time() - MAX_CLOSING_S
    stuck = sum((session.ended_at or latest_s) < latest_s for session in running)
    return max(0, admission.count_unused(running) - offers) + stuck

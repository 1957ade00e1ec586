"""What follows from the reason of a session's end. Pure."""

from __future__ import annotations

from rtc_server.protocol.server_messages import EndReason

CLOSE_WAIT_S = 1.5  # for the learner to receive the summary
# Shorter where the learner is gone, or has another connection already.
SHORT_CLOSE_WAITS_S: dict[EndReason, float] = {
    "vanished": 0.0,
    "lost": 0.0,
    "never connected": 0.0,
    "replaced": 0.5,
    "revoked": 0.5,
    "flooding": 0.5,
    "misuse": 0.0,
}
# Ends after which the learner may continue in another session.
RESUMABLE_ENDS: set[EndReason] = {"vanished", "lost", "never connected", "replaced", "failed"}


def get_close_wait_s(reason: EndReason) -> float:
    """How long to wait until the learner has everything that was sent."""
    return SHORT_CLOSE_WAITS_S.get(reason, CLOSE_WAIT_S)

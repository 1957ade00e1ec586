"""SCTP of aiortc 1.16 on another path: what was lost on the one before is sent at once.

aiortc would wait for its retransmission timer, a second and more, and until then what it takes for
under way leaves no room for anything new: neither scores nor reports of what the screen shows.
tests/integration/webrtc/test_ice_restart.py fails when a private part that is used here moves.
"""

from __future__ import annotations

from typing import Any

from aiortc import RTCSctpTransport
from aiortc.rtcsctptransport import USERDATA_MAX_LENGTH

TIMER, CANCEL, EXPIRE, WINDOW = "_t3_handle", "_t3_cancel", "_t3_expired", "_cwnd"
INITIAL_WINDOW = 3 * USERDATA_MAX_LENGTH  # bytes, as aiortc begins


def send_lost_again(sctp: RTCSctpTransport | None) -> None:
    """Take all that is not acknowledged for lost, as its timer would, and begin anew."""
    if sctp is None or getattr(sctp, TIMER) is None:
        return  # nothing is under way
    association: Any = sctp
    getattr(association, CANCEL)()
    getattr(association, EXPIRE)()
    # The timer suspects congestion; here it was the path. What it sends, it sends after this.
    getattr(association, WINDOW)
    setattr(association, WINDOW, INITIAL_WINDOW)

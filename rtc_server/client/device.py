"""What every headless device has, whatever it does in a session."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rtc_server.ice_servers import IceServer


@dataclass(frozen=True, slots=True)
class Device:
    """Its clock, who listens to the server on it, and who helps it to find a way to the server."""

    on_message: Callable[[dict[str, Any]], None] = lambda _: None  # every message of the server
    now: Callable[[], float] = time.monotonic
    ice_servers: Sequence[IceServer] = ()  # STUN and TURN; aiortc uses the first of each


THIS_DEVICE = Device()

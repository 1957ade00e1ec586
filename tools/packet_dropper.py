"""A network that loses one packet for good: it is swallowed however often it is sent again."""

from __future__ import annotations

import math
from collections.abc import Callable
from struct import unpack_from
from typing import Any

from aiortc import RTCRtpReceiver
from aiortc.codecs import is_rtx

from rtc_server.webrtc import aiortc_internals


class Swallowing:
    """Stands before a receiver, after decryption, where a retransmission can be told."""

    def __init__(
        self,
        receiver: RTCRtpReceiver,
        lost: Callable[[], None] = lambda: None,
        most_times: float = math.inf,
    ) -> None:
        """:param lost: is called when the packet comes for the first time.
        :param most_times: 1 swallows it once only, and what is sent again passes.
        """
        self._handle = getattr(receiver, aiortc_internals.HANDLE_RTP)
        self._codecs: dict[int, Any] = getattr(receiver, aiortc_internals.CODECS)
        self._lost = lost
        self._most_times = most_times
        self._armed = False
        self.number: int | None = None  # of the packet that is lost
        self.times = 0
        self.packets = 0  # that came, without those sent again
        setattr(receiver, aiortc_internals.HANDLE_RTP, self._take)

    def arm(self) -> None:
        """The next packet of the picture is the one."""
        self._armed = True

    async def _take(self, packet: Any, arrival_time_ms: int) -> None:
        again = is_rtx(self._codecs[packet.payload_type]) and len(packet.payload) >= 2
        number = unpack_from("!H", packet.payload)[0] if again else packet.sequence_number
        self.packets += not again
        if self._armed and not again:
            self._armed = False
            self.number = number
            self._lost()
        if number == self.number and self.times < self._most_times:
            self.times += 1
        else:
            await self._handle(packet, arrival_time_ms)

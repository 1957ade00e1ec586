"""Drops one RTP packet for good: the packet is dropped however often it is sent again."""

from __future__ import annotations

import math
from collections.abc import Callable
from struct import unpack_from
from typing import Any

from aiortc import RTCRtpReceiver
from aiortc.codecs import is_rtx

from rtc_server.webrtc import aiortc_internals


class PacketDropper:
    """Intercepts a receiver's packets after decryption, where retransmissions can be recognised."""

    def __init__(
        self,
        receiver: RTCRtpReceiver,
        on_first_drop: Callable[[], None] = lambda: None,
        max_drops: float = math.inf,
    ) -> None:
        """:param max_drops: with 1 only the first packet is dropped; its retransmission passes."""
        self._handle = getattr(receiver, aiortc_internals.HANDLE_RTP)
        self._codecs: dict[int, Any] = getattr(receiver, aiortc_internals.CODECS)
        self._on_first_drop = on_first_drop
        self._max_drops = max_drops
        self._armed = False
        self.sequence_number: int | None = None  # of the packet that is dropped
        self.drops = 0
        self.packets_received = 0  # without retransmissions
        setattr(receiver, aiortc_internals.HANDLE_RTP, self._handle_packet)

    def arm(self) -> None:
        """Choose the next packet that is not a retransmission."""
        self._armed = True

    async def _handle_packet(self, packet: Any, arrival_time_ms: int) -> None:
        is_repeat = is_rtx(self._codecs[packet.payload_type]) and len(packet.payload) >= 2
        number = unpack_from("!H", packet.payload)[0] if is_repeat else packet.sequence_number
        self.packets_received += not is_repeat
        if self._armed and not is_repeat:
            self._armed = False
            self.sequence_number = number
            self._on_first_drop()
        if number == self.sequence_number and self.drops < self._max_drops:
            self.drops += 1
        else:
            await self._handle(packet, arrival_time_ms)

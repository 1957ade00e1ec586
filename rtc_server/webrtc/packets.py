"""Encoded video and audio on its way to a learner."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from aiortc import MediaStreamTrack

from rtc_server.sync.player import Player


@dataclass(frozen=True, slots=True)
class EncodedPacket:
    """One access unit of video, or one packet of audio."""

    data: bytes
    pts: int  # in units of the stream's RTP clock: 1/90000 s of video, 1/48000 s of audio


@dataclass(frozen=True, slots=True)
class PassedPacket:
    """The payloads of one frame or packet as somebody else's packets had them."""

    payloads: tuple[bytes, ...]
    pts: int  # as above
    codec: str  # its name in SDP
    ntp: int | None = None  # when it was captured, by the clock of who sent it; for reports


class EncodedTrack(MediaStreamTrack):
    """A track of encoded packets, which `rtp/aiortc_sender` polls and sends as they are."""

    def __init__(self, player: Player) -> None:
        super().__init__()
        self.player = player

    def listening(self, on_change: Callable[[], None]) -> AbstractContextManager[None]:
        """Call `on_change` whenever another answer of `poll` may be due earlier than it said."""
        return self.player.listening(on_change)

    def poll(self) -> EncodedPacket | PassedPacket | float:
        """The next packet if it is due, else when it will be, if the player does not change.

        :raises MediaStreamError: the track has ended.
        """
        raise NotImplementedError

    def on_unsupported(self, codec: str) -> None:
        """The receiver has not agreed to take this codec: a packet was not sent."""

    async def recv(self) -> EncodedPacket | PassedPacket:  # type: ignore[override]
        """Wait for the next packet.

        :raises MediaStreamError: the track has ended.
        """
        while isinstance(found := self.poll(), int | float):
            await self.player.wait_until(found)
        return found

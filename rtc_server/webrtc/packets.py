"""Encoded video and audio on its way to a learner."""

from __future__ import annotations

from dataclasses import dataclass

from aiortc import MediaStreamTrack

from rtc_server.sync.player import Player


@dataclass(frozen=True, slots=True)
class EncodedPacket:
    """One access unit of video, or one packet of audio."""

    data: bytes
    pts: int  # in units of the stream's RTP clock: 1/90000 s of video, 1/48000 s of audio


class EncodedTrack(MediaStreamTrack):
    """A track of encoded packets, which `rtp/aiortc_sender` polls and sends as they are."""

    def __init__(self, player: Player) -> None:
        super().__init__()
        self.player = player

    def poll(self) -> EncodedPacket | float:
        """The next packet if it is due, else when it will be, if the player does not change.

        :raises MediaStreamError: the track has ended.
        """
        raise NotImplementedError

    async def recv(self) -> EncodedPacket:  # type: ignore[override]
        """Wait for the next packet.

        :raises MediaStreamError: the track has ended.
        """
        while not isinstance(found := self.poll(), EncodedPacket):
            await self.player.wait_until(found)
        return found

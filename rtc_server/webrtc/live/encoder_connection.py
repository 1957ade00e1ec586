"""The connection to an encoder that is a live class's camera (WHIP, RFC 9725): only media."""

from __future__ import annotations

import asyncio

from rtc_server.webrtc.ice.restarts import make_ice_tag
from rtc_server.webrtc.negotiation import Answer, IncomingMedia, OutgoingTracks
from rtc_server.webrtc.offers.offer import Offer
from rtc_server.webrtc.peer import Peer
from rtc_server.webrtc.trickle import Fragment

CHECK_S = 0.25
SILENCE_S = 10.0  # without a packet the encoder is gone


class EncoderConnection:
    """Call `negotiate`, then `run` it to its end."""

    def __init__(self, peer: Peer, connect_timeout_s: float) -> None:
        self.ice_tag = make_ice_tag()
        self.incoming = IncomingMedia()
        self._tracks: OutgoingTracks | None = None
        self._peer = peer
        self._connect_timeout_s = connect_timeout_s
        self._now = asyncio.get_running_loop().time

    async def negotiate(self, offer: Offer) -> str:
        """Negotiate the connection and return the answer; on an error the connection is closed.

        :raises UnfitOffer: SDP that lacks what an encoder needs.
        """
        try:
            answer = await self._peer.negotiate(offer, self._tracks)
        except BaseException:
            await self._peer.close()
            raise
        self._begin(answer)
        return answer.sdp

    def _begin(self, answer: Answer) -> None:
        self.incoming = IncomingMedia(answer.webcam_receiver, answer.microphone_receiver)

    async def add_fragment(self, fragment: Fragment, address: str) -> str | None:
        """As `Peer.add_fragment`."""
        answer = await self._peer.add_fragment(fragment, address)
        if answer is not None:
            self.ice_tag = make_ice_tag()
        return answer

    async def run(self) -> None:
        """Wait until the encoder is gone, or is to go; then close the connection."""
        restarts = asyncio.create_task(self._peer.run_restarts())
        try:
            await self._watch()
        finally:
            restarts.cancel()
            await self._peer.close()

    def end(self) -> None:
        """Have `run` return soon."""
        self._peer.disconnected.set()

    async def _watch(self) -> None:
        packets, came_s = 0, self._now()
        while not self._peer.disconnected.is_set():
            await asyncio.sleep(CHECK_S)
            if self._peer.packets_received != packets:
                packets, came_s = self._peer.packets_received, self._now()
                self._peer.channels_open.set()  # it has none to open: it is connected
            limit_s = SILENCE_S if packets else self._connect_timeout_s
            if self._now() - came_s > limit_s:
                return

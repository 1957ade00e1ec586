"""The connection to a phone that is the camera: one video line up, and the channel `control`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from rtc_server.metrics import Metrics
from rtc_server.sync.clock_offset import ClockOffset
from rtc_server.sync.paired_clock import PairedCaptureClock
from rtc_server.webrtc.offers.offer import Offer
from rtc_server.webrtc.peer import Peer
from rtc_server.webrtc.udp.aiortc_gatherer import CandidateGatherer
from rtc_server.webrtc.uplink import Uplink


class CameraConnection:
    """Call `negotiate` once; then a session can look at its frames."""

    def __init__(self, peer: Peer, screen: ClockOffset) -> None:
        """:param screen: of the clock of the screen that the learner looks at."""
        self.peer = peer
        self.uplink = Uplink(asyncio.get_running_loop().time, PairedCaptureClock(screen))

    async def negotiate(self, offer: Offer) -> str:
        """Negotiate the connection and return the answer; on an error the connection is closed.

        :raises UnfitOffer: SDP that lacks what a camera needs.
        """
        try:
            answer = await self.peer.negotiate(offer, None)
            assert answer.webcam_receiver is not None
            self.uplink.connect(answer.webcam_receiver)
        except BaseException:
            await self.peer.close()
            raise
        return answer.sdp


@dataclass(frozen=True, slots=True)
class CameraOpening:
    """What the connections of a session's phones need."""

    ice_servers: Sequence[str]
    metrics: Metrics
    gatherer: CandidateGatherer

    async def connect(
        self, offer: Offer, address: str, screen: ClockOffset
    ) -> tuple[CameraConnection, str]:
        """Answer a phone's offer.

        :param address: that of the phone's HTTP client, as far as it is known.
        :raises UnfitOffer: SDP that lacks what a camera needs.
        """
        peer = Peer(self.ice_servers, self.metrics, address, self.gatherer, lossy_channel=None)
        connection = CameraConnection(peer, screen)
        return connection, await connection.negotiate(offer)

"""One learner over WebRTC: the peer, what comes from it and what goes to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rtc_server.lessons.store import Lesson
from rtc_server.metrics import Metrics
from rtc_server.sync.player import Player
from rtc_server.webrtc.camera_connection import CameraOpening
from rtc_server.webrtc.downlink import Downlink, MediaDownlink
from rtc_server.webrtc.ice.restarts import make_ice_tag
from rtc_server.webrtc.negotiation import IncomingMedia
from rtc_server.webrtc.offers.offer import Offer
from rtc_server.webrtc.peer import LossyChannel, Peer
from rtc_server.webrtc.trickle import Fragment
from rtc_server.webrtc.udp.aiortc_gatherer import CandidateGatherer
from rtc_server.webrtc.uplink import Uplink


class WebRtcConnection:
    """Call `negotiate` once; then a session can run over it."""

    def __init__(
        self,
        lesson: Lesson,
        player: Player,
        ice_servers: Sequence[str],
        metrics: Metrics,
        *,
        address: str,
        gatherer: CandidateGatherer,
        annotated: bool,
        downlink: MediaDownlink | None = None,
        lossy_channel: LossyChannel = "scores",
    ) -> None:
        """:param address: that of the learner's HTTP client, as far as it is known.
        :param gatherer: opens the UDP ports.
        :param downlink: what goes to the learner; None: the lesson.
        :param lossy_channel: what the client opens beside `control`.
        """
        self.ice_tag = make_ice_tag()  # identifies the ICE session (RFC 9725, 4.3.1)
        self.peer = Peer(ice_servers, metrics, address, gatherer, lossy_channel=lossy_channel)
        self.cameras = CameraOpening(ice_servers, metrics, gatherer)
        self.uplink = Uplink(asyncio.get_running_loop().time)
        self.incoming = IncomingMedia()
        self.downlink: MediaDownlink = downlink or Downlink(lesson, player, annotated=annotated)

    async def negotiate(self, offer: Offer) -> str:
        """Negotiate the connection and return the answer; on an error the connection is closed.

        :raises UnfitOffer: SDP that lacks what a session needs.
        """
        try:
            answer = await self.peer.negotiate(offer, self.downlink.tracks())
            if answer.video is not None:
                self.downlink.start(*answer.video)
            if offer.sender == "teacher":
                self.incoming = IncomingMedia(answer.webcam_receiver, answer.microphone_receiver)
            elif answer.webcam_receiver is not None:
                self.uplink.connect(answer.webcam_receiver)
        except BaseException:
            await self.peer.close()
            raise
        return answer.sdp

    async def add_fragment(self, fragment: Fragment, address: str) -> str | None:
        """As `Peer.add_fragment`: add candidates, or restart ICE and return the server's."""
        answer = await self.peer.add_fragment(fragment, address)
        if answer is not None:
            self.ice_tag = make_ice_tag()
        return answer


@dataclass(slots=True)
class WebRtcOpening:
    """An offer and what its answer needs; `answer` is there once it is connected."""

    offer: Offer
    lesson: Lesson
    ice_servers: Sequence[str]
    metrics: Metrics
    address: str  # that of the learner's HTTP client, as far as it is known
    gatherer: CandidateGatherer
    annotated: bool
    make_downlink: Callable[[Player], MediaDownlink | None] = lambda _: None  # None: the lesson
    lossy_channel: LossyChannel = "scores"
    answer: str = ""

    async def connect(self, player: Player) -> WebRtcConnection:
        """Answer the offer.

        :raises UnfitOffer: SDP that lacks what a session needs.
        """
        connection = WebRtcConnection(
            *(self.lesson, player, self.ice_servers, self.metrics),
            address=self.address,
            gatherer=self.gatherer,
            annotated=self.annotated,
            downlink=self.make_downlink(player),
            lossy_channel=self.lossy_channel,
        )
        self.answer = await connection.negotiate(self.offer)
        return connection

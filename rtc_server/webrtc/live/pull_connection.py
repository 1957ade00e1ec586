"""A live teacher's media from another session host, as a client of WHEP has them: it offers."""

from __future__ import annotations

import asyncio

from aiortc import RTCBundlePolicy, RTCPeerConnection, RTCSessionDescription

from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.aiortc_closing import DecoderStops, close_connection
from rtc_server.webrtc.jitter_buffer import EncodedFrame
from rtc_server.webrtc.live.source import LiveSource
from rtc_server.webrtc.live.teacher_media import TeacherMedia
from rtc_server.webrtc.negotiation import IncomingMedia
from rtc_server.webrtc.udp.aiortc_gatherer import CandidateGatherer, use_gatherer

CHECK_S = 0.25
SILENCE_S = 5.0  # without a packet: reports come each second, whether the teacher is seen or not
CLOSE_TIMEOUT_S = 3.0


class PulledMedia(TeacherMedia):
    """Hands what comes to the source, and decodes nothing: poses are found on the home host."""

    def take(self, codec: str, frame: EncodedFrame, is_key: bool) -> bool:
        super().take(codec, frame, is_key)
        return False


class PullConnection:
    """Call `make_offer` and `accept`, then `run` it to its end; always `close` it."""

    def __init__(self, source: LiveSource, gatherer: CandidateGatherer) -> None:
        """:param gatherer: opens the UDP port."""
        configuration = aiortc_internals.build_configuration([])
        configuration.bundlePolicy = RTCBundlePolicy.MAX_BUNDLE
        self._connection = RTCPeerConnection(configuration)
        self._source, self._decoders = source, DecoderStops()
        self._now = asyncio.get_running_loop().time
        video, audio = (
            self._connection.addTransceiver(kind, direction="recvonly")
            for kind in ("video", "audio")
        )
        self._incoming = IncomingMedia(video.receiver, audio.receiver)
        for transceiver in (video, audio):
            self._decoders.attach(transceiver.receiver)
        use_gatherer(self._connection, gatherer)

    async def make_offer(self) -> str:
        """What the home host is asked with."""
        await self._connection.setLocalDescription(await self._connection.createOffer())
        return self._connection.localDescription.sdp

    async def accept(self, answer_sdp: str) -> None:
        """Take the answer; the media are the source's from now on."""
        await self._connection.setRemoteDescription(RTCSessionDescription(answer_sdp, "answer"))
        PulledMedia(self._source, self._incoming).use()  # before the first packet

    async def run(self) -> None:
        """Until nothing comes any more."""
        assert self._incoming.video is not None
        packets, came_s = 0, self._now()
        while self._connection.connectionState not in ("closed", "failed"):
            await asyncio.sleep(CHECK_S)
            received = aiortc_internals.packets_received(self._incoming.video)
            if received != packets:
                packets, came_s = received, self._now()
            if self._now() - came_s > SILENCE_S:
                return

    async def close(self) -> None:
        await close_connection(self._connection, CLOSE_TIMEOUT_S, self._decoders)

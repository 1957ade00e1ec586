"""One RTCPeerConnection as awaits: the offer in, the answer out, channels as a queue and a send.

Event handlers only set an event or fill a mailbox; everything else happens in the session.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.sdp import MediaDescription, SessionDescription

from rtc_server.errors import BadOffer, UnfitOffer
from rtc_server.protocol import messages
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.annotated_track import AnnotatedVideoTrack
from rtc_server.webrtc.audio_track import InstructorAudioTrack
from rtc_server.webrtc.latest import Closed
from rtc_server.webrtc.trickle import Fragment, Trickle
from rtc_server.webrtc.video_track import InstructorVideoTrack

logger = logging.getLogger(__name__)

WAITING_MESSAGES = 64
BACKED_UP_BYTES = 64 * 1024
SENDS = ("sendonly", "sendrecv")  # of the client, in its offer
RECEIVES = ("recvonly", "sendrecv")
PICTURE_CODECS = {"VP8": "vp8", "H264": "h264"}


class Peer:
    """The connection to one learner."""

    def __init__(self, ice_servers: Sequence[str]) -> None:
        # An explicit list, empty or not: aiortc takes None for a public STUN server.
        servers = [RTCIceServer(urls=url) for url in ice_servers]
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        self._control: RTCDataChannel | None = None
        self._scores: RTCDataChannel | None = None
        self._inbox: deque[str | bytes] = deque(maxlen=WAITING_MESSAGES)
        self._arrived = asyncio.Event()
        self._trickle: Trickle | None = None
        self._wires: list[socket.socket] = []
        self.webcam: RTCRtpReceiver | None = None
        self.open = asyncio.Event()  # both channels are
        self.gone = asyncio.Event()  # the connection is closed or has failed
        self.messages_lost = 0
        self.scores_lost = 0
        self._connection.on("datachannel", self._on_channel)
        self._connection.on("connectionstatechange", self._on_state)

    async def answer(
        self,
        offer_sdp: str,
        video: InstructorVideoTrack,
        sound: InstructorAudioTrack,
        annotated: AnnotatedVideoTrack | None,
    ) -> tuple[str, str]:
        """Accept the offer; give the answer and the codec chosen for the instructor's picture.

        The picture goes to the first video line that only receives, else to the webcam's own.

        :raises BadOffer: the SDP cannot be read.
        :raises UnfitOffer: no video up, no video line that can receive, no channels.
        """
        lines = check_offer(offer_sdp)
        try:
            await self._connection.setRemoteDescription(RTCSessionDescription(offer_sdp, "offer"))
        except Exception as error:  # aiortc raises what its parser trips over, of any kind
            raise BadOffer(f"expected an offer that can be answered, got: {error!r}") from error
        self._trickle = Trickle(self._connection, lines)
        places = place_tracks(lines, annotated is not None)
        by_mid = {t.mid: t for t in self._connection.getTransceivers()}
        for line in lines:
            if line.kind in ("audio", "video"):
                mid = line.rtp.muxId
                track = {"video": video, "sound": sound, "annotated": annotated}.get(
                    places.get(mid, "")
                )
                self._prepare(by_mid[mid], track, up=mid == places["webcam"])
                if track is video:
                    video.sender = by_mid[mid].sender
                if mid == places["webcam"]:
                    self.webcam = by_mid[mid].receiver
        answer = await self._connection.createAnswer()
        codec = _first_codec(answer.sdp, next(m for m, role in places.items() if role == "video"))
        await self._connection.setLocalDescription(answer)
        self._wires = aiortc_internals.read_in_bursts(self._connection)
        return self._connection.localDescription.sdp, codec

    def _prepare(self, transceiver: RTCRtpTransceiver, track: Any, *, up: bool) -> None:
        """Say what flows on a line; what the learner sends besides the webcam is not received."""
        if track is not None:
            transceiver.sender.replaceTrack(track)
        transceiver.direction = {
            (True, True): "sendrecv",
            (True, False): "recvonly",
            (False, True): "sendonly",
            (False, False): "inactive",
        }[up, track is not None]

    async def add_candidates(self, fragment: Fragment) -> None:
        """Take candidates that come after the offer.

        :raises UnfitFragment: they do not belong to the offer.
        """
        if self._trickle is not None:
            await self._trickle.add(fragment)

    async def next_message(self) -> str | bytes:
        """The next message of the control channel.

        :raises Closed: the channel is, and all messages are read.
        """
        while not self._inbox:
            if self.gone.is_set():
                raise Closed
            self._arrived.clear()
            await self._arrived.wait()
        return self._inbox.popleft()

    def send_control(self, message: Mapping[str, Any]) -> None:
        """Send reliably; what cannot be sent because the channel is closed is let go."""
        if self._control is not None and self._control.readyState == "open":
            self._control.send(messages.to_json(message))

    def send_score(self, message: Mapping[str, Any]) -> bool:
        """Send at once or not at all: a late score is worth nothing."""
        channel = self._scores
        if channel is None or channel.readyState != "open":
            return False
        if channel.bufferedAmount > BACKED_UP_BYTES:
            self.scores_lost += 1
            return False
        channel.send(messages.to_json(message))
        return True

    @property
    def packets_received(self) -> int:
        """Of any kind, so far."""
        return 0 if self.webcam is None else aiortc_internals.packets_received(self.webcam)

    async def close(self, patience_s: float = 0.0) -> bool:
        """Close the channels, so that the learner sees a clean end, then the connection.

        :param patience_s: how long to wait for the learner's own closing, if anybody is there.
        :return: whether somebody was, and has heard all that was said before.
        """
        heard = True
        channels = [c for c in (self._control, self._scores) if c is not None]
        for channel in channels:
            channel.close()
        try:
            async with asyncio.timeout(patience_s):
                while not self.gone.is_set() and any(c.readyState != "closed" for c in channels):
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            heard = False
            logger.info("the learner's channels did not close within %s s", patience_s)
        await self._connection.close()
        for wire in self._wires:
            wire.close()
        return heard

    def _on_channel(self, channel: RTCDataChannel) -> None:
        if channel.label == "control" and self._control is None:
            self._control = channel
            channel.on("message", self._on_message)
        elif channel.label == "scores" and self._scores is None:
            self._scores = channel
        else:
            return
        channel.on("close", self._on_close)
        if self._control is not None and self._scores is not None:
            self.open.set()

    def _on_message(self, message: str | bytes) -> None:
        self.messages_lost += len(self._inbox) == WAITING_MESSAGES
        self._inbox.append(message)
        self._arrived.set()

    def _on_close(self) -> None:
        if self._control is not None and self._control.readyState == "closed":
            self.gone.set()
        self._arrived.set()

    def _on_state(self) -> None:
        if self._connection.connectionState in ("closed", "failed"):
            self.gone.set()
            self._arrived.set()


def check_offer(sdp: str) -> list[MediaDescription]:
    """Read the offer and see that it has what a session needs.

    :raises BadOffer: not SDP.
    :raises UnfitOffer: SDP without a video track up, a video line down, or the channels.
    """
    try:
        lines = SessionDescription.parse(sdp).media
    except Exception as error:  # the parser trips over bad text in any way it likes
        raise BadOffer(f"expected SDP (RFC 8866), got what cannot be read: {error!r}") from error
    if not sdp.startswith("v=0"):
        raise BadOffer(f"expected SDP that begins with v=0, got {sdp[:20]!r}")
    video = [line for line in lines if line.kind == "video" and line.port]
    if not any(line.direction in SENDS for line in video):
        raise UnfitOffer("expected a video line (m=video) that sends the webcam, got none")
    if not any(line.direction in RECEIVES for line in video):
        raise UnfitOffer("expected a video line that can receive the instructor, got none")
    if not any(line.kind == "application" for line in lines):
        raise UnfitOffer(
            "expected the data channels (m=application); open control and scores before the offer"
        )
    return list(lines)


def place_tracks(lines: Sequence[MediaDescription], annotated: bool) -> dict[str, str]:
    """Which line carries what: mid -> video, sound or annotated; "webcam" -> its mid.

    :raises UnfitOffer: an annotated picture is asked for and no line is left to carry it.
    """
    video = [line for line in lines if line.kind == "video" and line.port]
    webcam = next(line for line in video if line.direction in SENDS)
    # Lines that only receive come first; sorting keeps the offer's order otherwise.
    free = sorted(
        (line for line in video if line.direction in RECEIVES),
        key=lambda line: line.direction != "recvonly",
    )
    places = {"webcam": webcam.rtp.muxId, free[0].rtp.muxId: "video"}
    if annotated:
        if len(free) < 2:
            raise UnfitOffer("expected one more video line that receives, for the annotated video")
        places[free[1].rtp.muxId] = "annotated"
    for line in lines:
        if line.kind == "audio" and line.direction in RECEIVES:
            places[line.rtp.muxId] = "sound"
            break
    return places


def _first_codec(answer_sdp: str, mid: str) -> str:
    """What aiortc will send: the first codec of the answer's line, as the offer ordered them.

    :raises UnfitOffer: neither VP8 nor H.264.
    """
    for line in SessionDescription.parse(answer_sdp).media:
        if line.rtp.muxId == mid:
            name = line.rtp.codecs[0].name.upper()
            if name in PICTURE_CODECS:
                return PICTURE_CODECS[name]
            raise UnfitOffer(f"expected VP8 or H264 first on line {mid}, got {name}")
    raise UnfitOffer(f"expected a line {mid} in the answer, got none")

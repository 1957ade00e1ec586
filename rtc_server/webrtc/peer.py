"""One RTCPeerConnection as awaits: the offer in, the answer out, channels as a queue and a send.

Event handlers only set an event or fill a mailbox; everything else happens in the session.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from collections.abc import Mapping, Sequence

from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCRtpTransceiver,
    RTCSessionDescription,
)

from rtc_server.errors import BadOffer
from rtc_server.protocol.score_message import ScoreMessage
from rtc_server.protocol.server_messages import ServerControlMessage, to_json
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.latest import Closed
from rtc_server.webrtc.negotiation import (
    Answer,
    OutgoingTracks,
    Placement,
    check_offer,
    first_codec,
    place_tracks,
)
from rtc_server.webrtc.trickle import Fragment, Trickle

logger = logging.getLogger(__name__)

WAITING_MESSAGES = 64
BACKED_UP_BYTES = 64 * 1024
DIRECTIONS = {  # of a line, by whether it carries the webcam and whether it carries a track down
    (True, True): "sendrecv",
    (True, False): "recvonly",
    (False, True): "sendonly",
    (False, False): "inactive",
}


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

    async def negotiate(self, offer_sdp: str, tracks: OutgoingTracks) -> Answer:
        """Accept the offer and send these tracks.

        :raises BadOffer: the SDP cannot be read.
        :raises UnfitOffer: the SDP lacks a media line or a codec that the session needs.
        """
        lines = check_offer(offer_sdp)
        try:
            await self._connection.setRemoteDescription(RTCSessionDescription(offer_sdp, "offer"))
        except Exception as error:  # aiortc raises exceptions of any kind on what it cannot parse
            raise BadOffer(f"expected an offer that can be answered, got: {error!r}") from error
        self._trickle = Trickle(self._connection, lines)
        placement = place_tracks(lines, annotated=tracks.annotated is not None)
        transceivers = {t.mid: t for t in self._connection.getTransceivers() if t.mid is not None}
        _assign_tracks(transceivers, placement, tracks)
        answer = await self._connection.createAnswer()
        codec = first_codec(answer.sdp, placement.video)
        await self._connection.setLocalDescription(answer)
        self._wires = aiortc_internals.read_in_bursts(self._connection)
        self.webcam = transceivers[placement.webcam].receiver
        sender = transceivers[placement.video].sender
        return Answer(self._connection.localDescription.sdp, codec, sender, self.webcam)

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

    def send_control(self, message: ServerControlMessage) -> None:
        """Send reliably; what cannot be sent because the channel is closed is let go."""
        if self._control is not None and self._control.readyState == "open":
            self._control.send(to_json(message))

    def send_score(self, message: ScoreMessage) -> bool:
        """Send at once or not at all: a late score is worth nothing."""
        channel = self._scores
        if channel is None or channel.readyState != "open":
            return False
        if channel.bufferedAmount > BACKED_UP_BYTES:
            self.scores_lost += 1
            return False
        channel.send(to_json(message))
        return True

    @property
    def packets_received(self) -> int:
        """Of any kind, so far."""
        return 0 if self.webcam is None else aiortc_internals.packets_received(self.webcam)

    async def close(self, timeout_s: float = 0.0) -> bool:
        """Close the channels, so that the learner sees a clean end, then the connection.

        :param patience_s: how long to wait for the learner's own closing, if anybody is there.
        :return: whether somebody was, and has heard all that was said before.
        """
        heard = True
        channels = [c for c in (self._control, self._scores) if c is not None]
        for channel in channels:
            channel.close()
        try:
            async with asyncio.timeout(timeout_s):
                while not self.gone.is_set() and any(c.readyState != "closed" for c in channels):
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            heard = False
            logger.info("the learner's channels did not close within %s s", timeout_s)
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


def _assign_tracks(
    transceivers: Mapping[str, RTCRtpTransceiver], placement: Placement, tracks: OutgoingTracks
) -> None:
    """Set what each line sends and receives; of the learner's media only the webcam is received."""
    outgoing = placement.outgoing(tracks)
    for mid, transceiver in transceivers.items():
        if mid in outgoing:
            transceiver.sender.replaceTrack(outgoing[mid])
        transceiver.direction = DIRECTIONS[mid == placement.webcam, mid in outgoing]

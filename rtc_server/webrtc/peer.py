"""One RTCPeerConnection: its negotiation, its candidates and its two data channels, as coroutines.

Event handlers only set an event or append to a queue; the session does everything else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Literal

from aiortc import (
    RTCBundlePolicy,
    RTCDataChannel,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCRtpTransceiver,
    RTCSessionDescription,
)

from rtc_server.errors import ServerFull, TandemError, UnfitOffer
from rtc_server.ice_servers import IceServer
from rtc_server.latest import Closed
from rtc_server.lessons.codecs import VideoCodec
from rtc_server.metrics import Metrics
from rtc_server.protocol.class_messages import RosterMessage
from rtc_server.protocol.inbox import Inbox
from rtc_server.protocol.score_message import ScoreMessage
from rtc_server.protocol.server_messages import EndReason, ServerControlMessage, to_json
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.aiortc_closing import DecoderStops, close_connection
from rtc_server.webrtc.ice.peer_transport import PeerTransport
from rtc_server.webrtc.limits import aiortc_dtls
from rtc_server.webrtc.negotiation import (
    Answer,
    OutgoingTracks,
    Placement,
    assign_tracks,
    first_codec,
    place_lines,
)
from rtc_server.webrtc.offers.offer import Offer
from rtc_server.webrtc.offers.rejected import mirror_lines
from rtc_server.webrtc.trickle import Fragment
from rtc_server.webrtc.udp.aiortc_gatherer import CandidateGatherer, SessionSockets

logger = logging.getLogger(__name__)

LossyChannel = Literal["scores", "roster"]  # of a learner, of a class's teacher
MAX_QUEUED_MESSAGES = 64
MAX_BUFFERED_BYTES = 64 * 1024
CLOSE_TIMEOUT_S = 3.0  # for the connection, after its channels


class Peer:
    """The connection to one learner, or to the phone that is the camera of one."""

    def __init__(
        self,
        ice_servers: Sequence[str],
        metrics: Metrics,
        address: str = "127.0.0.1",
        gatherer: CandidateGatherer | None = None,
        *,
        lossy_channel: LossyChannel | None = "scores",
    ) -> None:
        """:param address: that of the learner's HTTP client, as far as it is known.
        :param gatherer: opens the UDP ports; None: any.
        :param lossy_channel: what the client opens beside `control`.
        """
        servers = [IceServer((url,)) for url in ice_servers]
        self._configuration = aiortc_internals.build_configuration(servers)
        self._connection = RTCPeerConnection(self._configuration)
        self._metrics = metrics
        self._decoders = DecoderStops()
        self._control: RTCDataChannel | None = None
        self._scores: RTCDataChannel | None = None
        self._lossy_channel = lossy_channel
        self._changed = asyncio.Event()
        self._now = asyncio.get_running_loop().time
        self._transport = PeerTransport(
            self._connection, gatherer or SessionSockets(), metrics, self._now
        )
        self.inbox = Inbox(MAX_QUEUED_MESSAGES, self._now, self._on_message_dropped)
        self.webcam_receiver: RTCRtpReceiver | None = None
        self._any_receiver: RTCRtpReceiver | None = None  # all lines share a transport
        self._address = address
        self.checked = asyncio.Event()  # an authenticated connectivity check came from the learner
        self.channels_open = asyncio.Event()  # all that the client has to open are
        self.disconnected = asyncio.Event()  # the connection is closed or has failed
        self.scores_lost = 0
        self.misuse: str | None = None  # what the learner's side did for which it is cut off
        self._connection.on("datachannel", self._on_channel)
        self._connection.on("connectionstatechange", self._on_state)

    async def negotiate(self, offer: Offer, tracks: OutgoingTracks | None) -> Answer:
        """Accept the offer and send these tracks, or none to a camera or an encoder.

        :raises UnfitOffer: the SDP lacks a media line or a codec that the session needs.
        """
        placement = place_lines(offer, tracks)
        try:
            codec = await self._answer(offer, placement, tracks)
            for transceiver in self._connection.getTransceivers():
                self._decoders.attach(transceiver.receiver)
            await self._transport.open(offer, self._address, self.checked.set)
        except OSError as error:
            raise ServerFull(f"the server has no free socket: {error.strerror}") from error
        transceivers = self._transceivers()
        self._any_receiver = next(iter(transceivers.values())).receiver
        if placement.webcam is not None:
            self.webcam_receiver = transceivers[placement.webcam].receiver
        video = None
        if placement.video is not None and codec is not None:
            video = transceivers[placement.video].sender, codec
        heard = transceivers.get(placement.microphone or "")
        answer = mirror_lines(self._connection.localDescription.sdp, offer.offered, offer.bundle)
        return Answer(answer, video, self.webcam_receiver, heard.receiver if heard else None)

    async def _answer(
        self, offer: Offer, placement: Placement, tracks: OutgoingTracks | None
    ) -> VideoCodec | None:
        """Set both descriptions; return the codec of the instructor's video, if it is sent."""
        if all(line.rtp.muxId in offer.bundle for line in offer.lines):  # also a 2nd audio line
            self._configuration.bundlePolicy = RTCBundlePolicy.MAX_BUNDLE
        try:
            await self._connection.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
            aiortc_dtls.bound_transports(self._connection, self.cut_off)
            self._transport.use_ports()
            assign_tracks(self._transceivers(), placement, tracks)
            answer = await self._connection.createAnswer()
            codec = None if placement.video is None else first_codec(answer.sdp, placement.video)
            await self._connection.setLocalDescription(answer)
        except (TandemError, OSError):
            raise
        except Exception as error:  # aiortc raises exceptions of any kind on what it cannot answer
            raise UnfitOffer(
                f"expected an offer that can be answered, got: {error!r:.90}"
            ) from error
        return codec

    def _transceivers(self) -> dict[str, RTCRtpTransceiver]:
        return {t.mid: t for t in self._connection.getTransceivers() if t.mid is not None}

    async def add_fragment(self, fragment: Fragment, address: str) -> str | None:
        """Add candidates that come after the offer, or restart ICE, as the fragment says.

        :param address: that of the learner's HTTP client now.
        :return: of a restart, the fragment with the server's candidates.
        :raises UnfitFragment: they do not belong to the offer, or ICE cannot be restarted.
        :raises TooManyRestarts: of this session.
        """
        return await self._transport.add_fragment(
            fragment, address, may_restart=self.channels_open.is_set()
        )

    async def run_restarts(self) -> None:
        """Bring ICE restarts to their ends, until cancelled."""
        await self._transport.run_restarts()

    @property
    def stage(self) -> Literal["offered", "checked", "connected"]:
        """How far the learner has come: sent a connectivity check, opened its channels."""
        if self.channels_open.is_set():
            return "connected"
        return "checked" if self.checked.is_set() else "offered"

    async def wait_until_open(self) -> bool:
        """Wait until the channels are open; False: the connection is closed or has failed."""
        while not self.channels_open.is_set():
            if self.disconnected.is_set():
                return False
            self._changed.clear()
            await self._changed.wait()
        return True

    async def next_message(self) -> str | bytes:
        """Wait for the next message of the control channel.

        :raises Closed: the channel is closed and all its messages are read.
        """
        while (message := self.inbox.pop()) is None:
            if self.disconnected.is_set():
                raise Closed
            self._changed.clear()
            await self._changed.wait()
        return message

    def cut_off(self, misuse: str) -> None:
        """End the connection because of what the client sent: a few words, a metric's label."""
        if self.misuse is None:
            self.misuse = misuse
            self._metrics.sessions_cut_off.labels(reason=misuse).inc()
            logger.warning("a learner is cut off: %s", misuse)
            self.disconnected.set()
            self._changed.set()

    def send_control(self, message: ServerControlMessage) -> None:
        """Send reliably; while the channel is not open, the message is dropped."""
        if self._control is not None and self._control.readyState == "open":
            self._control.send(to_json(message))

    def send_news(self, message: ServerControlMessage) -> None:
        """Send reliably, unless much waits already: the next one of its kind says the same."""
        if self._control is None or self._control.bufferedAmount <= MAX_BUFFERED_BYTES:
            self.send_control(message)

    def send_score(self, message: ScoreMessage | RosterMessage) -> bool:
        """Send now or never, because a late score is useless; return whether it was sent."""
        channel = self._scores
        if channel is None or channel.readyState != "open":
            return False
        if channel.bufferedAmount > MAX_BUFFERED_BYTES:
            self.scores_lost += 1
            return False
        channel.send(to_json(message))
        return True

    @property
    def break_reason(self) -> EndReason:
        """Why a session ends whose connection is closed without a `bye`."""
        return "lost" if self.misuse is None else "misuse"

    @property
    def packets_received(self) -> int:
        """The number of packets so far: media, RTCP and messages."""
        receiver = self.webcam_receiver or self._any_receiver
        return 0 if receiver is None else aiortc_internals.packets_received(receiver)

    @property
    def refused(self) -> int:
        """How much was refused because the client sends too much: packets and messages."""
        return self.inbox.refused + self._transport.refused

    async def close(
        self,
        timeout_s: float = 0.0,
        reason: EndReason | None = None,  # noqa: ARG002
    ) -> bool:
        """Close the channels, so that the client sees a clean end, then the connection.

        It takes at most `timeout_s` and a few seconds, whatever state the connection is in.

        :param timeout_s: how long to wait for the client to close its end of the channels.
        :param reason: of the session's end; a channel's end has no place for it.
        :return: False if that time ran out: the client may not have received everything.
        """
        try:
            return await self._close_channels(timeout_s)
        finally:
            self._transport.close()
            if not await close_connection(self._connection, CLOSE_TIMEOUT_S, self._decoders):
                self._metrics.connections_cut_off.inc()

    async def _close_channels(self, timeout_s: float) -> bool:
        channels = [c for c in (self._control, self._scores) if c is not None]
        for channel in channels:
            channel.close()
        try:
            async with asyncio.timeout(timeout_s):
                while not self.disconnected.is_set():
                    if all(channel.readyState == "closed" for channel in channels):
                        break
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            logger.info("the client's channels did not close within %s s", timeout_s)
            return False
        return True

    def _on_channel(self, channel: RTCDataChannel) -> None:
        if channel.label == "control" and self._control is None:
            self._control = channel
            channel.on("message", self._on_message)
        elif channel.label == self._lossy_channel and self._scores is None:
            self._scores = channel
        else:
            return
        channel.on("close", self._on_close)
        if self._control is not None and (self._scores is not None or not self._lossy_channel):
            self.channels_open.set()
            self._changed.set()

    def _on_message(self, message: str | bytes) -> None:
        self.inbox.put(message)
        self._changed.set()

    def _on_message_dropped(self, reason: str) -> None:
        self._metrics.messages_dropped.labels(reason=reason).inc()

    def _on_close(self) -> None:
        if self._control is not None and self._control.readyState == "closed":
            self.disconnected.set()
        self._changed.set()

    def _on_state(self) -> None:
        if self._connection.connectionState in ("closed", "failed"):
            self.disconnected.set()
            self._changed.set()

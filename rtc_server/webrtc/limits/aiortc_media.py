"""Bounds what a peer's datagrams can do to aiortc: what they cost, and what they break.

aiortc trusts a peer that has real keys. A packet that its parsers do not expect ends the DTLS
transport, each SSRC is remembered for ever, and each NACK is obeyed.
tests/integration/webrtc/test_aiortc_media.py fails when a private part that is used here moves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pylibsrtp
from aiortc import RTCPeerConnection, RTCRtpReceiver, RTCRtpSender
from aiortc.rtp import RtcpRrPacket

from rtc_server.metrics import Metrics
from rtc_server.token_bucket import RateLimit, TokenBucket
from rtc_server.webrtc.aiortc_internals import ICE_CONNECTION, SEND_KEY_FRAME, dtls_transports
from rtc_server.webrtc.limits.datagram_filter import DatagramFilter, SsrcLimit
from rtc_server.webrtc.limits.retransmission import HISTORY, LossDetector, RetransmissionBudget
from rtc_server.webrtc.rtp.aiortc_estimator import mend_estimator

MAX_WAITING = 2048  # datagrams that DTLS has not taken yet
MAX_REPORTS = 31  # receiver report blocks that one packet can have (RFC 3550, 6.4.2)
MAX_UINT32 = (1 << 32) - 1
KEY_FRAME_LIMIT = RateLimit(4, 8)  # requests for key frames that are passed on
HANDLERS = ("_handle_rtp_data", "_handle_rtcp_data")
SET_UP_SRTP = "_setup_srtp"
RECEIVING_SRTP = "_rx_srtp"
SEND_RTCP = "_send_rtcp"
BITRATE_ESTIMATOR = "_RTCRtpReceiver__remote_bitrate_estimator"
NACK_GENERATOR = "_RTCRtpReceiver__nack_generator"
RETRANSMIT = "_retransmit"
RTP_HISTORY = "_RTCRtpSender__rtp_history"
SENT_BYTES = "_RTCRtpSender__octet_count"

OnRefused = Callable[[str], None]


def bound_media(
    connection: RTCPeerConnection, now: Callable[[], float], metrics: Metrics
) -> list[DatagramFilter]:
    """Bound all that a peer's media and feedback can cause, once the candidates are gathered.

    Call it before `aiortc_internals.read_in_bursts`. There is one filter for each transport.
    """

    def on_refused(reason: str) -> None:
        metrics.packets_refused.labels(reason=reason).inc()

    def on_resend_refused(reason: str) -> None:
        metrics.retransmissions_refused.labels(reason=reason).inc()

    for transceiver in connection.getTransceivers():
        bound_receiver(transceiver.receiver, on_refused)
        bound_sender(transceiver.sender, now, on_refused, on_resend_refused)
    return filter_datagrams(connection, now, on_refused)


def filter_datagrams(
    connection: RTCPeerConnection, now: Callable[[], float], on_refused: OnRefused
) -> list[DatagramFilter]:
    """Filter what comes to the connection's sockets.

    :param on_refused: called with the reason, for each datagram that is not taken.
    """
    transports = dtls_transports(connection)
    return [_filter_transport(transport, now, on_refused) for transport in transports]


def _filter_transport(dtls: Any, now: Callable[[], float], on_refused: OnRefused) -> DatagramFilter:
    datagram_filter = filter_connection(getattr(dtls.transport, ICE_CONNECTION), now, on_refused)
    for name in HANDLERS:
        _contain(dtls, name, datagram_filter.blame)
    _bound_ssrcs(dtls, datagram_filter.blame)
    return datagram_filter


def filter_connection(ice: Any, now: Callable[[], float], on_refused: OnRefused) -> DatagramFilter:
    """Filter what comes to the sockets of one connection of aioice."""

    def learner_address() -> tuple[str, int] | None:
        pair = ice._nominated.get(1)
        return None if pair is None else pair.remote_addr

    datagram_filter = DatagramFilter(now, learner_address, on_refused)
    for protocol in ice._protocols:
        _filter_protocol(protocol, datagram_filter, ice._queue.qsize, on_refused)
    return datagram_filter


def _filter_protocol(
    protocol: Any,
    datagram_filter: DatagramFilter,
    count_waiting: Callable[[], int],
    on_refused: OnRefused,
) -> None:
    take = protocol.datagram_received

    def take_admitted(data: bytes, address: Any) -> None:
        if not datagram_filter.admit(data, address):
            return
        if count_waiting() >= MAX_WAITING:
            on_refused("queue")
            return
        take(data, address)  # IceGuard's, which contains what aioice's parser raises

    protocol.datagram_received = take_admitted


def _bound_ssrcs(dtls: Any, on_refused: OnRefused) -> None:
    """Have the transport decrypt packets of a limited number of SSRCs, once it has its keys."""
    set_up = getattr(dtls, SET_UP_SRTP)

    def set_up_bounded() -> None:
        set_up()
        if (session := getattr(dtls, RECEIVING_SRTP)) is not None:
            setattr(dtls, RECEIVING_SRTP, _BoundedSrtp(session, on_refused))

    setattr(dtls, SET_UP_SRTP, set_up_bounded)


class _BoundedSrtp:
    """Takes the place of the SRTP session that decrypts: it makes a context for every SSRC."""

    def __init__(self, session: pylibsrtp.Session, on_refused: OnRefused) -> None:
        self._session = session
        self._on_refused = on_refused
        self._rtp, self._rtcp = SsrcLimit("rtp"), SsrcLimit("rtcp")

    def unprotect(self, packet: bytes) -> bytes:
        return self._decrypt(packet, self._rtp, self._session.unprotect)

    def unprotect_rtcp(self, packet: bytes) -> bytes:
        return self._decrypt(packet, self._rtcp, self._session.unprotect_rtcp)

    def _decrypt(self, packet: bytes, ssrcs: SsrcLimit, decrypt: Callable[[bytes], bytes]) -> bytes:
        if not ssrcs.admit(packet):
            self._on_refused("ssrcs")
            raise pylibsrtp.Error("too many SSRCs")  # aiortc drops the packet
        try:
            decrypted = decrypt(packet)
        except ValueError as error:  # longer than its buffer
            raise pylibsrtp.Error(str(error)) from error
        ssrcs.on_authentic(packet)
        return decrypted


def _contain(dtls: Any, name: str, on_refused: OnRefused) -> None:
    """Let an error that one packet causes end neither the transport nor the session."""
    handle: Callable[..., Awaitable[None]] = getattr(dtls, name)

    async def handle_contained(data: bytes, **arguments: Any) -> None:
        try:
            await handle(data, **arguments)
        except ConnectionError:  # the connection is gone, which ends the transport as it should
            raise
        except Exception:  # aiortc's parsers raise exceptions of many kinds
            on_refused("malformed")

    setattr(dtls, name, handle_contained)


def bound_receiver(receiver: RTCRtpReceiver, on_refused: OnRefused) -> None:
    """Bound what a receiver computes for a packet, and let no report end its RTCP task."""
    if getattr(receiver, NACK_GENERATOR) is not None:  # only video has one
        setattr(receiver, NACK_GENERATOR, LossDetector())
        mend_estimator(getattr(receiver, BITRATE_ESTIMATOR))
    _contain_reports(receiver, on_refused)


def bound_sender(
    sender: RTCRtpSender,
    now: Callable[[], float],
    on_refused: OnRefused,
    on_resend_refused: OnRefused,
) -> None:
    """Bound what feedback can make a sender send."""
    _contain_reports(sender, on_refused)
    budget = RetransmissionBudget()
    resend = getattr(sender, RETRANSMIT)
    history: dict[int, Any] = getattr(sender, RTP_HISTORY)
    getattr(sender, SENT_BYTES)

    async def resend_within_budget(sequence_number: int) -> None:
        packet = history.get(sequence_number % HISTORY)
        if packet is None or packet.sequence_number != sequence_number:
            return  # too old, or never sent
        sent_bytes: int = getattr(sender, SENT_BYTES)
        refusal = budget.refusal(sequence_number, len(packet.payload), sent_bytes, now())
        if refusal is None:
            await resend(sequence_number)
        else:
            on_resend_refused(refusal)

    setattr(sender, RETRANSMIT, resend_within_budget)
    bucket = TokenBucket(KEY_FRAME_LIMIT, now())
    request_key_frame = getattr(sender, SEND_KEY_FRAME)

    def request_within_limit() -> None:
        if bucket.take(now()):
            request_key_frame()
        else:
            on_refused("key_frames")

    setattr(sender, SEND_KEY_FRAME, request_within_limit)


def _contain_reports(part: RTCRtpReceiver | RTCRtpSender, on_refused: OnRefused) -> None:
    """Let a report that cannot be written or sent be lost, and not end the task that sends it."""
    send = getattr(part, SEND_RTCP)

    async def send_contained(packets: Any) -> None:
        if isinstance(packets, RtcpRrPacket):
            del packets.reports[MAX_REPORTS:]
            for report in packets.reports:  # of timestamps that jump, aiortc computes more
                report.jitter = min(report.jitter, MAX_UINT32)
        try:
            await send(packets)
        except Exception:  # of struct, pylibsrtp, or the size of its buffer
            on_refused("unsendable")

    setattr(part, SEND_RTCP, send_contained)

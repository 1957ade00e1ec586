"""RTP, RTCP and SCTP packets, encrypted with the keys of a real DTLS connection."""

from __future__ import annotations

import itertools
import random
import struct

import pylibsrtp
from aiortc.rtcsctptransport import crc32c
from aiortc.rtp import RtpPacket
from OpenSSL import SSL

from tests.encoded_frames import build_sps, h264_key_frame, vp8_key_frame
from tests.fuzz.messages import LearnerKind
from tests.fuzz.mutation import Mutator
from tests.integration.attacks.frame_peer import SilentCamera
from tests.integration.attacks.hostile_peer import HostilePeer
from tests.integration.scripted_learner import ScriptedLearner

SETTLE_EVERY = 10  # cases of media; what SCTP makes of a packet is known after each
MAX_PACKET_BYTES = 1200  # SRTP of libsrtp's binding takes 1500 at most
WEBCAM_SSRC, OTHER_SSRC = 0x11223344, 0x55667788  # replaced by the learner's own when sent
VP8_TYPE, RTX_TYPE, H264_TYPE = 97, 98, 99  # aiortc's payload types
RTCP_TYPES = range(192, 224)  # RFC 5761, 4
HEADER_BYTES = 12  # of RTP and of SCTP
MAX_JUMP = 3000


class PacketKind(LearnerKind):
    """Packets of all three protocols, changed."""

    name = "packets"
    settle_s = 2.0  # many packets make our own SCTP disagree with the server's

    def __init__(self, url: str, lesson: str = "short") -> None:
        super().__init__(url, lesson)
        self._sent = itertools.count(1)
        self._number = 0  # of the last RTP packet

    def new_learner(self) -> ScriptedLearner:
        peer = HostilePeer(self.url, self.lesson)
        peer.camera = SilentCamera()
        return peer

    def make(self, chance: random.Random) -> bytes:
        """A byte that says how to send it, then the packet.

        "m"edia, media after a "j"ump of the numbers, "d"ata or "c"orrected data.
        """
        mutator = Mutator(chance)
        how, make_packets = chance.choice(
            ((b"mmmmmj", rtp_packets), (b"m", rtcp_packets), (b"dccccc", sctp_packets))
        )
        packets = make_packets(chance)
        packet = chance.choice(packets)
        if chance.random() < 0.9:
            packet = mutator.blob(packet, packets)
        return bytes([chance.choice(how)]) + packet[:MAX_PACKET_BYTES]

    async def attempt(self, data: bytes) -> str:
        peer = await self.connected()
        assert isinstance(peer, HostilePeer)
        await self._send(peer, data[:1], data[1:])
        if data[:1] in b"mj" and next(self._sent) % SETTLE_EVERY:
            return "sent"
        outcome = await self.settle(peer)
        if outcome == "silent":
            await self.disconnect()
        return outcome

    async def _send(self, peer: HostilePeer, how: bytes, packet: bytes) -> None:
        try:
            if how in b"mj":
                await peer.send_rtp(self._address(peer, packet, jumps=how == b"j"))
            elif how == b"c" and len(packet) > HEADER_BYTES:
                tag = struct.pack("!L", peer.sctp._remote_verification_tag)
                header, chunks = struct.pack("!HH", 5000, 5000) + tag, packet[HEADER_BYTES:]
                checksum = struct.pack("<L", crc32c(header + bytes(4) + chunks))
                await peer.send_datagram(header + checksum + chunks)
            else:
                await peer.send_datagram(packet)
        except (ConnectionError, ValueError, pylibsrtp.Error, SSL.Error):
            return  # closed, or so broken that SRTP does not take it

    def _address(self, peer: HostilePeer, packet: bytes, *, jumps: bool) -> bytes:
        """Put the learner's SSRC in, and in RTP a number that SRTP takes: it may not go back."""
        packet = packet.replace(struct.pack("!L", WEBCAM_SSRC), struct.pack("!L", peer.webcam_ssrc))
        if len(packet) < HEADER_BYTES or packet[1] in RTCP_TYPES:
            return packet
        self._number += 1 + (int.from_bytes(packet[2:4], "big") % MAX_JUMP if jumps else 0)
        return packet[:2] + struct.pack("!H", self._number % (1 << 16)) + packet[4:]


def rtp_packets(chance: random.Random) -> list[bytes]:
    """Packets of webcam frames: whole ones, parts, retransmissions, padding."""

    def packet(kind: int, payload: bytes, ssrc: int = WEBCAM_SSRC, marker: int = 1) -> bytes:
        return RtpPacket(
            payload_type=kind,
            marker=marker,
            sequence_number=chance.randrange(1 << 16),
            timestamp=chance.randrange(1 << 32),
            ssrc=ssrc,
            payload=payload,
        ).serialize()

    frame = h264_key_frame(build_sps(640, 480))[:600]
    return [
        packet(VP8_TYPE, b"\x10" + vp8_key_frame(640, 480, 200)),
        packet(VP8_TYPE, b"\x90\xe0\x80\x01\x07\x20" + vp8_key_frame(64, 64, 50), marker=0),
        packet(VP8_TYPE, b"\x10\x11\x02\x00" + chance.randbytes(100)),
        packet(H264_TYPE, frame[4:]),
        packet(H264_TYPE, b"\x78\0\x0a" + build_sps(320, 240)[:10] + b"\0\4\x68\xce\x3c\x80"),
        packet(H264_TYPE, b"\x7c\x85" + chance.randbytes(300), marker=0),
        packet(H264_TYPE, b"\x7c\x45" + chance.randbytes(30)),
        packet(RTX_TYPE, struct.pack("!H", chance.randrange(1 << 16)) + b"\x10" + bytes(50), 7),
        packet(VP8_TYPE, b""),
        packet(chance.randrange(128), chance.randbytes(60), OTHER_SSRC),
    ]


def rtcp_packets(chance: random.Random) -> list[bytes]:
    """Reports, feedback and compounds (RFC 3550, RFC 4585)."""

    def packet(count: int, kind: int, body: bytes) -> bytes:
        return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body

    ssrcs = struct.pack("!LL", WEBCAM_SSRC, OTHER_SSRC)
    block = struct.pack("!LLLLLL", OTHER_SSRC, 1 << 24, 100, 5, 0, 0)
    sender = ssrcs[:4] + struct.pack("!QLLL", chance.randrange(1 << 64), 90_000, 10, 1_000)
    single = [
        packet(0, 200, sender),
        packet(1, 200, sender + block),
        packet(3, 201, ssrcs[:4] + block * 3),
        packet(1, 202, ssrcs[:4] + b"\1\5cname\0"),
        packet(1, 203, ssrcs[:4]),
        packet(1, 205, ssrcs + struct.pack("!HH", chance.randrange(1 << 16), 0xFFFF) * 8),
        packet(1, 206, ssrcs),
        packet(4, 206, ssrcs + ssrcs[:4] + b"\1\0\0\0"),
        packet(15, 206, ssrcs[:4] + bytes(4) + b"REMB\1\x12\x34\x56" + ssrcs[4:]),
        packet(0, 204, ssrcs[:4] + b"name" + bytes(8)),
    ]
    return [*single, b"".join(chance.sample(single, 3))]


def sctp_packets(chance: random.Random) -> list[bytes]:
    """A header, whose tag and checksum are put right when it is sent, and chunks (RFC 9260)."""

    def chunk(kind: int, flags: int, body: bytes) -> bytes:
        return struct.pack("!BBH", kind, flags, len(body) + 4) + body + bytes(-len(body) % 4)

    tsn = chance.randrange(1 << 32)
    open_channel = b"\3\0\0\0\0\0\0\0\0\5\0\0extra"
    data = [
        chunk(0, 3, struct.pack("!LHHL", tsn, stream, 0, protocol) + body)
        for stream, protocol, body in (
            (0, 51, b'{"type": "ping", "t0_ms": 1}'),
            (chance.randrange(1 << 16), 50, open_channel),
            (1, 53, chance.randbytes(50)),
            (9, chance.randrange(1 << 32), b""),
        )
    ]
    single = [
        *data,
        chunk(0, 2, struct.pack("!LHHL", tsn, 0, 1, 51) + b"a beginning without an end"),
        chunk(1, 0, struct.pack("!LLHHL", tsn, 131072, 65535, 65535, 1)),
        chunk(3, 0, struct.pack("!LLHHHHL", tsn, 0, 1, 1, 1, 0xFFFF, tsn)),
        chunk(4, 0, struct.pack("!HH", 1, 12) + chance.randbytes(8)),
        chunk(9, 0, struct.pack("!HH", 3, 8) + bytes(4)),
        chunk(10, 0, chance.randbytes(40)),
        chunk(130, 0, struct.pack("!HHLLLH", 13, 18, 1, 1, tsn, 1)),
        chunk(130, 0, struct.pack("!HHLL", 16, 12, 1, 1)),
        chunk(192, 0, struct.pack("!LHH", tsn, 1, 5)),
        chunk(chance.randrange(256), 0, chance.randbytes(20)),
    ]
    if chance.random() < 0.02:  # these end the connection
        single += [chunk(6, 0, b""), chunk(7, 0, struct.pack("!L", tsn)), chunk(14, 0, b"")]
    header = struct.pack("!HHLL", 5000, 5000, 0, 0)
    return [header + one for one in single] + [header + b"".join(chance.sample(single, 3))]

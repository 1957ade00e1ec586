"""Media, feedback and control messages that an honest client never sends."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
import time
from collections import Counter
from typing import Any

import pytest
from aiortc import rtp
from aiortc.rtp import RtpPacket

from rtc_server.webrtc.limits.datagram_filter import LIMITS, MAX_SSRCS
from rtc_server.webrtc.limits.retransmission import HISTORY, MAX_RESENDS
from tests.encoded_frames import (
    build_sps,
    h264_key_frame,
    vp8_cut_off_frame,
    vp8_key_frame,
)
from tests.integration.attacks.conftest import Attack
from tests.integration.attacks.frame_peer import FramePeer
from tests.integration.attacks.hostile_peer import HostilePeer, create_offer, post_offer
from tests.integration.attacks.server_process import ServerProcess
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")

VP8, RTX = 97, 98  # payload types in aiortc's offers
FLOODED = 'tandem_sessions_ended_total{how="flooding"}'
MAX_GROWTH_MB = 60  # one picture of 1920×1920 takes 20; the attacks took 350 and 620
BURST_OF_REPORTS = int(LIMITS["rtcp"].burst) + 50
OTHER_SSRC = 4242  # its numbers begin where a test wants


def refused(reason: str) -> str:
    return f'tandem_packets_refused_total{{reason="{reason}"}}'


def learner_socket(peer: HostilePeer) -> tuple[Any, tuple[str, int]]:
    """The transport that the peer sends on, and the server's address."""
    (pair,) = peer.dtls.transport._connection._nominated.values()
    return pair.protocol.transport, pair.remote_addr


async def report_after(peer: HostilePeer) -> None:
    """Wait until the server has reported on what it receives, from now on."""
    sender = peer.connection.getTransceivers()[0].sender
    handle, reported = sender._handle_rtcp_packet, asyncio.Event()

    async def handle_packet(packet: object) -> None:
        if isinstance(packet, rtp.RtcpRrPacket):
            reported.set()
        await handle(packet)

    sender._handle_rtcp_packet = handle_packet
    async with asyncio.timeout(PATIENCE_S):
        await reported.wait()
    del sender._handle_rtcp_packet


async def leave(peer: HostilePeer) -> None:
    """End the session as an honest learner does."""
    peer.send("stop")
    async with asyncio.timeout(PATIENCE_S):
        await peer.closed.wait()


@pytest.mark.parametrize("size", ["1", "150"])
async def test_an_offer_whose_messages_are_too_small_is_refused(
    victim: ServerProcess, attack: Attack, size: str
) -> None:
    sdp = await create_offer()
    changed, count = re.subn("a=max-message-size:[0-9]+", f"a=max-message-size:{size}", sdp)
    assert count == 1
    async with attack():
        status, body = await post_offer(victim.url, changed)
    assert (status, body["code"]) == (422, "unfit_offer")


async def test_a_sender_of_many_ssrcs_is_reported_on_and_leaves(
    victim: ServerProcess, attack: Attack
) -> None:
    """Each took a block in the receiver report, until it was too long for SRTCP."""
    before = (await victim.metrics()).get(refused("ssrcs"), 0)
    async with attack(), HostilePeer(victim.url) as peer:
        await peer.wait_for(type="score")
        for _ in range(2):  # a busy machine may lose some
            for ssrc in range(1, 81):
                packet = RtpPacket(VP8, 1, ssrc, ssrc, ssrc, b"\x10\0\0\0")
                await peer.send_rtp(packet.serialize())
            await asyncio.sleep(0.1)
        await victim.wait_for_metric(refused("ssrcs"), before + 80 - MAX_SSRCS)
        await report_after(peer)
        await leave(peer)


async def test_what_ends_aiortcs_tasks_ends_neither_session_nor_reports(
    victim: ServerProcess, attack: Attack
) -> None:
    """A little of everything that tests/integration/webrtc/test_aiortc_media.py tries."""
    async with attack(), HostilePeer(victim.url) as peer:
        await peer.wait_for(type="score")
        too_short = struct.pack("!BBHLLHH", 0x90, VP8, 7, 7, OTHER_SSRC, 0xBEDE, 4) + b"".join(
            bytes([number << 4, 0]) for number in range(1, 9)
        )
        await peer.send_rtp(too_short + b"\x10")
        remb = b"REMB" + bytes([255, 0xFF, 0xFF, 0xFF])  # 255 SSRCs, of which none is there
        await peer.send_rtp(bytes(rtp.RtcpPsfbPacket(rtp.RTCP_PSFB_APP, 1, 0, remb)))
        for k in range(20):  # numbers and times that jump by as much as they can
            number, timestamp = (8 + k * 32_767) % 65_536, k % 2 * (2**32 - 1)
            packet = RtpPacket(VP8, 1, number, timestamp, OTHER_SSRC, b"\x10\0")
            await peer.send_rtp(packet.serialize())
        _, address = learner_socket(peer)
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(b"", address)
            stranger.sendto(b"\x80" * 3000, address)  # longer than SRTP's buffer
        await report_after(peer)
        assert (await victim.metrics())[refused("malformed")] >= 2
        await peer.send_rtp(bytes(rtp.RtcpByePacket([peer.webcam_ssrc])))
        peer.send("ping", t0_ms=1)
        await peer.wait_for(type="pong")
        await leave(peer)


async def test_a_flood_of_packets_ends_the_session(victim: ServerProcess, attack: Attack) -> None:
    before = (await victim.metrics()).get(FLOODED, 0)
    async with attack(), HostilePeer(victim.url) as peer:
        await peer.wait_for(type="score")
        transport, address = learner_socket(peer)
        media = RtpPacket(VP8, 1, 1, 1, peer.webcam_ssrc, bytes(20)).serialize()
        report = bytes(rtp.RtcpRrPacket(peer.webcam_ssrc))
        async with asyncio.timeout(PATIENCE_S):
            while (await victim.metrics()).get(FLOODED, 0) == before:
                # More reports at once than are taken at once, and fewer than what the kernel keeps
                # for a server that is busy: together with the media, too few of them might come.
                for packet, count in ((report, BURST_OF_REPORTS), (media, 200)):
                    for _ in range(count):
                        if not transport.is_closing():
                            transport.sendto(packet, address)
                    await asyncio.sleep(0.02)
        metrics = await victim.metrics()
        assert metrics[refused("rtcp_rate")] > 0


async def test_a_flood_of_messages_ends_the_session(victim: ServerProcess, attack: Attack) -> None:
    """Among them the playhead that names one time again and again."""
    before = (await victim.metrics()).get(FLOODED, 0)
    async with attack(), HostilePeer(victim.url) as peer:
        await peer.wait_for(type="state", state="ready")
        async with asyncio.timeout(PATIENCE_S):
            began_s, sent = time.monotonic(), 0
            while peer.control.readyState == "open":
                # More would be lost before it is decrypted, and SCTP sends less then.
                while sent < 250 * (time.monotonic() - began_s):
                    peer.send("playhead", rtp=1, shown_ms=1000)
                    sent += 1
                await asyncio.sleep(0.01)
        await victim.wait_for_metric(FLOODED, before + 1)
        assert (await victim.metrics())['tandem_messages_dropped_total{reason="rate"}'] > 0


async def test_packets_that_are_asked_for_again_and_again_are_sent_a_few_times(
    victim: ServerProcess, attack: Attack
) -> None:
    metric = "tandem_retransmissions_refused_total"
    async with attack(), HostilePeer(victim.url) as peer:
        receiver = peer.connection.getTransceivers()[1].receiver
        handle, came, again = receiver._handle_rtp_packet, {}, Counter[int]()

        async def handle_packet(packet: RtpPacket, arrival_time_ms: int) -> None:
            if packet.payload_type == RTX:
                again[struct.unpack("!H", packet.payload[:2])[0]] += 1
            else:
                came[packet.sequence_number] = packet.ssrc
            await handle(packet, arrival_time_ms)

        receiver._handle_rtp_packet = handle_packet
        await peer.wait_for(type="state", state="ready")
        peer.send("start")
        await wait_until(lambda: len(came) > 50)
        asked = list(came)[-50:]
        again.clear()
        for _ in range(80):
            wanted = b"".join(struct.pack("!HH", number, 0) for number in asked * 4)
            words = 2 + len(wanted) // 4
            head = struct.pack("!BBHLL", 0x81, rtp.RTCP_RTPFB, words, 1, came[asked[0]])
            await peer.send_rtp(head + wanted)
            await asyncio.sleep(0.02)
        await victim.wait_for_metric(f'{metric}{{reason="repeated"}}', 1000)
        await leave(peer)
    assert 0 < max(again[number] for number in asked) <= MAX_RESENDS
    assert sum(again.values()) <= MAX_RESENDS * HISTORY


async def test_absurd_numbers_are_errors_and_end_nothing(
    victim: ServerProcess, attack: Attack
) -> None:
    async with attack(), HostilePeer(victim.url) as peer:
        await peer.wait_for(type="state", state="ready")
        for number in ("1" * 401, "-" + "1" * 401, "1e999", "NaN", "1e300", "1" * 5000):
            peer.control.send(f'{{"type":"ping","t0_ms":{number}}}')
            peer.control.send(f'{{"type":"playhead","rtp":1,"shown_ms":{number}}}')
        await wait_until(lambda: sum(m.get("code") == "bad_message" for m in peer.messages) == 12)
        peer.clear_messages()
        for extreme in (9e15, -9e15):  # within the bounds
            for _ in range(3):
                peer.send("ping", t0_ms=extreme, rtt_ms=abs(extreme), wall_ms=-extreme)
                await peer.wait_until(lambda m: m["type"] == "score")
                peer.clear_messages()
        peer.send("ping", t0_ms=5)
        await peer.wait_for(type="pong", t0_ms=5)
        json.dumps(peer.messages, allow_nan=False)
        await leave(peer)


FRAMES_TO_REFUSE = {
    ("VP8", "size"): vp8_key_frame(16_383, 16_383),
    ("H264", "size"): h264_key_frame(build_sps(8_192, 8_192)),
    ("H264", "units"): b"\0\0\1\x67" * 1_100,
    ("VP8", "undecodable"): vp8_cut_off_frame(640, 480),
}


@pytest.mark.parametrize(("codec", "reason"), FRAMES_TO_REFUSE)
async def test_a_frame_over_a_limit_is_counted_and_takes_no_memory(
    victim: ServerProcess, attack: Attack, codec: str, reason: str
) -> None:
    counted = f'tandem_webcam_frames_refused_total{{reason="{reason}"}}'
    async with attack(), FramePeer(victim.url) as peer:
        before, before_mb = (await victim.metrics()).get(counted, 0.0), victim.memory_mb()
        async with asyncio.timeout(PATIENCE_S):
            while (await victim.metrics()).get(counted, 0.0) == before:  # packets may be lost
                await peer.send_frame(codec, FRAMES_TO_REFUSE[codec, reason])
                await asyncio.sleep(0.1)
        assert victim.memory_mb() < before_mb + MAX_GROWTH_MB
        await leave(peer)

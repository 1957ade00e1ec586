"""The bad network of the tests does what it says, between two real peers."""

from __future__ import annotations

import asyncio

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack

from tools.udp_relay import NetworkConditions, Relay

pytestmark = pytest.mark.asyncio(loop_scope="function")
LATE = NetworkConditions(delay_ms=50, jitter_ms=20)


class Pair:
    """Two aiortc peers with a relay between them, a picture and a channel going up."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.here = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.there = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.channel = self.here.createDataChannel("words", ordered=False, maxRetransmits=0)

    async def __aenter__(self) -> Pair:
        opened = asyncio.Event()
        self.channel.on("open", opened.set)
        self.there.on("datachannel", lambda c: c.on("message", self.heard.put_nowait))
        self.here.addTransceiver(VideoStreamTrack(), direction="sendonly")
        await self.here.setLocalDescription(await self.here.createOffer())
        offer = await self.relay.rewrite_offer(self.here.localDescription.sdp)
        await self.there.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self.there.setLocalDescription(await self.there.createAnswer())
        answer = self.relay.rewrite_answer(self.there.localDescription.sdp)
        await self.here.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        async with asyncio.timeout(20):
            await opened.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.here.close()
        await self.there.close()

    async def count_arrivals(self, words: int) -> list[str]:
        for k in range(words):
            self.channel.send(str(k))
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.3)
        return [self.heard.get_nowait() for _ in range(self.heard.qsize())]


async def test_packets_are_late_and_out_of_order_and_none_is_lost() -> None:
    async with Relay(LATE, NetworkConditions()) as relay, Pair(relay) as pair:
        loop = asyncio.get_running_loop()
        sent_s = loop.time()
        pair.channel.send("now")
        assert await pair.heard.get() == "now"
        assert 0.03 <= loop.time() - sent_s < 0.2
        arrived = await pair.count_arrivals(60)
        assert sorted(arrived, key=int) == [str(k) for k in range(60)]
        assert arrived != sorted(arrived, key=int)


async def test_as_many_are_lost_as_asked_for_and_all_are_counted() -> None:
    # Five in a hundred, so that the peers still find each other; the channel does not repeat.
    async with (
        Relay(NetworkConditions(loss=0.05), NetworkConditions(), seed=3) as relay,
        Pair(relay) as pair,
    ):
        arrived = await pair.count_arrivals(400)
        assert 360 <= len(arrived) <= 398
        up = relay.counts["up"]
        assert 0.02 <= up.lost / (up.lost + up.passed) <= 0.09
        assert relay.counts["down"].lost == 0


async def test_one_path_is_left_and_an_outage_closes_it() -> None:
    async with Relay(NetworkConditions(), NetworkConditions()) as relay, Pair(relay) as pair:
        relay.interrupt(0.2)
        pair.channel.send("into the void")
        await asyncio.sleep(0.3)
        assert pair.heard.empty()
        assert relay.counts["up"].blocked >= 1
        pair.channel.send("and back")
        async with asyncio.timeout(2):
            assert await pair.heard.get() == "and back"


async def test_one_packet_of_the_picture_is_lost_for_good() -> None:
    async with Relay(NetworkConditions(), NetworkConditions()) as relay, Pair(relay) as pair:
        await pair.there.getReceivers()[0].track.recv()
        relay.drop_one_for_good("up")
        async with asyncio.timeout(5):
            while relay.counts["up"].blocked < 2:  # it is asked for again, and lost again
                await asyncio.sleep(0.02)
        lost = relay.dropped_packet("up")
        assert lost is not None and 96 <= lost.payload_type <= 127
        assert relay.counts["up"].lost == 0

"""A bad network for tests: a seeded UDP relay between two peers that loses, delays, reorders and
repeats packets.

The kernels that tests run on often have no netem. The relay stands between two peers, because the
candidates of both offer and answer are rewritten to its addresses, so that no direct path remains:

    bad = NetworkConditions(loss=0.05)
    async with Relay(up=bad, down=bad, seed=1) as relay:
        answer = await exchange(await relay.rewrite_offer(offer))
        await connection.setRemoteDescription(relay.rewrite_answer(answer))

"up" is from the peer that offers to the peer that answers. Only one path remains, over IPv4 and
UDP. Packets that come from neither peer are counted and dropped.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, NamedTuple

Direction = Literal["up", "down"]
Address = tuple[str, int]

MAX_QUEUED = 2000  # packets in one direction; a session sends that many in some seconds
CANDIDATE = re.compile(r"a=candidate:\S+ \d+ (?i:udp) \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host")
RTPMAP = re.compile(r"a=rtpmap:(\d+) ([\w-]+)/")
VIDEO_CODECS = {"VP8", "H264"}
RTX_CODECS = {"rtx"}  # RFC 4588: retransmissions have a payload type of their own


@dataclass(frozen=True, slots=True)
class NetworkConditions:
    """How packets travel in one direction."""

    loss: float = 0.0  # share, 0..1
    delay_ms: float = 0.0
    jitter_ms: float = 0.0  # each packet's delay varies by up to this, so packets change order
    duplication: float = 0.0  # share of packets that pass twice, 0..1


@dataclass(slots=True)
class PacketCounts:
    """How many packets of one direction passed, and why the others did not."""

    passed: int = 0
    duplicated: int = 0  # passed once more
    lost: int = 0  # at random
    blocked: int = 0  # by `interrupt` or `drop_one_for_good`
    overflowed: int = 0
    unknown_source: int = 0


class RtpHeader(NamedTuple):
    """The part of an RTP packet that is not encrypted (RFC 3550, 5.1)."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int


def parse_rtp_header(packet: bytes) -> RtpHeader | None:
    """Parse an RTP packet's header; None for RTCP, STUN and DTLS (RFC 7983, RFC 5761)."""
    if len(packet) < 12 or not 128 <= packet[0] <= 191 or 192 <= packet[1] <= 223:
        return None
    return RtpHeader(
        packet[1] & 0x7F,
        int.from_bytes(packet[2:4], "big"),
        int.from_bytes(packet[4:8], "big"),
        int.from_bytes(packet[8:12], "big"),
    )


class Relay:
    """Two sockets, each of which one peer takes for the other; open within the `with` block."""

    def __init__(self, up: NetworkConditions, down: NetworkConditions, seed: int = 0) -> None:
        self._loop = asyncio.get_running_loop()
        self._up = _Direction(up, random.Random(f"{seed} up"), self._blocks)
        self._down = _Direction(down, random.Random(f"{seed} down"), self._blocks)
        self._targeted_losses = {"up": _TargetedLoss(), "down": _TargetedLoss()}
        self._interrupted_until_s = 0.0
        self._codecs: dict[int, str] = {}  # by payload type

    async def __aenter__(self) -> Relay:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close both sockets, so that no more packets pass."""
        self._up.close()
        self._down.close()

    @property
    def counts(self) -> dict[Direction, PacketCounts]:
        return {"up": self._up.counts, "down": self._down.counts}

    async def rewrite_offer(self, sdp: str) -> str:
        """Open the sockets, and replace the offering peer's candidates by the relay's address.

        :raises ValueError: no candidate can be relayed.
        """
        client = find_candidate(sdp)
        await self._up.open(client[0], "up", source=client)
        await self._down.open(client[0], "down", target=client)
        self._up.out, self._down.out = self._down.transport, self._up.transport
        return replace_candidates(sdp, self._down.address)

    def rewrite_answer(self, sdp: str) -> str:
        """Replace the answering peer's candidates by the relay's address.

        :raises ValueError: no candidate can be relayed.
        """
        self._up.target = self._down.source = find_candidate(sdp)
        self._codecs = {int(kind): name for kind, name in RTPMAP.findall(sdp)}
        return replace_candidates(sdp, self._up.address)

    def interrupt(self, for_s: float) -> None:
        """Block all packets in both directions for some time."""
        self._interrupted_until_s = self._loop.time() + for_s

    async def move(self) -> None:
        """Give the offering peer another address, as when it leaves Wi-Fi for a mobile network.

        What the answering peer sends to the old one is lost.
        """
        client = self._down.target
        assert client is not None, "expected rewrite_offer before it"
        self._down.close()
        await self._down.open(client[0], "down", source=self._down.source, target=client)
        self._up.out = self._down.transport

    def drop_one_for_good(self, direction: Direction) -> None:
        """Drop the next video packet, and all retransmissions from then on.

        Use it where nothing else is lost, so that only this packet is retransmitted.
        """
        self._targeted_losses[direction] = _TargetedLoss(armed=True)

    def dropped_packet(self, direction: Direction) -> RtpHeader | None:
        """The header of the packet that `drop_one_for_good` dropped; None before it came."""
        return self._targeted_losses[direction].dropped

    def _blocks(self, direction: Direction, packet: bytes) -> bool:
        if self._loop.time() < self._interrupted_until_s:
            return True
        header = parse_rtp_header(packet)
        if header is None:
            return False
        codec = self._codecs.get(header.payload_type, "")
        return self._targeted_losses[direction].drops(header, codec)


@dataclass(slots=True)
class _TargetedLoss:
    """One packet that is dropped for good."""

    armed: bool = False
    dropped: RtpHeader | None = None

    def drops(self, header: RtpHeader, codec: str) -> bool:
        if self.armed and codec in VIDEO_CODECS:
            self.armed, self.dropped = False, header
        if self.dropped is None:
            return False
        is_same = (header.ssrc, header.sequence) == (self.dropped.ssrc, self.dropped.sequence)
        return is_same or codec in RTX_CODECS


@dataclass(slots=True)
class _Direction(asyncio.DatagramProtocol):
    """One direction: packets come in at its own socket and leave by the other direction's."""

    conditions: NetworkConditions
    random: random.Random
    blocks: Callable[[Direction, bytes], bool]
    counts: PacketCounts = field(default_factory=PacketCounts)
    direction: Direction = "up"
    source: Address | None = None
    target: Address | None = None
    transport: Any = None  # its own socket
    out: Any = None  # the other direction's
    _queued: int = 0

    async def open(
        self,
        host: str,
        direction: Direction,
        source: Address | None = None,
        target: Address | None = None,
    ) -> None:
        self.direction, self.source, self.target = direction, source, target
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, (host, 0))

    @property
    def address(self) -> Address:
        host, port = self.transport.get_extra_info("sockname")[:2]
        return host, port

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if tuple(addr[:2]) != self.source or self.target is None:
            self.counts.unknown_source += 1
        elif self.blocks(self.direction, data):
            self.counts.blocked += 1
        elif self.random.random() < self.conditions.loss:
            self.counts.lost += 1
        elif self._queued >= MAX_QUEUED:
            self.counts.overflowed += 1
        else:
            self._pass_later(data)
            if self.random.random() < self.conditions.duplication:
                self.counts.duplicated += 1
                self._pass_later(data)

    def error_received(self, exc: Exception) -> None:
        """Ignore that a peer has closed its socket."""

    def _delay_s(self) -> float:
        spread_ms = self.conditions.jitter_ms
        delay_ms = self.conditions.delay_ms + self.random.uniform(-spread_ms, spread_ms)
        return max(0.0, delay_ms / 1000)

    def _pass_later(self, data: bytes) -> None:
        self._queued += 1
        asyncio.get_running_loop().call_later(self._delay_s(), self._pass, data)

    def _pass(self, data: bytes) -> None:
        self._queued -= 1
        if not self.out.is_closing():
            self.counts.passed += 1
            self.out.sendto(data, self.target)


def find_candidate(sdp: str) -> Address:
    """Find the first candidate that can be relayed.

    :raises ValueError: there is none.
    """
    found = CANDIDATE.search(sdp)
    if found is None:
        raise ValueError("expected an IPv4 host candidate over UDP in the SDP, got none")
    return found[1], int(found[2])


def replace_candidates(sdp: str, address: Address) -> str:
    """Replace all candidates of each media section by one with this address."""
    host, port = address
    only = f"a=candidate:1 1 UDP 2130706431 {host} {port} typ host"
    lines, replaced = [], False
    for line in sdp.splitlines():
        if line.startswith("m="):
            replaced = False
        if line.startswith("a=candidate:"):
            if not replaced:
                lines.append(only)
            replaced = True
        else:
            lines.append(line)
    return "\r\n".join(lines) + "\r\n"

"""A bad network for tests: a seeded UDP relay that loses, delays and reorders what two peers send.

The kernels that tests run on often have no netem. A relay stands between the peers when the
candidates of offer and answer are rewritten to its addresses, both ways, so that no direct path
remains:

    async with Relay(up=Weather(loss=0.05), down=Weather(loss=0.05), seed=1) as relay:
        answer = await exchange(await relay.rewrite_offer(offer))
        await connection.setRemoteDescription(relay.rewrite_answer(answer))

"up" is from whoever offers to whoever answers. Only one path is kept, IPv4 and UDP; packets of
anybody else than the two peers are counted and let go.
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

WAITING = 2000  # packets under way in one direction; seconds of what a session sends
CANDIDATE = re.compile(r"a=candidate:\S+ \d+ (?i:udp) \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host")
RTPMAP = re.compile(r"a=rtpmap:(\d+) ([\w-]+)/")
PICTURES = {"VP8", "H264"}
AGAIN = {"rtx"}  # RFC 4588: what is sent again goes by a payload type of its own


@dataclass(frozen=True, slots=True)
class Weather:
    """What befalls packets in one direction."""

    loss: float = 0.0  # share, 0..1
    delay_ms: float = 0.0
    jitter_ms: float = 0.0  # each packet's delay varies by itself by up to this, so order changes


@dataclass(slots=True)
class Counts:
    """What became of the packets of one direction."""

    passed: int = 0
    lost: int = 0  # by chance
    refused: int = 0  # by the test: an outage, or the one that it lost on purpose
    overflowed: int = 0
    strangers: int = 0


class Rtp(NamedTuple):
    """What of an RTP packet is readable although it is encrypted (RFC 3550, 5.1)."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int


def rtp_of(packet: bytes) -> Rtp | None:
    """The header of an RTP packet; None of RTCP, STUN and DTLS (RFC 7983, RFC 5761)."""
    if len(packet) < 12 or not 128 <= packet[0] <= 191 or 192 <= packet[1] <= 223:
        return None
    return Rtp(
        packet[1] & 0x7F,
        int.from_bytes(packet[2:4], "big"),
        int.from_bytes(packet[4:8], "big"),
        int.from_bytes(packet[8:12], "big"),
    )


class Relay:
    """Two sockets, one that each peer takes for the other; open within the block."""

    def __init__(self, up: Weather, down: Weather, seed: int = 0) -> None:
        self._loop = asyncio.get_running_loop()
        self._up = _Way(up, random.Random(f"{seed} up"), self._refuses)
        self._down = _Way(down, random.Random(f"{seed} down"), self._refuses)
        self._losing = {"up": _OneLost(), "down": _OneLost()}
        self._out_until_s = 0.0
        self._kinds: dict[int, str] = {}  # payload type -> codec

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
        """Nothing passes any more."""
        self._up.close()
        self._down.close()

    @property
    def counts(self) -> dict[Direction, Counts]:
        return {"up": self._up.counts, "down": self._down.counts}

    async def rewrite_offer(self, sdp: str) -> str:
        """Stand in for the one who offers.

        :raises ValueError: no candidate that can be relayed.
        """
        client = candidate_of(sdp)
        await self._up.open(client[0], "up", source=client)
        await self._down.open(client[0], "down", target=client)
        self._up.out, self._down.out = self._down.transport, self._up.transport
        return with_candidate(sdp, self._down.address)

    def rewrite_answer(self, sdp: str) -> str:
        """Stand in for the one who answers.

        :raises ValueError: no candidate that can be relayed.
        """
        self._up.target = self._down.source = candidate_of(sdp)
        self._kinds = {int(kind): name for kind, name in RTPMAP.findall(sdp)}
        return with_candidate(sdp, self._up.address)

    def cut(self, for_s: float) -> None:
        """Nothing passes either way for a while."""
        self._out_until_s = self._loop.time() + for_s

    def lose_one(self, direction: Direction) -> None:
        """Lose the next packet of a picture, and whatever is sent again from then on.

        Use it where nothing else is lost: what is sent again is then that packet.
        """
        self._losing[direction] = _OneLost(armed=True)

    def lost_one(self, direction: Direction) -> Rtp | None:
        """The packet that was lost on purpose, once it was."""
        return self._losing[direction].lost

    def _refuses(self, direction: Direction, packet: bytes) -> bool:
        if self._loop.time() < self._out_until_s:
            return True
        one, rtp = self._losing[direction], rtp_of(packet)
        return rtp is not None and one.takes(rtp, self._kinds.get(rtp.payload_type, ""))


@dataclass(slots=True)
class _OneLost:
    """The loss of one packet for good."""

    armed: bool = False
    lost: Rtp | None = None

    def takes(self, rtp: Rtp, codec: str) -> bool:
        if self.armed and codec in PICTURES:
            self.armed, self.lost = False, rtp
        if self.lost is None:
            return False
        same = (rtp.ssrc, rtp.sequence) == (self.lost.ssrc, self.lost.sequence)
        return same or codec in AGAIN


@dataclass(slots=True)
class _Way(asyncio.DatagramProtocol):
    """One direction: in at its own socket, out at the other's."""

    weather: Weather
    random: random.Random
    refuses: Callable[[Direction, bytes], bool]
    counts: Counts = field(default_factory=Counts)
    direction: Direction = "up"
    source: Address | None = None
    target: Address | None = None
    transport: Any = None  # where its packets come in
    out: Any = None  # where they leave
    _waiting: int = 0

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
            self.counts.strangers += 1
        elif self.refuses(self.direction, data):
            self.counts.refused += 1
        elif self.random.random() < self.weather.loss:
            self.counts.lost += 1
        elif self._waiting >= WAITING:
            self.counts.overflowed += 1
        else:
            self._waiting += 1
            asyncio.get_running_loop().call_later(self._delay_s(), self._pass, data)

    def error_received(self, exc: Exception) -> None:
        """A peer that has closed its socket is no news."""

    def _delay_s(self) -> float:
        spread_ms = self.weather.jitter_ms
        delay_ms = self.weather.delay_ms + self.random.uniform(-spread_ms, spread_ms)
        return max(0.0, delay_ms / 1000)

    def _pass(self, data: bytes) -> None:
        self._waiting -= 1
        if not self.out.is_closing():
            self.counts.passed += 1
            self.out.sendto(data, self.target)


def candidate_of(sdp: str) -> Address:
    """The first address that a relay can stand for.

    :raises ValueError: there is none.
    """
    found = CANDIDATE.search(sdp)
    if found is None:
        raise ValueError("expected an IPv4 host candidate over UDP in the SDP, got none")
    return found[1], int(found[2])


def with_candidate(sdp: str, address: Address) -> str:
    """The same SDP with one candidate and no other, in each section that had any."""
    host, port = address
    only = f"a=candidate:1 1 UDP 2130706431 {host} {port} typ host"
    lines, had = [], False
    for line in sdp.splitlines():
        if line.startswith("m="):
            had = False
        if line.startswith("a=candidate:"):
            if not had:
                lines.append(only)
            had = True
        else:
            lines.append(line)
    return "\r\n".join(lines) + "\r\n"

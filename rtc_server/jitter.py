"""The receive buffer for video: a frame leaves with its last packet, a lost packet is given up.

aiortc's own ignores the RTP marker (RFC 3550, 5.1), so that each frame waits for the next one's
packet; and it waits for a lost packet until 512 others have come, which is many seconds of a
standing picture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from aiortc.jitterbuffer import JitterFrame

GIVE_UP_S = 0.15
CAPACITY = 1024  # packets; more than this waiting means that the sender has begun anew
SEQUENCES = 1 << 16


class Packet(Protocol):
    """What is needed of aiortc's RtpPacket; `_data` is its payload without the descriptor."""

    sequence_number: int
    timestamp: int
    marker: int
    _data: bytes


class FrameBuffer:
    """Puts packets in order and gives whole frames, in place of `aiortc.jitterbuffer`."""

    def __init__(self, now: Callable[[], float], give_up_s: float = GIVE_UP_S) -> None:
        self._now = now
        self._give_up_s = give_up_s
        self._packets: dict[int, Packet] = {}  # by sequence number, unwrapped
        self._next: int | None = None  # the sequence number that the next frame begins with
        self._stuck_since_s: float | None = None
        self.given_up = 0  # gaps that were not filled in time

    def add(self, packet: Packet) -> tuple[bool, JitterFrame | None]:
        """Take a packet; say whether the picture is damaged (ask for a key frame), give a frame.

        One frame at most comes out a packet: after a gap was filled the next packets bring the
        frames that had waited behind it.
        """
        sequence = self._unwrap(packet.sequence_number)
        if self._next is None or abs(sequence - self._next) > CAPACITY:
            self._packets.clear()
            self._next = sequence
        if sequence < self._next:
            return False, None  # too late, or a duplicate
        self._packets[sequence] = packet
        frame = self._take()
        if frame is not None or len(self._packets) == 0:
            self._stuck_since_s = None
            return False, frame
        return self._wait_or_give_up()

    def _unwrap(self, sequence: int) -> int:
        if self._next is None:
            return sequence
        step = (sequence - self._next + SEQUENCES // 2) % SEQUENCES - SEQUENCES // 2
        return self._next + step

    def _take(self) -> JitterFrame | None:
        """The next frame, if all its packets are there."""
        first = self._next or 0
        last = first
        while (packet := self._packets.get(last)) is not None:
            if packet.timestamp != self._packets[first].timestamp:
                last -= 1  # a sender that sets no marker: the next frame has begun
                break
            if packet.marker:
                break
            last += 1
        else:
            return None
        packets = [self._packets.pop(k) for k in range(first, last + 1)]
        self._next = last + 1
        return JitterFrame(b"".join(p._data for p in packets), packets[0].timestamp)

    def _wait_or_give_up(self) -> tuple[bool, JitterFrame | None]:
        """A frame is incomplete: is a packet missing, and for how long?"""
        missing = self._next or 0
        while missing in self._packets:
            missing += 1
        if missing > max(self._packets):
            self._stuck_since_s = None  # nothing is missing, the rest is on its way
            return False, None
        if self._stuck_since_s is None:
            self._stuck_since_s = self._now()
        if self._now() - self._stuck_since_s < self._give_up_s:
            return False, None
        self._skip_past(missing)
        return True, self._take()

    def _skip_past(self, missing: int) -> None:
        """Forget what is damaged or late: go on with the newest frame whose beginning is known."""
        self.given_up += 1
        self._stuck_since_s = None
        after = min(k for k in self._packets if k > missing)
        damaged = self._packets[after].timestamp
        starts = [
            k
            for k, packet in self._packets.items()
            if k > after
            and packet.timestamp != damaged
            and (before := self._packets.get(k - 1)) is not None
            and before.timestamp != packet.timestamp
        ]
        self._next = max(starts, default=max(self._packets) + 1)
        self._packets = {k: p for k, p in self._packets.items() if k >= self._next}

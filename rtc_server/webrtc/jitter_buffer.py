"""Packets of video in order, as whole frames: a frame leaves with its last packet. Pure.

In place of aiortc's buffer, which ignores the RTP marker (RFC 3550, 5.1), so that each frame waits
for the next one's packet; which gives one frame a packet, so that a stream of one-packet frames
stays late for ever after a gap; and which waits for a lost packet until 512 others have come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

GIVE_UP_S, MOST_PATIENCE_S = 0.15, 0.3
CAPACITY = 1024  # packets; more than this between two means that the sender has begun anew
SEQUENCES = 1 << 16


def patience_s(rtt_ms: float) -> float:
    """How long to wait for a packet that must be sent again.

    It takes a round trip, and more than the least one where that varies. With 5 % loss and a round
    trip of 100 ± 40 ms, 250 ms lost a fifth as many pictures as 150 ms (1 instead of 4 %).
    """
    return min(max(0.05 + 3 * rtt_ms / 1000, GIVE_UP_S), MOST_PATIENCE_S)


class Packet(Protocol):
    """What is needed of aiortc's RtpPacket; `_data` is its payload without the descriptor."""

    ssrc: int
    payload_type: int
    sequence_number: int
    timestamp: int
    marker: int
    _data: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """An encoded frame; whole, save that after a gap its beginning may have been lost."""

    data: bytes
    timestamp: int  # 32 bits at 90 kHz, as on the wire
    payload_type: int
    after_gap: bool  # it does not directly follow the frame that was given before it


class FrameBuffer:
    """Puts packets in order and gives frames; a gap that is not filled in time is given up.

    There is no timer: a gap is given up when the next packet comes, which at 15 frames/s or more is
    at most 67 ms late.
    """

    def __init__(self, now: Callable[[], float], give_up_s: float = GIVE_UP_S) -> None:
        self._now = now
        self.give_up_s = give_up_s  # how old a gap becomes; may be changed at any time
        self._waiting: dict[int, tuple[Packet, float]] = {}  # by unwrapped number, with arrival
        self._next = 0  # the number that the next frame begins with
        self._ssrc: int | None = None
        self._after_gap = True
        self.given_up = 0  # gaps that were not filled in time

    def __len__(self) -> int:
        """How many packets wait for others."""
        return len(self._waiting)

    def add(self, packet: Packet) -> list[Frame]:
        """Take a packet; give the frames that are complete now, in order."""
        number = self._unwrap(packet.sequence_number)
        if packet.ssrc != self._ssrc or abs(number - self._next) > CAPACITY:
            self._begin_with(packet)
            number = self._next
        if number < self._next or number in self._waiting:
            return []  # too late, or a duplicate
        self._waiting[number] = packet, self._now()
        frames = list(self._complete())
        while self._skip_old_gap():
            frames += self._complete()
        return frames

    def _unwrap(self, sequence_number: int) -> int:
        half = SEQUENCES // 2
        return self._next + (sequence_number - self._next + half) % SEQUENCES - half

    def _begin_with(self, packet: Packet) -> None:
        self._ssrc = packet.ssrc
        self._waiting.clear()
        self._next = packet.sequence_number
        self._after_gap = True

    def _complete(self) -> Iterator[Frame]:
        """Take out the frames whose packets are all there."""
        while (end := self._end_of_frame()) is not None:
            packets = [self._waiting.pop(k)[0] for k in range(self._next, end)]
            self._next = end
            if data := b"".join(packet._data for packet in packets):  # and no padding
                yield Frame(data, packets[0].timestamp, packets[0].payload_type, self._after_gap)
                self._after_gap = False

    def _end_of_frame(self) -> int | None:
        """One past the next frame's last packet; None while that is not known or not there."""
        first = self._waiting.get(self._next)
        number = self._next
        while (waiting := self._waiting.get(number)) is not None:
            if first is not None and waiting[0].timestamp != first[0].timestamp:
                return number  # a sender that sets no marker: the next frame has begun
            number += 1
            if waiting[0].marker:
                return number
        return None

    def _skip_old_gap(self) -> bool:
        """Go on behind the first gap if it has been one for too long; whether it was so.

        A gap is as old as the first packet that came from behind it.
        """
        missing = self._next
        while missing in self._waiting:
            missing += 1
        behind = {k: came_s for k, (_, came_s) in self._waiting.items() if k > missing}
        if not behind or self._now() - min(behind.values()) < self.give_up_s:
            return False
        self.given_up += 1
        self._next = min(behind)
        self._waiting = {k: waiting for k, waiting in self._waiting.items() if k in behind}
        self._after_gap = True
        return True

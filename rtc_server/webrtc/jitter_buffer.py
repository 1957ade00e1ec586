"""Puts video packets in order and hands out whole frames, each with its last packet. Pure.

It replaces aiortc's buffer, which has three faults. It ignores the RTP marker (RFC 3550, 5.1), so
that each frame waits for the next one's packet. It hands out one frame for each packet, so that a
stream of one-packet frames stays late for ever after a gap. It waits for a lost packet until 512
others have come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

MIN_GAP_WAIT_S, MAX_GAP_WAIT_S = 0.15, 0.3
CAPACITY = 1024  # packets; a larger jump between two means that the sender has started anew
SEQUENCE_WRAP = 1 << 16


def choose_gap_wait_s(rtt_ms: float) -> float:
    """Choose how long to wait for a lost packet to be sent again.

    Retransmission takes a round trip, and more than the shortest one where round trips vary. With
    5 % loss and a round trip of 100 ± 40 ms, waiting 250 ms instead of 150 ms lost a fifth as many
    frames (1 % instead of 4 %).
    """
    return min(max(0.05 + 3 * rtt_ms / 1000, MIN_GAP_WAIT_S), MAX_GAP_WAIT_S)


class VideoPacket(Protocol):
    """What the buffer uses of aiortc's RtpPacket; `_data` is the payload without the descriptor."""

    ssrc: int
    payload_type: int
    sequence_number: int
    timestamp: int
    marker: int
    payload: bytes
    _data: bytes


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """A whole encoded frame; only after a gap its beginning may be missing."""

    data: bytes
    timestamp: int  # 32 bits at 90 kHz, as on the wire
    payload_type: int
    after_gap: bool  # it does not directly follow the frame that was handed out before it
    payloads: tuple[bytes, ...] = ()  # of its packets, as they came


class JitterBuffer:
    """Orders packets into frames, and gives up a gap that is not filled in time.

    There is no timer: a gap is given up when the next packet comes, which at 10 frames/s or more
    is at most 100 ms late.
    """

    def __init__(self, now: Callable[[], float], gap_wait_s: float = MIN_GAP_WAIT_S) -> None:
        self._now = now
        self.gap_wait_s = gap_wait_s  # how long to wait for a gap; may be changed at any time
        self._waiting: dict[int, tuple[VideoPacket, float]] = {}  # by unwrapped number; arrival
        self._next = 0  # the number of the next frame's first packet
        self._ssrc: int | None = None
        self._after_gap = True
        self.gaps_given_up = 0

    def __len__(self) -> int:
        """The number of packets that wait for others."""
        return len(self._waiting)

    def add(self, packet: VideoPacket) -> list[EncodedFrame]:
        """Take a packet and return the frames that are complete now, in order."""
        number = self._unwrap(packet.sequence_number)
        if packet.ssrc != self._ssrc or abs(number - self._next) > CAPACITY:
            self._restart_at(packet)
            number = self._next
        if number < self._next or number in self._waiting:
            return []  # too late, or a duplicate
        self._waiting[number] = packet, self._now()
        frames = list(self._pop_frames())
        while self._waiting and self._give_up_old_gap():
            frames += self._pop_frames()
        return frames

    def _unwrap(self, sequence_number: int) -> int:
        half = SEQUENCE_WRAP // 2
        return self._next + (sequence_number - self._next + half) % SEQUENCE_WRAP - half

    def _restart_at(self, packet: VideoPacket) -> None:
        self._ssrc = packet.ssrc
        self._waiting.clear()
        self._next = packet.sequence_number
        self._after_gap = True

    def _pop_frames(self) -> Iterator[EncodedFrame]:
        """Remove the frames whose packets are all there."""
        while (end := self._end_of_frame()) is not None:
            packets = [self._waiting.pop(k)[0] for k in range(self._next, end)]
            self._next = end
            if data := b"".join(packet._data for packet in packets):  # not only padding
                first = packets[0]
                payloads = tuple(packet.payload for packet in packets if packet.payload)
                yield EncodedFrame(
                    data, first.timestamp, first.payload_type, self._after_gap, payloads
                )
                self._after_gap = False

    def _end_of_frame(self) -> int | None:
        """The number after the next frame's last packet; None if that packet is not there yet."""
        first = self._waiting.get(self._next)
        number = self._next
        while (waiting := self._waiting.get(number)) is not None:
            if first is not None and waiting[0].timestamp != first[0].timestamp:
                return number  # the sender sets no marker, and the next frame has begun
            number += 1
            if waiting[0].marker:
                return number
        return None

    def _give_up_old_gap(self) -> bool:
        """Skip the first gap if it has been waited for long enough; return whether it was.

        A gap is as old as the first packet that came from behind it.
        """
        missing = self._next
        while missing in self._waiting:
            missing += 1
        if missing - self._next == len(self._waiting):
            return False  # there is none
        behind = {k: came_s for k, (_, came_s) in self._waiting.items() if k > missing}
        if not behind or self._now() - min(behind.values()) < self.gap_wait_s:
            return False
        self.gaps_given_up += 1
        self._next = min(behind)
        self._waiting = {k: waiting for k, waiting in self._waiting.items() if k in behind}
        self._after_gap = True
        return True

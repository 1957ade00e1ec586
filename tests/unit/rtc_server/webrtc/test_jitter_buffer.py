from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtc_server.webrtc.jitter_buffer import (
    CAPACITY,
    MIN_GAP_WAIT_S,
    SEQUENCE_WRAP,
    EncodedFrame,
    JitterBuffer,
    choose_gap_wait_s,
)

STEP = 3000  # of RTP time between frames, at 30 a second


@dataclass
class Packet:
    sequence_number: int
    timestamp: int
    marker: int
    _data: bytes
    ssrc: int = 1
    payload_type: int = 97

    @property
    def payload(self) -> bytes:
        return b"descriptor" + self._data


class Time:
    s = 100.0

    def __call__(self) -> float:
        return self.s


def stream(frames: int, packets: int = 3, first: int = 65_530) -> list[Packet]:
    """The packets of frames of these sizes; each packet's bytes identify it."""
    return [
        Packet(
            (first + f * packets + k) % SEQUENCE_WRAP,
            f * STEP,
            int(k == packets - 1),
            bytes([f, k]),
        )
        for f in range(frames)
        for k in range(packets)
    ]


def whole(frame: int, packets: int = 3) -> bytes:
    return b"".join(bytes([frame, k]) for k in range(packets))


def given_for(buffer: JitterBuffer, packets: Iterable[Packet]) -> list[EncodedFrame]:
    return [frame for packet in packets for frame in buffer.add(packet)]


def data(frames: list[EncodedFrame]) -> list[bytes]:
    return [frame.data for frame in frames]


def test_a_frame_is_complete_with_its_last_packet_across_the_wrap() -> None:
    buffer = JitterBuffer(Time())
    out = [data(buffer.add(p)) for p in stream(4)]
    assert out == [[], [], [whole(0)], [], [], [whole(1)], [], [], [whole(2)], [], [], [whole(3)]]


def test_without_markers_a_frame_is_complete_when_the_next_one_begins() -> None:
    buffer = JitterBuffer(Time())
    frames = given_for(buffer, (replace(packet, marker=0) for packet in stream(3)))
    assert data(frames) == [whole(0), whole(1)]


def test_frames_that_waited_for_a_retransmitted_packet_come_with_it() -> None:
    now = Time()
    buffer = JitterBuffer(now)
    packets = stream(6, packets=1)
    frames = given_for(buffer, (packets[k] for k in (0, 2, 3, 4)))
    assert data(frames) == [whole(0, 1)]
    now.s += MIN_GAP_WAIT_S - 0.01
    assert data(buffer.add(packets[1])) == [whole(k, 1) for k in (1, 2, 3, 4)]
    assert data(buffer.add(packets[5])) == [whole(5, 1)]
    assert buffer.gaps_given_up == 0


@pytest.mark.parametrize("packets", [1, 3])
def test_after_a_lost_packet_later_frames_are_not_late(packets: int) -> None:
    now = Time()
    buffer = JitterBuffer(now)
    sent = stream(60, packets, first=0)
    lost = 10 * packets
    late = {}
    for k, packet in enumerate(sent):
        now.s = 100 + (k // packets) / 30
        if k != lost:
            for frame in buffer.add(packet):
                late[frame.timestamp // STEP] = now.s - 100 - frame.timestamp / 90_000
    assert buffer.gaps_given_up == 1
    assert max(late) == 59 and set(range(60)) - set(late) <= {10}
    assert max(late.values()) < MIN_GAP_WAIT_S + 1.1 / 30
    assert all(late[k] == pytest.approx(0) for k in range(17, 60))


def test_a_frame_after_a_gap_is_marked_and_lacks_at_most_its_beginning() -> None:
    now = Time()
    buffer = JitterBuffer(now)
    packets = stream(4)
    frames = []
    for k in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11):  # the end of one and the beginning of the next
        frames += buffer.add(packets[k])
        now.s += 0.1
    assert [(f.data, f.after_gap) for f in frames] == [
        *((whole(0), True), (whole(2)[2:], True), (whole(3), False))
    ]


@pytest.mark.parametrize(
    ("rtt_ms", "waits_s"), [(-5, 0.15), (1, 0.15), (50, 0.2), (80, 0.29), (2000, 0.3)]
)
def test_the_gap_wait_depends_on_the_round_trip(rtt_ms: float, waits_s: float) -> None:
    assert choose_gap_wait_s(rtt_ms) == pytest.approx(waits_s)


def test_gaps_of_the_same_time_are_given_up_together() -> None:
    now = Time()
    buffer = JitterBuffer(now)
    packets = stream(8, packets=1)
    for k in (0, 2, 4, 6):
        buffer.add(packets[k])
    now.s += MIN_GAP_WAIT_S + 0.001
    assert data(buffer.add(packets[7])) == [whole(k, 1) for k in (2, 4, 6, 7)]
    assert buffer.gaps_given_up == 3


def test_packets_that_come_too_late_are_ignored() -> None:
    buffer = JitterBuffer(Time())
    packets = stream(3)
    assert len(given_for(buffer, packets)) == 3
    assert given_for(buffer, packets) == []
    assert len(buffer) == 0


@pytest.mark.parametrize("change", [{"sequence_number": 40_000}, {"ssrc": 2}])
def test_a_sender_that_starts_anew_is_followed(change: dict[str, int]) -> None:
    buffer = JitterBuffer(Time())
    for packet in stream(2, first=100):
        buffer.add(packet)
    again = {"sequence_number": 90, **change}
    frames = []
    for k, packet in enumerate(stream(2)):
        renamed = replace(packet, **{**again, "sequence_number": again["sequence_number"] + k})
        frames += buffer.add(renamed)
    assert [(f.data, f.after_gap) for f in frames] == [(whole(0), True), (whole(1), False)]


def test_padding_between_frames_is_not_a_frame() -> None:
    """Browsers send it under the timestamp of the frame before, without a marker."""
    sent = stream(3, packets=1)
    padding = replace(sent[1], timestamp=sent[0].timestamp, marker=0, _data=b"")
    second = replace(sent[2], timestamp=sent[1].timestamp, _data=sent[1]._data)
    frames = given_for(JitterBuffer(Time()), [sent[0], padding, second])
    assert [(f.data, f.after_gap) for f in frames] == [(whole(0, 1), True), (whole(1, 1), False)]


def test_a_frame_has_its_payload_type() -> None:
    buffer = JitterBuffer(Time())
    (frame,) = buffer.add(replace(stream(1, 1)[0], payload_type=101))
    assert frame.payload_type == 101


FIRST = st.integers(65_500, 65_540).map(lambda first: first % SEQUENCE_WRAP)
SIZES = st.integers(1, 4)


@given(SIZES, FIRST, st.lists(st.integers(0, 29), max_size=90), st.floats(0, 0.2))
def test_frames_are_in_order_complete_and_unique_whatever_comes(
    packets: int, first: int, order: list[int], step_s: float
) -> None:
    """Any order, any loss, any number of times."""
    now = Time()
    buffer = JitterBuffer(now)
    sent = stream(30, packets, first)
    given_before = -1
    for k in order:
        now.s += step_s
        for frame in buffer.add(sent[k]):
            number = frame.timestamp // STEP
            assert number > given_before
            if frame.after_gap:
                assert whole(number, packets).endswith(frame.data)
            else:
                assert number == given_before + 1 and frame.data == whole(number, packets)
            given_before = number
    assert len(buffer) <= len(set(order))


@given(SIZES, FIRST, st.lists(st.tuples(st.floats(0, 8), st.booleans()), min_size=40, max_size=40))
def test_disorder_and_duplicates_lose_nothing(
    packets: int, first: int, fates: list[tuple[float, bool]]
) -> None:
    """Each packet but the first comes up to eight places late, and perhaps twice."""
    now = Time()
    buffer = JitterBuffer(now)
    frames = []
    for packet in disordered(stream(40 // packets, packets, first), fates):
        now.s += MIN_GAP_WAIT_S / 20
        frames += buffer.add(packet)
    assert data(frames) == [whole(k, packets) for k in range(40 // packets)]
    assert [frame.after_gap for frame in frames].count(True) == 1
    assert buffer.gaps_given_up == 0 and len(buffer) == 0


def disordered(sent: list[Packet], fates: list[tuple[float, bool]]) -> Iterator[Packet]:
    yield sent[0]
    places = [(k + late, k) for k, (late, _) in enumerate(fates[: len(sent)]) if k]
    for _, k in sorted(places):
        yield sent[k]
        if fates[k][1]:
            yield sent[k]


@pytest.mark.parametrize("step", [1, 2, 7])
def test_memory_is_bounded_when_packets_form_no_frame(step: int) -> None:
    """No time passes, so that no gap is given up; with step 1 all packets belong to one frame."""
    buffer = JitterBuffer(Time())
    for k in range(2 * CAPACITY):
        buffer.add(Packet(k * step % SEQUENCE_WRAP, 0, 0, b""))
        assert len(buffer) <= CAPACITY + 1

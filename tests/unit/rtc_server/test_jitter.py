from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from rtc_server.jitter import FrameBuffer


@dataclass
class Packet:
    sequence_number: int
    timestamp: int
    marker: int
    _data: bytes


class Time:
    s = 100.0

    def __call__(self) -> float:
        return self.s


def stream(frames: int, packets: int = 3, first: int = 65_530) -> list[Packet]:
    """Frames of so many packets; each packet's bytes name it."""
    return [
        Packet(
            (first + f * packets + k) % 65_536,
            f * 3000,
            int(k == packets - 1),
            bytes([f, k]),
        )
        for f in range(frames)
        for k in range(packets)
    ]


def whole(frame: int, packets: int = 3) -> bytes:
    return b"".join(bytes([frame, k]) for k in range(packets))


def test_a_frame_leaves_with_its_last_packet_across_the_wrap() -> None:
    buffer = FrameBuffer(Time())
    out = [buffer.add(p)[1] for p in stream(4)]
    assert [f.data for f in out if f] == [whole(k) for k in range(4)]
    assert [out.index(f) for f in out if f] == [2, 5, 8, 11]


def test_without_markers_a_frame_leaves_when_the_next_begins() -> None:
    buffer = FrameBuffer(Time())
    packets = stream(3)
    for packet in packets:
        packet.marker = 0
    out = [buffer.add(p)[1] for p in packets]
    assert [f.data for f in out if f] == [whole(0), whole(1)]


def test_disorder_is_put_right() -> None:
    buffer = FrameBuffer(Time())
    packets = stream(2)
    out = [buffer.add(packets[k])[1] for k in (0, 2, 1, 4, 5, 3)]
    assert [f.data for f in out if f] == [whole(0), whole(1)]


def test_a_lost_packet_is_waited_for_and_then_given_up_with_a_key_frame_asked_for() -> None:
    now = Time()
    buffer = FrameBuffer(now, give_up_s=0.15)
    packets = stream(8)
    frames, damaged = [], []
    for k, packet in enumerate(packets):
        now.s += 0.033 / 3
        if k == 4:
            continue
        pli, frame = buffer.add(packet)
        damaged.append(pli)
        frames += [frame.data] if frame else []
    assert sum(damaged) == 1 and buffer.given_up == 1
    assert frames[0] == whole(0) and frames[-1] == whole(7)
    assert whole(1) not in frames


def test_a_packet_that_comes_again_in_time_loses_nothing() -> None:
    now = Time()
    buffer = FrameBuffer(now)
    packets = stream(6)
    late = packets.pop(4)
    out = [buffer.add(p) for p in packets[:9]]
    now.s += 0.1
    out += [buffer.add(p) for p in (late, *packets[9:])]
    assert not any(pli for pli, _ in out)
    frames = [f.data for _, f in out if f]
    assert frames == [whole(k) for k in range(len(frames))] and len(frames) >= 5


def test_a_sender_that_begins_anew_is_followed() -> None:
    buffer = FrameBuffer(Time())
    for packet in stream(2, first=100):
        buffer.add(packet)
    out = [buffer.add(p)[1] for p in stream(2, first=40_000)]
    assert [f.data for f in out if f] == [whole(0), whole(1)]


@given(st.lists(st.integers(0, 29), max_size=90), st.floats(0, 0.2))
def test_whatever_comes_frames_are_whole_and_in_order(order: list[int], step_s: float) -> None:
    now = Time()
    buffer = FrameBuffer(now)
    packets = stream(10, first=0)
    stamps = []
    for k in order:
        now.s += step_s
        _, frame = buffer.add(packets[k])
        if frame:
            assert frame.data == whole(frame.timestamp // 3000) or frame.data[-1] == 2
            stamps.append(frame.timestamp)
    assert stamps == sorted(set(stamps))

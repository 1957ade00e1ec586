"""What is decoded from a key frame on is what is decoded from the beginning on, bit by bit."""

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from rtc_server.authoring import decode, entry_points
from rtc_server.authoring.decode import decode_frames, first_frame_time
from rtc_server.authoring.entry_points import EntryPoint, find_entry_points, open_video_at
from rtc_server.authoring.frame_sampler import (
    FrameGeometry,
    SampleRange,
    sample_frames,
    sample_range,
)

SIZE = (96, 64)
FRAMES, KEY_EVERY = 60, 12
KINDS: dict[str, tuple[str, dict[str, str]]] = {
    "b.mp4": ("libx264", {"x264-params": "bframes=3:keyint=12:min-keyint=12"}),
    "open.mkv": ("libx264", {"x264-params": "bframes=3:keyint=12:min-keyint=12:open-gop=1"}),
    "b.ts": ("libx264", {"x264-params": "bframes=3:keyint=12:min-keyint=12"}),
    "open.hevc.mp4": ("libx265", {"x265-params": "keyint=12:min-keyint=12:log-level=error"}),
    "a.webm": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "g": "12"}),
    "vp8.mkv": ("libvpx", {"deadline": "realtime", "cpu-used": "8", "g": "12"}),
    "a.avi": ("mpeg4", {"g": "12"}),
    "b.mpeg4.mp4": ("mpeg4", {"bf": "2", "g": "12"}),
    "all.mov": ("mjpeg", {}),
}


def write(path: Path) -> Path:
    codec, options = KINDS[path.name]
    scene = np.random.default_rng(1).integers(0, 255, (SIZE[1], 500, 3), np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=30, options=options)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for k in range(FRAMES):
            image = np.ascontiguousarray(scene[:, 3 * k : 3 * k + SIZE[0]])
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = k, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def frames_from(path: Path, entry: EntryPoint | None) -> list[tuple[Fraction, Fraction, bytes]]:
    return [
        (one.start, one.end, one.frame.to_ndarray(format="bgr24").tobytes())
        for one in decode_frames(path, entry=entry)
    ]


@pytest.mark.parametrize("name", KINDS)
def test_frames_from_a_key_frame_on_are_those_of_the_whole_video(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name)
    entries = find_entry_points(path, first_frame_time(path))
    assert len(entries) >= FRAMES // KEY_EVERY
    everything = frames_from(path, None)
    for entry in entries[:: len(entries) // 5]:
        assert frames_from(path, entry) == [one for one in everything if one[0] >= entry.at]


@pytest.mark.parametrize("name", ["b.mp4", "open.mkv", "a.webm"])
def test_a_range_of_samples_is_a_part_of_all(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name)
    everything = [(one.k, one.t_s, one.image_bgr.tobytes()) for one in sample_frames(path, 7.5)]
    assert len(everything) == 15
    entry = find_entry_points(path, first_frame_time(path))[2]  # at 0.8 s, the sample 6
    geometry = FrameGeometry.of(next(decode_frames(path)).frame, None)
    for first, end in ((6, 9), (7, None), (8, 9)):
        samples = sample_range(path, 7.5, SampleRange(first, end, entry, geometry))
        got = [(one.k, one.t_s, one.image_bgr.tobytes()) for one in samples]
        assert got == everything[first:end]


def test_a_key_frame_that_is_none_makes_no_difference(tmp_path: Path) -> None:
    path = write(tmp_path / "b.mp4")
    origin = first_frame_time(path)
    tick = find_entry_points(path, origin)[0].tick
    no_key_frame = EntryPoint(round(Fraction(5, 30) / tick + origin / tick), tick, origin)
    assert frames_from(path, no_key_frame) == frames_from(path, None)


def test_a_frame_that_cannot_be_decoded_alone_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "b.mp4")
    everything = frames_from(path, None)
    entry = find_entry_points(path, first_frame_time(path))[2]
    real = open_video_at

    @contextlib.contextmanager
    def open_without_the_key_frame(path: Path, entry: EntryPoint | None) -> Iterator[Any]:
        with real(path, entry) as (container, stream, packets):
            if entry is not None:
                next(packets)
            yield container, stream, packets

    monkeypatch.setattr(decode, "open_video_at", open_without_the_key_frame)
    assert frames_from(path, entry) == everything


def test_seeking_that_leads_elsewhere_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "b.mp4")
    entry = find_entry_points(path, first_frame_time(path))[2]
    expected = frames_from(path, entry)
    monkeypatch.setattr(entry_points, "_seek", lambda *_: None)
    assert frames_from(path, entry) == expected


def find_in(monkeypatch: pytest.MonkeyPatch, packets: list[tuple[int | None, bool]]) -> list[int]:
    """The entry points' pts of a file with these packets: (pts, whether it is a key frame)."""
    told = [
        SimpleNamespace(
            size=9,
            pts=pts,
            is_keyframe=key,
            time_base=Fraction(1, 10),
            is_discard=False,
            is_corrupt=False,
        )
        for pts, key in packets
    ]
    container = SimpleNamespace(demux=lambda _stream: iter(told))
    monkeypatch.setattr(
        entry_points, "open_video", lambda _: contextlib.nullcontext((container, None))
    )
    return [entry.pts for entry in find_entry_points(Path("a.mp4"), Fraction(0))]


def test_frames_shown_before_a_key_frame_may_follow_it_in_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert find_in(monkeypatch, [(0, True), (4, True), (2, False), (3, False)]) == [0, 4]


def test_a_key_frame_among_later_ones_is_no_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_in(monkeypatch, [(0, True), (4, False), (2, True), (5, True)]) == [0, 5]


def test_timestamps_that_run_backwards_leave_no_entry_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forth = [(k, k % 10 == 0) for k in range(40)]
    assert find_in(monkeypatch, forth) == [0, 10, 20, 30]
    assert find_in(monkeypatch, [*forth, (5, False)]) == []


def test_packets_without_timestamps_leave_no_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_in(monkeypatch, [(0, True), (None, False), (2, True)]) == []

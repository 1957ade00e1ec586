"""Skipping frames that are not needed changes no sample, whatever the video is like."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.codec.context import Flags

from rtc_server.authoring import frame_skipping
from rtc_server.authoring.decode import decode_frames
from rtc_server.authoring.frame_sampler import sample_frames

SIZE = (96, 64)
CLOCK = 90_000
X264 = "keyint=20:bframes=3:b-adapt=0"
# What is in the file, and how it was encoded.
KINDS: dict[str, tuple[str, dict[str, str]]] = {
    "b.mp4": ("libx264", {"x264-params": X264}),
    "pyramid.mkv": ("libx264", {"x264-params": f"{X264}:b-pyramid=normal:open-gop=1"}),
    "many.mov": ("libx264", {"x264-params": "bframes=16:b-adapt=0:keyint=50"}),
    "b.ts": ("libx264", {"x264-params": X264}),
    "b.hevc.mp4": ("libx265", {"x265-params": "bframes=4:keyint=20:log-level=error"}),
    "layers.mp4": ("libx265", {"x265-params": "temporal-layers=3:bframes=7:log-level=error"}),
    "fields.mp4": ("libx264", {"x264-params": f"{X264}:interlaced=1"}),
    "a.webm": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8"}),
    "b.avi": ("mpeg4", {"bf": "2"}),
    "mpeg4.mp4": ("mpeg4", {"bf": "2"}),
}
LEFT_OUT = {"b.mp4", "pyramid.mkv", "many.mov", "b.ts", "b.hevc.mp4"}


def write(path: Path, times_s: Sequence[float | Fraction]) -> Path:
    """A scene that moves as a whole, in a file of the kind that its name says."""
    codec, options = KINDS[path.name]
    rng = np.random.default_rng(len(path.name))
    scene = rng.integers(0, 255, (SIZE[1], SIZE[0] + 3 * len(times_s), 3), np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=30, options=options)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        fixed_rate = path.suffix == ".avi" or codec == "mpeg4"
        clock = Fraction(1, 30) if fixed_rate else Fraction(1, CLOCK)
        stream.codec_context.time_base = clock
        stream.codec_context.flags |= Flags.frame_duration
        for k, t_s in enumerate(times_s):
            image = np.ascontiguousarray(scene[:, 3 * k : 3 * k + SIZE[0]])
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = round(t_s / clock), clock
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def steady(count: int = 75) -> list[Fraction]:
    return [Fraction(k, 30) for k in range(count)]


def uneven(seed: int, count: int = 75) -> list[float]:
    rng = np.random.default_rng(seed)
    return np.cumsum(
        rng.choice([0.011, 0.033, 0.05, 0.4], count, p=[0.2, 0.6, 0.15, 0.05])
    ).tolist()


def all_samples(path: Path, fps: float) -> list[tuple[int, bytes]]:
    return [(sample.k, sample.image_bgr.tobytes()) for sample in sample_frames(path, fps)]


def check(path: Path, fps: float, monkeypatch: pytest.MonkeyPatch) -> None:
    got = all_samples(path, fps)
    with monkeypatch.context() as patch:
        patch.setattr(frame_skipping, "CODECS", frozenset())
        assert all_samples(path, fps) == got


@pytest.mark.parametrize("fps", [1, 5, 7.5])
@pytest.mark.parametrize("name", KINDS)
def test_samples_are_those_of_all_frames_decoded(
    tmp_path: Path, name: str, fps: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(write(tmp_path / name, steady()), fps, monkeypatch)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["b.mp4", "pyramid.mkv", "b.ts", "b.hevc.mp4"])
def test_samples_are_the_same_if_the_frame_rate_varies(
    tmp_path: Path, name: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(write(tmp_path / name, uneven(seed)), 5, monkeypatch)


@pytest.mark.parametrize("name", KINDS)
def test_frames_are_skipped_if_the_codec_allows_it(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, steady())
    none_needed = sum(1 for _ in decode_frames(path, lambda *_: False))
    all_needed = sum(1 for _ in decode_frames(path, lambda *_: True))
    assert all_needed == 75
    assert (none_needed < 65) == (name in LEFT_OUT), none_needed


@pytest.mark.parametrize("name", ["b.mp4", "b.ts", "b.hevc.mp4"])
def test_damage_costs_no_sample_and_changes_none_before_it(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is shown for broken frames may differ, since it depends on what was decoded."""
    path = write(tmp_path / name, steady())
    data = bytearray(path.read_bytes())
    at = round(len(data) * 0.7)
    data[at : at + 40] = bytes(range(1, 41))
    path.write_bytes(data)
    got = all_samples(path, 5)
    monkeypatch.setattr(frame_skipping, "CODECS", frozenset())
    wanted = all_samples(path, 5)
    assert [k for k, _ in got] == [k for k, _ in wanted]
    assert got[:6] == wanted[:6]

"""Sample k is the frame on screen at k / fps, whatever the file is like."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rtc_server.authoring.frame_sampler import probe, sample_count, sample_frames
from tests.clips import index_of, write_clip


def shown_at(times_s: list[float], end_s: float, fps: float) -> list[int]:
    """The rule in its plainest form: the frame with the largest time <= k / fps."""
    wanted, k = [], 0
    while k / fps < end_s - 1e-9:
        wanted.append(max(i for i, t_s in enumerate(times_s) if t_s <= k / fps + 1e-6) % 26)
        k += 1
    return wanted


def sampled(path: Path, fps: float) -> list[int]:
    return [index_of(sample.image_bgr) for sample in sample_frames(path, fps)]


def steady(rate: float, seconds: float) -> list[Fraction]:
    return [Fraction(k) / Fraction(rate) for k in range(round(rate * seconds))]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
@pytest.mark.parametrize("fps", [1, 5, 7.5, 30])
def test_a_steady_video(tmp_path: Path, suffix: str, fps: float) -> None:
    path = write_clip(tmp_path / f"a{suffix}", steady(30, 2.1))
    times_s = [k / 30 for k in range(63)]
    assert sampled(path, fps) == shown_at(times_s, 2.1, fps)


def test_21_seconds_at_5_fps_are_105_samples(tmp_path: Path) -> None:
    for rate in (Fraction(30), Fraction(25), Fraction(24), Fraction(10), Fraction(30000, 1001)):
        count = round(21 * rate)
        times = [k / rate for k in range(count)]
        path = write_clip(tmp_path / "a.mp4", times, last_s=float(21 - times[-1]))
        assert sum(1 for _ in sample_frames(path, 5)) == 105, rate
        assert sample_count(probe(path).duration_s, 5) == 105, rate


def test_times_are_k_over_fps(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", steady(30, 1))
    assert [(s.k, s.t_s) for s in sample_frames(path, 5)] == [(k, k / 5) for k in range(5)]


@pytest.mark.parametrize("seed", range(4))
def test_a_varying_frame_rate(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ticks = np.cumsum(rng.integers(10, 400, 20))  # hundredths of a second would be too tidy
    times_s = [0.0, *(ticks / 1000).tolist()]
    path = write_clip(tmp_path / "a.mp4", times_s, last_s=0.123)
    assert sampled(path, 5) == shown_at(times_s, times_s[-1] + 0.123, 5)


def test_a_frame_that_is_shown_for_long_is_sampled_again_and_again(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", [0.0, 2.0], last_s=0.1)
    assert sampled(path, 5) == [0] * 10 + [1]


def test_times_count_from_the_first_frame(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", [3.0, 3.1, 3.2], last_s=0.1)
    assert sampled(path, 10) == [0, 1, 2]
    assert probe(path).duration_s == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("rotation", "corner"), [(0, (0, 0)), (90, (1, 0)), (-90, (0, 1)), (180, (1, 1))]
)
def test_a_turned_video_comes_out_upright(
    tmp_path: Path, rotation: int, corner: tuple[int, int]
) -> None:
    """A display matrix that turns left by 90° brings the upper left corner to the lower left."""
    path = write_clip(tmp_path / "a.mp4", [0.0], size=(66, 48), rotation=rotation, mark=True)
    info = probe(path)
    image = next(iter(sample_frames(path, 5))).image_bgr
    assert image.shape == (info.height, info.width, 3)
    assert (info.width < info.height) == (abs(rotation) == 90)
    assert info.rotation == -rotation % 360
    white = [
        (y, x) for y in (0, 1) for x in (0, 1) if image[-3 if y else 3, -3 if x else 3, 0] > 200
    ]
    assert white == [corner]


def test_odd_sizes_are_kept(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", steady(30, 0.2), size=(67, 49), codec="ffv1")
    assert next(iter(sample_frames(path, 5))).image_bgr.shape == (49, 67, 3)
    assert (probe(path).width, probe(path).height) == (67, 49)


def test_what_probe_says(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", steady(25, 2), last_s=0.04, sound_s=2.0)
    info = probe(path)
    assert (info.width, info.height, info.rotation) == (64, 48, 0)
    assert info.duration_s == pytest.approx(2.0)
    assert info.fps == pytest.approx(25)
    assert info.has_audio
    assert not probe(write_clip(tmp_path / "b.mp4", [0.0])).has_audio


@pytest.mark.parametrize("fps", [0, -1])
def test_a_rate_must_be_above_zero(tmp_path: Path, fps: float) -> None:
    path = write_clip(tmp_path / "a.mp4", [0.0])
    with pytest.raises(ValueError, match="above 0"):
        list(sample_frames(path, fps))


def test_a_video_that_breaks_off_is_sampled_as_far_as_it_goes(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", steady(30, 2))
    cut = tmp_path / "cut.mkv"
    data = path.read_bytes()
    cut.write_bytes(data[: len(data) * 2 // 3])
    got = sampled(cut, 5)
    assert 2 <= len(got) < 10
    assert got == sampled(path, 5)[: len(got)]


def test_a_video_ends_where_its_file_cannot_be_read_any_further(tmp_path: Path) -> None:
    """FFmpeg gives up a transport stream in a long run of zeros, with "try again"."""
    times_s = [k / 10 for k in range(20)]
    path = write_clip(tmp_path / "a.ts", times_s)
    whole_s = probe(path).duration_s
    path.write_bytes(path.read_bytes() + bytes(400_000))
    assert probe(path).duration_s == pytest.approx(whole_s, abs=0.2)
    assert sum(1 for _ in sample_frames(path, 5.0)) > 5

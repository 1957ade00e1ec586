"""Overlays: size, one frame per sample, captions, and no window without a display."""

from pathlib import Path

import av
import numpy as np
import pytest

from rtc_server.authoring.frame_sampler import SampledFrame
from rtc_server.authoring.overlays import OverlayVideo, PreviewWindow, draw_overlay
from rtc_server.errors import NoDisplay
from rtc_server.types import PoseTrack


@pytest.fixture
def track() -> PoseTrack:
    xy = np.random.default_rng(1).uniform(0.2, 0.7, (3, 18, 2)).astype(np.float32)
    return PoseTrack(np.arange(3) / 5, xy, np.ones((3, 18), np.float32), aspect=1.0)


def sample(k: int, level: int) -> SampledFrame:
    return SampledFrame(k, k / 5, np.full((201, 161, 3), level, np.uint8), 161 / 201)


def test_the_source_is_not_drawn_on(track: PoseTrack) -> None:
    source = sample(1, 90)
    image = draw_overlay(source, track, 5)
    assert (source.image_bgr == 90).all()
    assert image.shape == source.image_bgr.shape
    assert 0.02 < (image != 90).any(axis=2).mean() < 0.9


def test_on_black_the_source_is_not_visible(track: PoseTrack) -> None:
    assert (
        draw_overlay(sample(1, 90), track, 5, black=True)
        == draw_overlay(sample(1, 200), track, 5, black=True)
    ).all()


def test_captions_tell_samples_apart(track: PoseTrack) -> None:
    still = PoseTrack(track.t_s, track.xy[[0, 0, 0]], track.confidence, aspect=1.0)
    first, second = draw_overlay(sample(0, 90), still, 5), draw_overlay(sample(1, 90), still, 5)
    assert (first[-40:] != second[-40:]).any()
    assert (first[:-40] == second[:-40]).all()


def test_the_video_has_one_frame_per_sample(tmp_path: Path, track: PoseTrack) -> None:
    path = tmp_path / "a.mp4"
    with OverlayVideo(path, 5) as video:
        for k in range(3):
            video.add(draw_overlay(sample(k, 90), track, 5))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(video=0))
        assert stream.codec_context.name == "h264"
        assert (stream.width, stream.height) == (162, 202)
        assert [round(float(frame.time), 3) for frame in frames] == [0, 0.2, 0.4]


def test_without_a_display_a_window_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(NoDisplay, match="leave --show out"):
        PreviewWindow("poses")


def test_a_display_that_is_not_there_does_not_end_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    with pytest.raises(NoDisplay, match="none could be opened"):
        PreviewWindow("poses")

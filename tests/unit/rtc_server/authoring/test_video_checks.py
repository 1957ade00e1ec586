"""A video that no camera has made is refused before anything of it is decoded for a lesson."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from rtc_server.authoring.build_request import BuildRequest, Part
from rtc_server.authoring.decode import decode_frames
from rtc_server.authoring.video_checks import check_upload, check_video
from rtc_server.errors import BadVideo
from tests.clips import write_clip


def request(video: Path, part: Part | None = None) -> BuildRequest:
    return BuildRequest(video, video.parent, "x", "X", part=part, max_duration_s=600.0)


def test_the_length_is_that_of_the_lesson(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "a.mp4", [k / 10 for k in range(40)], last_s=0.1)
    assert check_upload(request(video)) == pytest.approx(4.0)
    assert check_upload(request(video, Part(1.0, 3.0))) == pytest.approx(2.0)


@pytest.mark.parametrize("part", [None, Part(0.0, 10.0)])
def test_few_bytes_that_claim_minutes_are_refused(part: Part | None, tmp_path: Path) -> None:
    """Also if only a part becomes the lesson: all of it would be decoded."""
    video = write_clip(tmp_path / "a.mp4", [0.0, 598.0], last_s=1.0)
    with pytest.raises(BadVideo, match="at least 297 kB of pictures for 599 s of video, got"):
        check_upload(request(video, part))
    check_video(request(video, part))  # whoever adds it on this machine may


def test_a_thousand_frames_a_second_are_refused(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "a.mp4", [k / 1000 for k in range(400)], last_s=0.001)
    with pytest.raises(BadVideo, match="at most 300 frames a second, got 1000"):
        check_upload(request(video))


def test_slow_motion_is_a_cameras(tmp_path: Path) -> None:
    times_s = [Fraction(k, 240) for k in range(240)]
    assert check_upload(request(write_clip(tmp_path / "a.mp4", times_s, last_s=1 / 240))) == 1.0


@pytest.mark.parametrize("last_s", [20_000.0])
def test_a_frame_is_not_shown_for_hours(last_s: float, tmp_path: Path) -> None:
    video = write_clip(tmp_path / "a.mp4", [0.0, 1.0], last_s=last_s)
    with pytest.raises(BadVideo, match="expected at most 600 s"):
        check_upload(request(video))
    with pytest.raises(BadVideo, match="expected at most 4 h, got a frame until 20001 s"):
        list(decode_frames(video))

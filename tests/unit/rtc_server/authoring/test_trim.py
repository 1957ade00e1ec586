"""Trimming is exact: which frames there are, how long they are shown, when sounds are heard."""

from pathlib import Path

import av
import numpy as np
import pytest

from rtc_server.authoring.audio import decode_audio
from rtc_server.authoring.build_request import Part
from rtc_server.authoring.decode import decode_frames
from rtc_server.authoring.frame_sampler import probe
from rtc_server.authoring.orientation import to_bgr
from rtc_server.authoring.pcm import SAMPLE_RATE_HZ
from rtc_server.authoring.trim import trim
from rtc_server.errors import BadPart, BadVideo
from tests.clips import index_of, write_clip


def cut_out(video: Path, from_s: float, to_s: float | None) -> Path:
    target = video.parent / "part.mp4"
    trim(video, target, Part(from_s, to_s), lambda *_: None)
    return target


def shown(video: Path) -> list[tuple[float, float, int]]:
    """When each frame begins and ends, and which one it is."""
    return [
        (float(one.start), float(one.end), index_of(to_bgr(one.frame)))
        for one in decode_frames(video)
    ]


def nearly(rows: list[tuple[float, float, int]]) -> object:
    return [(pytest.approx(a, abs=2e-5), pytest.approx(b, abs=2e-5), n) for a, b, n in rows]


def test_the_first_frame_is_the_one_on_screen_and_the_last_ends_with_the_part(
    tmp_path: Path,
) -> None:
    video = write_clip(tmp_path / "a.mp4", [0.0, 0.4, 0.5, 1.1, 1.3], last_s=0.7)
    assert shown(cut_out(video, 0.45, 1.2)) == nearly(
        [(0.0, 0.05, 1), (0.05, 0.65, 2), (0.65, 0.75, 3)]
    )


@pytest.mark.parametrize("codec", ["libx264", "libvpx-vp9"])
def test_a_part_has_the_length_that_was_asked_for(tmp_path: Path, codec: str) -> None:
    video = write_clip(tmp_path / "a.mkv", [k / 30 for k in range(60)], codec=codec)
    part = cut_out(video, 0.5, 1.25)
    assert probe(part).duration_s == pytest.approx(0.75, abs=0.0011)  # Matroska's tick is 1 ms
    assert [n for _, _, n in shown(part)] == [k % 26 for k in range(15, 38)]


def test_a_part_without_an_end_ends_with_the_video(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "a.mp4", [k / 10 for k in range(12)], last_s=0.1)
    assert probe(cut_out(video, 0.3, None)).duration_s == pytest.approx(0.9)
    assert probe(cut_out(video, 0.3, 99)).duration_s == pytest.approx(0.9)


def test_audio_is_cut_where_the_video_is(tmp_path: Path) -> None:
    video = write_clip(
        tmp_path / "a.mp4", [k / 30 for k in range(90)], clicks_s=(0.4, 1.1, 1.75), sound_s=3.0
    )
    sound = np.concatenate(list(decode_audio(cut_out(video, 0.6, 2.0))))
    loud = np.flatnonzero(np.abs(sound[:, 0].astype(float)) > 3000)
    clicks = loud[np.diff(loud, prepend=-SAMPLE_RATE_HZ) > SAMPLE_RATE_HZ // 10] / SAMPLE_RATE_HZ
    assert clicks == pytest.approx([0.5, 1.15], abs=0.003)
    assert len(sound) / SAMPLE_RATE_HZ == pytest.approx(1.4, abs=1024 / SAMPLE_RATE_HZ)


def test_a_silent_video_stays_silent(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "a.mp4", [k / 10 for k in range(12)], last_s=0.1)
    assert not probe(cut_out(video, 0.3, 1.0)).has_audio


def test_the_part_is_upright_and_no_larger_than_poses_need(tmp_path: Path) -> None:
    video = write_clip(
        tmp_path / "a.mp4", [0.0, 0.5, 1.0], size=(2000, 1000), rotation=-90, mark=True
    )
    part = cut_out(video, 0.25, None)
    assert (probe(part).width, probe(part).height, probe(part).rotation) == (640, 1280, 0)
    with av.open(str(part)) as container:
        image = to_bgr(next(container.decode(video=0)))
    assert image[:300, -100:].mean() > 200  # the mark: stored upper left, turned clockwise
    assert image[-300:, :100].mean() < 100


def test_colours_stay_what_they_were(tmp_path: Path) -> None:
    """Red tells the two ways of storing colours apart: by 20 levels, if they are confused."""
    video = tmp_path / "red.mp4"
    with av.open(str(video), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(10):
            red = np.full((48, 64, 3), (30, 40, 200), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(red, format="bgr24")))
        container.mux(stream.encode(None))
    one, two = (
        np.median(to_bgr(next(decode_frames(path)).frame), axis=(0, 1))
        for path in (video, cut_out(video, 0.2, None))
    )
    assert np.abs(one - two).max() <= 4


def test_a_part_beyond_the_end_is_refused_by_the_videos_length(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "a.mp4", [k / 10 for k in range(12)], last_s=0.1)
    with pytest.raises(BadPart, match=r"the video's 1\.20 s, .* from 1 s on"):
        cut_out(video, 1.0, 5.0)


def test_what_is_not_a_video_is_refused(tmp_path: Path) -> None:
    video = tmp_path / "notes.mp4"
    video.write_text("step left")
    with pytest.raises(BadVideo):
        cut_out(video, 0, 1)

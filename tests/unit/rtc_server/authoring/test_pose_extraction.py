"""Pose extraction takes no more memory for a long video, and keeps the source's aspect."""

import tracemalloc
import weakref
from pathlib import Path

import numpy as np
import pytest

from rtc_server.authoring.codecs import choose_format
from rtc_server.authoring.frame_sampler import probe
from rtc_server.authoring.people.parallel_search import search_in_threads
from rtc_server.authoring.people.section_search import SectionPeople
from rtc_server.authoring.people.sections import LONGEST_SIDE
from rtc_server.authoring.people.tracker import Image, People
from rtc_server.authoring.pose_extraction import extract_poses, place_of, track_instructors
from rtc_server.authoring.transcode import encode_video
from rtc_server.types import Pose, PoseTrack
from tests.clips import write_clip
from tests.unit.rtc_server.dances import dance, detected, moved, taken

SIZE = (160, 120)


def nobody(_image: Image, _t_s: float) -> People:
    return {}


def clip(path: Path, seconds: int) -> Path:
    return write_clip(path, [k / 10 for k in range(seconds * 10)], size=SIZE, last_s=0.1)


def peak(video: Path, folder: Path) -> int:
    """The most memory that Python and NumPy held at once, in bytes."""
    folder.mkdir()
    tracemalloc.start()
    try:
        info = probe(video)
        extract_poses(video, 5, search_in_threads(lambda: nobody, 1))
        encode_video(video, folder, choose_format(info), 1, lambda *_: None)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    short, long = clip(tmp_path / "short.mp4", 5), clip(tmp_path / "long.mp4", 50)
    peak(short, tmp_path / "warm")  # modules are loaded the first time
    grown = peak(long, tmp_path / "b") - peak(short, tmp_path / "a")
    # 225 poses and 900 packets more are known. (Pictures are FFmpeg's memory: see below.)
    assert grown < 225 * 1000 + 900 * 50


def test_few_images_are_held_at_once(tmp_path: Path) -> None:
    images: list[weakref.ref[Image]] = []
    most = 0

    def look(image: Image, t_s: float) -> People:
        nonlocal most
        images.append(weakref.ref(image))
        most = max(most, sum(one() is not None for one in images))
        return nobody(image, t_s)

    extract_poses(clip(tmp_path / "a.mp4", 10), 5, search_in_threads(lambda: look, 1))
    assert len(images) == 50
    assert most <= 2


@pytest.mark.parametrize(
    ("size", "seen"), [((1768, 994), (1280, 720)), ((96, 64), (96, 64)), ((64, 2000), (41, 1280))]
)
def test_images_are_scaled_down_and_keep_the_aspect_of_the_source(
    tmp_path: Path, size: tuple[int, int], seen: tuple[int, int]
) -> None:
    shapes: list[tuple[int, ...]] = []

    def tracker(image: Image, t_s: float) -> Pose:
        shapes.append(image.shape)
        return nobody(image, t_s)

    track = extract_poses(
        write_clip(tmp_path / "a.mp4", [0.0], size=size), 5, search_in_threads(lambda: tracker, 1)
    )
    assert shapes == [(seen[1], seen[0], 3)]
    assert max(seen) <= LONGEST_SIDE
    assert track.aspect == pytest.approx(size[0] / size[1])
    assert np.isnan(track.xy).all()


def instructors_of(*tracks: PoseTrack) -> list[PoseTrack]:
    """Of a video that shows these people."""
    samples = [dict(enumerate(poses)) for poses in zip(*(t.poses() for t in tracks), strict=True)]
    section = SectionPeople(0, samples, tracks[0].t_s.tolist(), [False] * len(samples))
    return track_instructors([section], tracks[0].aspect)


def test_each_of_two_who_dance_can_be_followed() -> None:
    pair = moved(dance(), 0.7, x=-0.05, y=0.1), moved(dance("jacks"), 0.7, x=0.35, y=0.1)
    found = instructors_of(*pair)
    assert sorted(map(place_of, found)) == pytest.approx([0.3, 0.7], abs=0.05)


def test_who_stands_beside_the_instructor_is_none() -> None:
    still = detected(taken(dance(), [0] * len(dance())))  # as a network sees them: they tremble
    assert len(instructors_of(moved(dance(), 0.7, x=0.1), moved(still, 0.7, x=0.4))) == 1


def test_somebody_who_is_never_seen_is_in_the_middle() -> None:
    assert (
        place_of(PoseTrack(np.zeros(1), np.full((1, 18, 2), np.nan), np.zeros((1, 18)), 1)) == 0.5
    )

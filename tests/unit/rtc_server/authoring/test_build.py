"""A lesson is complete or absent, whatever fails. The trackers here find known poses."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

import av
import numpy as np
import pytest

from rtc_server.authoring import build
from rtc_server.authoring.build import ensure_demo, make_lesson
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.people.tracker import Image, OpenTracker, People, PeopleTracker
from rtc_server.errors import BadLessonId, BadVideo, LessonExists, NobodyInPicture
from rtc_server.lessons.codecs import RENDITIONS
from rtc_server.lessons.store import Lesson, LessonStore
from rtc_server.progress import Progress, ignore_progress
from rtc_server.types import Pose
from tests.clips import index_of, write_clip


def truth(image: Image, t_s: float) -> People:
    """A pose that encodes the frame's number, so that a test can tell which frame was sampled."""
    xy = np.linspace(0.3, 0.6, 36, dtype=np.float32).reshape(18, 2)
    xy[0, 0] = index_of(image) / 100
    aspect = image.shape[1] / image.shape[0]
    return {0: Pose(t_s, xy, np.full(18, 0.5, np.float32), aspect=aspect)}


def nobody(_image: Image, _t_s: float) -> People:
    return {}


def impatient(_image: Image, _t_s: float) -> People:
    raise KeyboardInterrupt


@pytest.fixture
def video(tmp_path: Path) -> Path:
    times_s = [k / 10 for k in range(12)]
    return write_clip(tmp_path / "My Dance.MP4", times_s, last_s=0.1, sound_s=1.2)


@pytest.fixture
def store(tmp_path: Path) -> LessonStore:
    return LessonStore(tmp_path / "lessons")


def make(
    store: LessonStore,
    video: Path,
    tracker: PeopleTracker = truth,
    *,
    replace: bool = False,
    progress: Progress = ignore_progress,
) -> Lesson:
    request = BuildRequest(video, store.folder, "dance", "D", replace=replace)
    return make_lesson(request, lambda: tracker, progress)


def left(store: LessonStore) -> list[str]:
    return [p.name for p in store.folder.iterdir()] if store.folder.exists() else []


def test_a_lesson_has_the_poses_at_its_sample_times(store: LessonStore, video: Path) -> None:
    make(store, video)
    lesson = store.get("dance")
    poses = lesson.poses()
    assert poses.t_s.tolist() == [k / 5 for k in range(6)]
    # Smoothed, so a little behind; a whole sample would be 2.
    assert np.allclose(poses.xy[:, 0, 0] * 100, [0, 2, 4, 6, 8, 10], atol=0.25)
    assert (lesson.width, lesson.height, lesson.samples) == (64, 48, 6)
    assert lesson.duration_s == pytest.approx(1.2)


def test_renditions_last_as_long_as_the_lesson(store: LessonStore, video: Path) -> None:
    lesson = make(store, video)
    assert lesson.renditions == list(RENDITIONS)
    assert lesson.rates == (0.5, 0.75, 1.0)
    for name in lesson.renditions:
        assert lesson.rendition(name).duration_s == pytest.approx(1.2, abs=0.021)


def test_the_original_is_kept_byte_for_byte(store: LessonStore, video: Path) -> None:
    lesson = make(store, video)
    assert lesson.source_path.name == "source.mp4"
    assert lesson.source_path.read_bytes() == video.read_bytes()


def test_the_cover_image_is_the_widest_pose_in_the_second_quarter(
    store: LessonStore, video: Path
) -> None:
    with av.open(str(make(store, video).thumbnail_path)) as container:
        image = next(container.decode(video=0)).to_ndarray(format="bgr24")
    assert image.shape == (48, 64, 3)
    assert index_of(image) == 4


def test_a_silent_video_makes_a_silent_lesson(store: LessonStore, tmp_path: Path) -> None:
    lesson = make(store, write_clip(tmp_path / "a.mp4", [0.0, 0.5], last_s=0.5))
    assert not lesson.has_audio
    assert lesson.renditions == ["vp8", "h264", "vp8-low", "h264-low"]
    assert lesson.rates == (0.5, 0.75, 1.0)


def test_the_same_lesson_each_time(store: LessonStore, video: Path, tmp_path: Path) -> None:
    one = make(store, video).folder
    two = make(LessonStore(tmp_path / "again"), video).folder
    for path in one.iterdir():
        assert (two / path.name).read_bytes() == path.read_bytes(), path.name


def test_ctrl_c_leaves_nothing(store: LessonStore, video: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        make(store, video, impatient)
    assert left(store) == []


def test_a_signal_at_the_start_of_the_encoding_ends_it(
    store: LessonStore, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may come while `submit` starts the thread; the renditions must not be made to the end."""
    may_encode = threading.Event()

    class Interrupted(ThreadPoolExecutor):
        def submit(self, encode: Callable[..., Any], /, *arguments: Any) -> NoReturn:
            super().submit(lambda: may_encode.wait() and encode(*arguments))
            raise KeyboardInterrupt

        def __exit__(self, *exc_info: Any) -> bool | None:
            may_encode.set()
            return super().__exit__(*exc_info)

    encoded: list[int] = []
    monkeypatch.setattr(build, "ThreadPoolExecutor", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        make(store, video, progress=lambda _step, done, _total: encoded.append(done))
    assert encoded == [] and left(store) == []


def test_a_video_of_nobody_is_refused(store: LessonStore, video: Path) -> None:
    with pytest.raises(NobodyInPicture, match="found one in 0 of 6 samples"):
        make(store, video, nobody)
    assert left(store) == []


def test_encoding_stops_if_nobody_is_found(
    store: LessonStore, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*arguments: object) -> int:
        while True:
            arguments[-1](1, 2)  # type: ignore[operator]

    monkeypatch.setattr(build, "encode_video", endless)
    with pytest.raises(NobodyInPicture):
        make(store, video, nobody)
    assert left(store) == []


def test_pose_extraction_stops_if_encoding_fails(
    store: LessonStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = threading.Event()

    def full_disk(*_: object) -> int:
        failed.set()
        raise OSError("no space left")

    def progress(stage: str, done: int, _of: int) -> None:
        assert failed.wait(10)
        seen.append((stage, done))

    monkeypatch.setattr(build, "encode_video", full_disk)
    seen: list[tuple[str, int]] = []
    video = write_clip(tmp_path / "long.mp4", [k / 5 for k in range(300)])
    with pytest.raises(OSError, match="no space left"):
        make(store, video, progress=progress)
    assert len(seen) < 300
    assert left(store) == []


def test_what_is_not_a_video_is_refused(store: LessonStore, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("not a video")
    with pytest.raises(BadVideo, match="expected a video"):
        make(store, text)
    assert left(store) == []


def test_a_taken_id_is_refused_before_any_work(store: LessonStore, video: Path) -> None:
    make(store, video)
    with pytest.raises(LessonExists):
        make(store, video, impatient)
    assert left(store) == ["dance"]


def test_a_failed_replacement_leaves_the_lesson(store: LessonStore, video: Path) -> None:
    make(store, video)
    with pytest.raises(NobodyInPicture):
        make(store, video, nobody, replace=True)
    assert store.get("dance").samples == 6
    assert left(store) == ["dance"]


def test_an_id_that_is_a_path_is_refused(store: LessonStore, video: Path) -> None:
    with pytest.raises(BadLessonId):
        make_lesson(BuildRequest(video, store.folder, "../x", "x"), lambda: truth)


def test_progress_reaches_the_end_of_each_stage(store: LessonStore, video: Path) -> None:
    reported: dict[str, tuple[int, int]] = {}
    make(store, video, progress=lambda stage, done, of: reported.update({stage: (done, of)}))
    assert reported["poses"] == (6, 6)
    assert reported["pictures"] == (12, 12)
    assert reported["sound"] == (60 + 80 + 120, 60 + 80 + 120)
    assert sorted(reported) == ["pictures", "poses", "sound"]


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch, video: Path) -> Path:
    """A bundled video of the test's own; the real one takes a minute."""
    monkeypatch.setattr(build, "DEMO_VIDEO", video)
    return video


def never() -> OpenTracker:
    raise AssertionError("expected the lesson that is there")


@pytest.mark.usefixtures("demo")
def test_the_demo_is_made_once(store: LessonStore) -> None:
    assert ensure_demo(store, lambda: lambda: truth).id == "demo"
    assert ensure_demo(store, never).samples == 6


def test_another_demo_video_makes_the_demo_again(store: LessonStore, demo: Path) -> None:
    ensure_demo(store, lambda: lambda: truth)
    write_clip(demo.with_suffix(".mp4"), [0.0, 0.5], last_s=0.5)
    demo.write_bytes(demo.with_suffix(".mp4").read_bytes())
    assert ensure_demo(store, lambda: lambda: truth).samples == 5
    assert left(store) == ["demo"]


@pytest.mark.usefixtures("demo")
def test_a_demo_of_an_older_format_is_made_again(store: LessonStore) -> None:
    description = ensure_demo(store, lambda: lambda: truth).folder / "lesson.json"
    description.write_text(description.read_text().replace('"format": 2', '"format": 1'))
    assert store.get("demo").format == 1
    assert ensure_demo(store, lambda: lambda: truth).format == 2
    assert ensure_demo(store, never).has_rendition("opus-0.5")


@pytest.mark.usefixtures("demo")
def test_a_broken_demo_is_made_again(store: LessonStore) -> None:
    (ensure_demo(store, lambda: lambda: truth).folder / "vp8.bin").unlink()
    assert ensure_demo(store, lambda: lambda: truth).samples == 6
    assert len(store.get("demo").rendition("vp8")) == 12


def test_frames_that_last_longer_than_their_packets_say_end_the_work() -> None:
    reported: list[tuple[str, int, int]] = []
    report = build._step_progress(lambda *progress: reported.append(progress), "poses", 10)
    report(115, 115)
    with pytest.raises(BadVideo, match="expected 10 poses of the video's length"):
        report(116, 116)
    assert reported == [("poses", 115, 115)]

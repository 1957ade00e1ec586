"""Makes a lesson of a video: poses, renditions and a cover image, all of it or nothing."""

from __future__ import annotations

import hashlib
import re
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.codecs import choose_format
from rtc_server.authoring.cover_image import best_cover
from rtc_server.authoring.frame_sampler import VideoInfo, probe, sample_count
from rtc_server.authoring.people.parallel_search import SectionSearch, search_in_threads
from rtc_server.authoring.people.sections import plan_sections
from rtc_server.authoring.people.tracker import MODEL, OpenTracker
from rtc_server.authoring.pose_extraction import (
    POSES_VERSION,
    count_samples_with_person,
    place_of,
    report_samples,
    track_instructors,
)
from rtc_server.authoring.transcode import encode_audio, encode_video
from rtc_server.authoring.trim import SUFFIX, trim
from rtc_server.errors import BadVideo, BrokenLesson, LessonExists, NobodyInPicture
from rtc_server.lessons.codecs import FORMAT
from rtc_server.lessons.lesson import THUMBNAIL, Lesson, write_description, write_poses
from rtc_server.lessons.store import DEMO_ID, LessonStore, check_id
from rtc_server.lessons.temp_files import temp_folder_beside
from rtc_server.progress import Progress, ignore_progress
from rtc_server.types import PoseTrack

DEMO_TITLE = "Sunrise: a first dance"
DEMO_VIDEO = Path(__file__).resolve().parents[1] / "demo" / "demo.mp4"
# A lesson needs a person in at least this share of its samples.
MIN_SHARE_WITH_PERSON = 0.1
MAX_OVERRUN, SHORT_OVERRUN = 1.5, 100


def make_lesson(
    request: BuildRequest, open_tracker: OpenTracker, progress: Progress = ignore_progress
) -> Lesson:
    """Make a lesson and put it into the store; if that fails, nothing is left of it.

    :param open_tracker: opens what finds people, `request.workers` of them at the same time.
    :param progress: is called from two threads at the same time, for steps of their own.
    :raises BadLessonId: not an id.
    :raises LessonExists: the id is taken, and the lesson of that id is not to be replaced.
    :raises BadVideo: not a video, or no frame of it can be decoded.
    :raises BadPart: the part lies beyond the video's end.
    :raises NobodyInPicture: no person in it to follow.
    """
    store = LessonStore(request.lessons)
    if store.has(check_id(request.id)) and not request.replace:
        raise LessonExists(f"expected a new id, {request.id!r} is taken")
    store.clean()
    with temp_folder_beside(store.folder / request.id) as folder:
        search = search_in_threads(open_tracker, request.workers)
        write_lesson(folder, request, search, progress)
        return store.publish(folder, request.id, replace=request.replace)


def write_lesson(
    folder: Path,
    request: BuildRequest,
    search: SectionSearch,
    progress: Progress = ignore_progress,
) -> None:
    """Write all files of the lesson into `folder`; the description comes last.

    :raises BadVideo: not a video, or no frame of it can be decoded.
    :raises BadPart: the part lies beyond the video's end.
    :raises NobodyInPicture: no person in it to follow.
    """
    info = probe(request.video)
    source = folder / f"source{_suffix(request.video) if request.part is None else SUFFIX}"
    if request.part is not None:
        trim(request.video, source, request.part, _step_progress(progress, "cut"))
        info = probe(source)
    video = request.video if request.part is None else source
    try:
        tracks, duration_s, has_audio = _extract_and_encode(
            video, folder, info, request, search, progress
        )
    except NobodyInPicture as error:
        raise NobodyInPicture(f"{request.video}: {error}") from None
    if request.part is None:
        _store_video(request, source)
    for instructor, track in enumerate(tracks):
        write_poses(folder, track, instructor)
    description = {
        "title": request.title,
        "duration_s": duration_s,
        "width": info.width,
        "height": info.height,
        "pose_fps": request.pose_fps,
        "model": MODEL,
        "poses_version": POSES_VERSION,
        "source_sha256": sha256_of(source),
        "source_name": source.name,
        "has_audio": has_audio,
        "samples": len(tracks[0]),
        "instructors": [place_of(track) for track in tracks],
    }
    write_description(folder, description)


def ensure_demo(
    store: LessonStore,
    load_network: Callable[[], OpenTracker],
    progress: Progress = ignore_progress,
) -> Lesson:
    """Give the bundled lesson; make it first unless it is there, up to date and not broken.

    It is out of date if it was made of another video, in an older format, or with an older way of
    finding poses.

    :param load_network: is called only if the lesson is made, since loading the weights takes a
        moment.
    """
    with suppress(BrokenLesson):
        if store.has(DEMO_ID):
            lesson = store.get(DEMO_ID)
            same_video = lesson.source_sha256 == sha256_of(DEMO_VIDEO)
            if same_video and (lesson.poses_version, lesson.format) == (POSES_VERSION, FORMAT):
                return lesson
    request = BuildRequest(DEMO_VIDEO, store.folder, DEMO_ID, DEMO_TITLE, replace=True)
    return make_lesson(request, load_network(), progress)


def sha256_of(path: Path) -> str:
    """The file's sha256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _EncodingCancelled(Exception):
    """Raised in the encoding thread after the extraction of poses has failed."""


def _extract_and_encode(
    video: Path,
    folder: Path,
    info: VideoInfo,
    request: BuildRequest,
    search: SectionSearch,
    progress: Progress,
) -> tuple[list[PoseTrack], float, bool]:
    """Extract the poses and write the renditions at the same time.

    Each uses the cores that the other one leaves idle at times. If one of the two fails, the other
    stops at its next progress.

    :return: the poses of each instructor, the length in s, and whether there is audio.
    """
    cancelled = threading.Event()

    def on_encoded(step: str, done: int, total: int) -> None:
        if cancelled.is_set():
            raise _EncodingCancelled
        progress(step, done, total)

    with ThreadPoolExecutor(1, "encoding") as thread:
        try:  # from the start: a signal may end this thread before `submit` has returned
            encoding = thread.submit(_encode, video, folder, info, on_encoded)

            def on_pose(step: str, done: int, total: int) -> None:
                if encoding.done():
                    encoding.result()  # raises the error if encoding has failed
                progress(step, done, total)

            tracks = _extract_poses(video, folder, info, request, search, on_pose)
            return tracks, *encoding.result()
        finally:
            cancelled.set()


def _encode(video: Path, folder: Path, info: VideoInfo, progress: Progress) -> tuple[float, bool]:
    """Write the renditions; return the length in s, and whether there is audio."""
    format = choose_format(info)
    total = sample_count(info.duration_s, format.fps)
    on_pictures = _step_progress(progress, "pictures", total)
    count = encode_video(video, folder, format, total, on_pictures)
    # A video that breaks off is shorter than its headers say.
    duration_s = min(info.duration_s, count / format.fps)
    if not info.has_audio:
        return duration_s, False
    return duration_s, encode_audio(video, folder, duration_s, _step_progress(progress, "sound"))


def _extract_poses(
    video: Path,
    folder: Path,
    info: VideoInfo,
    request: BuildRequest,
    search: SectionSearch,
    progress: Progress,
) -> list[PoseTrack]:
    """Extract each instructor's poses of all samples, and write the cover image."""
    plan = plan_sections(video, request.pose_fps, info.duration_s)
    on_poses = _step_progress(progress, "poses", plan.expected)
    sections = search(video, plan, report_samples(on_poses, plan.expected))
    tracks = track_instructors(sections, plan.geometry.aspect)
    track = tracks[0]
    found = count_samples_with_person(track)
    if found < MIN_SHARE_WITH_PERSON * len(track) or not found:
        raise NobodyInPicture(
            f"expected a person to follow, found one in {found} of {len(track)} samples"
        )
    if (cover := best_cover(section.cover for section in sections)) is not None:
        (folder / THUMBNAIL).write_bytes(cover)
    return tracks


def _store_video(request: BuildRequest, target: Path) -> None:
    if request.move_video:
        request.video.rename(target)
    else:
        shutil.copyfile(request.video, target)


def _suffix(video: Path) -> str:
    """The video's own suffix if it is a plain one; it tells browsers what the video is."""
    suffix = video.suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ".bin"


def _step_progress(
    progress: Progress, step: str, expected: int | None = None
) -> Callable[[int, int], None]:
    """Report one step.

    :param expected: how much there is to do by the video's packets; decoded frames may say that
        they last longer, but not without end.
    """

    def report(done: int, total: int) -> None:
        if expected is not None and done > MAX_OVERRUN * expected + SHORT_OVERRUN:
            raise BadVideo(
                f"expected {expected} {step} of the video's length, its frames last longer"
            )
        progress(step, done, total)

    return report

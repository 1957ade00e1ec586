"""Makes a lesson of a video: poses, renditions and a thumbnail, whole or not at all."""

from __future__ import annotations

import hashlib
import re
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.codecs import choose_format
from rtc_server.authoring.frame_sampler import SampledFrame, VideoInfo, probe, sample_count
from rtc_server.authoring.pose_extraction import (
    MODEL,
    POSES_VERSION,
    People,
    Picture,
    Poser,
    find_poses,
    samples_with_somebody,
)
from rtc_server.authoring.transcode import encode_audio, encode_video
from rtc_server.authoring.trim import SUFFIX, trim
from rtc_server.errors import BadVideo, BrokenLesson, LessonExists, NobodyInPicture
from rtc_server.lessons.codecs import FORMAT
from rtc_server.lessons.lesson import THUMBNAIL, Lesson, write_description, write_poses
from rtc_server.lessons.store import DEMO_ID, LessonStore, check_id
from rtc_server.lessons.temp_files import folder_beside
from rtc_server.progress import Progress, ignore_progress
from rtc_server.types import Pose, PoseTrack

DEMO_TITLE = "Sunrise: a first dance"
DEMO_VIDEO = Path(__file__).resolve().parents[1] / "demo" / "demo.mp4"
# With somebody in fewer samples than this there is nothing to follow.
LEAST_SHARE = 0.1
THUMBNAIL_SIDE = 640


@dataclass(slots=True)
class _Best:
    """The picture for the thumbnail so far: a sure and wide pose, well into the lesson."""

    total: int
    worth: tuple[bool, float] = (False, -1.0)
    image: Picture | None = None

    def see(self, sample: SampledFrame, people: People) -> None:
        well_in = 0.25 <= sample.k / max(1, self.total) <= 0.5
        worth = (well_in, max(map(_showing, people.values()), default=0.0))
        if self.image is None or worth > self.worth:
            self.worth, self.image = worth, sample.image_bgr


def _showing(pose: Pose) -> float:
    """Standing still is surest and tells nothing: limbs spread out do."""
    found = pose.xy[np.isfinite(pose.xy).all(axis=1)]
    wide = float(np.ptp(found, axis=0).sum()) if len(found) else 0.0
    return float(pose.confidence.sum()) * wide


def check_video(request: BuildRequest) -> None:
    """Check that a lesson can be that part of the video, before the weights are loaded.

    :raises BadVideo: not a video, or more of it than a lesson may have.
    :raises BadPart: the part lies beyond the video's end.
    """
    duration_s = probe(request.video).duration_s
    if request.part is not None:
        begin, end = request.part.within(duration_s)
        duration_s = float(end - begin)
    if request.max_duration_s is not None and duration_s > request.max_duration_s:
        raise BadVideo(
            f"{request.video}: expected at most {request.max_duration_s:g} s, "
            f"got {duration_s:.1f} s; take a part of it"
        )


def make_lesson(
    request: BuildRequest, poser: Poser, progress: Progress = ignore_progress
) -> Lesson:
    """Make a lesson and put it into the store; if that fails, nothing is left of it.

    :param progress: is called from two threads, each with stages of its own.
    :raises BadLessonId: not an id.
    :raises LessonExists: the id is taken, and the lesson of that id is not to be replaced.
    :raises BadVideo: not a video, or nothing in it can be shown.
    :raises BadPart: the part lies beyond the video's end.
    :raises NobodyInPicture: no person in it to follow.
    """
    store = LessonStore(request.lessons)
    if store.has(check_id(request.id)) and not request.replace:
        raise LessonExists(f"expected a new id, {request.id!r} is taken")
    store.clean()
    info = probe(request.video)
    with folder_beside(store.folder / request.id) as folder:
        source = folder / f"source{_suffix(request.video) if request.part is None else SUFFIX}"
        material = request.video if request.part is None else source
        if request.part is not None:
            trim(request.video, source, request.part, lambda done, of: progress("cut", done, of))
            info = probe(source)
        try:
            track, duration_s, has_audio = _both(
                material, folder, info, request.pose_fps, poser, progress
            )
        except NobodyInPicture as error:
            raise NobodyInPicture(f"{request.video}: {error}") from None
        if request.part is None:
            _bring(request, source)
        write_poses(folder, track)
        write_description(
            folder,
            {
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
                "samples": len(track),
            },
        )
        return store.publish(folder, request.id, replace=request.replace)


def _bring(request: BuildRequest, source: Path) -> None:
    if request.move_video:
        request.video.rename(source)
    else:
        shutil.copyfile(request.video, source)


def ensure_demo(
    store: LessonStore, open_poser: Callable[[], Poser], progress: Progress = ignore_progress
) -> Lesson:
    """Give the bundled lesson, made first where it is missing, broken, of another video or of an
    older form, or where its poses were found in an older way.

    `open_poser` is called only then: loading the weights takes a moment.
    """
    with suppress(BrokenLesson):
        if store.has(DEMO_ID):
            lesson = store.get(DEMO_ID)
            same_video = lesson.source_sha256 == sha256_of(DEMO_VIDEO)
            if same_video and (lesson.poses_version, lesson.format) == (POSES_VERSION, FORMAT):
                return lesson
    request = BuildRequest(DEMO_VIDEO, store.folder, DEMO_ID, DEMO_TITLE, replace=True)
    return make_lesson(request, open_poser(), progress)


def sha256_of(path: Path) -> str:
    """The file's sha256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Stopped(Exception):
    """The other half of the work failed."""


def _both(
    video: Path, folder: Path, info: VideoInfo, fps: float, poser: Poser, progress: Progress
) -> tuple[PoseTrack, float, bool]:
    """Poses, length in s, and whether there is sound. Both halves of the work at once.

    Finding poses goes picture by picture and leaves a core idle now and then; encoding takes it.
    """
    stop = threading.Event()

    def encoding(stage: str, done: int, of: int) -> None:
        if stop.is_set():
            raise _Stopped
        progress(stage, done, of)

    with ThreadPoolExecutor(1, "encoding") as beside:
        encoded = beside.submit(_encode, video, folder, info, encoding)

        def looking(stage: str, done: int, of: int) -> None:
            if encoded.done():
                encoded.result()  # in vain, where that failed
            progress(stage, done, of)

        try:
            track = _find_poses(video, folder, info, fps, poser, looking)
            return track, *encoded.result()
        finally:
            stop.set()


def _encode(video: Path, folder: Path, info: VideoInfo, progress: Progress) -> tuple[float, bool]:
    """Write the renditions; give the length in s, and whether there is sound."""
    format = choose_format(info)
    total = sample_count(info.duration_s, format.fps)
    count = encode_video(
        video, folder, format, total, lambda done, of: progress("pictures", done, of)
    )
    # A video that breaks off promises more than can be shown.
    duration_s = min(info.duration_s, count / format.fps)
    if not info.has_audio:
        return duration_s, False
    return duration_s, encode_audio(
        video, folder, duration_s, lambda done, of: progress("sound", done, of)
    )


def _find_poses(
    video: Path, folder: Path, info: VideoInfo, fps: float, poser: Poser, progress: Progress
) -> PoseTrack:
    """Poses of every sample; the thumbnail on the way."""
    total = sample_count(info.duration_s, fps)
    best = _Best(total)

    def seen(sample: SampledFrame, people: People) -> None:
        best.see(sample, people)
        progress("poses", sample.k + 1, max(total, sample.k + 1))

    track = find_poses(video, fps, poser, seen)
    found = samples_with_somebody(track)
    if found < LEAST_SHARE * len(track) or not found:
        raise NobodyInPicture(
            f"expected a person to follow, found one in {found} of {len(track)} samples"
        )
    if best.image is not None:
        _write_thumbnail(folder / THUMBNAIL, best.image)
    return track


def _write_thumbnail(path: Path, image: Picture) -> None:
    scale = min(1.0, THUMBNAIL_SIDE / max(image.shape[:2]))
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 85])
    path.write_bytes(data.tobytes())


def _suffix(video: Path) -> str:
    """The source's suffix where it is a plain one; it tells browsers what the video is."""
    suffix = video.suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ".bin"

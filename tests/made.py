"""Films, lessons and poses that tests share, made once by the real code and real weights."""

from __future__ import annotations

from pathlib import Path

from rtc_server.authoring.build import DEMO_VIDEO, make_lesson
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.frame_sampler import probe
from rtc_server.authoring.people.parallel_search import search_in_threads
from rtc_server.authoring.people.tracker import load_pose_network
from rtc_server.authoring.pose_extraction import extract_poses
from rtc_server.commands.lesson import ensure_demo_lesson
from rtc_server.lessons.store import LessonStore
from rtc_server.pose.pose_files import track_to_csv
from tests.media import sports2d_demo
from tools import oracle
from tools.build_cache import build_once, cached_path, sources_of
from tools.dancer.scene import render
from tools.dancer.video_files import write

THIS_FILE = Path(__file__)
SHORT_S = 5.0
SHORT_FPS = 15
# Of the oracle's lesson: short, because nothing may run beside the tests that follow it. Where each
# has a core, their servers look more often than usual, so that there is as much to judge by.
ORACLE_S, ORACLE_LOOKS_FPS = 6.0, 8.0
ROOF_FPS = 5.0


def short_film() -> Path:
    """Five seconds from the middle of the first dance, silent. Do not write to it."""
    sources = [THIS_FILE, *sources_of("tools.dancer.scene", "tools.dancer.video_files")]
    return build_once(cached_path("films/short.mp4", sources), _write_short_film)


def short_lessons() -> Path:
    """A lesson store that holds the lesson "short", of the short film. Do not write to it."""
    sources = [
        THIS_FILE,
        short_film(),
        *sources_of("rtc_server.authoring.build", "rtc_server.authoring.pose_extraction"),
    ]
    return build_once(cached_path("lessons/short", sources), _make_short_lesson)


def demo_lessons() -> Path:
    """A lesson store that holds the demo, as `run.py serve` makes it when it is missing."""
    sources = [DEMO_VIDEO, *sources_of("rtc_server.commands.lesson")]
    return build_once(cached_path("lessons/demo", sources), ensure_demo_lesson)


def oracle_lessons() -> LessonStore:
    """A store that holds the beginning of the demo as the oracle's lesson. Do not write to it."""
    return oracle.open_store(duration_s=ORACLE_S)


def roof_poses() -> Path:
    """The instructor's poses in `sports2d_demo` as CSV, found by one thread of this machine."""
    modules = ("tests.media", "rtc_server.pose.pose_files", "rtc_server.authoring.people.tracker")
    sources = [THIS_FILE, *sources_of("rtc_server.authoring.pose_extraction", *modules)]
    return build_once(cached_path("poses/roof.csv", sources), _write_roof_poses)


def _write_roof_poses(path: Path) -> None:
    film = sports2d_demo()
    track = extract_poses(film, ROOF_FPS, search_in_threads(load_pose_network(), 1))
    info = probe(film)
    path.write_text(track_to_csv(track, info.width, info.height))


def _write_short_film(path: Path) -> None:
    scene = render("sunrise", "instructor", size=(240, 320), fps=SHORT_FPS, duration_s=12 + SHORT_S)
    times_s = (12 + k / SHORT_FPS for k in range(round(SHORT_S * SHORT_FPS)))
    write(path, (scene.frame_at(time_s) for time_s in times_s), SHORT_FPS)


def _make_short_lesson(folder: Path) -> None:
    folder.mkdir()
    make_lesson(BuildRequest(short_film(), folder, "short", "Short"), load_pose_network())

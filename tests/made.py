"""The film and the lessons that most tests share, made once by the real code and real weights."""

from __future__ import annotations

from pathlib import Path

from rtc_server.authoring.build import DEMO_VIDEO, make_lesson
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.people.tracker import load_pose_network
from rtc_server.commands.lesson import ensure_demo_lesson
from tools.build_cache import build_once, cached_path, sources_of
from tools.dancer.scene import render
from tools.dancer.video_files import write

THIS_FILE = Path(__file__)
SHORT_S = 5.0
SHORT_FPS = 15


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


def _write_short_film(path: Path) -> None:
    scene = render("sunrise", "instructor", size=(240, 320), fps=SHORT_FPS, duration_s=12 + SHORT_S)
    times_s = (12 + k / SHORT_FPS for k in range(round(SHORT_S * SHORT_FPS)))
    write(path, (scene.frame_at(time_s) for time_s in times_s), SHORT_FPS)


def _make_short_lesson(folder: Path) -> None:
    folder.mkdir()
    make_lesson(BuildRequest(short_film(), folder, "short", "Short"), load_pose_network())

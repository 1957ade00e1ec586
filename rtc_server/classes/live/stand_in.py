"""What stands for the lesson that a live class has none of. Pure."""

from __future__ import annotations

from pathlib import Path

from rtc_server.lessons.codecs import FORMAT
from rtc_server.lessons.lesson import Lesson
from rtc_server.scoring.growing.reference import LONGEST_S

WIDTH, HEIGHT = 1280, 720  # until a picture has come


def make_stand_in(code: str, title: str, pose_fps: float) -> Lesson:
    """The same on every host."""
    return Lesson(
        id=f"live-{code}",
        title=title,
        duration_s=LONGEST_S,
        width=WIDTH,
        height=HEIGHT,
        pose_fps=pose_fps,
        model="",
        source_sha256="",
        folder=Path(f"live-{code}"),
        has_audio=True,
        size_bytes=0,
        samples=0,
        source_name="",
        poses_version=0,
        format=FORMAT,
    )

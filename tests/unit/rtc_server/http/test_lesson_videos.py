"""In which forms a lesson's video can be had, and what a browser takes an uploaded one for."""

from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.http.lesson_videos import choose_video_type, list_videos


@pytest.mark.parametrize(
    "suffix", ["html", "htm", "xhtml", "svg", "xml", "js", "css", "pdf", "bin"]
)
def test_an_uploader_cannot_make_a_page_of_a_video(suffix: str) -> None:
    assert choose_video_type(f"source.{suffix}") == "application/octet-stream"


def test_a_video_is_sent_as_one() -> None:
    assert choose_video_type("source.mp4") == "video/mp4"
    assert choose_video_type("source.webm") == "video/webm"


@pytest.mark.parametrize(("has_audio", "codecs"), [(True, "vp8, opus"), (False, "vp8")])
def test_each_form_has_its_type(has_audio: bool, codecs: str) -> None:
    lesson: Any = SimpleNamespace(id="salsa", source_name="source.mov", has_audio=has_audio)
    assert list_videos(lesson) == [
        {"type": "video/quicktime", "url": "/api/lessons/salsa/video"},
        {
            "type": f'video/webm; codecs="{codecs}"',
            "url": "/api/lessons/salsa/video?format=webm",
        },
    ]

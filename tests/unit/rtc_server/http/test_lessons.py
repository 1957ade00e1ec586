"""What a browser takes an uploaded video for."""

import pytest

from rtc_server.http.lessons import choose_video_type


@pytest.mark.parametrize(
    "suffix", ["html", "htm", "xhtml", "svg", "xml", "js", "css", "pdf", "bin"]
)
def test_an_uploader_cannot_make_a_page_of_a_video(suffix: str) -> None:
    assert choose_video_type(f"source.{suffix}") == "application/octet-stream"


def test_a_video_is_sent_as_one() -> None:
    assert choose_video_type("source.mp4") == "video/mp4"
    assert choose_video_type("source.webm") == "video/webm"

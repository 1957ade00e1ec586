"""Codecs: the names on disk and in SDP, each in one entry; an unknown one is an error."""

import re

import pytest

from rtc_server.errors import UnknownCodec
from rtc_server.lessons.codecs import (
    AUDIO_RENDITIONS,
    FORMAT,
    H264,
    RATES,
    RENDITIONS,
    VIDEO_RENDITIONS,
    VP8,
    check_rendition,
    renditions_of_format,
    video_codec_for_sdp,
    video_codec_of,
)


def test_the_names_on_disk_are_those_that_lessons_have() -> None:
    assert VIDEO_RENDITIONS == ("vp8", "h264", "vp8-low", "h264-low")
    assert AUDIO_RENDITIONS == ("opus", "opus-0.75", "opus-0.5")
    assert RENDITIONS == VIDEO_RENDITIONS + AUDIO_RENDITIONS
    assert RATES == (0.5, 0.75, 1.0)


@pytest.mark.parametrize("sdp_name", ["VP8", "vp8"])
def test_a_codec_is_found_by_its_name_in_sdp(sdp_name: str) -> None:
    assert video_codec_for_sdp(sdp_name) is VP8


def test_a_codec_is_found_by_either_of_its_renditions() -> None:
    assert video_codec_of("h264") is H264
    assert video_codec_of("h264-low") is H264


def test_an_unknown_codec_is_an_error() -> None:
    with pytest.raises(UnknownCodec, match="expected VP8 or H264, got AV1"):
        video_codec_for_sdp("AV1")
    with pytest.raises(
        UnknownCodec, match="expected one of vp8, h264, vp8-low, h264-low, got opus"
    ):
        video_codec_of("opus")
    with pytest.raises(UnknownCodec, match=re.escape("opus-0.75, opus-0.5, got vp9")):
        check_rendition("vp9")


def test_an_older_format_has_fewer_renditions() -> None:
    assert renditions_of_format(1, has_audio=True) == ("vp8", "h264", "opus")
    assert renditions_of_format(1, has_audio=False) == ("vp8", "h264")
    assert renditions_of_format(FORMAT, has_audio=True) == RENDITIONS
    assert renditions_of_format(FORMAT, has_audio=False) == VIDEO_RENDITIONS

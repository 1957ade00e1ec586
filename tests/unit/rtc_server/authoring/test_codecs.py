"""Encoders: there is one for each rendition that lessons have."""

import pytest

from rtc_server.authoring.codecs import ENCODERS, VideoFormat, create_encoder
from rtc_server.errors import UnknownCodec
from rtc_server.lessons.codecs import VIDEO_CODECS, VIDEO_RENDITIONS

FORMAT = VideoFormat(64, 48, 30)


def test_every_codec_of_lessons_has_encoder_settings() -> None:
    assert set(ENCODERS) == set(VIDEO_CODECS)


@pytest.mark.parametrize("name", VIDEO_RENDITIONS)
def test_a_rendition_gets_the_bit_rate_of_its_name(name: str) -> None:
    expected = FORMAT.low_bit_rate if name.endswith("-low") else FORMAT.bit_rate
    assert create_encoder(name, FORMAT).bit_rate == expected


def test_an_unknown_rendition_has_no_encoder() -> None:
    with pytest.raises(UnknownCodec, match="got vp9-low"):
        create_encoder("vp9-low", FORMAT)

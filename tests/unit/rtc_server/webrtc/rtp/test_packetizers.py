"""The payloads against those that aiortc's encoders make."""

from __future__ import annotations

import pytest
from aiortc.codecs.vpx import Vp8Encoder

from rtc_server.webrtc.rtp.packetizers import PICTURE_IDS, Vp8Packetizer, packetize_opus


@pytest.mark.parametrize("size", [0, 1, 1295, 1296, 1297, 2592, 2593, 9000])
def test_a_frame_becomes_the_payloads_that_aiortc_makes(size: int) -> None:
    frame = bytes(k % 251 for k in range(size))
    for picture_id in (0, 127, 128, PICTURE_IDS - 1):
        assert Vp8Packetizer(picture_id)(frame) == Vp8Encoder._packetize(frame, picture_id)


def test_picture_ids_are_consecutive_and_wrap() -> None:
    packetize = Vp8Packetizer(PICTURE_IDS - 1)
    ids = [int.from_bytes(packetize(b"frame")[0][2:4], "big") & 0x7FFF for _ in range(3)]
    assert ids == [PICTURE_IDS - 1, 0, 1]


def test_audio_is_one_payload() -> None:
    assert packetize_opus(b"\xf8\xff\xfe") == [b"\xf8\xff\xfe"]

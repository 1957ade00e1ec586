"""The formats between which a sender of aiortc may change."""

from __future__ import annotations

from typing import Any

import pytest_asyncio
from aiortc import RTCRtpSender
from aiortc.rtcrtpparameters import (
    RTCRtcpParameters,
    RTCRtpCodecParameters,
    RTCRtpSendParameters,
)

from rtc_server.webrtc.rtp.sender_formats import RTX_PAYLOAD_TYPE, SenderFormats
from tests.unit.rtc_server.webrtc.rtp.fake_transport import FakeTransport

VP8 = RTCRtpCodecParameters("video/VP8", 90_000, payloadType=97)
VP8_RTX = RTCRtpCodecParameters("video/rtx", 90_000, payloadType=98, parameters={"apt": 97})
SINGLE = RTCRtpCodecParameters("video/H264", 90_000, payloadType=99, parameters={})
H264 = RTCRtpCodecParameters(
    "video/H264", 90_000, payloadType=101, parameters={"packetization-mode": "1"}
)
PARAMETERS = RTCRtpSendParameters(
    codecs=[VP8, VP8_RTX, SINGLE, H264], muxId="0", rtcp=RTCRtcpParameters()
)


@pytest_asyncio.fixture
async def sender() -> RTCRtpSender:
    made: Any = RTCRtpSender
    return made("video", FakeTransport())


async def test_a_sender_changes_between_the_negotiated_formats(sender: RTCRtpSender) -> None:
    formats = SenderFormats(sender)
    formats.begin(VP8)
    assert formats.codec_name == VP8.name
    await sender.send(PARAMETERS)
    assert formats.switch("h264") is H264, "one whose units may be split"
    assert (formats.codec_name, getattr(sender, RTX_PAYLOAD_TYPE)) == ("h264", None)
    assert formats.switch("VP8") is VP8
    assert getattr(sender, RTX_PAYLOAD_TYPE) == VP8_RTX.payloadType
    await sender.stop()


async def test_a_format_that_was_not_negotiated_is_none(sender: RTCRtpSender) -> None:
    formats = SenderFormats(sender)
    formats.begin(VP8)
    assert formats.switch("H264") is None
    assert formats.codec_name == VP8.name

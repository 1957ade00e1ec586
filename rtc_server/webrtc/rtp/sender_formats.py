"""Which of the negotiated formats a sender of aiortc 1.16 uses; it may change with any frame.

aiortc sends in the first format for ever. What is passed on from somebody else may be in another
one, and change where that somebody comes back with another encoder.
tests/unit/rtc_server/webrtc/rtp/test_sender_formats.py fails when a private part moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiortc import RTCRtpSender
from aiortc.codecs import is_rtx

SEND, RTX_PAYLOAD_TYPE = "send", "_RTCRtpSender__rtx_payload_type"
SINGLE_NAL = "0"  # packetization-mode of H.264 in which units may not be split (RFC 6184, 6.2)


class SenderFormats:
    """The formats of one sender, once they are negotiated."""

    def __init__(self, sender: RTCRtpSender) -> None:
        """Call it before the local description is set."""
        self.codec_name = ""  # of the format in use, in SDP
        self._sender: Any = sender
        self._codecs: Sequence[Any] = ()
        getattr(sender, RTX_PAYLOAD_TYPE)
        send = getattr(sender, SEND)

        async def send_noting_formats(parameters: Any) -> None:
            self._codecs = parameters.codecs
            await send(parameters)

        setattr(sender, SEND, send_noting_formats)

    def begin(self, codec: Any) -> None:
        """aiortc begins with this format."""
        self._codecs = self._codecs or [codec]
        self.codec_name = codec.name

    def switch(self, name: str) -> Any | None:
        """Use the format of that codec, and return it; None if it was not negotiated."""
        found = next((codec for codec in self._codecs if _fits(codec, name)), None)
        if found is not None:
            self.codec_name = name
            again = (c for c in self._codecs if _repeats(c, found))
            rtx = next(again, None)
            setattr(self._sender, RTX_PAYLOAD_TYPE, None if rtx is None else rtx.payloadType)
        return found


def _fits(codec: Any, name: str) -> bool:
    mode = str(codec.parameters.get("packetization-mode", SINGLE_NAL))
    return codec.name.lower() == name.lower() and (name.upper() != "H264" or mode != SINGLE_NAL)


def _repeats(codec: Any, repeated: Any) -> bool:
    return is_rtx(codec) and codec.parameters.get("apt") == repeated.payloadType

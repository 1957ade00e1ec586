"""One frame of the learner's camera, on its way to a pose."""

from __future__ import annotations

from dataclasses import dataclass

import av


@dataclass(frozen=True, slots=True)
class WebcamFrame:
    """One decoded frame in its own colour space; it is converted where it is used, in a thread."""

    video_frame: av.VideoFrame
    # As its sender wrote it: RTP time (32 bits at 90 kHz), or ms of the client's clock. Only the
    # capture clock of the same connection can read it.
    timestamp: float
    received_s: float  # on the server's clock, after decoding

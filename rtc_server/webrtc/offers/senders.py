"""Who makes an offer, and so what it has to hold."""

from __future__ import annotations

from typing import Literal

# A learner sends a webcam and receives the lesson; a screen has no camera of its own, because a
# phone is the camera; and that phone receives nothing.
Sender = Literal["learner", "screen", "camera"]

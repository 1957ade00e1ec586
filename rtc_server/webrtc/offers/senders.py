"""Who makes an offer, and so what it has to hold."""

from __future__ import annotations

from typing import Literal

# A learner sends a webcam and receives the lesson; a screen has no camera of its own, because a
# phone is the camera; and that phone receives nothing. The teacher of a live class sends and
# receives what they like; an encoder that is a class's camera (WHIP) has no data channels, nor has
# a viewer: another session host, which only receives that camera, for its own learners.
Sender = Literal["learner", "screen", "camera", "teacher", "encoder", "viewer"]


def find_sender(*, teaches_live: bool, screen_only: bool) -> Sender:
    """Who offers a session."""
    if teaches_live:
        return "teacher"
    return "screen" if screen_only else "learner"

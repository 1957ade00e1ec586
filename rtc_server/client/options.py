"""The options of a headless learner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import parse_qs, urldefrag

from rtc_server.client.script import Cue

TOKENS = ("invite", "token")  # what a link's fragment may carry
Transport = Literal["webrtc", "websocket"]
TRANSPORTS: tuple[Transport, ...] = get_args(Transport)


@dataclass(frozen=True, slots=True)
class LearnerOptions:
    """Where a headless learner connects, what it asks for, and what it sends."""

    url: str
    lesson: str
    camera: str  # a video file, or "instructor"; not used by a screen only
    echo_delay_ms: float = 0.0
    mirror: str = "auto"
    annotated: bool = False
    learner: str | None = None  # the name to keep the result under
    dancers: int | None = None  # how many are in the camera's picture; None: one learner
    rate: float = 1.0  # lesson seconds per second
    camera_latency_ms: float = 0.0  # how late the camera is known to be
    relay_only: bool = False  # send nothing but through a relay (TURN server)
    token: str | None = field(default=None, repr=False)  # of an invitation, or the operator's
    transport: Transport = "webrtc"
    screen_only: bool = False  # a phone is the camera
    script: tuple[Cue, ...] = ()  # what the learner does during the lesson

    def headers(self) -> Mapping[str, str]:
        """What shows the server who asks."""
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}


def split_link(link: str) -> tuple[str, str | None]:
    """The address in a link such as `https://HOST/#invite=…`, and its token if it has one.

    From then on the address can be printed.
    """
    url, fragment = urldefrag(link)
    given = parse_qs(fragment)
    return url, next((given[name][0] for name in TOKENS if name in given), None)

"""What HTTP needs of the sessions, be they in this process (`registry`) or on hosts (`cluster`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from rtc_server.history.results import Result
from rtc_server.invitations.invitation import Invitation
from rtc_server.protocol.server_messages import EndReason
from rtc_server.session.cameras.session_cameras import CameraOffer
from rtc_server.session.resume import ResumeRequest
from rtc_server.session.session_request import SessionRequest
from rtc_server.webrtc.trickle import Fragment


class RunningSession(Protocol):
    """One session, wherever it runs."""

    @property
    def id(self) -> str: ...

    @property
    def request(self) -> ResumeRequest: ...

    @property
    def learner(self) -> str | None: ...

    @property
    def ice_tag(self) -> str: ...

    async def fetch_description(self) -> dict[str, object]:
        """Its state, for `GET /api/sessions/{id}`."""

    async def add_fragment(self, fragment: Fragment, address: str) -> str | None:
        """Add candidates that come after the offer, or restart ICE and return the server's side."""

    async def add_camera(self, order: CameraOffer) -> str:
        """Let a phone become the camera, and return the answer to its offer."""


class SessionDirectory(Protocol):
    """All sessions: opens them, finds them by id, and ends them. See `SessionRegistry`."""

    async def open(
        self, request: SessionRequest, offer_sdp: str, resume: str | None = None
    ) -> tuple[RunningSession, str]: ...

    def find(self, id: str, owner: str | None = None) -> RunningSession: ...

    async def result(self, id: str, owner: str | None = None) -> Result: ...

    async def close(self, id: str, reason: EndReason, *, may_resume: bool = False) -> None: ...

    async def delete_learner(self, learner: str, owner: str | None = None) -> None: ...

    def end_uninvited(self, holds: Callable[[Invitation], bool]) -> None: ...

    def places_lost(self) -> int: ...

    async def drain(self, reason: EndReason) -> None: ...

"""A session that runs on a host, as the front knows it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.host_record import HostRecord
from rtc_server.cluster.reports import HostReport, OpenedSession, SessionFacts
from rtc_server.errors import TandemError, UnknownSession
from rtc_server.history.results import Result
from rtc_server.protocol.server_messages import EndReason
from rtc_server.session.admission import Stage
from rtc_server.session.cameras.session_cameras import CameraOffer
from rtc_server.session.resume import ResumeRequest
from rtc_server.webrtc.trickle import Fragment

Spawn = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


class RemoteSession:
    """What is asked of the session is asked of its host."""

    def __init__(
        self,
        id: str,
        request: ResumeRequest,
        opened: OpenedSession | SessionFacts,
        host: HostRecord,
        spawn: Spawn,
    ) -> None:
        """:param request: what its learner asked for, at this front or at another one.
        :param host: runs it.
        :param spawn: runs what nobody waits for.
        """
        self.id = id
        self.request = request
        self.learner = opened.learner
        self.ice_tag, self.cost = opened.ice_tag, opened.cost
        self.stage: Stage = "offered"  # as of the host's last report
        self.host = host
        self._reports = host.reports  # that had come when it was opened
        self._spawn = spawn

    def update(self, report: HostReport) -> bool:
        """Take what a new report of its host says; False: it has ended.

        A report that was under way while the session was opened does not know of it.
        """
        self.stage = report.stages.get(self.id, self.stage)
        if (facts := report.sessions.get(self.id)) is not None:
            self.ice_tag, self.learner = facts.ice_tag, facts.learner
        return self.id in report.stages or self.host.reports < self._reports + 2

    async def fetch_description(self) -> dict[str, object]:
        """
        :raises UnknownSession: it has ended, or its host is gone.
        """
        with self._host_lost_is_unknown():
            return await self.host.ask(lambda host: host.describe(self.id))

    async def fetch_result(self) -> Result:
        """
        :raises UnknownSession: it has ended, or its host is gone.
        """
        with self._host_lost_is_unknown():
            return await self.host.ask(lambda host: host.result(self.id))

    async def add_fragment(self, fragment: Fragment, address: str) -> str | None:
        """
        :raises UnknownSession: it has ended, or its host is gone: its learner then opens another.
        """
        with self._host_lost_is_unknown():
            answer = await self.host.ask(lambda host: host.add_fragment(self.id, fragment, address))
        self.ice_tag = answer.ice_tag
        return answer.answer

    async def add_camera(self, order: CameraOffer) -> str:
        """
        :raises UnknownSession: it has ended, or its host is gone.
        """
        with self._host_lost_is_unknown():
            return await self.host.ask(lambda host: host.add_camera(self.id, order))

    async def close(self, reason: EndReason, *, may_resume: bool = False) -> None:
        """
        :raises UnknownSession: it is gone already.
        """
        with self._host_lost_is_unknown():
            await self.host.ask(lambda host: host.close(self.id, reason, may_resume=may_resume))

    def forget_name(self, learner: str) -> None:
        """Its host forgets it, too, and those of other dancers, of whom the front knows none."""
        if self.learner == learner:
            self.learner = None

    def end(self, reason: EndReason) -> None:
        """Ask for an end without waiting for it."""
        self._spawn(self._end(reason))

    async def _end(self, reason: EndReason) -> None:
        with contextlib.suppress(TandemError):  # it has ended by itself
            await self.close(reason)

    @contextlib.contextmanager
    def _host_lost_is_unknown(self) -> Any:
        try:
            yield
        except HostLost:
            raise UnknownSession(
                f"expected the id of a running session, got {self.id!r:.60}, whose host is gone"
            ) from None

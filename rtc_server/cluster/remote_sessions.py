"""The sessions of all hosts, with the places that they have at this front."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rtc_server.cluster.host_record import HostRecord
from rtc_server.cluster.remote_session import RemoteSession, Spawn
from rtc_server.cluster.reports import HostReport, OpenedSession, SessionFacts
from rtc_server.session.admission import Claim
from rtc_server.session.resume import ResumeRequest


class RemoteSessions:
    """Those that run, by id."""

    def __init__(self, spawn: Spawn, release: Callable[[Claim], None]) -> None:
        """:param release: gives a place back.
        :param spawn: runs what nobody waits for.
        """
        self._spawn, self._release = spawn, release
        self._sessions: dict[str, tuple[RemoteSession, Claim | None]] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Iterator[RemoteSession]:
        return iter([session for session, _ in self._sessions.values()])

    def get(self, id: str) -> RemoteSession | None:
        session, _ = self._sessions.get(id, (None, None))
        return session

    def add(
        self,
        id: str,
        request: ResumeRequest,
        opened: OpenedSession | SessionFacts,
        host: HostRecord,
        claim: Claim | None,
    ) -> RemoteSession:
        """A session runs now.

        :param claim: its place at this front; None: another front opened it.
        """
        session = RemoteSession(id, request, opened, host, self._spawn)
        if claim is not None:
            claim.session = session
        self._sessions[id] = session, claim
        return session

    def forget(self, id: str) -> None:
        """Give a session's place back, once it has ended."""
        _, claim = self._sessions.pop(id, (None, None))
        if claim is not None:
            self._release(claim)

    def on_report(self, host: HostRecord, report: HostReport) -> None:
        """Forget those that have ended, and take what is new of the others."""
        for session in self:
            if session.host is host and not session.update(report):
                self.forget(session.id)

    def on_gone(self, host: HostRecord) -> None:
        """A host has ended, or died."""
        for session in self:
            if session.host is host:
                self.forget(session.id)

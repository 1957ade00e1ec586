"""Where an attempt is that somebody wants to go on with: on a host, or kept by the front."""

from __future__ import annotations

from collections.abc import Callable

from rtc_server.cluster.attempt_store import AttemptStore
from rtc_server.cluster.attempts.kept_attempt import KeptAttempt
from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.host_record import HostRecord
from rtc_server.cluster.pool import HostPool
from rtc_server.cluster.session_ids import parse_host_name


class AttemptFinder:
    """A host that lives has the newest; of one that is gone, what it reported last is kept."""

    def __init__(self, pool: Callable[[], HostPool], attempts: AttemptStore) -> None:
        self._pool, self._attempts = pool, attempts

    def find_host(self, id: str) -> HostRecord | None:
        """The host of a session, or of one that broke off, while it can be relied on and nobody
        else has its attempt; the id names it."""
        name = parse_host_name(id)
        host = next((host for host in self._pool() if host.name == name), None)
        if host is None or self._attempts.is_left(id) or not self._pool().is_reliable(host):
            return None
        return host

    def is_on(self, host: HostRecord, id: str) -> bool:
        """Whether that host has it, as far as anybody knows."""
        return parse_host_name(id) == host.name and not self._attempts.is_left(id)

    async def fetch(self, id: str, owner: str | None) -> KeptAttempt:
        """Take it from where it is.

        :raises UnknownSession: there is nothing to go on with.
        """
        if (host := self.find_host(id)) is not None:
            try:
                return await host.ask(lambda handle: handle.take_over(id, owner))
            except HostLost:
                pass  # just now
        return self._attempts.get(id, owner)

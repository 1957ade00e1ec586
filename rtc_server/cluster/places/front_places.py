"""The places of a front: who gets one, and on which hosts there is room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from rtc_server.cluster.host_record import HostRecord
from rtc_server.cluster.places.machine_places import ClusterPlaces
from rtc_server.cluster.remote_session import RemoteSession
from rtc_server.cluster.reports import HostReport
from rtc_server.config import Config
from rtc_server.errors import ServerFull
from rtc_server.metrics import Metrics
from rtc_server.session.admission import Admission
from rtc_server.session.offer_intake import OfferIntake
from rtc_server.session.places.capacity_watch import estimate_retry_s, set_places, show_cost

MAX_SESSIONS = 1000  # where the number of places is counted


class FrontPlaces:
    """The admission of a front, with as many places as its hosts' machines have time for."""

    def __init__(
        self,
        config: Config,
        metrics: Metrics,
        now: Callable[[], float],
        hosts: Callable[[], Iterable[HostRecord]],
    ) -> None:
        self._metrics = metrics
        self._now = now
        self._hosts = hosts
        self._counted = ClusterPlaces(MAX_SESSIONS)
        self.admission = Admission(
            *(config.max_sessions or MAX_SESSIONS, config.max_sessions_per_address),
            *(config.max_pending_per_address, now),
        )
        self.intake = OfferIntake(self.admission, metrics, self._estimate_retry_s)
        metrics.places.set(self.admission.places)

    def on_report(self, host: HostRecord, report: HostReport) -> None:
        """Count anew; nothing changes where the number of places is set."""
        if report.cost is not None:
            self._counted.update(host.machine, host.name, report.cost, self._now())
            self._apply()

    def on_gone(self, host: HostRecord) -> None:
        """A host has ended, or died."""
        self._counted.remove(host.machine, host.name)
        self._apply()

    def require_room(
        self,
        host: HostRecord,
        sessions: Iterable[RemoteSession],
        *,
        resumes: bool,
        cost: float = 1.0,
    ) -> None:
        """Check that a host, and its machine, have time for one more session.

        :param sessions: all that run.
        :param resumes: the learner had a place before.
        :param cost: how many learners' places the session takes.
        :raises ServerFull: they have not.
        """
        learners: dict[HostRecord, float] = defaultdict(float)
        for session in sessions:
            learners[session.host] += session.cost
        for each in self._hosts():
            reported = each.load.sessions if each.load else 0
            learners[each] = max(learners[each] + each.opening, reported)
        there = sum(count for each, count in learners.items() if each.machine == host.machine)
        if not self._counted.has_room(
            host.machine, learners[host], there, resumes=resumes, cost=cost
        ):
            error = ServerFull("no host has time for one more learner; try again soon")
            error.retry_after_s = self._estimate_retry_s()
            raise error

    def _apply(self) -> None:
        counted = self._counted
        if counted.is_counted:
            set_places(self.admission, counted.places, counted.ceiling, self._metrics)
            show_cost(counted.dearest, self._metrics)

    def _estimate_retry_s(self) -> int:
        return estimate_retry_s(host.load for host in self._hosts() if host.load is not None)

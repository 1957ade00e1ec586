"""Gives offers a place or refuses them, and counts what it refuses: in one process, and at the
front of session hosts."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from rtc_server.errors import ServerFull, ServerStopping, TandemError
from rtc_server.metrics import Metrics
from rtc_server.session.admission import Admission, Claim


class OfferIntake:
    """What every offer passes before a session is opened for it."""

    def __init__(
        self, admission: Admission, metrics: Metrics, estimate_retry_s: Callable[[], int]
    ) -> None:
        """:param estimate_retry_s: after how many seconds a place may be free."""
        self._admission = admission
        self._metrics = metrics
        self._estimate_retry_s = estimate_retry_s
        self._is_open = True

    def close(self) -> None:
        """Refuse all offers from now on."""
        self._is_open = False

    @contextlib.contextmanager
    def request(self) -> Iterator[None]:
        """Refuse requests while the server is stopping; count those that are refused.

        :raises ServerStopping: there will be no more sessions.
        """
        try:
            if not self._is_open:
                raise ServerStopping("the server is stopping; try again in a moment")
            yield
        except TandemError as error:
            self._metrics.offers_refused.labels(reason=error.code).inc()
            raise

    def take_place(self, address: str, *, resumes: bool = False, cost: float = 1.0) -> Claim:
        """Take a place; whoever had it and never connected is ended.

        :param cost: in places of one learner.
        :raises ServerFull, TooManyOffers, TooManyFromAddress: see `Admission.admit`.
        """
        try:
            claim, evicted = self._admission.admit(address, resumes=resumes, cost=cost)
        except ServerFull as error:
            self._metrics.sessions_refused.inc()
            error.retry_after_s = self._estimate_retry_s()
            raise
        if evicted is not None and evicted.session is not None:
            self._metrics.claims_evicted.labels(stage=evicted.stage).inc()
            evicted.session.end("never connected")
        return claim

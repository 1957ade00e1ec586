"""How often an invitation is used, and how often tokens may be wrong. Pure; time is passed in."""

from __future__ import annotations

from rtc_server.errors import TooManyOffers
from rtc_server.invitations.errors import TooManyRequests
from rtc_server.token_bucket import RateLimit, TokenBuckets

REQUESTS = RateLimit(50, 1000)  # of one learner; a page makes about thirty when it is opened
OFFERS = RateLimit(0.5, 20)  # of one learner, who reconnects eight times in two minutes at most
FAILURES = RateLimit(1, 100)  # tokens of one address that are none; a class may come a day late
ENTERED = RateLimit(2, 200)  # links that one address opens; a school is one
ISSUED = RateLimit(1, 200)  # of one teacher
MAX_KEYS = 10_000


class InvitationRates:
    """The limits of all learners, teachers and addresses."""

    def __init__(self) -> None:
        self._requests = TokenBuckets(REQUESTS, MAX_KEYS)
        self._offers = TokenBuckets(OFFERS, MAX_KEYS)
        self._failures = TokenBuckets(FAILURES, MAX_KEYS)
        self._entered = TokenBuckets(ENTERED, MAX_KEYS)
        self._issued = TokenBuckets(ISSUED, MAX_KEYS)

    def require_request(self, learner: str, now_s: float) -> None:
        """
        :raises TooManyRequests: the learner makes more than may be.
        """
        if not self._requests.take(learner, now_s):
            raise TooManyRequests(
                f"expected at most {REQUESTS.per_s:.0f} requests a second with one invitation, "
                "got more; try again in a moment"
            )

    def require_offer(self, learner: str, now_s: float) -> None:
        """
        :raises TooManyOffers: the learner opens more sessions than anybody needs.
        """
        if not self._offers.take(learner, now_s):
            raise TooManyOffers(
                f"expected at most {OFFERS.burst:.0f} sessions at once and one in "
                f"{1 / OFFERS.per_s:.0f} s with one invitation, got more"
            )

    def require_issue(self, teacher: str, now_s: float) -> None:
        """
        :raises TooManyRequests: the teacher invites more than anybody needs.
        """
        if not self._issued.take(teacher, now_s):
            raise TooManyRequests(
                f"expected at most {ISSUED.burst:.0f} invitations at once and "
                f"{ISSUED.per_s:.0f} a second, got more; try again in a moment"
            )

    def require_entry(self, address: str, now_s: float) -> None:
        """
        :raises TooManyRequests: the address opens more links than anybody needs: each may make a
            learner, with limits of their own.
        """
        if not self._entered.take(address, now_s):
            raise TooManyRequests(
                f"expected at most {ENTERED.burst:.0f} opened links at once and "
                f"{ENTERED.per_s:.0f} a second from one address, got more; try again in a moment"
            )

    def count_failure(self, address: str, now_s: float) -> None:
        """
        :raises TooManyRequests: too many tokens of that address were no invitations.
        """
        if not self._failures.take(address, now_s):
            raise TooManyRequests(
                "too many invitations from this address do not hold; try again in a moment"
            )

"""Who gets one of the server's places, and who loses one to somebody else. Pure; time is passed in.

An offer costs its sender nothing, so what it holds is only a claim to a place until the learner
connects. As long as there are places, claims are left alone. When there is none, the next learner
gets the place of the oldest claim of the address that has most of them. So a stranger who sends
offers and never connects competes with themselves: ten a second from one address kept others out
on 44 of 45 tries, when each held a place for 20 s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from rtc_server.errors import ServerFull, TooManyFromAddress, TooManyOffers
from rtc_server.protocol.server_messages import EndReason
from rtc_server.token_bucket import RateLimit, TokenBuckets

Stage = Literal["offered", "checked", "connected"]
# How old a claim is before somebody else may get its place. A learner on a slow network sends the
# first check 1 s after the offer and has connected after 3 s; several at once from one address are
# more likely an attack than a class, because a class does not begin on a full server.
UNCHECKED_S, UNCHECKED_CROWD_S = 3.0, 0.5
CHECKED_S, CHECKED_CROWD_S = 10.0, 3.0
CROWD = 2  # claims of one address
# Offers that are answered take 10 ms of processor time each. A class of 40 may begin at once.
OFFER_LIMIT = RateLimit(per_s=20, burst=40)
MAX_ADDRESSES = 10_000  # whose offers are remembered


class Claimant(Protocol):
    """What a claim needs of a session."""

    @property
    def stage(self) -> Stage: ...

    def end(self, reason: EndReason) -> None: ...


@dataclass(eq=False, slots=True)
class Claim:
    """One place that is taken."""

    address: str  # what the learner is counted by
    since_s: float
    cost: float = 1.0  # how many learners' places it takes: several dancers take more
    session: Claimant | None = None  # None while the offer is being answered

    @property
    def stage(self) -> Stage:
        return "offered" if self.session is None else self.session.stage


@dataclass(slots=True)
class Admission:
    """The places of a server. How many there are may change; whoever has connected stays."""

    places: int
    places_per_address: int  # 0: as many as there are
    pending_per_address: int  # of learners who have not connected yet; 0: as many as places
    now: Callable[[], float]
    ceiling: int | None = None  # so many and no more while the machine is behind
    _claims: list[Claim] = field(default_factory=list)  # the oldest first
    _offers: TokenBuckets = field(default_factory=lambda: TokenBuckets(OFFER_LIMIT, MAX_ADDRESSES))

    def __len__(self) -> int:
        """The number of sessions that have a place."""
        return len(self._claims)

    def count_unused(self, sessions: Sequence[Claimant]) -> int:
        """How many places are taken for none of these sessions; may be called in any thread."""
        return sum(claim.session not in sessions for claim in list(self._claims))

    def admit(
        self, address: str, *, resumes: bool = False, cost: float = 1.0
    ) -> tuple[Claim, Claim | None]:
        """Take a place; return it, and the claim that had it, which the caller has to end.

        :param resumes: the learner had a place before; the ceiling is not for them.
        :param cost: how many learners' places the session takes. Whatever it is, it fits alone.
        :raises TooManyOffers: the address sends too many, or too many of it are pending.
        :raises TooManyFromAddress: the address has as many places as one may have.
        :raises ServerFull: every place is taken.
        """
        now_s = self.now()
        places = self._count_places(resumes=resumes)
        refusal = self._refusal(address, places, cost)
        evicted = None
        if refusal is not None:
            is_full = isinstance(refusal, ServerFull)
            connected = [claim for claim in self._claims if claim.stage == "connected"]
            if is_full and _exceeds(connected, cost, places):
                raise refusal
            evicted = self._find_evictable(address, now_s, only_own=not is_full)
            if evicted is None:
                raise refusal
            rest = [claim for claim in self._claims if claim is not evicted]
            if cost > evicted.cost and _exceeds(rest, cost, places):
                raise refusal
        if not self._offers.take(address, now_s):
            raise TooManyOffers(
                f"expected at most {OFFER_LIMIT.per_s:.0f} offers a second from one address, "
                "got more"
            )
        if evicted is not None:
            self.release(evicted)
        claim = Claim(address, now_s, cost)
        self._claims.append(claim)
        return claim, evicted

    def release(self, claim: Claim) -> None:
        """Give a place back; it may have been given to somebody else already."""
        if claim in self._claims:
            self._claims.remove(claim)

    def _count_places(self, *, resumes: bool) -> int:
        """How many places there are now for somebody who comes, or comes back."""
        if resumes or self.ceiling is None:
            return self.places
        return min(self.places, self.ceiling)

    def _refusal(
        self, address: str, places: int, cost: float
    ) -> ServerFull | TooManyFromAddress | TooManyOffers | None:
        """Why there is no place left for an address; None if there is one."""
        own = [claim for claim in self._claims if claim.address == address]
        if self.places_per_address and _exceeds(own, cost, self.places_per_address):
            return TooManyFromAddress(
                f"expected at most {self.places_per_address} learners at one address, got one more"
            )
        if 0 < self.pending_per_address <= self._count_pending()[address]:
            return TooManyOffers(
                f"expected at most {self.pending_per_address} learners at one address who have "
                "not connected yet, got one more; try again in a moment"
            )
        if _exceeds(self._claims, cost, self.places):
            if not _exceeds(self._claims, 1.0, self.places):
                return ServerFull(
                    f"these dancers take {cost:g} of {self.places} places, and fewer are free; try "
                    "with fewer dancers, or again soon"
                )
            return ServerFull(f"all {self.places} places are taken; try again soon")
        if _exceeds(self._claims, cost, places):
            return ServerFull(
                f"the machine has no time for more than the {places} learners who are here; "
                "try again soon"
            )
        return None

    def _count_pending(self) -> Counter[str]:
        """How many learners of each address have not connected yet."""
        return Counter(claim.address for claim in self._claims if claim.stage != "connected")

    def _find_evictable(self, address: str, now_s: float, *, only_own: bool) -> Claim | None:
        """The claim whose place a learner of that address gets, if there is one."""
        pending = self._count_pending()
        evictable = [
            claim
            for claim in self._claims
            if claim.session is not None
            and claim.stage != "connected"
            and now_s - claim.since_s >= _protected_s(claim, pending, address)
            and (claim.address == address or not only_own)
        ]
        # Of an address with most claims; `max` takes the first of several, which is the oldest.
        return max(evictable, key=lambda claim: pending[claim.address], default=None)


def _exceeds(claims: Sequence[Claim], cost: float, places: int) -> bool:
    """Whether a session of that cost is too much beside those; alone it never is."""
    return bool(claims) and sum(claim.cost for claim in claims) + cost > places + 1e-9


def _protected_s(claim: Claim, pending: Counter[str], newcomer: str) -> float:
    """For how long a claim is safe from a learner of that address."""
    more = pending[claim.address] - pending[newcomer]
    if claim.stage == "checked":
        return CHECKED_CROWD_S if more > CROWD else CHECKED_S
    if more >= CROWD:
        return 0.0  # of a crowd, and somebody from elsewhere has fewer
    return UNCHECKED_CROWD_S if pending[claim.address] >= CROWD else UNCHECKED_S

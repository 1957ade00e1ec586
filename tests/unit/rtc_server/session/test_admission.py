"""Who gets a place, and whose claim to one is given to somebody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rtc_server.errors import ServerFull, TooManyFromAddress, TooManyOffers
from rtc_server.session.admission import (
    CHECKED_CROWD_S,
    CHECKED_S,
    OFFER_LIMIT,
    UNCHECKED_CROWD_S,
    UNCHECKED_S,
    Admission,
    Claim,
    Stage,
)

ATTACKER, LEARNER = "198.51.100.1", "203.0.113.9"


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class FakeSession:
    def __init__(self, stage: Stage) -> None:
        self.stage: Stage = stage

    def end(self, _: str) -> None: ...


class Server:
    """A server with some places; `join` is an offer that is answered at once."""

    def __init__(self, places: int = 8, **limits: int) -> None:
        self.clock = Clock()
        no_limits = {"places_per_address": 0, "pending_per_address": 0}
        self.admission = Admission(places, **(no_limits | limits), now=self.clock)

    def join(self, address: str, stage: Stage = "offered") -> tuple[Claim, Claim | None]:
        claim, evicted = self.admission.admit(address)
        claim.session = FakeSession(stage)
        return claim, evicted

    def fill(self, address: str, stage: Stage) -> Iterator[Claim]:
        while len(self.admission) < self.admission.places:
            yield self.join(address, stage)[0]

    def is_full_for(self, address: str) -> bool:
        try:
            claim, _ = self.join(address)
        except ServerFull:
            return True
        self.admission.release(claim)
        return False


def test_places_are_taken_and_given_back() -> None:
    server = Server(places=2)
    first, _ = server.join(LEARNER, "connected")
    server.join(LEARNER, "connected")
    with pytest.raises(ServerFull, match="all 2 places are taken"):
        server.join(LEARNER)
    server.admission.release(first)
    server.admission.release(first)
    assert len(server.admission) == 1
    assert server.join(LEARNER)[1] is None


def test_a_class_behind_one_address_gets_all_places_at_once() -> None:
    server = Server(places=30)
    assert len(list(server.fill(LEARNER, "offered"))) == 30


@pytest.mark.parametrize("stage", ["offered", "checked"])
def test_whoever_has_connected_keeps_the_place(stage: Stage) -> None:
    server = Server(places=2)
    server.join(ATTACKER, "connected")
    claim, _ = server.join(ATTACKER, stage)
    server.clock.now_s += 3600
    assert server.join(LEARNER, "connected")[1] is claim
    server.clock.now_s += 3600
    assert server.is_full_for(LEARNER)


def test_ten_offers_a_second_from_one_address_keep_nobody_out() -> None:
    """A good learner, at another address or at the same one, gets in on every try."""
    for address in (LEARNER, ATTACKER):
        server = Server()
        server.join("192.0.2.1", "connected")
        for tick in range(450):
            server.clock.now_s += 0.1
            if tick % 10 == 9:
                claim, _ = server.join(address)
                claim.session = FakeSession("checked")  # within a tenth of a second
                server.clock.now_s += 0.05
                claim.session = FakeSession("connected")
                server.admission.release(claim)  # and leaves again
            server.join(ATTACKER)


@pytest.mark.parametrize(
    ("stage", "crowd", "protected_s"),
    [
        ("offered", 1, UNCHECKED_S),
        ("offered", 2, 0.0),
        ("checked", 1, CHECKED_S),
        ("checked", 3, CHECKED_CROWD_S),
    ],
)
def test_a_claim_is_safe_for_a_while_from_a_learner_elsewhere(
    stage: Stage, crowd: int, protected_s: float
) -> None:
    server = Server(places=crowd)
    oldest, *_ = server.fill(ATTACKER, stage)
    if protected_s:
        server.clock.now_s += protected_s - 0.01
        assert server.is_full_for(LEARNER)
        server.clock.now_s += 0.02
    assert server.join(LEARNER)[1] is oldest


@pytest.mark.parametrize(
    ("stage", "crowd", "protected_s"),
    [
        *(("offered", 1, UNCHECKED_S), ("offered", 2, UNCHECKED_CROWD_S)),
        *(("checked", 1, CHECKED_S), ("checked", 8, CHECKED_S)),
    ],
)
def test_a_claim_is_safe_for_a_while_from_the_same_address(
    stage: Stage, crowd: int, protected_s: float
) -> None:
    server = Server(places=crowd)
    oldest, *_ = server.fill(ATTACKER, stage)
    server.clock.now_s += protected_s - 0.01
    assert server.is_full_for(ATTACKER)
    server.clock.now_s += 0.02
    assert server.join(ATTACKER)[1] is oldest


def test_the_address_with_most_claims_loses_one() -> None:
    server = Server(places=5)
    server.join(LEARNER)
    first, *_ = server.fill(ATTACKER, "offered")
    server.clock.now_s += UNCHECKED_S + 1
    assert server.join("192.0.2.1")[1] is first


def test_with_fewer_places_whoever_has_connected_stays() -> None:
    server = Server(places=4)
    list(server.fill(ATTACKER, "connected"))
    server.admission.places = 2
    server.clock.now_s += 3600
    with pytest.raises(ServerFull, match="all 2 places are taken"):
        server.join(LEARNER)
    assert len(server.admission) == 4


def test_with_fewer_places_a_claim_still_goes_to_somebody_else() -> None:
    server = Server(places=4)
    server.join("192.0.2.1", "connected")
    list(server.fill(ATTACKER, "offered"))
    server.admission.places = 2
    assert server.join(LEARNER, "connected")[1] is not None
    server.clock.now_s += 3600
    assert server.is_full_for("192.0.2.2")  # though there are two claims left: 2 have connected


def test_beyond_the_ceiling_only_who_comes_back_is_admitted() -> None:
    server = Server(places=4)
    server.join("192.0.2.1", "connected")
    server.join("192.0.2.2", "connected")
    server.admission.ceiling = 2
    with pytest.raises(ServerFull, match="no time for more than the 2 learners who are here"):
        server.join(LEARNER)
    claim, _ = server.admission.admit(LEARNER, resumes=True)
    claim.session = FakeSession("connected")
    server.admission.ceiling = None
    server.join(LEARNER, "connected")
    server.admission.ceiling = 9  # no more than there are places
    assert server.is_full_for(LEARNER)


def test_an_offer_that_is_being_answered_is_never_evicted() -> None:
    server = Server(places=1)
    server.admission.admit(ATTACKER)
    server.clock.now_s += 3600
    assert server.is_full_for(LEARNER)


def test_an_operator_can_limit_the_places_of_an_address() -> None:
    server = Server(places_per_address=2)
    server.join(ATTACKER, "connected")
    server.join(ATTACKER, "connected")
    with pytest.raises(TooManyFromAddress, match="at most 2 learners at one address"):
        server.join(ATTACKER)
    server.join(LEARNER)


def test_an_operator_can_limit_the_pending_offers_of_an_address() -> None:
    server = Server(pending_per_address=2)
    server.join(ATTACKER, "connected")
    server.join(ATTACKER, "checked")
    server.join(ATTACKER, "offered")
    with pytest.raises(TooManyOffers, match="at most 2 learners at one address who have not"):
        server.join(ATTACKER)
    server.join(LEARNER)
    server.clock.now_s += UNCHECKED_S  # it gets one of its own then, and nobody else's
    claim, evicted = server.join(ATTACKER)
    assert evicted is not None and evicted.address == ATTACKER and claim.address == ATTACKER


def test_offers_of_an_address_are_answered_at_a_limited_rate() -> None:
    server = Server()

    def answered(offers: int) -> int:
        count = 0
        for _ in range(offers):
            try:
                server.admission.release(server.join(ATTACKER)[0])
                count += 1
            except TooManyOffers:
                pass
        return count

    assert answered(100) == OFFER_LIMIT.burst
    server.clock.now_s += 0.5
    assert answered(100) == OFFER_LIMIT.per_s / 2
    assert server.join(LEARNER)


def test_several_dancers_take_the_places_that_they_cost() -> None:
    server = Server(places=4)
    group, _ = server.admission.admit(LEARNER, cost=2.8)
    group.session = FakeSession("connected")
    server.join(LEARNER, "connected")
    with pytest.raises(ServerFull, match="all 4 places"):
        server.join(LEARNER)
    server.admission.release(group)
    server.join(LEARNER, "connected")
    with pytest.raises(ServerFull, match=r"take 2\.8 of 4 places.*fewer dancers"):
        server.admission.admit(LEARNER, cost=2.8)
    server.admission.admit(LEARNER, cost=1.6)


def test_a_session_fits_alone_whatever_it_costs() -> None:
    server = Server(places=1, places_per_address=1)
    server.admission.admit(LEARNER, cost=2.8)
    with pytest.raises(ServerFull):
        server.admission.admit(ATTACKER)


def test_a_claim_gives_way_only_to_who_then_fits() -> None:
    server = Server(places=2)
    server.join(ATTACKER)
    server.join(LEARNER, "connected")
    server.clock.now_s += UNCHECKED_S
    with pytest.raises(ServerFull):
        server.admission.admit(LEARNER, cost=1.6)
    assert server.admission.admit(LEARNER)[1] is not None

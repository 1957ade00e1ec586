"""What is asked for once is sent again; what is asked for again and again is not."""

from __future__ import annotations

import random
from types import SimpleNamespace

from aiortc.rtcrtpreceiver import NackGenerator

from rtc_server.webrtc.limits.retransmission import (
    HISTORY,
    MAX_CREDIT_BYTES,
    MAX_RESENDS,
    MIN_INTERVAL_S,
    SHARE,
    LossDetector,
    RetransmissionBudget,
)

SIZE = 1200


def numbered(number: int) -> SimpleNamespace:
    return SimpleNamespace(sequence_number=number % 65_536)


def test_a_lost_packet_is_sent_again() -> None:
    assert RetransmissionBudget().refusal(7, SIZE, SIZE, now_s=100.0) is None


def test_one_packet_is_sent_again_a_few_times_and_not_at_once() -> None:
    budget, now_s = RetransmissionBudget(), 100.0
    refusals = []
    for _ in range(3 * MAX_RESENDS):
        refusals += [budget.refusal(7, SIZE, SIZE, now_s), budget.refusal(7, SIZE, SIZE, now_s)]
        now_s += MIN_INTERVAL_S * 1.01
    assert refusals.count(None) == MAX_RESENDS
    assert refusals[:4] == [None, "repeated", None, "repeated"]
    assert budget.refusal(7 + HISTORY, SIZE, SIZE, now_s) is None  # another, in the same place


def test_all_together_are_a_share_of_what_was_sent() -> None:
    budget, again, sent, now_s = RetransmissionBudget(), 0, 0, 0.0
    for number in range(3000):  # every packet is asked for as often as it can be
        sent += SIZE
        for _ in range(2 * MAX_RESENDS):
            now_s += MIN_INTERVAL_S * 1.01
            again += SIZE * (budget.refusal(number, SIZE, sent, now_s) is None)
    assert SHARE * sent <= again <= SHARE * sent + MAX_CREDIT_BYTES


def test_a_tenth_that_is_lost_is_all_sent_again() -> None:
    budget, chance, now_s = RetransmissionBudget(), random.Random(1), 0.0
    for number in range(3000):
        now_s += 0.005
        if chance.random() < 0.1:
            assert budget.refusal(number, SIZE, number * SIZE, now_s) is None


def test_losses_are_found_as_aiortc_finds_them() -> None:
    """Gaps, late packets, duplicates and the wrap of sequence numbers."""
    chance, ours, theirs, number = random.Random(2), LossDetector(), NackGenerator(), 65_000
    for _ in range(1000):
        number += chance.choice([1, 1, 1, 1, 2, 3, 9, 0, -1, -4, 60])
        packet = numbered(number)
        assert ours.add(packet) == theirs.add(packet)
        assert ours.missing == theirs.missing


def test_a_jump_makes_no_more_missing_than_the_history_holds() -> None:
    losses = LossDetector()
    for k in range(100):
        assert losses.add(numbered(k * 32_767)) == (k > 0)
        assert len(losses.missing) <= HISTORY

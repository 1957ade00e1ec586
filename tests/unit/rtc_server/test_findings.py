"""The first line of a result names exactly what went wrong."""

from functools import partial

import pytest

from rtc_server import findings
from rtc_server.commands import compare
from rtc_server.comparing import Comparison
from tests.unit.rtc_server.dances import dance, detected, flipped, hidden, lesson, scored
from tools.dancer import perturb

FAULTS = {
    "nothing": (perturb.loose, {"degrees": 6}, findings.WELL),
    "wrong arm": (perturb.arms_swapped, {}, findings.WRONG_ARMS),
    "wrong side": (perturb.mirrored, {}, findings.OTHER_SIDE),
    "left arm": (perturb.arm_still, {"side": "left"}, "your left arm hung still"),
    "right arm": (perturb.arm_still, {"side": "right"}, "your right arm hung still"),
    "legs": (perturb.legs_still, {}, "your legs stood still"),
    "half-hearted": (perturb.scaled, {"amplitude": 0.5}, findings.HALF_HEARTED),
    "still": (perturb.stands_still, {}, findings.STOOD_STILL),
}


@pytest.mark.parametrize("noisy", [False, True], ids=["exact", "noisy"])
@pytest.mark.parametrize("body", ["tall", "short"])
@pytest.mark.parametrize("name", ["sunrise", "harbour"])
@pytest.mark.parametrize("fault", FAULTS)
def test_the_verdict_names_the_fault(fault: str, name: str, body: str, noisy: bool) -> None:
    change, options, told = FAULTS[fault]
    learner = dance(name, body, partial(change, **options))
    assert scored(detected(learner) if noisy else learner, "off", lesson(name)).verdict == told


@pytest.mark.parametrize("late_ms", [400, -400])
@pytest.mark.parametrize("name", ["sunrise", "harbour"])
def test_the_verdict_names_lateness_and_how_much(name: str, late_ms: int) -> None:
    learner = dance(name, "tall", partial(perturb.delayed, delay_s=late_ms / 1000))
    for track in (learner, detected(learner)):
        amount, unit, way = scored(track, "off", lesson(name)).verdict.split(" ")
        assert float(amount) == pytest.approx(400, abs=60)
        assert (unit, way) == ("ms", "late" if late_ms > 0 else "early")


def test_a_fault_and_lateness_are_named_together() -> None:
    def lazy_and_late(motion):  # type: ignore[no-untyped-def]
        return perturb.delayed(perturb.legs_still(motion), 0.4)

    verdict = scored(dance(body="tall", change=lazy_and_late)).verdict
    assert verdict.startswith("your legs stood still; ") and verdict.endswith(" ms late")


def test_sides_are_the_learners_own_also_in_a_mirror() -> None:
    still = dance(body="tall", change=partial(perturb.arm_still, side="left"))
    assert scored(flipped(still), "on").verdict == "your right arm hung still"


def test_another_dance_nobody_and_half_a_body_are_told() -> None:
    assert scored(dance("harbour")).verdict == findings.OTHER_DANCE
    assert scored(hidden(dance(), list(range(18)))).verdict == findings.NOBODY
    upper = hidden(dance(), [3, 4, 9, 10, 12, 13])
    lower = hidden(dance(), [3, 4, 6, 7])
    assert scored(upper).verdict == "too little of you was in view: show your legs"
    assert scored(lower).verdict == "too little of you was in view: show your arms"


def test_compare_prints_the_verdict_first() -> None:
    lazy = scored(dance(change=perturb.legs_still))
    assert compare._told(Comparison(lazy)).splitlines()[0] == "your legs stood still"

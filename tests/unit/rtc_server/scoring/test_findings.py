"""The first line of a result names exactly what went wrong."""

import json
from functools import partial
from typing import Any

import pytest

from rtc_server.client.comparison import Comparison
from rtc_server.commands import compare
from rtc_server.feedback import FINDING_KINDS, FINDING_SENTENCES, Finding
from tests.unit.rtc_server.dances import dance, detected, flipped, hidden, lesson, scored
from tools.dancer import perturbations

FAULTS = {
    "nothing": (perturbations.loose, {"degrees": 6}, "well"),
    "wrong arm": (perturbations.arms_swapped, {}, "wrong_arms"),
    "wrong side": (perturbations.mirrored, {}, "wrong_side"),
    "left arm": (perturbations.arm_still, {"side": "left"}, "arm_still left_arm"),
    "right arm": (perturbations.arm_still, {"side": "right"}, "arm_still right_arm"),
    "legs": (perturbations.legs_still, {}, "legs_still legs"),
    "half-hearted": (perturbations.scaled, {"amplitude": 0.5}, "half_hearted"),
    "a quarter": (perturbations.scaled, {"amplitude": 0.25}, "half_hearted"),
    "still": (perturbations.stands_still, {}, "stood_still"),
}


@pytest.mark.parametrize("noisy", [False, True], ids=["exact", "noisy"])
@pytest.mark.parametrize("body", ["tall", "short"])
@pytest.mark.parametrize("name", ["sunrise", "harbour"])
@pytest.mark.parametrize("fault", FAULTS)
def test_the_verdict_names_the_fault(fault: str, name: str, body: str, noisy: bool) -> None:
    change, options, told = FAULTS[fault]
    learner = dance(name, body, partial(change, **options))
    (finding,) = scored(detected(learner) if noisy else learner, "off", lesson(name)).findings
    assert " ".join([finding.kind, *finding.parts]) == told


@pytest.mark.parametrize(
    ("body", "camera"), [("stout", "from above"), ("child", "from below"), ("tall", "from aside")]
)
@pytest.mark.parametrize("fault", FAULTS)
def test_the_verdict_names_the_fault_with_any_camera(fault: str, body: str, camera: str) -> None:
    change, options, told = FAULTS[fault]
    learner = detected(dance("harbour", body, partial(change, **options), camera), 3)
    (finding,) = scored(learner, "off", lesson("harbour")).findings
    assert " ".join([finding.kind, *finding.parts]) == told


@pytest.mark.parametrize("fault", FAULTS)
def test_without_a_fitting_lag_there_is_no_finding_about_timing(fault: str) -> None:
    """The best of 21 lags of somebody who stands still means nothing."""
    change, options, told = FAULTS[fault]
    summary = scored(dance("harbour", "tall", partial(change, **options)), "off", lesson("harbour"))
    unknown = told in ("wrong_arms", "wrong_side", "stood_still")
    assert (summary.timing is None, summary.lag_ms is None) == (unknown, unknown)
    assert summary.shape is not None


@pytest.mark.parametrize("late_ms", [400, -400])
@pytest.mark.parametrize("name", ["sunrise", "harbour"])
def test_the_verdict_names_the_lag_and_its_size(name: str, late_ms: int) -> None:
    learner = dance(name, "tall", partial(perturbations.delayed, delay_s=late_ms / 1000))
    for track in (learner, detected(learner)):
        amount, unit, way = scored(track, "off", lesson(name)).verdict.split(" ")
        assert float(amount) == pytest.approx(400, abs=60)
        assert (unit, way) == ("ms", "late" if late_ms > 0 else "early")


def test_a_fault_and_a_lag_are_named_together() -> None:
    def lazy_and_late(motion):  # type: ignore[no-untyped-def]
        return perturbations.delayed(perturbations.legs_still(motion), 0.4)

    verdict = scored(dance(body="tall", change=lazy_and_late)).verdict
    assert verdict.startswith("your legs stood still; ") and verdict.endswith(" ms late")


def test_sides_are_the_learners_own_even_if_mirrored() -> None:
    still = dance(body="tall", change=partial(perturbations.arm_still, side="left"))
    assert scored(flipped(still), "on").verdict == "your right arm hung still"


def test_another_dance_nobody_and_half_a_body_are_named() -> None:
    assert scored(dance("harbour")).verdict == FINDING_SENTENCES["other_dance"]
    assert scored(hidden(dance(), list(range(18)))).verdict == FINDING_SENTENCES["nobody"]
    upper = hidden(dance(), [3, 4, 9, 10, 12, 13])
    lower = hidden(dance(), [3, 4, 6, 7])
    assert scored(upper).verdict == "too little of you was in view: show your legs"
    assert scored(lower).verdict == "too little of you was in view: show your arms"


@pytest.mark.parametrize("kind", FINDING_KINDS)
def test_every_kind_has_a_sentence(kind: Any) -> None:
    told = Finding(kind, ("left_arm",), 412.0).sentence
    assert told and "{" not in told and told[0].islower() | told[0].isdigit()


def test_a_summary_has_its_findings_in_a_form_for_other_languages() -> None:
    lazy = partial(perturbations.arm_still, side="left")
    summary = scored(dance("sunrise", "tall", lambda m: perturbations.delayed(lazy(m), 0.4)))
    told = json.loads(json.dumps(summary.message()))["findings"]
    assert [(f["kind"], f["parts"]) for f in told] == [("arm_still", ["left_arm"]), ("late", [])]
    assert told[1]["amount"] == summary.lag_ms
    assert summary.verdict == "; ".join(f["sentence"] for f in told)


def test_compare_prints_the_verdict_first() -> None:
    lazy = scored(dance(change=perturbations.legs_still))
    assert compare._format_result(Comparison(lazy)).splitlines()[0] == "your legs stood still"

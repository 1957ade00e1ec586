"""One attempt at a lesson from its first sample to the summary. Pure.

`Attempt` decides once whether the learner is mirrored, and keeps to it: taking the better of the
two sample by sample would forgive the wrong side. An attempt may last for hours: nothing in it
grows.
"""

from __future__ import annotations

import secrets
from typing import Literal

from rtc_server.feedback import join_sentences
from rtc_server.scoring import findings, grades
from rtc_server.scoring.hypothesis import Hypothesis
from rtc_server.scoring.lags import nearest_lag_index
from rtc_server.scoring.live import TIME_EPSILON_S
from rtc_server.scoring.passages import choose_separate
from rtc_server.scoring.reference import AnyReference
from rtc_server.scoring.summary import Summary
from rtc_server.scoring.window_score import compute_limb_skill
from rtc_server.types import Pose, Score

Mirror = Literal["on", "off", "auto"]
MIRRORS: tuple[Mirror, ...] = ("on", "off", "auto")
# Seconds of the lesson danced in view after which `auto` is decided: where it is clear, and always.
DECIDE_S, DECIDE_LATEST_S = 8.0, 24.0
CLEAR_SKILL_GAP = 0.15  # between the two hypotheses


class Attempt:
    """Scores samples as they come and sums them up at any time."""

    def __init__(self, reference: AnyReference, mirror: Mirror) -> None:
        mirrored = {"on": (True,), "off": (False,), "auto": (True, False)}[mirror]
        self.reference = reference
        self._hypotheses = [Hypothesis(reference, side) for side in mirrored]
        self.id = secrets.token_hex(16)  # names its result, however many sessions it takes
        self.dropped = 0

    @property
    def samples(self) -> int:
        """How many samples were scored."""
        return self._hypotheses[0].totals.samples

    def score_sample(self, lesson_s: float, pose: Pose, rate: float = 1.0) -> Score:
        """Add one sample, as `add_sample` does, and give the live score."""
        self.add_sample(lesson_s, pose, rate)
        return self.best_hypothesis().live_score()

    def add_sample(self, lesson_s: float, pose: Pose, rate: float = 1.0) -> None:
        """Compare one sample with the lesson and add it to the attempt.

        :param lesson_s: the position that the learner was seeing; after a jump a new stretch
            begins.
        :param rate: how fast the lesson ran, 0.5 for half as fast.
        :raises ValueError: a rate that is not above zero.
        """
        if not rate > 0:
            raise ValueError(f"expected a rate above 0, got {rate!r}")
        for hypothesis in self._hypotheses:
            hypothesis.add_sample(lesson_s, pose, rate)
        if len(self._hypotheses) > 1 and _is_decided(*self._hypotheses):
            self._hypotheses = [self.best_hypothesis()]

    def best_hypothesis(self) -> Hypothesis:
        """Mirrored or not: what fits better so far."""
        if len(self._hypotheses) == 1:
            return self._hypotheses[0]
        return max(self._hypotheses, key=lambda hypothesis: hypothesis.totals.skill())

    def summary(self, complete: bool) -> Summary:
        """The result of the whole attempt; finite and valid from the first moment on."""
        hypothesis = self.best_hypothesis()
        totals, passages, mirror = hypothesis.totals, hypothesis.passages(), hypothesis.mirror
        parts, coverage = hypothesis.compute_parts(passages), totals.coverage()
        enough = min(1.0, totals.danced_evidence() / max(1e-9, self.reference.full_evidence))
        score = enough * parts.score if parts else 0.0
        lag_s = passages.usual_lag_s()
        lag = nearest_lag_index(lag_s or 0.0)
        limbs = compute_limb_skill(totals.at_lag("points", lag), totals.at_lag("evidence", lag))
        in_order = passages.in_lesson_order()
        best = choose_separate(sorted(in_order, key=lambda p: -p.score))
        facts = findings.AttemptFacts.from_hypothesis(hypothesis, lag_s)
        diagnosis = findings.diagnose(facts, score, lag_s, limbs, mirror)
        lag_s = lag_s if findings.is_lag_known(diagnosis) else None
        return Summary(
            score=round(score, 1),
            shape=round(100 * parts.shape, 1) if parts else None,
            timing=round(100 * parts.timing, 1) if parts and lag_s is not None else None,
            energy=round(100 * parts.energy, 1) if parts else None,
            grade=grades.choose_grade(score, coverage),
            coverage=round(coverage, 3),
            lag_ms=None if lag_s is None else round(1000 * lag_s, 1),
            samples=totals.samples,
            dropped=self.dropped,
            limbs=grades.skill_by_own_limb(limbs, mirror),
            best=best,
            worst=choose_separate(sorted(in_order, key=lambda p: p.score), excluding=best),
            timeline=[(round((p.from_s + p.to_s) / 2, 2), p.score) for p in in_order],
            mirror="on" if mirror else "off",
            complete=complete,
            verdict=join_sentences(diagnosis),
            findings=diagnosis,
        )


def _is_decided(one: Hypothesis, other: Hypothesis) -> bool:
    """Whether it is certain by now on which side the learner dances."""
    seen_s = max(one.totals.seen_s, other.totals.seen_s) + TIME_EPSILON_S
    clear = abs(one.totals.skill() - other.totals.skill()) >= CLEAR_SKILL_GAP
    return seen_s >= (DECIDE_S if clear else DECIDE_LATEST_S)

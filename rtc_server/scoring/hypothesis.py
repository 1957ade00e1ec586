"""An attempt scored under one assumption about mirroring, in memory that does not grow. Pure."""

from __future__ import annotations

from collections import deque

from rtc_server.scoring.agreement import Agreement
from rtc_server.scoring.lags import SAMPLE_S, nearest_lag_index
from rtc_server.scoring.live import compute_live_score
from rtc_server.scoring.passages import PassageRecord
from rtc_server.scoring.reference import Reference
from rtc_server.scoring.sample import SampleScore, SampleScorer
from rtc_server.scoring.totals import Totals
from rtc_server.scoring.window_score import WINDOW_S, ScoreParts, compute_shape
from rtc_server.types import Pose, Score

MAX_RECENT = 512  # samples: a window of 4 s usually holds 20; a position that stands adds more


class Hypothesis:
    """The scores of an attempt if the learner is mirrored, or if they are not."""

    def __init__(self, reference: Reference, mirror: bool) -> None:
        self.mirror = mirror
        self.totals = Totals()
        self.scorer = SampleScorer(reference, mirror)
        self._reference = reference
        self._passages = PassageRecord(reference.doubt)
        self._recent: deque[SampleScore] = deque(maxlen=MAX_RECENT)  # of this stretch

    def add_sample(self, lesson_s: float, pose: Pose, rate: float) -> None:
        """Score a sample and add it up."""
        sample = self.scorer.score(lesson_s, pose, rate)
        if self._recent and self._recent[-1].stretch != sample.stretch:
            self._passages.end_stretch(self._recent, self.scorer.ended_dance)
            self._recent.clear()
        self._recent.append(sample)
        self.totals.add_sample(sample)
        self._passages.update(self._recent, self.scorer.recent_dance)
        while self._recent[0].lesson_s < lesson_s - WINDOW_S - SAMPLE_S:
            self._recent.popleft()

    def live_score(self) -> Score:
        """The score of the last seconds; at least one sample must have been added."""
        return compute_live_score(
            self._recent, self.scorer.recent_dance(), self.mirror, self._reference.doubt
        )

    def passages(self) -> PassageRecord:
        """All windows; an incomplete one only where there is no other."""
        return self._passages.with_open_stretch(self._recent, self.scorer.recent_dance)

    def compute_parts(self, passages: PassageRecord) -> ScoreParts | None:
        """The score of the whole attempt, None where nothing could be scored."""
        if not passages.has_evidence:
            return None
        lag_s, totals = passages.usual_lag_s(least_skill=-1.0) or 0.0, self.totals
        motion, skill = self.scorer.motion_at(nearest_lag_index(lag_s)), passages.skill
        baseline = self.scorer.baseline(*totals.points_and_evidence(), lag_s, totals.slowest_rate)
        agreement = Agreement(skill, motion.concordance(skill)).above(baseline)
        return ScoreParts(
            compute_shape(agreement, passages.side, self._reference.doubt),
            passages.timing,
            motion.energy(),
            totals.coverage(),
        )

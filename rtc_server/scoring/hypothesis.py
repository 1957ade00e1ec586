"""One way of mirroring, from an attempt's first sample on, in memory that does not grow. Pure."""

from __future__ import annotations

from collections import deque

from rtc_server.scoring import live, window_score
from rtc_server.scoring.agreement import Agreement
from rtc_server.scoring.lags import SAMPLE_S, nearest
from rtc_server.scoring.passages import Passages
from rtc_server.scoring.reference import Reference
from rtc_server.scoring.sample import SampleScore, SampleScorer
from rtc_server.scoring.totals import Totals
from rtc_server.scoring.window_score import WINDOW_S, Parts
from rtc_server.types import Pose, Score

MOST_RECENT = 512  # samples: a window of 4 s holds 20 as a rule; a position that stands adds more


class Hypothesis:
    """What came of judging an attempt one way."""

    def __init__(self, reference: Reference, mirror: bool) -> None:
        self.mirror = mirror
        self.totals = Totals()
        self.judge = SampleScorer(reference, mirror)
        self._reference = reference
        self._passages = Passages(reference.doubt)
        self._recent: deque[SampleScore] = deque(maxlen=MOST_RECENT)  # of this stretch

    def add(self, lesson_s: float, pose: Pose, rate: float) -> None:
        """Judge a sample and add it up."""
        sample = self.judge.add(lesson_s, pose, rate)
        if self._recent and self._recent[-1].stretch != sample.stretch:
            self._passages.end(self._recent)
            self._recent.clear()
        self._recent.append(sample)
        self.totals.add(sample)
        self._passages.add(self._recent)
        while self._recent[0].lesson_s < lesson_s - WINDOW_S - SAMPLE_S:
            self._recent.popleft()

    def live_score(self) -> Score:
        """The score of the last seconds; of at least one sample."""
        return live.live_score(self._recent, self.mirror, self._reference.doubt)

    def passages(self) -> Passages:
        """All windows, the one that is not full yet among them where it is the only one."""
        return self._passages.so_far(self._recent)

    def parts(self, passages: Passages) -> Parts | None:
        """The whole attempt, None where nothing could be judged."""
        if not passages.judged:
            return None
        lag_s, totals = passages.lag_s(least_skill=-1.0) or 0.0, self.totals
        swings, skill = self.judge.swings(nearest(lag_s)), passages.skill
        nearby = self.judge.nearby(*totals.agreed_by_lag(), lag_s, totals.slowest)
        agreed = Agreement(skill, swings.along(skill)).beyond(nearby)
        return Parts(
            window_score.shape_of(agreed, passages.side, self._reference.doubt),
            passages.timing,
            swings.energy(),
            totals.coverage(),
        )

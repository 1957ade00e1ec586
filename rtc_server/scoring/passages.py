"""An attempt cut into windows as it goes on, and the best and worst of them. Pure.

Nothing here grows with how long somebody practises, only with the lesson: of a second that was
danced more than once the last time is shown, while the whole weighs all of them.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rtc_server.protocol.server_messages import PassageFields
from rtc_server.scoring import window_score
from rtc_server.scoring.lags import SAMPLE_S
from rtc_server.scoring.live import LAG_SKILL, ROUNDING_S, since
from rtc_server.scoring.sample import SampleScore
from rtc_server.scoring.window_score import WINDOW_S, Verdict

HOP_S = 1.0
SHOWN = 3
MOST_LAGS = 3600  # an hour of windows


@dataclass(frozen=True, slots=True)
class Passage:
    from_s: float
    to_s: float
    score: float

    def fields(self) -> PassageFields:
        """The passage as it goes over the wire."""
        return {"from_s": self.from_s, "to_s": self.to_s, "score": self.score}


class Passages:
    """Windows of WINDOW_S every HOP_S of the lesson, within stretches played without a jump."""

    def __init__(self, doubt: float) -> None:
        self._doubt = doubt
        self._next_s: float | None = None  # where the window begins that is to be closed next
        self._closed = 0  # windows of this stretch
        self._by_second: dict[int, Passage] = {}
        self._lags: deque[tuple[float, float]] = deque(maxlen=MOST_LAGS)  # and their skills
        self._evidence = 0.0
        self._sums = np.zeros(4)  # × evidence: skill and timing; sided, and what it could have been

    def add(self, recent: Sequence[SampleScore]) -> None:
        """Close the window that the newest sample fills: it is what the live score is of.

        Where samples are missing, so are the windows that would have ended there.

        :param recent: the newest samples of its stretch, WINDOW_S of them at least.
        """
        newest = recent[-1]
        if self._next_s is None:
            self._next_s = newest.lesson_s
        over_s = newest.lesson_s + SAMPLE_S * newest.rate + ROUNDING_S - self._next_s - WINDOW_S
        if over_s >= 0:
            self._next_s += HOP_S * math.floor(over_s / HOP_S)
            self._close(since(recent, WINDOW_S))
            self._next_s += HOP_S

    def end(self, recent: Sequence[SampleScore]) -> None:
        """End a stretch; one shorter than a window is a window of its own."""
        if not self._closed:
            self._close(recent)
        self._next_s, self._closed = None, 0

    def so_far(self, recent: Sequence[SampleScore]) -> Passages:
        """These, as if the stretch ended now."""
        if self._closed or not recent:
            return self
        ended = Passages(self._doubt)
        ended._by_second = dict(self._by_second)
        ended._lags = self._lags.copy()
        ended._evidence, ended._sums = self._evidence, self._sums.copy()
        ended.end(recent)
        return ended

    def _close(self, window: Sequence[SampleScore]) -> None:
        verdict = window_score.judge(window, self._doubt)
        self._closed += 1
        if verdict is None:
            return
        second = round((self._next_s or window[0].lesson_s) + ROUNDING_S)
        self._by_second[second] = passage(window, verdict)
        self._lags.append((verdict.lag_s, verdict.skill))
        self._evidence += verdict.evidence
        weighed = verdict.evidence * np.array([verdict.skill, verdict.parts.timing])
        self._sums += [*weighed, verdict.sided, verdict.sided_possible]

    @property
    def judged(self) -> bool:
        """Whether anything could be."""
        return self._evidence > 0

    @property
    def skill(self) -> float:
        """Of all windows, each by the evidence in it."""
        return float(self._sums[0] / self._evidence)

    @property
    def timing(self) -> float:
        """Of all windows, each by the evidence in it."""
        return float(self._sums[1] / self._evidence)

    @property
    def side(self) -> float:
        """Which side was danced, see `scoring.side_of`."""
        return window_score.side_of(float(self._sums[2]), float(self._sums[3]), self._evidence)

    def lag_s(self, least_skill: float = LAG_SKILL) -> float | None:
        """The usual lag of those windows in which the learner followed."""
        followed = [lag_s for lag_s, skill in self._lags if skill > least_skill]
        return float(np.median(followed)) if followed else None

    def in_order(self) -> list[Passage]:
        """By their places in the lesson."""
        return sorted(self._by_second.values(), key=lambda p: p.from_s)


def passage(window: Sequence[SampleScore], verdict: Verdict) -> Passage:
    """One window and its score, which is what a live score at its end was."""
    from_s, to_s = window[0].lesson_s, window[-1].lesson_s
    return Passage(round(from_s, 2), round(to_s, 2), round(verdict.parts.score, 1))


def apart(passages: Iterable[Passage], but: Sequence[Passage] = ()) -> list[Passage]:
    """The first SHOWN that neither overlap each other nor those of `but`."""
    kept: list[Passage] = []
    for here in passages:
        taken = itertools.chain(kept, but)
        if len(kept) < SHOWN and all(
            here.to_s <= other.from_s or here.from_s >= other.to_s for other in taken
        ):
            kept.append(here)
    return kept

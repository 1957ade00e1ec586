"""An attempt cut into windows as it goes on, and the best and worst of them. Pure.

Memory grows only with the lesson, not with how long somebody practises: of a second that was danced
more than once the last time is shown, while the score of the whole weighs all of them.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rtc_server.protocol.server_messages import PassageFields
from rtc_server.scoring.lags import SAMPLE_S
from rtc_server.scoring.live import MIN_LAG_SKILL, TIME_EPSILON_S, select_recent
from rtc_server.scoring.reference import AnyReference
from rtc_server.scoring.sample import RecentDance, SampleScore
from rtc_server.scoring.window_score import (
    WINDOW_S,
    SampleWindow,
    WindowScore,
    compute_side,
    score_window,
)

HOP_S = 1.0
MAX_SHOWN = 3
MAX_LAGS = 3600  # an hour of windows


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the lesson with a score of its own."""

    from_s: float
    to_s: float
    score: float

    def fields(self) -> PassageFields:
        """The passage as it goes over the wire."""
        return {"from_s": self.from_s, "to_s": self.to_s, "score": self.score}


class PassageRecord:
    """Windows of WINDOW_S every HOP_S of the lesson, within stretches played without a jump."""

    def __init__(self, reference: AnyReference) -> None:
        self._reference = reference
        self._next_s: float | None = None  # where the window begins that will be closed next
        self._closed = 0  # windows of this stretch
        self._by_second: dict[int, Passage] = {}
        self._lags: deque[tuple[float, float]] = deque(maxlen=MAX_LAGS)  # with their skills
        self._evidence = 0.0
        # Over all windows: skill × evidence, timing × evidence, side points, side evidence.
        self._sums = np.zeros(4)

    def update(self, recent: Sequence[SampleScore], get_dance: Callable[[], RecentDance]) -> None:
        """Close the window that the newest sample fills, if any; it equals the live score then.

        Where samples are missing, the windows that would have ended there are missing, too.

        :param recent: the newest samples of their stretch, at least WINDOW_S of them.
        :param get_dance: computes what was danced up to the newest, where that is needed.
        """
        newest = recent[-1]
        if self._next_s is None:
            self._next_s = newest.lesson_s
        over_s = newest.lesson_s + SAMPLE_S * newest.rate + TIME_EPSILON_S - self._next_s - WINDOW_S
        if over_s >= 0:
            self._next_s += HOP_S * math.floor(over_s / HOP_S)
            self._close_window(select_recent(recent, WINDOW_S), get_dance())
            self._next_s += HOP_S

    def end_stretch(
        self, recent: Sequence[SampleScore], get_dance: Callable[[], RecentDance]
    ) -> None:
        """End a stretch; one shorter than a window becomes a window of its own."""
        if not self._closed:
            self._close_window(recent, get_dance())
        self._next_s, self._closed = None, 0

    def with_open_stretch(
        self, recent: Sequence[SampleScore], get_dance: Callable[[], RecentDance]
    ) -> PassageRecord:
        """The record as if the stretch ended now."""
        if self._closed or not recent:
            return self
        ended = PassageRecord(self._reference)
        ended._by_second = dict(self._by_second)
        ended._lags = self._lags.copy()
        ended._evidence, ended._sums = self._evidence, self._sums.copy()
        ended.end_stretch(recent, get_dance)
        return ended

    def _close_window(self, window: Sequence[SampleScore], dance: RecentDance) -> None:
        result = score_window(SampleWindow.of(window), dance, self._reference.doubt)
        self._closed += 1
        if result is None:
            return
        second = round((self._next_s or window[0].lesson_s) + TIME_EPSILON_S)
        self._by_second[second] = _make_passage(window, result)
        self._lags.append((result.lag_s, result.skill))
        self._evidence += result.evidence
        weighed = result.evidence * np.array([result.skill, result.parts.timing])
        self._sums += [*weighed, result.side_points, result.side_evidence]

    @property
    def has_evidence(self) -> bool:
        """Whether anything could be scored."""
        return self._evidence > 0

    @property
    def skill(self) -> float:
        """The mean over all windows, weighed by their evidence."""
        return float(self._sums[0] / self._evidence)

    @property
    def timing(self) -> float:
        """The mean over all windows, weighed by their evidence."""
        return float(self._sums[1] / self._evidence)

    @property
    def side(self) -> float:
        """Which side was danced, see `window_score.compute_side`."""
        return compute_side(float(self._sums[2]), float(self._sums[3]), self._evidence)

    def usual_lag_s(self, least_skill: float = MIN_LAG_SKILL) -> float | None:
        """The median lag of those windows in which the learner followed."""
        lags = [lag_s for lag_s, skill in self._lags if skill > least_skill]
        return float(np.median(lags)) if lags else None

    def in_lesson_order(self) -> list[Passage]:
        """All passages by their places in the lesson."""
        return sorted(self._by_second.values(), key=lambda p: p.from_s)


def _make_passage(window: Sequence[SampleScore], result: WindowScore) -> Passage:
    from_s, to_s = window[0].lesson_s, window[-1].lesson_s
    return Passage(round(from_s, 2), round(to_s, 2), round(result.parts.score, 1))


def choose_separate(
    passages: Iterable[Passage], excluding: Sequence[Passage] = ()
) -> list[Passage]:
    """The first MAX_SHOWN that overlap neither each other nor those of `excluding`."""
    chosen: list[Passage] = []
    for passage in passages:
        taken = itertools.chain(chosen, excluding)
        if len(chosen) < MAX_SHOWN and all(
            passage.to_s <= other.from_s or passage.from_s >= other.to_s for other in taken
        ):
            chosen.append(passage)
    return chosen

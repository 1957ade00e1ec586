"""Who has which number among several dancers: who they are, who is hidden, away or new. Pure.

Detections and times are passed in; `tf_pose.tracking.group_tracker` looks at the images.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from tf_pose.geometry import Box
from tf_pose.pose_geometry import torso_px
from tf_pose.tracking.assignment import assign
from tf_pose.tracking.dancer import (
    Dancer,
    clothes_cost,
    follow_cost,
    new_dancer,
    return_cost,
    trunk_x,
)
from tf_pose.tracking.dancer_memory import DancerMemory
from tf_pose.tracking.detection import Detection, PersonTrack, TrackerSettings
from tf_pose.tracking.newcomers import Newcomer, Newcomers

BESIDE_TORSOS = 1.2  # of somebody who is nearer to another, some clothes may be the other's
HIDDEN_S = 3.0  # for so long somebody who is not seen may be near, behind another
# In the clothes of somebody who is away: at once. In clothes that may be theirs, or where clothes
# are not seen: after standing there. In others: it is somebody else, who takes their place.
SURE_CLOTHES = 0.5  # of the allowed difference
REPLACED_S = 5.0

Found = Mapping[int, Detection]  # by the dancer's number


class Roster:
    """The dancers by their numbers, and the people who are none of them yet."""

    def __init__(self, dancers: int, settings: TrackerSettings) -> None:
        self.newcomers = Newcomers(settings)
        self._settings = settings
        self._dancers: list[Dancer | None] = [None] * dancers
        self._frame = Box(0, 0, 0, 0)
        self._now_s = self._previous_s = -math.inf

    def __len__(self) -> int:
        return len(self._dancers)

    @property
    def is_chosen(self) -> bool:
        """Whether anybody has a number."""
        return any(one is not None for one in self._dancers)

    @property
    def memory(self) -> list[DancerMemory | None]:
        """What another roster needs to know the dancers again."""
        width = max(1.0, self._frame.w)
        return [
            None
            if one is None
            else DancerMemory(one.track.appearance, trunk_x(one.track.poses[-1]) / width)
            for one in self._dancers
        ]

    def begin(self, frame: Box, now_s: float) -> None:
        """Another frame; when its time goes back, everybody is forgotten."""
        if now_s < self._now_s:
            self._dancers = [None] * len(self._dancers)
            self.newcomers.clear()
        self._previous_s, self._now_s = self._now_s, now_s
        if self._frame.area and frame != self._frame:
            scale = frame.w / self._frame.w, frame.h / self._frame.h
            for dancer in filter(None, self._dancers):
                dancer.scale(scale)
            self.newcomers.scale(scale)
        self._frame = frame

    def recall(self, memory: Sequence[DancerMemory | None]) -> None:
        """Wait for those who danced before, as for somebody who has been away for long."""
        for k, one in enumerate(memory[: len(self)]):
            if one is not None:
                pose = np.full((18, 2), np.nan, np.float32)
                pose[1] = one.x * self._frame.w, self._frame.h / 2  # where they stood, no more
                poses = deque([pose], self._settings.memory)
                self._dancers[k] = Dancer(
                    PersonTrack(poses, -math.inf, -math.inf, 0.0, one.appearance)
                )

    def followed(self) -> dict[int, Dancer]:
        """Those who are seen, or were a moment ago."""
        return {k: one for k, one in self._known() if not self._is_lost(one)}

    def match(self, numbers: Iterable[int], found: Sequence[Detection]) -> dict[int, Detection]:
        """Who of those that are found is which of these dancers, who were seen a moment ago."""
        dancers = {k: one for k, one in self._known() if k in set(numbers)}
        costs = [
            [follow_cost(dancer, seen, self._now_s, self._settings) for seen in found]
            for dancer in dancers.values()
        ]
        pairs = zip(dancers, assign(costs), strict=True)
        return {k: found[column] for k, column in pairs if column is not None}

    def count_hidden(self, seen: Found) -> int:
        """How many were seen lately and are not now."""
        return sum(k not in seen and self._away_s(one) <= HIDDEN_S for k, one in self._known())

    def find_arrivals(self, seen: Found) -> dict[int, Newcomer]:
        """Which newcomers are dancers who are back, or take a place that nobody has."""
        places = [
            k
            for k, one in enumerate(self._dancers)
            if k not in seen and (one is None or self._is_lost(one))
        ]
        present = self.newcomers.seen_at(self._now_s)
        costs = [[self._arrival_cost(self._dancers[k], one) for one in present] for k in places]
        pairs = zip(places, assign(costs), strict=True)
        return {k: present[column] for k, column in pairs if column is not None}

    def choose(self) -> tuple[list[Newcomer], bool]:
        """The most prominent people from left to right, and whether they are to have numbers now.

        They are once enough people have stood for a while, or fewer for twice as long.
        """
        settle_s = self._settings.settle_s
        present = self.newcomers.seen_at(self._now_s)
        standing = [one for one in present if one.stood_s(self._now_s) >= settle_s]
        late = any(one.stood_s(self._now_s) >= 2 * settle_s for one in standing)
        settled = len(standing) >= len(self) or late
        chosen = (standing if settled else present)[: len(self)]
        return sorted(chosen, key=lambda one: trunk_x(one.seen.pose)), settled

    def take_in(self, number: int, newcomer: Newcomer, seen: Detection) -> None:
        """Give somebody that number.

        :param seen: how they are seen now.
        """
        self.newcomers.remove(newcomer)
        dancer, arrived = self._dancers[number], new_dancer(seen, self._now_s, self._settings)
        if dancer is None or self._clothes_cost(dancer, newcomer) > 1:
            self._dancers[number] = arrived
        else:
            dancer.return_to(arrived.track)

    def update(self, seen: Found) -> None:
        """Remember where the dancers are seen; of who stands alone, the clothes, too."""
        here = {k: trunk_x(one.pose) for k, one in seen.items()}
        hidden = self.count_hidden(seen) > 0
        for k, dancer in self._known():
            if k not in seen or dancer.track.last_seen_s == self._now_s:
                continue
            torso = torso_px(seen[k].pose)
            reach = BESIDE_TORSOS * torso if torso > 0 else math.inf
            alone = all(abs(x - here[k]) > reach for other, x in here.items() if other != k)
            dancer.update(seen[k], self._now_s, alone=alone and not hidden)

    def number_from_left(self) -> list[int]:
        """Forget who has left, and number the others anew; give their numbers until now."""
        for k, one in self._known():
            if self._is_lost(one):
                self._dancers[k] = None
        order = sorted(range(len(self)), key=self._place)
        self._dancers = [self._dancers[k] for k in order]
        return order

    def _known(self) -> list[tuple[int, Dancer]]:
        return [(k, one) for k, one in enumerate(self._dancers) if one is not None]

    def _is_lost(self, dancer: Dancer) -> bool:
        return dancer.track.is_lost(self._now_s, self._previous_s, self._settings)

    def _away_s(self, dancer: Dancer) -> float:
        return self._now_s - dancer.track.last_seen_s

    def _place(self, number: int) -> float:
        """Where a dancer is from left to right; a number that nobody has comes last."""
        dancer = self._dancers[number]
        return math.inf if dancer is None else trunk_x(dancer.predict_pose(self._now_s))

    def _arrival_cost(self, dancer: Dancer | None, newcomer: Newcomer) -> float:
        """How little somebody fits a place; infinite where they have not stood long enough."""
        stood_s, settle_s = newcomer.stood_s(self._now_s), self._settings.settle_s
        if dancer is None:  # the more prominent first, but after all who are known
            return 10 - newcomer.track.prominence / 1000 if stood_s >= settle_s else math.inf
        clothes = self._clothes_cost(dancer, newcomer)
        needed_s = settle_s
        if clothes > 1:
            needed_s = REPLACED_S
        elif clothes <= SURE_CLOTHES and newcomer.shares_clothes(dancer.track.appearance):
            needed_s = 0.0
        if stood_s < needed_s or self._away_s(dancer) < min(needed_s, REPLACED_S):
            return math.inf
        return return_cost(dancer, newcomer.seen, self._frame.w, self._settings)

    def _clothes_cost(self, dancer: Dancer, newcomer: Newcomer) -> float:
        return clothes_cost(dancer.track.appearance, newcomer.track.appearance, self._settings)

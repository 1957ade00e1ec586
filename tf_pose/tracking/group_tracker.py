"""Follows several dancers through one video, each in a crop of their own, by lasting numbers."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

import numpy as np

from tf_pose.human import Human
from tf_pose.pose_geometry import pose_distance_torsos
from tf_pose.preprocess import crop_size
from tf_pose.tracking.dancer_memory import DancerMemory
from tf_pose.tracking.detection import (
    Detection,
    Estimator,
    Image,
    PersonDetector,
    PersonTrack,
    TrackerSettings,
    image_box,
)
from tf_pose.tracking.left_right import fix_left_right
from tf_pose.tracking.roster import Roster

MAX_DANCERS = 4
DUPLICATE_TORSOS = 0.25  # two poses nearer to each other are one person's
SAME_PERSON_TORSOS = 0.75  # somebody so near to a dancer is that dancer again
ABSENT_SEARCH_S = 1.0  # between two searches for dancers who have left, or never came


class GroupTracker(PersonDetector):
    """Follows up to `dancers` people; one tracker a video, one thread at a time.

    Each has a number, from 0 on, from left to right in the frame as they are chosen. Who is hidden
    or leaves keeps it; who walks past gets none.
    """

    def __init__(
        self,
        estimator: Estimator,
        dancers: int,
        settings: TrackerSettings | None = None,
        memory: Sequence[DancerMemory | None] = (),
    ) -> None:
        """:param memory: who danced before, by their numbers."""
        super().__init__(estimator, settings)
        if not 1 <= dancers <= MAX_DANCERS:
            raise ValueError(f"expected 1 to {MAX_DANCERS} dancers, got {dancers!r}")
        self._roster = Roster(dancers, self.settings)
        self._recalled = memory

    @property
    def memory(self) -> Sequence[DancerMemory | None]:
        """What another tracker needs to know the dancers again."""
        return self._recalled or self._roster.memory

    def follow(
        self, image_bgr: Image, t_s: float, *, keep_numbers: bool = True
    ) -> list[Human | None]:
        """Give each dancer's pose in the next frame, joints in 0..1; None for who is not seen.

        `t_s` is the frame's time in seconds; when it goes back, everybody is forgotten.

        :param keep_numbers: whether the lesson has begun. Until then numbers follow the places
            from left to right, and who leaves is forgotten.
        """
        roster = self._roster
        if t_s < self.now_s:
            self.searched_s = -math.inf
        self.now_s = t_s
        roster.begin(image_box(image_bgr), t_s)
        if self._recalled:
            roster.recall(self._recalled)
            self._recalled = ()
        if not roster.is_chosen:
            return self._choose_dancers(image_bgr)
        seen = self._detect_followed(image_bgr)
        if self._is_search_due(seen):
            self._search_missing(image_bgr, seen)
        roster.update(seen)
        order = range(len(roster)) if keep_numbers else roster.number_from_left()
        return [seen[k].human if k in seen else None for k in order]

    def find_others(self, image_bgr: Image, followed: Sequence[Human]) -> list[Human]:
        """Everybody but the dancers: a search of the whole image, so call it seldom."""
        size = np.array(image_bgr.shape[1::-1], np.float32)
        poses = [human.arrays()[0] * size for human in followed]
        return [
            seen.human
            for seen in self.detect_everybody(image_bgr)
            if all(pose_distance_torsos([pose], seen.pose) > SAME_PERSON_TORSOS for pose in poses)
        ]

    def _detect_followed(self, image: Image) -> dict[int, Detection]:
        """Who is found in the crops around where the dancers were."""
        followed = self._roster.followed()
        found: list[Detection] = []
        for dancer in followed.values():
            found += self._detect_around(image, dancer.track)
        return self._roster.match(followed, _without_duplicates(found, []))

    def _detect_around(self, image: Image, track: PersonTrack) -> list[Detection]:
        """Everybody in a crop around somebody's last poses."""
        s = self.settings
        region = track.crop_region(image_box(image), s)
        if region is None:
            return []
        size = crop_size(region, s.crop_side)
        humans = self.estimator.inference(image, roi=region, size=size, stage=s.stage)
        return [Detection(fix_left_right(human), image) for human in humans]

    def _is_search_due(self, seen: dict[int, Detection]) -> bool:
        """Whether to look at the whole image: for who is missing, or is seen badly."""
        s = self.settings
        if self._roster.count_hidden(seen):
            interval_s = s.search_interval_s
        elif len(seen) < len(self._roster):
            interval_s = s.search_interval_s if len(self._roster.newcomers) else ABSENT_SEARCH_S
        elif any(one.human.part_count() < s.min_parts for one in seen.values()):
            interval_s = s.lost_s
        else:
            return False
        return self.now_s - self.searched_s >= interval_s

    def _search_missing(self, image: Image, seen: dict[int, Detection]) -> None:
        """Search the whole image for dancers who are not in `seen`, and for new ones; add them."""
        roster = self._roster
        found = _without_duplicates(self.search(image), list(seen.values()))
        hidden = [k for k in roster.followed() if k not in seen]
        for k, one in roster.match(hidden, found).items():
            found.remove(one)
            seen[k] = self._look_again(image, one)
        roster.newcomers.update(found, self.now_s, image_box(image))
        for k, newcomer in roster.find_arrivals(seen).items():
            seen[k] = self._look_again(image, newcomer.seen)
            roster.take_in(k, newcomer, seen[k])

    def _look_again(self, image: Image, found: Detection) -> Detection:
        """The same person in a crop of their own; as the search found them if that fails."""
        here = PersonTrack(deque([found.pose]), self.now_s, self.now_s)
        return self.detect_in_crop(image, here) or found

    def _choose_dancers(self, image: Image) -> list[Human | None]:
        """Search; number the most prominent people from left to right once they have stood."""
        roster = self._roster
        is_due = self.now_s - self.searched_s >= self.settings.search_interval_s
        if not is_due and not len(roster.newcomers):
            return [None] * len(roster)
        found = _without_duplicates(self.search(image), [])
        roster.newcomers.update(found, self.now_s, image_box(image))
        chosen, settled = roster.choose()
        looks = [self._look_again(image, one.seen) for one in chosen]
        if settled:
            for number, (newcomer, seen) in enumerate(zip(chosen, looks, strict=True)):
                roster.take_in(number, newcomer, seen)
        return [looks[k].human if k < len(looks) else None for k in range(len(roster))]


def _without_duplicates(found: list[Detection], known: list[Detection]) -> list[Detection]:
    """Each person once, as they are seen best; nobody who is known."""
    kept: list[Detection] = []
    for one in sorted(found, key=lambda one: -one.human.part_count()):
        if not any(_is_same(one, other) for other in (*known, *kept)):
            kept.append(one)
    return kept


def _is_same(one: Detection, other: Detection) -> bool:
    """Whether two detections are one person's."""
    pairs = ((one.pose, other.pose), (other.pose, one.pose))
    return min(pose_distance_torsos([a], b) for a, b in pairs) < DUPLICATE_TORSOS

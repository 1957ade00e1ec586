"""Follows everybody in a video, so that afterwards it can be said who was there the longest."""

from __future__ import annotations

from collections import deque

from tf_pose.appearance import clothes_of, unlike
from tf_pose.crop_region import Pose, apart_torsos, prominence, size_ratio
from tf_pose.detection import Estimator, Image, Somebody, TrackerSettings, Watcher, bounds, pixels
from tf_pose.geometry import Box, box_around
from tf_pose.human import Human

MOST_PEOPLE = 4  # the most prominent of those in view are followed
LOOK_AROUND_S = 1.0  # between two looks for people who have come
AWAY_S = 3.0  # how long somebody who is not seen is remembered
ONE_TORSOS = 0.25  # two poses nearer to each other are one person's
# People do not come from nowhere: who appears in the middle of the picture is whoever vanished
# there, even if they fell or jumped that fast (in torsos a second).
FALL_TORSOS = 8.0
BORDER = 0.04  # of the picture's sides: who is so near to it may have come or gone


class CrowdTracker(Watcher):
    """Gives each person a number and keeps it; one tracker a video, one thread at a time."""

    def __init__(self, estimator: Estimator, settings: TrackerSettings | None = None) -> None:
        super().__init__(estimator, settings)
        self._people: dict[int, Somebody] = {}
        self._numbers = 0

    def follow(self, image_bgr: Image, t_s: float) -> dict[int, Human]:
        """Give whoever is seen at that moment by their number, joints in 0..1 of the picture.

        `t_s` is the picture's time in seconds, rising.
        """
        self.now_s = t_s
        self._people = {n: p for n, p in self._people.items() if t_s - p.seen_s < AWAY_S}
        seen = self._look_at_all(image_bgr)
        if self._is_time_to_look_around(seen):
            self._greet(image_bgr, seen)
        for number, human in seen.items():
            person, pose = self._people[number], pixels(human, image_bgr)
            person.remember(pose, t_s, image_bgr)
            person.weight += prominence(pose, human.score, bounds(image_bgr))
        self._forget_the_least()
        return {number: human for number, human in seen.items() if number in self._people}

    def _look_at_all(self, image: Image) -> dict[int, Human]:
        """Everybody who was seen lately, where they were; no two of them as the same one."""
        found: list[tuple[float, int, Human]] = []
        for number, person in self._people.items():
            if self.now_s - person.seen_s <= self.settings.lost_s:
                human = self.look_at(image, person)
                if human is not None:
                    found.append((self._doubt(person, human, image), number, human))
        seen: dict[int, Human] = {}
        for _, number, human in sorted(found, key=lambda one: one[:2]):
            if not self._is_one_of(human, seen, image):
                seen[number] = human
        return seen

    def _is_time_to_look_around(self, seen: dict[int, Human]) -> bool:
        whole = all(human.part_count() >= self.settings.enough_parts for human in seen.values())
        everybody = len(seen) == len(self._people) > 0
        return not (everybody and whole) or self.now_s - self.looked_around_s >= LOOK_AROUND_S

    def _greet(self, image: Image, seen: dict[int, Human]) -> None:
        """Add those who were not seen in their place: known ones by their number, or new ones."""
        for human in self.look_around(image):
            if self._is_one_of(human, seen, image):
                continue
            pose = pixels(human, image)
            number = self._who(human, pose, image, seen)
            # Looked at closer as somebody who is just here: where they were before says nothing.
            here = Somebody(deque([pose]), self.now_s, self.now_s)
            shown = self.look_at(image, here) or human
            if not self._is_one_of(shown, seen, image):
                seen[self._newcomer() if number is None else number] = shown

    def _newcomer(self) -> int:
        """A number for somebody of whom nothing is known yet."""
        number, self._numbers = self._numbers, self._numbers + 1
        memory: deque[Pose] = deque(maxlen=self.settings.memory)
        self._people[number] = Somebody(memory, self.now_s, self.now_s)
        return number

    def _who(self, human: Human, pose: Pose, image: Image, seen: dict[int, Human]) -> int | None:
        """Who of those not seen yet that is, if anybody."""
        away = {n: person for n, person in self._people.items() if n not in seen}
        near = {n: p for n, p in away.items() if self.same(p, [human], image)}
        if not near and not _at_the_border(pose, bounds(image)):
            near = {n: p for n, p in away.items() if self._fell(p, pose, image)}
        return min(near, key=lambda n: self._doubt(near[n], human, image), default=None)

    def _fell(self, person: Somebody, pose: Pose, image: Image) -> bool:
        """Whether somebody who vanished in the middle of the picture can have come here."""
        away_s = self.now_s - person.seen_s
        reach = self.settings.reach_torsos + FALL_TORSOS * away_s
        return (
            away_s > 0
            and not _at_the_border(person.poses[-1], bounds(image))
            and apart_torsos(person.poses, pose) <= reach
            and size_ratio(person.poses[-1], pose) <= self.settings.size_change
            and not self.strange(person, clothes_of(image, pose))
        )

    def _doubt(self, person: Somebody, human: Human, image: Image) -> float:
        """How little that looks like them: by place and by clothes."""
        pose = pixels(human, image)
        other = unlike(person.clothes, clothes_of(image, pose)) / self.settings.other_clothes
        return apart_torsos(person.poses, pose) + (other if other > 0 else 0.0)

    def _is_one_of(self, human: Human, seen: dict[int, Human], image: Image) -> bool:
        pose = pixels(human, image)
        return any(
            min(apart_torsos([known], pose), apart_torsos([pose], known)) < ONE_TORSOS
            for known in (pixels(other, image) for other in seen.values())
        )

    def _forget_the_least(self) -> None:
        by_weight = sorted(self._people, key=lambda n: -self._people[n].weight)
        self._people = {n: self._people[n] for n in by_weight[:MOST_PEOPLE]}


def _at_the_border(pose: Pose, picture: Box) -> bool:
    """Whether somebody there is just coming into or going out of the picture, at its sides."""
    box = box_around(pose)
    margin = BORDER * picture.w
    return box is None or box.x < margin or box.x + box.w > picture.w - margin

"""Follows everybody in a video, so that it can be decided afterwards who was there the longest."""

from __future__ import annotations

from collections import deque

from tf_pose.geometry import Box, box_around
from tf_pose.human import Human
from tf_pose.pose_geometry import Pose, pose_distance_torsos, prominence, size_ratio
from tf_pose.tracking.detection import (
    Detection,
    Estimator,
    Image,
    PersonDetector,
    PersonTrack,
    TrackerSettings,
    image_box,
)

MAX_PEOPLE = 4  # the most prominent of those in view are followed
# Of those that a search finds, each is looked at once more. In a picture full of people, that would
# be a thousand times; the most prominent ones are enough to choose MAX_PEOPLE from.
MAX_SEARCHED = 12
SEARCH_INTERVAL_S = 1.0  # between two searches for people who have come
FORGET_AFTER_S = 3.0  # how long somebody who is not seen is remembered
DUPLICATE_TORSOS = 0.25  # two poses nearer to each other are one person's
# People do not come from nowhere: somebody who appears in the middle of the image is the one
# who vanished there, even if they fell or jumped that fast (in torsos per second).
FALL_TORSOS = 8.0
BORDER = 0.04  # of the width: somebody so near to a side may just have come or be leaving


class MultiTracker(PersonDetector):
    """Gives each person a number and keeps it; one tracker a video, one thread at a time."""

    def __init__(self, estimator: Estimator, settings: TrackerSettings | None = None) -> None:
        super().__init__(estimator, settings)
        self._tracks: dict[int, PersonTrack] = {}
        self._next_number = 0

    def follow(self, image_bgr: Image, t_s: float) -> dict[int, Human]:
        """Give everybody in the next frame by their number, joints in 0..1 of the image.

        `t_s` is the frame's time in seconds, rising.
        """
        self.now_s = t_s
        self._tracks = {
            n: track
            for n, track in self._tracks.items()
            if t_s - track.last_seen_s < FORGET_AFTER_S
        }
        seen = self._detect_known(image_bgr)
        if self._is_search_due(seen):
            self._add_searched(image_bgr, seen)
        for number, one in seen.items():
            track = self._tracks[number]
            track.update(one, t_s)
            track.prominence += prominence(one.pose, one.human.score, image_box(image_bgr))
        self._drop_least_prominent()
        return {number: one.human for number, one in seen.items() if number in self._tracks}

    def _detect_known(self, image: Image) -> dict[int, Detection]:
        """Everybody who was seen lately, where they were; no detection twice."""
        detected: list[tuple[float, int, Detection]] = []
        for number, track in self._tracks.items():
            if self.now_s - track.last_seen_s <= self.settings.lost_s:
                found = self.detect_in_crop(image, track)
                if found is not None:
                    detected.append((self.association_cost(track, found), number, found))
        seen: dict[int, Detection] = {}
        for _, number, found in sorted(detected, key=lambda one: one[:2]):
            if not _is_duplicate(found, seen):
                seen[number] = found
        return seen

    def _is_search_due(self, seen: dict[int, Detection]) -> bool:
        whole = all(one.human.part_count() >= self.settings.min_parts for one in seen.values())
        everybody = len(seen) == len(self._tracks) > 0
        return not (everybody and whole) or self.now_s - self.searched_s >= SEARCH_INTERVAL_S

    def _add_searched(self, image: Image, seen: dict[int, Detection]) -> None:
        """Search, and add those who are not in `seen`: by their known number, or a new one."""
        for found in self._search_prominent(image):
            if _is_duplicate(found, seen):
                continue
            number = self._associate(found, image, seen)
            # Detected in a crop as somebody who is only just here: where they were before does not
            # say where they are now.
            here = PersonTrack(deque([found.pose]), self.now_s, self.now_s)
            in_crop = self.detect_in_crop(image, here) or found
            if not _is_duplicate(in_crop, seen):
                seen[self._add_track() if number is None else number] = in_crop

    def _search_prominent(self, image: Image) -> list[Detection]:
        """Everybody in the whole image; of a crowd, the MAX_SEARCHED most prominent."""
        found = self.search(image)
        if len(found) <= MAX_SEARCHED:
            return found
        whole = image_box(image)
        return sorted(
            found, key=lambda one: prominence(one.pose, one.human.score, whole), reverse=True
        )[:MAX_SEARCHED]

    def _add_track(self) -> int:
        """The number of a new track of somebody who is not known yet."""
        number, self._next_number = self._next_number, self._next_number + 1
        poses: deque[Pose] = deque(maxlen=self.settings.memory)
        self._tracks[number] = PersonTrack(poses, self.now_s, self.now_s)
        return number

    def _associate(self, found: Detection, image: Image, seen: dict[int, Detection]) -> int | None:
        """The number of the track that a detection belongs to, of those not seen yet."""
        away = {n: track for n, track in self._tracks.items() if n not in seen}
        near = {n: track for n, track in away.items() if self.match(track, [found])}
        if not near and not _is_at_border(found.pose, image_box(image)):
            near = {
                n: track for n, track in away.items() if self._may_have_fallen(track, found, image)
            }
        return min(near, key=lambda n: self.association_cost(near[n], found), default=None)

    def _may_have_fallen(self, track: PersonTrack, found: Detection, image: Image) -> bool:
        """Whether somebody who vanished in the middle of the image can have come here."""
        away_s = self.now_s - track.last_seen_s
        reach = self.settings.reach_torsos + FALL_TORSOS * away_s
        return (
            away_s > 0
            and not _is_at_border(track.poses[-1], image_box(image))
            and track.distance_torsos(found.pose) <= reach
            and size_ratio(track.poses[-1], found.pose) <= self.settings.size_change
            and not self.has_other_appearance(track, found.appearance)
        )

    def _drop_least_prominent(self) -> None:
        by_prominence = sorted(self._tracks, key=lambda n: -self._tracks[n].prominence)
        self._tracks = {n: self._tracks[n] for n in by_prominence[:MAX_PEOPLE]}


def _is_duplicate(found: Detection, seen: dict[int, Detection]) -> bool:
    """Whether that is one of those who were seen already."""
    return any(
        min(
            pose_distance_torsos([known.pose], found.pose),
            pose_distance_torsos([found.pose], known.pose),
        )
        < DUPLICATE_TORSOS
        for known in seen.values()
    )


def _is_at_border(pose: Pose, image: Box) -> bool:
    """Whether somebody there may just be coming into or leaving the image, at its sides."""
    box = box_around(pose)
    margin = BORDER * image.w
    return box is None or box.x < margin or box.x + box.w > image.w - margin

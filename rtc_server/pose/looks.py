"""What is seen of those who dance in front of one camera: one learner, or several dancers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rtc_server.pose.positioning import Surroundings
from rtc_server.pose.scene import (
    GroupObserver,
    Image,
    PeopleFinder,
    SceneObserver,
    StrangerFinder,
)
from rtc_server.pose.smoothing import Smoother
from rtc_server.types import Pose
from tf_pose.human import Human
from tf_pose.tracking.dancer_memory import DancerMemory


@dataclass(frozen=True, slots=True)
class DancerPose:
    """What was seen of one dancer."""

    pose: Pose
    surroundings: Surroundings | None  # where they are wanted


class Tracker(PeopleFinder, Protocol):
    """Follows one person over time (`tf_pose.tracking.person_tracker.PersonTracker`)."""

    def follow(self, image_bgr: Image, t_s: float) -> Human | None: ...


class GroupFollower(StrangerFinder, Protocol):
    """Follows several people over time (`tf_pose.tracking.group_tracker.GroupTracker`)."""

    @property
    def memory(self) -> Sequence[DancerMemory | None]: ...

    def follow(
        self, image_bgr: Image, t_s: float, *, keep_numbers: bool
    ) -> Sequence[Human | None]: ...


class Look(Protocol):
    """Sees everybody who dances, in one frame after the other; on a worker."""

    @property
    def memory(self) -> Sequence[DancerMemory | None]: ...

    def see(
        self, image: Image, t_s: float, *, observe_scene: bool, keep_numbers: bool
    ) -> list[DancerPose]: ...


class LearnerLook:
    """Sees the one learner."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._smoother = Smoother()
        self._scene_observer = SceneObserver(tracker)

    @property
    def memory(self) -> Sequence[DancerMemory | None]:
        """Whoever comes back is the learner."""
        return ()

    def see(
        self,
        image: Image,
        t_s: float,
        *,
        observe_scene: bool,
        keep_numbers: bool,  # noqa: ARG002
    ) -> list[DancerPose]:
        human = self._tracker.follow(image, t_s)
        pose = self._smoother.smooth(_pose_of(human, image, t_s))
        surroundings = None
        if observe_scene:
            surroundings = self._scene_observer.observe(image, human, t_s)
        return [DancerPose(pose, surroundings)]


class GroupLook:
    """Sees several dancers, by their numbers."""

    def __init__(self, tracker: GroupFollower) -> None:
        self._tracker = tracker
        self._smoothers: list[Smoother] = []
        self._observer = GroupObserver(tracker)

    @property
    def memory(self) -> Sequence[DancerMemory | None]:
        return self._tracker.memory

    def see(
        self, image: Image, t_s: float, *, observe_scene: bool, keep_numbers: bool
    ) -> list[DancerPose]:
        humans = self._tracker.follow(image, t_s, keep_numbers=keep_numbers)
        if len(self._smoothers) != len(humans):
            self._smoothers = [Smoother() for _ in humans]
        poses = [
            smoother.smooth(_pose_of(human, image, t_s))
            for smoother, human in zip(self._smoothers, humans, strict=True)
        ]
        if not observe_scene:
            return [DancerPose(pose, None) for pose in poses]
        surroundings = self._observer.observe(image, humans, t_s)
        return [DancerPose(*each) for each in zip(poses, surroundings, strict=True)]


def _pose_of(human: Human | None, image: Image, t_s: float) -> Pose:
    if human is None:
        return Pose.nobody(t_s)
    return Pose(t_s, *human.arrays(), aspect=image.shape[1] / image.shape[0])

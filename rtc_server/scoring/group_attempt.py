"""The attempts of all who dance before one camera: one each, at the same lesson positions. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rtc_server.scoring.attempt import Attempt, Mirror
from rtc_server.scoring.reference import Reference
from rtc_server.scoring.summary import Summary
from rtc_server.types import Pose, Score


class GroupAttempt:
    """One attempt a dancer, by their numbers; a learner alone is a group of one."""

    def __init__(self, reference: Reference, mirror: Mirror, dancers: int = 1) -> None:
        self.attempts = tuple(Attempt(reference, mirror) for _ in range(dancers))

    @property
    def id(self) -> str:
        """The first dancer's, which names the result of all."""
        return self.attempts[0].id

    @property
    def samples(self) -> int:
        """How many samples were scored: of everybody as many."""
        return self.attempts[0].samples

    @property
    def dropped(self) -> int:
        """How many samples came due and were not scored."""
        return self.attempts[0].dropped

    @dropped.setter
    def dropped(self, samples: int) -> None:
        for attempt in self.attempts:
            attempt.dropped = samples

    def score_sample(
        self, lesson_s: float, poses: Sequence[Pose], rate: float = 1.0
    ) -> list[Score]:
        """Add one sample of everybody, and give each one's live score."""
        return [
            attempt.score_sample(lesson_s, pose, rate)
            for attempt, pose in zip(self.attempts, poses, strict=True)
        ]

    def add_sample(self, lesson_s: float, pose: Pose, rate: float = 1.0) -> None:
        """Add one sample in which all are seen alike: nobody is."""
        for attempt in self.attempts:
            attempt.add_sample(lesson_s, pose, rate)

    def summaries(self, complete: bool) -> list[Summary]:
        """The result of each."""
        return [attempt.summary(complete) for attempt in self.attempts]

"""One learner's attempt in a live class: scored as the reference grows, judged again at the end.

Pure. While the class goes on, a learner's moment is scored once the teacher's poses reach a second
past it: only then can every lag be compared, as in a recorded lesson. What is kept of the attempt
is judged after the class, by the whole reference, with the code of recorded lessons.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from rtc_server.scoring.attempt import Attempt, Mirror
from rtc_server.scoring.growing.pose_buffer import PoseBuffer
from rtc_server.scoring.growing.reference import MAX_POSES, READY_S, GrowingReference
from rtc_server.scoring.reference import Reference
from rtc_server.scoring.summary import Summary
from rtc_server.types import Pose, Score

MAX_WAITING = 64  # moments that wait for the teacher's poses; 13 s
MAX_AT_ONCE = 4  # of them scored with one new moment: after a stall others want the time, too


class LiveAttempt:
    """As `Attempt`, against a reference that grows."""

    def __init__(self, reference: GrowingReference, mirror: Mirror) -> None:
        self.reference = reference
        self._mirror = mirror
        self._record = PoseBuffer(MAX_POSES)  # of all moments; `t_s` are lesson positions
        self._waiting: deque[tuple[float, Pose]] = deque()
        self._attempt = Attempt(reference, mirror)  # so far, or the final one
        self._score: Score | None = None  # the newest live score
        self._is_final = False

    @property
    def id(self) -> str:
        return self._attempt.id

    @property
    def dropped(self) -> int:
        """How many moments came due and were not scored."""
        return self._attempt.dropped

    @dropped.setter
    def dropped(self, samples: int) -> None:
        self._attempt.dropped = samples

    @property
    def samples(self) -> int:
        """How many moments are kept to be judged."""
        return len(self._record)

    def score_sample(self, lesson_s: float, pose: Pose, rate: float = 1.0) -> Score | None:
        """Add a moment, as `add_sample` does, and give the newest live score.

        It is that of a moment about a second ago; None in the first 8 s of dance.
        """
        self.add_sample(lesson_s, pose, rate)
        return self._score

    def add_sample(self, lesson_s: float, pose: Pose, rate: float = 1.0) -> None:  # noqa: ARG002
        """Keep a moment to be judged, and score those whose time has come.

        :param lesson_s: the position on the teacher's time that the learner was seeing.
        :param rate: a live class has only one.
        """
        if self._is_final or not self._record.add(lesson_s, pose):
            self.dropped += 1
            return
        if lesson_s >= READY_S:
            self._waiting.append((lesson_s, pose))
        if len(self._waiting) > MAX_WAITING:
            self._waiting.popleft()  # the teacher's poses stay away; it is judged all the same
        for _ in range(MAX_AT_ONCE):
            if not self._waiting or not self.reference.is_known_at(self._waiting[0][0]):
                break
            self._score = self._attempt.score_sample(*self._waiting.popleft())

    def judge(self, whole: Reference) -> None:
        """Judge all moments by the reference of the whole class; takes 0.5 ms for each.

        It may run in another thread once no more moments come.
        """
        judged = Attempt(whole, self._mirror)
        judged.id, judged.dropped = self.id, self.dropped
        for lesson_s, pose in self.recorded():
            judged.add_sample(lesson_s, pose)
        self._attempt, self._is_final = judged, True

    def recorded(self) -> Iterator[tuple[float, Pose]]:
        """All moments with their lesson positions."""
        for row in range(len(self._record)):
            yield float(self._record.t_s[row]), self._record.pose(row)

    def summary(self, complete: bool) -> Summary:
        """The result so far, or of the whole once it was judged."""
        return self._attempt.summary(complete)

"""An attempt goes on elsewhere as it would have gone on here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rtc_server.cluster.snapshots import keep_attempt, restore_attempt
from rtc_server.errors import UnknownSession
from rtc_server.lessons.lesson import Lesson
from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.session.resume import ResumableSession
from rtc_server.types import Pose
from tests.unit.rtc_server import dances

NUMBERS: dict[str, Any] = {"duration_s": 24.0, "width": 480, "height": 640, "pose_fps": 5.0}
TEXTS = {"title": "Demo", "model": "mobilenet_thin", "source_sha256": "5", "source_name": "a.mp4"}


@pytest.fixture
def lesson(tmp_path: Any) -> Lesson:
    sizes: dict[str, Any] = {"size_bytes": 1, "samples": 120, "poses_version": 2, "format": 2}
    return Lesson(id="demo", folder=tmp_path, has_audio=True, **NUMBERS, **TEXTS, **sizes)


def dance(attempt: GroupAttempt, first: int, last: int) -> None:
    track = dances.dance()
    for k in range(first, last):
        pose = Pose(float(track.t_s[k]) + 0.1, track.xy[k], track.confidence[k], track.aspect)
        attempt.add_sample(float(track.t_s[k]), pose)


def test_it_goes_on_with_the_same_score(lesson: Lesson) -> None:
    reference = dances.lesson()
    here, moved = GroupAttempt(reference, "auto"), GroupAttempt(reference, "auto")
    moved.attempts[0].id = here.id
    dance(here, 0, 110)
    dance(moved, 0, 40)
    left = ResumableSession(lesson, moved, "auto", "Ann", 8.0, rate=1.0, loop=(2.0, 20.0))
    kept = keep_attempt("a.w1", left)
    found = restore_attempt(kept, lesson, reference)
    assert (found.lesson_s, found.loop, found.learner) == (8.0, (2.0, 20.0), "Ann")
    dance(found.attempt, 40, 110)
    assert found.attempt.summaries(complete=True) == here.summaries(complete=True)
    assert found.attempt.id == here.id


def test_what_every_host_has_is_not_written(lesson: Lesson) -> None:
    attempt = GroupAttempt(dances.lesson(), "auto")
    dance(attempt, 0, 60)
    kept = keep_attempt("a.w1", ResumableSession(lesson, attempt, "auto", None, 8.0, 1.0, None))
    assert (kept.lesson, kept.source_sha256, kept.samples) == ("demo", "5", 60)
    assert len(kept.content) < 250_000
    assert str(lesson.folder).encode() not in kept.content


def test_a_name_that_was_deleted_meanwhile_does_not_come_back(lesson: Lesson) -> None:
    reference = dances.lesson()
    left = ResumableSession(lesson, GroupAttempt(reference, "on"), "on", "Ann", 0.0, 1.0, None)
    kept = replace(keep_attempt("a.w1", left), names=(None,))
    assert restore_attempt(kept, lesson, reference).learner is None


def test_another_version_is_not_read(lesson: Lesson) -> None:
    reference = dances.lesson()
    left = ResumableSession(lesson, GroupAttempt(reference, "on"), "on", None, 0.0, 1.0, None)
    kept = replace(keep_attempt("a.w1", left), version="9.9", content=b"no pickle")
    with pytest.raises(UnknownSession, match=r"got one of 9\.9"):
        restore_attempt(kept, lesson, reference)

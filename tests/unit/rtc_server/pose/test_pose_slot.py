"""A session's slot: failures, frames that are too old, measures, and smoothing."""

from __future__ import annotations

import asyncio
import logging

import numpy as np
import pytest

from rtc_server.pose.smoothing import Smoother
from rtc_server.types import Pose
from tests.unit.rtc_server.pose.inference_harness import Harness
from tf_pose.human import BodyPart, Human


async def test_a_failure_is_counted_and_logged_and_the_session_goes_on(
    one_worker: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    learner = one_worker.learner("a")
    learner.errors = [RuntimeError("the engine fell over"), RuntimeError("the engine fell over")]
    learner.release(3)
    failures = []
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            learner.send_frames()
            failures.append((await learner.estimate() is None, learner.slot.failures))
    assert failures == [(True, 1), (True, 2), (False, 0)]
    assert one_worker.metric("tandem_pose_failures_total") == 2
    assert [str(record.exc_info[1]) for record in caplog.records if record.exc_info] == [
        "the engine fell over"  # a row of failures is logged once
    ]


async def test_a_frame_that_waited_too_long_is_counted_and_skipped(one_worker: Harness) -> None:
    late, fresh = one_worker.learner("late"), one_worker.learner("fresh")
    late.waited_s = 0.5
    late.send_frames()
    assert await late.estimate() is None
    assert (late.followed_s, late.slot.frames_too_old) == ([], 1)
    fresh.send_frames()
    fresh.release()
    assert await fresh.estimate() is not None  # the turn is not kept by the one who did not need it
    assert one_worker.metric("tandem_webcam_frames_too_old_total") == 1


async def test_slow_inference_leaves_frames_less_time_to_wait(one_worker: Harness) -> None:
    service = one_worker.service
    assert service.is_in_time(0.4)
    for _ in range(20):
        service.record_duration(0.3)
    assert service.is_in_time(0.1) and not service.is_in_time(0.2)


async def test_a_learner_whose_frames_are_always_late_gets_a_pose_now_and_then(
    one_worker: Harness,
) -> None:
    learner = one_worker.learner("far away")
    learner.waited_s = 0.5
    learner.release(10)
    estimated = []
    for _ in range(12):
        learner.send_frames()
        estimated.append(await learner.estimate() is not None)
    assert estimated == [*[False] * 5, True] * 2


@pytest.mark.parametrize("has_ended", [False, True])
async def test_a_camera_without_a_frame_has_no_pose(one_worker: Harness, has_ended: bool) -> None:
    """As one that became the session's camera while the frame of the one before was waited for."""
    learner = one_worker.learner("a")
    if has_ended:
        learner.frames.close()
    assert await learner.estimate() is None
    assert (learner.slot.failures, learner.slot.frames_too_old) == (0, 0)


async def test_waiting_and_work_are_measured_separately(one_worker: Harness) -> None:
    learners = [one_worker.learner(name) for name in "ab"]
    for learner in learners:
        learner.send_frames()
        learner.release()
    await asyncio.gather(*(learner.estimate() for learner in learners))
    assert one_worker.metric("tandem_pose_wait_seconds_count") == 2
    assert one_worker.metric("tandem_pose_seconds_count") == 2


async def test_poses_are_smoothed_as_offline(one_worker: Harness) -> None:
    learner, smoother = one_worker.learner("a"), Smoother()
    for x in (0.5, 0.501, 0.52, 0.7):
        learner.send_frames()
        learner.release()
        learner.human = Human({4: BodyPart("0-4", 4, x, 0.4, 0.9)}, 0.9)
        pose = await learner.estimate()
        assert pose is not None
        expected = smoother.smooth(Pose(pose.captured_s, *learner.human.arrays()))
        np.testing.assert_array_equal(pose.xy, expected.xy)
    assert pose.xy[4, 0] < 0.7  # there was something to smooth

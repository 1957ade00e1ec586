"""The raise-your-arms check: rendered people who follow its figure, late by a known time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from rtc_server.errors import OutOfOrder
from rtc_server.pose.camera_latency import CameraLatency, CameraLatencyCheck, figure_arms_deg
from rtc_server.pose.smoothing import Smoother
from rtc_server.protocol.client_messages import Calibrate
from rtc_server.types import Pose
from tools.dancer.body import body
from tools.dancer.motion import standing
from tools.dancer.scene import Actor, camera_for
from tools.dancer.stance import INDEX, Stance

REQUEST = Calibrate(begins_ms=10_000.0, period_ms=2100.0, cycles=6)
BEFORE_MS, EVERY_MS = 1500.0, 200.0
LateMs = Callable[[float], float]  # client's time in ms -> how late the learner is then, ms


def stance_with_arms(raised: float) -> Stance:
    stance = standing()
    for side in ("left", "right"):
        stance[INDEX[f"{side}.upper.raise"]] = stance[INDEX[f"{side}.fore.raise"]] = raised
    return stance


@cache
def raised_pose(degrees: int) -> Pose:
    who = body("tall")
    camera = camera_for(who, (640, 480))
    xy = camera.project(Actor(who, lambda _: stance_with_arms(degrees)).joints_at(0.0))[:, :2]
    share = (xy / np.array(camera.size)).astype(np.float32)
    return Pose(0.0, share, np.full(18, 0.9, np.float32), 640 / 480)


def observed_poses(
    late: LateMs, noise: float = 0.004, every_ms: float = EVERY_MS, seed: int = 1
) -> list[tuple[float, Pose]]:
    """The poses of a learner who follows the figure, with their capture times."""
    chance, smoother = np.random.default_rng(seed), Smoother()
    ends_ms = REQUEST.begins_ms + REQUEST.cycles * REQUEST.period_ms + 1500
    poses = []
    for t_ms in np.arange(REQUEST.begins_ms - BEFORE_MS, ends_ms, every_ms):
        at_ms = max(t_ms - late(t_ms), REQUEST.begins_ms)
        degrees = float(figure_arms_deg(np.array(at_ms), REQUEST.begins_ms, REQUEST.period_ms))
        pose = raised_pose(round(degrees))
        xy = (pose.xy + chance.normal(0, noise, pose.xy.shape)).astype(np.float32)
        pose = smoother.smooth(Pose(float(t_ms) / 1000, xy, pose.confidence.copy(), pose.aspect))
        poses.append((float(t_ms), pose))
    return poses


def in_time(_t_ms: float) -> float:
    """Not late at all."""
    return 0.0


def run_check(poses: list[tuple[float, Pose]], asked: Calibrate = REQUEST) -> CameraLatency:
    check = CameraLatencyCheck()
    check.start(asked, "ready")
    found = [result for at_ms, pose in poses if (result := check.update(at_ms, pose))]
    assert len(found) == 1, "told once, when the figure is done"
    return found[0]


@pytest.mark.parametrize("delay_ms", [0, 60, 120, 180, 240, 290])
def test_a_latency_is_measured(delay_ms: float) -> None:
    found = run_check(observed_poses(lambda _: delay_ms))
    assert found.problem is None
    assert found.latency_ms == pytest.approx(delay_ms, abs=15)
    assert found.cycles == 5


def test_people_who_are_now_late_and_now_early_are_right_on_average() -> None:
    chance = np.random.default_rng(3)
    own_ms = chance.normal(0, 60, REQUEST.cycles + 2)

    def late_ms(t_ms: float) -> float:
        cycle = max(0, (t_ms - REQUEST.begins_ms) // REQUEST.period_ms)
        return float(120 + own_ms[int(cycle)])

    found = run_check(observed_poses(late_ms))
    assert found.problem is None
    assert found.latency_ms == pytest.approx(120, abs=60)
    assert found.spread_ms is not None and 15 < found.spread_ms < 80


def test_few_samples_are_enough_where_a_server_is_busy() -> None:
    found = run_check(observed_poses(lambda _: 150, every_ms=330))
    assert found.latency_ms == pytest.approx(150, abs=25)


def test_a_lost_hand_now_and_then_does_no_harm() -> None:
    chance = np.random.default_rng(5)
    poses = []
    for at_ms, pose in observed_poses(lambda _: 100):
        for wrist in (4, 7):
            if chance.random() < 0.3:
                pose.confidence[wrist] = 0
        poses.append((at_ms, pose))
    assert run_check(poses).latency_ms == pytest.approx(100, abs=25)


def test_other_movements_give_no_latency() -> None:
    still = run_check(observed_poses(lambda t_ms: t_ms - REQUEST.begins_ms))
    own_pace = run_check(observed_poses(lambda t_ms: 0.35 * (t_ms - REQUEST.begins_ms)))
    assert still.latency_ms is own_pace.latency_ms is None
    assert still.problem == own_pace.problem == "not_followed"


def test_an_impossible_latency_is_reported_as_a_problem() -> None:
    late, early = (
        run_check(observed_poses(lambda _: 420)),
        run_check(observed_poses(lambda _: -160)),
    )
    assert (late.latency_ms, late.problem) == (None, "late")
    assert (early.latency_ms, early.problem) == (None, "early")


def test_somebody_slightly_early_has_a_camera_without_latency() -> None:
    assert run_check(observed_poses(lambda _: -40)).latency_ms == 0


def test_arms_out_of_view_are_reported() -> None:
    nobody = [(at_ms, Pose.nobody(at_ms)) for at_ms, _ in observed_poses(in_time)]
    assert run_check(nobody).problem == "unseen"
    half = [
        (at_ms, pose if k % 2 else nobody[k][1])
        for k, (at_ms, pose) in enumerate(observed_poses(in_time))
    ]
    assert run_check(half).problem == "unseen"


def test_too_few_samples_are_reported_as_slow() -> None:
    assert run_check(observed_poses(in_time, every_ms=700)).problem == "slow"


def test_a_check_can_be_cancelled_and_started_again() -> None:
    check, poses = CameraLatencyCheck(), observed_poses(lambda _: 100)
    check.start(REQUEST, "ready")
    check.start(Calibrate(0, 0, 0), "ready")
    assert [check.update(*sample) for sample in poses] == [None] * len(poses)
    with pytest.raises(OutOfOrder, match="ready or paused"):
        check.start(REQUEST, "playing")

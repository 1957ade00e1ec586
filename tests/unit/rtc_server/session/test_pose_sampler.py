"""When a session estimates the learner's pose, and which samples it counts as missed."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.latest import Latest
from rtc_server.metrics import Metrics
from rtc_server.session import pose_sampler
from rtc_server.session.pose_sampler import PoseSampler, SampleSchedule

INTERVAL_S = 0.2


def test_samples_are_due_at_the_sessions_own_phase() -> None:
    schedule = SampleSchedule(pose_fps=5, phase=0.25, now_s=100.01)
    assert schedule.due_s == pytest.approx(100.25)
    assert schedule.advance(now_s=100.26) == 0
    assert schedule.due_s == pytest.approx(100.45)


def test_a_sample_less_than_an_interval_late_misses_nothing() -> None:
    schedule = SampleSchedule(pose_fps=5, phase=0, now_s=99.9)
    assert schedule.due_s == pytest.approx(100.0)
    assert schedule.advance(now_s=100.39) == 0
    assert schedule.due_s == pytest.approx(100.2)  # already past, so the sample is taken at once


def test_due_times_that_have_passed_are_missed_or_skipped() -> None:
    missed = SampleSchedule(pose_fps=5, phase=0, now_s=99.9)
    assert missed.advance(now_s=100.95) == 3
    assert missed.due_s == pytest.approx(100.8)
    skipped = SampleSchedule(pose_fps=5, phase=0, now_s=99.9)
    skipped.skip_to(now_s=100.95)
    assert skipped.advance(now_s=100.95) == 0
    assert skipped.due_s == pytest.approx(101.0)


class PlayingSession:
    """A session on a clock of its own; estimating the pose in a frame takes `estimate_s`."""

    def __init__(self, estimate_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 100.0
        self.estimate_s = estimate_s
        self.frames_s = 1e-6
        self.fails = False
        self.times_s: list[float] = []
        self.scene_observed: list[bool] = []
        self.errors: list[str] = []
        self.metrics = Metrics()
        self.attempt = SimpleNamespace(dropped=0, samples=0)
        self.playback = SimpleNamespace(state="playing")
        self.pose_slot = SimpleNamespace(
            phase=0.25, failures=0, estimate_newest=self.estimate_newest
        )
        frames = SimpleNamespace(wait=self.wait, wait_for_next=self.wait_for_next, is_empty=False)
        self.uplink = SimpleNamespace(
            frames=frames, frames_skipped=0, has_camera=True, capture_clock=None
        )
        self.sampler = sampler_of(
            uplink=self.uplink,
            pose_slot=self.pose_slot,
            peer=SimpleNamespace(packets_received=0, send_control=self.send_control),
            player=SimpleNamespace(now=lambda: self.now_s),
            playback=self.playback,
            attempt=self.attempt,
            metrics=self.metrics,
            pose_fps=1 / INTERVAL_S,
        )
        monkeypatch.setattr(asyncio, "sleep", self.sleep)

    def send_control(self, message: Any) -> None:
        self.errors.append(message["code"])

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds

    async def wait(self) -> None:
        pass

    async def wait_for_next(self) -> None:
        """A webcam frame comes every `frames_s`."""
        self.now_s = (self.now_s // self.frames_s + 1) * self.frames_s

    async def estimate_newest(
        self, *_: object, observe_scene: bool, keep_numbers: bool
    ) -> object | None:
        assert keep_numbers or self.playback.state == "ready"
        self.scene_observed.append(observe_scene)
        self.times_s.append(self.now_s)
        self.now_s += self.estimate_s
        self.pose_slot.failures = self.pose_slot.failures + 1 if self.fails else 0
        if len(self.times_s) == 60:  # recovered, so that the sampler yields something
            return object()
        return None if self.fails else object()

    async def samples(self, count: int) -> None:
        async for _ in self.sampler.poses():
            if len(self.times_s) >= count:
                return

    @property
    def missed(self) -> float | None:
        return self.metrics.registry.get_sample_value("tandem_samples_missed_total")


def sampler_of(**parts: Any) -> PoseSampler:
    return PoseSampler(**parts)


async def test_a_session_in_time_takes_every_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    session = PlayingSession(0.05, monkeypatch)
    await session.samples(50)
    steps = [b - a for a, b in zip(session.times_s, session.times_s[1:], strict=False)]
    assert steps == pytest.approx([INTERVAL_S] * 49)
    assert session.times_s[0] % INTERVAL_S == pytest.approx(0.25 * INTERVAL_S, abs=1e-5)
    assert session.attempt.dropped == 0


@pytest.mark.parametrize("frames_s", [1 / 30, 1 / 15, 0.1, 0.15])
async def test_samples_are_taken_of_frames_that_have_just_arrived(
    monkeypatch: pytest.MonkeyPatch, frames_s: float
) -> None:
    session = PlayingSession(0.02, monkeypatch)
    session.frames_s = frames_s
    await session.samples(50)
    since_a_frame = [times_s % frames_s for times_s in session.times_s]
    assert [min(s, frames_s - s) for s in since_a_frame] == pytest.approx([0] * 50, abs=1e-9)
    mean_s = (session.times_s[-1] - session.times_s[0]) / 49
    assert mean_s == pytest.approx(INTERVAL_S, abs=0.01)
    assert session.attempt.dropped == 0


@pytest.mark.parametrize("estimate_s", [0.28, 0.5, 1.1])
async def test_a_late_session_queues_again_at_once_and_each_missed_sample_is_counted(
    monkeypatch: pytest.MonkeyPatch, estimate_s: float
) -> None:
    session = PlayingSession(estimate_s, monkeypatch)
    await session.samples(50)
    steps = [b - a for a, b in zip(session.times_s, session.times_s[1:], strict=False)]
    assert steps == pytest.approx([estimate_s] * 49)
    due = (session.times_s[-1] - session.times_s[0]) / INTERVAL_S
    assert 49 + session.attempt.dropped == pytest.approx(due, abs=1)
    assert session.missed == session.attempt.dropped


async def test_before_the_lesson_plays_no_sample_counts_as_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = PlayingSession(0.5, monkeypatch)
    session.playback.state = "ready"
    await session.samples(20)
    assert (session.attempt.dropped, session.missed) == (0, 0)


@pytest.mark.parametrize(
    ("state", "observed"), [("ready", True), ("paused", True), ("playing", False)]
)
async def test_the_scene_is_analysed_while_nothing_is_scored(
    monkeypatch: pytest.MonkeyPatch, state: str, observed: bool
) -> None:
    session = PlayingSession(0.05, monkeypatch)
    session.playback.state = state
    await session.samples(5)
    assert set(session.scene_observed) == {observed}


async def test_failures_count_as_missed_and_the_learner_gets_one_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = PlayingSession(0.05, monkeypatch)
    session.fails = True
    await session.samples(60)
    assert session.attempt.dropped == 59 == session.missed
    assert session.errors == ["internal"]


async def test_another_camera_that_counts_since_a_moment_ago_need_not_have_a_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A phone became the camera between a frame of the screen's own and its turn."""
    session = PlayingSession(0.01, monkeypatch)
    phone = Latest[object]()

    async def change_camera() -> None:
        session.uplink.frames = phone

    async def send_frame() -> None:
        await session.wait_for_next()
        phone.put(object())

    session.uplink.frames.wait_for_next = change_camera
    monkeypatch.setattr(phone, "wait_for_next", send_frame)
    await session.samples(1)
    assert session.missed == 1
    assert session.times_s[0] > 100.2


class FramelessSession:
    """A playing session without frames until all `packets` counts are read, four in a round."""

    problem = ""
    has_camera = True

    def __init__(
        self, packets: list[int], monkeypatch: pytest.MonkeyPatch, skipped: Sequence[int] = ()
    ) -> None:
        """:param skipped: how many frames wait for a key frame, each time this is asked."""
        monkeypatch.setattr(pose_sampler, "NO_FRAME_S", 0)
        self._skipped = iter([*skipped, *itertools.repeat(0, 100)])
        self.errors: list[str] = []
        self.unseen: list[float] = []
        self._packets = packets
        self.frames: Latest[object] = Latest()
        self.sampler = sampler_of(
            uplink=self,
            pose_slot=SimpleNamespace(),
            peer=self,
            player=SimpleNamespace(
                now=lambda: 100.0, position_s=7.0, clock=SimpleNamespace(rate=1.0)
            ),
            playback=SimpleNamespace(state="playing"),
            attempt=SimpleNamespace(
                samples=0, add_sample=lambda lesson_s, *_: self.unseen.append(lesson_s)
            ),
            metrics=Metrics(),
            pose_fps=5,
        )

    def send_control(self, message: Any) -> None:
        self.errors.append(message["code"])

    @property
    def frames_skipped(self) -> int:
        return next(self._skipped)

    @property
    def packets_received(self) -> int:
        if len(self._packets) == 1:
            self.frames.put(object())
        return self._packets.pop(0)


@pytest.mark.parametrize("packets", [[5] * 9, [5, 6, 6, 6, 6], [6, 6, 6, 7, 7]])
async def test_while_the_connection_is_silent_no_learner_counts_as_out_of_view(
    monkeypatch: pytest.MonkeyPatch, packets: list[int]
) -> None:
    """It may fall silent within a round, or come back in it, when no frame is there yet."""
    session = FramelessSession(packets, monkeypatch)
    assert not await session.sampler._wait_for_frame(fresh=False)  # and nothing was due
    assert (session.errors, session.unseen) == ([], [])


async def test_a_phone_that_is_not_there_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    session = FramelessSession([5, 6, 6, 7, 7, 8, 8, 9, 9], monkeypatch)
    session.has_camera = False
    assert not await session.sampler._wait_for_frame(fresh=False)
    assert (session.errors, session.unseen) == ([], [])


async def test_a_camera_that_is_off_is_reported_once_and_the_learner_is_scored_as_out_of_view(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = FramelessSession([5, 6, 6, 7, 7, 8, 8, 9, 9], monkeypatch)
    assert await session.sampler._wait_for_frame(fresh=False)
    assert (session.errors, session.unseen) == (["no_camera"], [7.0, 7.0])


@pytest.mark.parametrize(("rounds", "errors"), [(1, []), (2, ["no_camera"])])
async def test_a_camera_whose_frames_wait_for_a_key_frame_is_not_off_for_a_round(
    monkeypatch: pytest.MonkeyPatch, rounds: int, errors: list[str]
) -> None:
    packets = [5, 6, 6, 7, 7, 8, 8, 9, 9][: 4 * rounds + 1]
    session = FramelessSession(packets, monkeypatch, skipped=(3, 9, 12))
    assert await session.sampler._wait_for_frame(fresh=False)
    assert (session.errors, session.unseen) == (errors, [7.0] * rounds)


async def test_a_camera_whose_frames_are_refused_is_reported_with_the_reason_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = FramelessSession([5, 6, 6, 7, 7], monkeypatch, skipped=(3, 9))
    session.problem = "too large"
    assert await session.sampler._wait_for_frame(fresh=False)
    assert session.errors == ["no_camera"]

"""When the flow looks at a learner, and what it counts when it could not."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from aiortc.rtcsctptransport import USERDATA_MAX_LENGTH

from rtc_server.feedback import HINT_KINDS, SIDED_PARTS, Hint
from rtc_server.metrics import Metrics
from rtc_server.pose.inference import FramePose
from rtc_server.protocol.server_messages import to_json
from rtc_server.scoring.limb_directions import NAMES
from rtc_server.scoring.reference import prepare
from rtc_server.session import pipeline
from rtc_server.sync.capture_clock import CaptureClock
from rtc_server.sync.player import Player
from rtc_server.sync.playhead import Playhead, SentFrame
from rtc_server.types import Pose, Score
from rtc_server.webrtc.latest import Latest
from tests.unit.rtc_server.dances import dance

EVERY_S = 0.2


class Flow:
    """A playing session on a clock of its own; a look at a picture takes `look_s`."""

    def __init__(self, look_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 100.0
        self.look_s = look_s
        self.frames_s = 1e-6
        self.fails = False
        self.looked_s: list[float] = []
        self.looked_around: list[bool] = []
        self.complaints: list[tuple[str, str]] = []
        self.poses = SimpleNamespace(phase=0.25, failures=0, newest=self.newest)
        self.its = SimpleNamespace(
            frames=SimpleNamespace(wait=self.ready, wait_for_next=self.another),
            packets=lambda: 0,
            poses=self.poses,
            player=SimpleNamespace(now=lambda: self.now_s),
            playback=SimpleNamespace(state="playing"),
            attempt=SimpleNamespace(dropped=0),
            metrics=Metrics(),
            complain=lambda code, text: self.complaints.append((code, text)),
            pose_fps=1 / EVERY_S,
        )
        monkeypatch.setattr(asyncio, "sleep", self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds

    async def ready(self) -> None:
        pass

    async def another(self) -> None:
        """A webcam's frame comes every `frames_s`."""
        self.now_s = (self.now_s // self.frames_s + 1) * self.frames_s

    async def newest(self, *_: object, around: bool) -> object | None:
        self.looked_around.append(around)
        self.looked_s.append(self.now_s)
        self.now_s += self.look_s
        self.poses.failures = self.poses.failures + 1 if self.fails else 0
        if len(self.looked_s) == 60:  # recovered, so that `sampled` gives something and returns
            return object()
        return None if self.fails else object()

    async def samples(self, count: int) -> None:
        async for _ in pipeline.sampled(self.its):
            if len(self.looked_s) >= count:
                return

    @property
    def missed(self) -> float | None:
        return self.its.metrics.registry.get_sample_value("tandem_samples_missed_total")


async def test_in_time_every_tick_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = Flow(0.05, monkeypatch)
    await flow.samples(50)
    steps = [b - a for a, b in zip(flow.looked_s, flow.looked_s[1:], strict=False)]
    assert steps == pytest.approx([EVERY_S] * 49)
    assert flow.looked_s[0] % EVERY_S == pytest.approx(0.25 * EVERY_S, abs=1e-5)
    assert flow.its.attempt.dropped == 0


@pytest.mark.parametrize("frames_s", [1 / 30, 1 / 15, 0.1, 0.15])
async def test_it_is_looked_at_frames_that_have_just_come(
    monkeypatch: pytest.MonkeyPatch, frames_s: float
) -> None:
    flow = Flow(0.02, monkeypatch)
    flow.frames_s = frames_s
    await flow.samples(50)
    since_a_frame = [looked_s % frames_s for looked_s in flow.looked_s]
    assert [min(s, frames_s - s) for s in since_a_frame] == pytest.approx([0] * 50, abs=1e-9)
    assert (flow.looked_s[-1] - flow.looked_s[0]) / 49 == pytest.approx(EVERY_S, abs=0.01)
    assert flow.its.attempt.dropped == 0


@pytest.mark.parametrize("look_s", [0.28, 0.5, 1.1])
async def test_who_is_late_is_back_in_line_at_once_and_each_miss_is_counted(
    monkeypatch: pytest.MonkeyPatch, look_s: float
) -> None:
    flow = Flow(look_s, monkeypatch)
    await flow.samples(50)
    steps = [b - a for a, b in zip(flow.looked_s, flow.looked_s[1:], strict=False)]
    assert steps == pytest.approx([look_s] * 49)
    due = (flow.looked_s[-1] - flow.looked_s[0]) / EVERY_S
    assert 49 + flow.its.attempt.dropped == pytest.approx(due, abs=1)
    assert flow.missed == flow.its.attempt.dropped


async def test_a_wait_before_the_lesson_plays_is_no_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = Flow(0.5, monkeypatch)
    flow.its.playback.state = "ready"
    await flow.samples(20)
    assert (flow.its.attempt.dropped, flow.missed) == (0, 0)


@pytest.mark.parametrize(
    ("state", "looks"), [("ready", True), ("paused", True), ("playing", False)]
)
async def test_what_is_around_the_learner_is_looked_at_while_nothing_is_judged(
    monkeypatch: pytest.MonkeyPatch, state: str, looks: bool
) -> None:
    flow = Flow(0.05, monkeypatch)
    flow.its.playback.state = state
    await flow.samples(5)
    assert set(flow.looked_around) == {looks}


async def test_failures_are_losses_and_a_row_of_them_is_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flow = Flow(0.05, monkeypatch)
    flow.fails = True
    await flow.samples(60)
    assert flow.its.attempt.dropped == 59 == flow.missed
    assert [code for code, _ in flow.complaints] == ["internal"]


def shown_at(client_ms: float) -> float:
    """The lesson's place on the screen in the test below: it began at 5 s of the client's clock."""
    return client_ms / 1000 - 5


@pytest.mark.parametrize("camera_ms", [0.0, 120.0])
@pytest.mark.parametrize("told", [True, False])
async def test_the_cameras_own_delay_is_not_the_learners(camera_ms: float, told: bool) -> None:
    capture, playhead = CaptureClock(), Playhead()
    capture.camera_ms = camera_ms
    capture.pinged(0.0, arrival_s=100.0, rtt_ms=0.0)
    capture.media_arrived(rtp=9000, arrival_s=108.0)  # captured at 8 s of the client's clock
    if told:
        playhead.observe(5000.0, SentFrame(0.0, run=1, begins_s=0.0, rate=1.0, on_time=True))
    player = Player(24.0, lambda: 105.0)
    player.play()
    posed = SimpleNamespace(frame=SimpleNamespace(rtp=9000), pose=Pose.nobody(108.0))
    its = SimpleNamespace(capture=capture, playhead=playhead, player=player)
    seen = pipeline.seen_in(its, posed)
    assert seen.sync == ("measured" if told else "estimated")
    playout_s = 0.0 if told else pipeline.PLAYOUT_S
    assert seen.lesson_s == pytest.approx(shown_at(8000.0 - camera_ms) - playout_s)


class Wait:
    """A playing session without frames, until `packets`, asked four times a round, are told."""

    def __init__(self, packets: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pipeline, "NO_FRAME_S", 0)
        self.complaints: list[str] = []
        self.unseen: list[float] = []
        self._packets = packets
        self._frames: Latest[object] = Latest()
        self.its = SimpleNamespace(
            frames=self._frames,
            packets=self.packets,
            player=SimpleNamespace(
                now=lambda: 100.0, position_s=7.0, clock=SimpleNamespace(rate=1.0)
            ),
            playback=SimpleNamespace(state="playing"),
            attempt=SimpleNamespace(add=lambda lesson_s, *_: self.unseen.append(lesson_s)),
            complain=lambda code, _: self.complaints.append(code),
        )

    def packets(self) -> int:
        if len(self._packets) == 1:
            self._frames.put(object())
        return self._packets.pop(0)


@pytest.mark.parametrize("packets", [[5] * 9, [5, 6, 6, 6, 6], [6, 6, 6, 7, 7]])
async def test_while_the_connection_is_down_nobody_is_unseen(
    monkeypatch: pytest.MonkeyPatch, packets: list[int]
) -> None:
    """It may fall silent within a round, or come back: there is no picture yet."""
    wait = Wait(packets, monkeypatch)
    assert not await pipeline.picture_comes(wait.its, fresh=False)  # and nothing was due
    assert (wait.complaints, wait.unseen) == ([], [])


async def test_a_camera_that_is_off_is_told_once_and_its_learner_unseen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wait = Wait([5, 6, 6, 7, 7, 8, 8, 9, 9], monkeypatch)
    assert await pipeline.picture_comes(wait.its, fresh=False)
    assert (wait.complaints, wait.unseen) == (["no_camera"], [7.0, 7.0])


def longest_score() -> dict[str, Any]:
    """All that a score can say: every joint, two digits for each limb, the longest hint,
    after half an hour.
    """
    reference = prepare(dance())
    hint = max(
        (Hint(kind, part) for kind in HINT_KINDS for part in SIDED_PARTS),
        key=lambda hint: len(hint.sentence + to_json({"kind": hint.kind, "part": hint.part})),
    )
    score = Score(12.3, 45.6, 78.9, 65.4, 0.57, -999.0, dict.fromkeys(NAMES, 0.57), "great", hint)
    xy = np.full((18, 2), 0.123, np.float32)
    pose = Pose(600.0, xy, np.full(18, 0.7, np.float32))
    its = SimpleNamespace(
        reference=reference,
        player=SimpleNamespace(now=lambda: 600.345),
        capture=SimpleNamespace(source="arrivals"),
    )
    posed = FramePose(SimpleNamespace(rtp=0), pose, None)
    seen = pipeline.Seen(5.678, 1.0, "measured", -33.0)
    return pipeline.score_message(its, 9999, posed, seen, score)


def test_a_score_fits_one_packet() -> None:
    """In two, one of twenty packets lost is one of ten scores lost."""
    message = longest_score()
    assert all(None not in joint for joint in (*message["pose"], *message["target"]))
    assert len(to_json(message).encode()) <= USERDATA_MAX_LENGTH

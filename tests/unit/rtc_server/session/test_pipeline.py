"""The lesson position that belongs to a webcam frame, and the longest score message."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from aiortc.rtcsctptransport import USERDATA_MAX_LENGTH

from rtc_server.feedback import HINT_KINDS, SIDED_PARTS, Hint
from rtc_server.pose.looks import DancerPose
from rtc_server.pose.pose_slot import FramePose
from rtc_server.protocol.score_message import ScoreMessage
from rtc_server.protocol.server_messages import to_json
from rtc_server.scoring.limbs import LIMB_NAMES
from rtc_server.scoring.reference import prepare_reference
from rtc_server.session import pipeline
from rtc_server.session.pipeline import ScoringPipeline, SyncedPosition, choose_for_phone
from rtc_server.sync.capture_clock import CaptureClock
from rtc_server.sync.player import Player
from rtc_server.sync.playhead import Playhead, SentFrame
from rtc_server.types import Pose, Score
from tests.unit.rtc_server.dances import dance

PARTS = [field.name for field in fields(ScoringPipeline) if field.name != "positioning"]


def pipeline_of(**parts: Any) -> ScoringPipeline:
    """A pipeline with these parts only."""
    return ScoringPipeline(**(dict.fromkeys(PARTS) | parts))


def cameras_of(capture_clock: Any) -> Any:
    """The cameras of a session, of which one with this clock counts."""
    return SimpleNamespace(switch=SimpleNamespace(capture_clock=capture_clock))


def shown_at(client_ms: float) -> float:
    """The lesson position on the screen below: it began at 5 s of the client's clock."""
    return client_ms / 1000 - 5


@pytest.mark.parametrize("camera_ms", [0.0, 120.0])
@pytest.mark.parametrize("reported", [True, False])
async def test_the_cameras_latency_is_not_the_learners_lag(
    camera_ms: float, reported: bool
) -> None:
    capture_clock, playhead = CaptureClock(), Playhead()
    capture_clock.camera_latency_ms = camera_ms
    capture_clock.on_ping(0.0, arrival_s=100.0, rtt_ms=0.0)
    # Captured at 8 s of the client's clock.
    capture_clock.on_media_packet(rtp=9000, arrival_s=108.0)
    if reported:
        first = SentFrame(0.0, run=1, run_start_lesson_s=0.0, rate=1.0, on_time=True)
        playhead.observe(5000.0, first)
    player = Player(24.0, lambda: 105.0)
    player.play()
    frame: Any = SimpleNamespace(timestamp=9000)
    frame_pose = FramePose(frame, Pose.nobody(108.0), None)
    made = pipeline_of(
        cameras=cameras_of(capture_clock),
        downlink=SimpleNamespace(playhead=playhead),
        player=player,
    )
    position = made.synchronize(frame_pose)
    assert position.sync == ("measured" if reported else "estimated")
    playout_s = 0.0 if reported else pipeline.TYPICAL_PLAYOUT_DELAY_S
    assert position.lesson_s == pytest.approx(shown_at(8000.0 - camera_ms) - playout_s)


@pytest.mark.parametrize(("is_displayed", "sync"), [(True, "measured"), (False, "estimated")])
async def test_a_frame_that_only_came_is_an_estimate(is_displayed: bool, sync: str) -> None:
    capture_clock, playhead = CaptureClock(), Playhead()
    capture_clock.on_ping(0.0, arrival_s=100.0, rtt_ms=0.0)
    capture_clock.on_media_packet(rtp=9000, arrival_s=108.0)
    playhead.observe(5000.0, SentFrame(0.0, 1, 0.0, 1.0, on_time=True), is_displayed=is_displayed)
    made = pipeline_of(
        cameras=cameras_of(capture_clock),
        downlink=SimpleNamespace(playhead=playhead),
        player=Player(24.0, lambda: 105.0),
    )
    frame: Any = SimpleNamespace(timestamp=9000)
    position = made.synchronize(FramePose(frame, Pose.nobody(108.0), None))
    assert position.sync == sync and position.lesson_s == pytest.approx(shown_at(8000.0))


@pytest.mark.parametrize("shown_ms", [-9e15, 9e15])
async def test_a_client_whose_clock_is_absurd_is_scored_within_the_lesson(shown_ms: float) -> None:
    """What an attempt keeps grows with the lesson positions that were danced."""
    capture_clock, playhead = CaptureClock(), Playhead()
    capture_clock.on_ping(0.0, arrival_s=100.0, rtt_ms=0.0)
    capture_clock.on_media_packet(rtp=9000, arrival_s=108.0)
    playhead.observe(shown_ms, SentFrame(0.0, 1, 0.0, 1.0, on_time=True))
    playhead.observe(-shown_ms, SentFrame(0.1, 1, 0.0, 1.0, on_time=True))
    player = Player(24.0, lambda: 105.0)
    player.play()
    made = pipeline_of(
        cameras=cameras_of(capture_clock),
        downlink=SimpleNamespace(playhead=playhead),
        player=player,
    )
    frame: Any = SimpleNamespace(timestamp=9000)
    lesson_s = made.synchronize(FramePose(frame, Pose.nobody(108.0), None)).lesson_s
    assert lesson_s is None or 0 <= lesson_s <= 24


def longest_score(*, is_group: bool) -> ScoreMessage:
    """The longest `score` message: every joint, two digits for each limb, the longest hint, after
    half an hour.
    """
    hint = max(
        (Hint(kind, part) for kind in HINT_KINDS for part in SIDED_PARTS),
        key=lambda hint: len(hint.sentence + to_json({"kind": hint.kind, "part": hint.part})),
    )
    score = Score(
        12.3, 45.6, 78.9, 65.4, 0.57, -999.0, dict.fromkeys(LIMB_NAMES, 0.57), "great", hint
    )
    xy = np.full((18, 2), 0.123, np.float32)
    pose = Pose(600.0, xy, np.full(18, 0.7, np.float32))
    made = pipeline_of(
        cameras=cameras_of(SimpleNamespace(source="arrivals")),
        player=SimpleNamespace(now=lambda: 600.345),
        reference=prepare_reference(dance()),
        is_group=is_group,
    )
    position = SyncedPosition(5.678, 1.0, "measured", -133.0)
    return made._build_message(9999, 3, DancerPose(pose, None), position, score)


@pytest.mark.parametrize("is_group", [False, True])
def test_a_score_fits_one_packet(is_group: bool) -> None:
    """If it took two packets and one of twenty were lost, one of ten scores would be lost."""
    message = longest_score(is_group=is_group)
    assert message.get("dancer") == (3 if is_group else None)
    assert all(None not in joint for joint in (*message["pose"], *message["target"]))
    assert len(to_json(message).encode()) <= USERDATA_MAX_LENGTH


def test_a_phone_is_told_of_the_dancer_in_view_who_has_most_to_put_right() -> None:
    def dancer(number: int, confidence: float, *framing: str) -> Any:
        return {"dancer": number, "pose": [[0.5, 0.5, confidence]], "framing": list(framing)}

    nobody, fine, cut_off = dancer(0, 0, "nobody", "dark"), dancer(1, 0.8), dancer(2, 0.8, "feet")
    assert choose_for_phone([nobody, fine, cut_off]) is cut_off
    assert choose_for_phone([nobody, fine]) is fine
    assert choose_for_phone([nobody]) is nobody

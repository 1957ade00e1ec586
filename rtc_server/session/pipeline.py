"""The data's way, as one function: webcam -> pose -> what was seen then -> score -> channel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import numpy as np

from rtc_server.feedback import STEP_INTO_VIEW
from rtc_server.metrics import Metrics
from rtc_server.pose.inference import FramePose, PoseSlot
from rtc_server.pose.positioning import Framing
from rtc_server.protocol.score_message import (
    FramingFields,
    ScoreMessage,
    SyncSource,
    build_joints,
    build_score,
)
from rtc_server.scoring import limb_directions
from rtc_server.scoring.attempt import Attempt
from rtc_server.scoring.reference import Reference
from rtc_server.session.playback import Playback
from rtc_server.sync.capture_clock import CaptureClock
from rtc_server.sync.player import Player
from rtc_server.sync.playhead import Playhead
from rtc_server.types import Pose, Score
from rtc_server.webrtc.annotated_track import AnnotatedVideoTrack
from rtc_server.webrtc.latest import Closed, Latest
from rtc_server.webrtc.uplink import WebcamFrame

NO_FRAME_S = 2.0
FAILING = 5  # pictures in a row that cannot be looked at: the learner is told
PLAYOUT_S = 0.1  # a receiver's usual jitter buffer, where it does not tell what it shows


@dataclass(frozen=True, slots=True)
class Coach:
    """What the flow needs of a session."""

    frames: Latest[WebcamFrame]
    poses: PoseSlot
    capture: CaptureClock
    playhead: Playhead
    player: Player
    playback: Playback
    reference: Reference
    attempt: Attempt
    annotated: AnnotatedVideoTrack | None
    send: Callable[[ScoreMessage], bool]
    followed: Callable[[float], None]  # is told the lesson position of each sample
    packets: Callable[[], int]  # that came over the connection so far, of any kind
    saw: Callable[[FramePose], None]  # is told of each picture that was looked at
    framing: Framing
    complain: Callable[[str, str], None]  # (code, sentence)
    metrics: Metrics
    pose_fps: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What the learner was looking at; `lesson_s` is None where nothing was moving."""

    lesson_s: float | None
    rate: float  # lesson seconds a second
    sync: SyncSource
    skew_ms: float | None


async def coach(its: Coach) -> None:
    """Score the learner `pose_fps` times a second, until cancelled."""
    seq = 0
    async for posed in sampled(its):
        its.saw(posed)
        seen = seen_in(its, posed)
        score = None
        if its.playback.state == "playing" and seen.lesson_s is not None:
            score = its.attempt.add(seen.lesson_s, posed.pose, seen.rate)
            its.followed(seen.lesson_s)
        if its.send(score_message(its, seq, posed, seen, score)):
            its.metrics.scores.inc()
        else:
            its.metrics.scores_dropped.inc()
        if its.annotated is not None and posed.drawn is not None:
            its.annotated.frames.put(posed.drawn)
        seq += 1


async def sampled(its: Coach) -> AsyncIterator[FramePose]:
    """The first frame after each tick, with its pose; a tick that is missed is counted.

    The first after it, for the last before it may be as old as the webcam's frames are apart. Late
    ones take the newest there is and do not wait for the next tick, so that under overload
    everybody is always in line and gets as much as everybody else.
    """
    every_s = 1 / its.pose_fps
    now = its.player.now
    due_s = (now() // every_s + 1 + its.poses.phase) * every_s
    while True:
        in_time = now() < due_s
        await asyncio.sleep(max(0.0, due_s - now()))
        if not await picture_comes(its, fresh=in_time):
            due_s += (now() - due_s) // every_s * every_s  # nothing was due meanwhile
        else:
            posed = await its.poses.newest(
                its.frames,
                lambda frame: captured(its, frame),
                around=its.playback.state != "playing",
            )
            if posed is not None:
                yield posed
            else:
                miss(its, 1)
                if its.poses.failures == FAILING:
                    its.complain("internal", "the server cannot look at the camera's pictures")
        due_s += every_s
        missed = max(0, int((now() - due_s) / every_s))
        due_s += missed * every_s
        miss(its, missed)


def miss(its: Coach, samples: int) -> None:
    """Count samples that came due and were not judged."""
    if its.playback.state == "playing":
        its.attempt.dropped += samples
        its.metrics.ticks_missed.inc(samples)


async def picture_comes(its: Coach, *, fresh: bool) -> bool:
    """Wait for a webcam frame (`fresh`: one that comes from now on).

    Where none comes, that is said once, and the learner counts as unseen.
    Nobody is unseen while the connection is down: the session waits for them, and False says so.
    """
    complained, connected = False, True
    while True:
        heard = 0
        for _ in range(2):  # a connection may fall silent in one half, and come back in the other
            packets = its.packets()
            try:
                async with asyncio.timeout(NO_FRAME_S / 2):
                    await (its.frames.wait_for_next() if fresh else its.frames.wait())
                    return connected
            except TimeoutError:
                pass
            except Closed:
                await asyncio.sleep(NO_FRAME_S / 2)
            heard += its.packets() != packets
        connected = heard == 2
        if connected and not complained:
            complained = True
            its.complain("no_camera", "no picture comes from the camera: is it still on?")
        if connected and its.playback.state == "playing":
            its.attempt.add(
                its.player.position_s, Pose.nobody(its.player.now()), its.player.clock.rate
            )


def captured_s(its: Coach, frame: WebcamFrame) -> float:
    """When the frame was captured, on the server's clock, as well as it is known."""
    known = its.capture.captured_s(frame.rtp)
    return frame.received_s if known is None else known


def captured(its: Coach, frame: WebcamFrame) -> tuple[float, float]:
    """When the frame was captured, and how long ago its first packets can have been here, s."""
    at_s = captured_s(its, frame)
    return at_s, its.player.now() - at_s - (its.capture.rtt_ms or 0.0) / 2000


def seen_in(its: Coach, posed: FramePose) -> Seen:
    """The lesson position on the learner's screen when they did what the frame shows."""
    client_ms = its.capture.moved_ms(posed.frame.rtp)
    if client_ms is not None and its.playhead.known:
        sight = its.playhead.seen_at(client_ms)
        if sight is None:
            return Seen(None, 0.0, "measured", None)
        return Seen(sight.lesson_s, sight.rate, "measured", its.playhead.residual_ms)
    late_ms = its.capture.camera_ms + (its.capture.rtt_ms or 0.0) / 2
    shown_s = posed.pose.captured_s - PLAYOUT_S - late_ms / 1000
    clock = its.player.clock
    moving = clock.playing and shown_s >= clock.segment.since_s
    rate = clock.segment.rate
    return Seen(clock.position_s(shown_s) if moving else None, rate, "estimated", None)


def score_message(
    its: Coach, seq: int, posed: FramePose, seen: Seen, score: Score | None
) -> ScoreMessage:
    """The `score` message; with no score it still shows where the learner stands."""
    position_s = its.player.position_s if seen.lesson_s is None else seen.lesson_s
    target = limb_directions.reference_at(its.reference.track, position_s)
    visible = bool(np.isfinite(posed.pose.xy).any())
    hint = score.hint if score else None if visible else STEP_INTO_VIEW
    framing: FramingFields = {}
    if posed.around is not None:
        framing = {"framing": its.framing.saw(posed.pose, posed.around)}
    return build_score(
        seq=seq,
        lesson_s=position_s,
        score=score,
        hint=hint,
        framing=framing,
        pose=build_joints(posed.pose.xy, posed.pose.confidence),
        target=build_joints(target.xy, np.sign(target.score)),
        age_ms=(its.player.now() - posed.pose.captured_s) * 1000,
        skew_ms=seen.skew_ms,
        sync=seen.sync,
        capture=its.capture.source,
    )

"""From a webcam frame to a score message: `ScoringPipeline.run` is the whole way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from rtc_server.feedback import STEP_INTO_VIEW
from rtc_server.metrics import Metrics
from rtc_server.pose.camera_latency import CameraLatencyCheck
from rtc_server.pose.looks import DancerPose
from rtc_server.pose.pose_slot import FramePose
from rtc_server.pose.positioning import PositioningMonitor
from rtc_server.protocol.score_message import (
    DancerFields,
    FramingFields,
    ScoreMessage,
    SyncSource,
    build_joints,
    build_score,
)
from rtc_server.protocol.server_messages import build_calibrated
from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.scoring.interpolation import interpolate_pose
from rtc_server.scoring.reference import Reference
from rtc_server.session.cameras.session_cameras import SessionCameras
from rtc_server.session.connection import SessionDownlink, SessionPeer
from rtc_server.session.heartbeat import Heartbeat
from rtc_server.session.playback import Playback
from rtc_server.session.pose_sampler import PoseSampler
from rtc_server.sync.player import Player
from rtc_server.types import Score
from tf_pose.tracking.group_tracker import MAX_DANCERS

# Of a receiver's jitter buffer; assumed for a client that reports no playhead.
TYPICAL_PLAYOUT_DELAY_S = 0.1


@dataclass(frozen=True, slots=True)
class SyncedPosition:
    """The lesson position on the learner's screen when they did what a webcam frame shows."""

    lesson_s: float | None  # None where nothing was moving on the learner's screen
    rate: float  # lesson seconds per second
    sync: SyncSource
    skew_ms: float | None  # the error of `lesson_s`, where it is measured


def widen_skew(skew_ms: float | None, error_ms: float) -> float | None:
    """The skew with what two clocks may add to it, away from 0."""
    return None if skew_ms is None else skew_ms + math.copysign(error_ms, skew_ms)


def choose_for_phone(messages: Sequence[ScoreMessage]) -> ScoreMessage:
    """Of all dancers of a sample, who is in view and has most to put right: a phone shows one."""
    in_view = [message for message in messages if any(joint[2] for joint in message["pose"])]
    return max(in_view or messages, key=lambda message: len(message.get("framing") or ()))


@dataclass(frozen=True, slots=True)
class ScoringPipeline:
    """Scores one learner, or several dancers; its parts belong to the session."""

    sampler: PoseSampler
    cameras: SessionCameras
    downlink: SessionDownlink
    peer: SessionPeer
    player: Player
    playback: Playback
    heartbeat: Heartbeat
    camera_check: CameraLatencyCheck
    reference: Reference
    attempt: GroupAttempt
    metrics: Metrics
    is_group: bool  # whether messages say which dancer they are about
    positioning: tuple[PositioningMonitor, ...] = field(
        default_factory=lambda: tuple(PositioningMonitor() for _ in range(MAX_DANCERS))
    )

    async def run(self) -> None:
        """Score everybody who dances `pose_fps` times a second, until cancelled."""
        await self.peer.channels_open.wait()
        seq = 0
        async for frame_pose in self.sampler.poses():
            self._check_camera_latency(frame_pose)
            position = self.synchronize(frame_pose)
            dancers = frame_pose.dancers
            scores: list[Score | None] = [None] * len(dancers)
            if self.playback.state == "playing" and position.lesson_s is not None:
                poses = [dancer.pose for dancer in dancers]
                scores[:] = self.attempt.score_sample(position.lesson_s, poses, position.rate)
                self.heartbeat.on_scored(position.lesson_s)
            if position.lesson_s is None:  # once, so that all dancers hear of the same
                position = replace(position, lesson_s=self.player.position_s)
            messages = [
                self._build_message(seq, number, dancer, position, scores[number])
                for number, dancer in enumerate(dancers)
            ]
            for message in messages:
                sent = self.peer.send_score(message)
                (self.metrics.scores_sent if sent else self.metrics.scores_dropped).inc()
            picture = frame_pose.frame.video_frame
            self.cameras.on_sample(choose_for_phone(messages), picture.width / picture.height)
            if frame_pose.annotated is not None:
                self.downlink.send_annotated(frame_pose.annotated)
            seq += 1

    def synchronize(self, frame_pose: FramePose) -> SyncedPosition:
        """The lesson position on the learner's screen when they did what the frame shows."""
        capture_clock, playhead = self.cameras.switch.capture_clock, self.downlink.playhead
        client_ms = capture_clock.moved_ms(frame_pose.frame.timestamp)
        if client_ms is not None and playhead.is_known:
            screen = playhead.position_at(client_ms)
            source: SyncSource = "estimated" if playhead.is_estimate else "measured"
            if screen is None:
                return SyncedPosition(None, 0.0, source, None)
            # The client says when a frame was shown; outside of the lesson it showed none.
            within_s = min(max(0.0, screen.lesson_s), self.player.clock.duration_s)
            skew_ms = widen_skew(playhead.skew_ms, capture_clock.error_ms)
            return SyncedPosition(within_s, screen.rate, source, skew_ms)
        late_ms = capture_clock.camera_latency_ms + (capture_clock.rtt_ms or 0.0) / 2
        shown_s = frame_pose.pose.captured_s - TYPICAL_PLAYOUT_DELAY_S - late_ms / 1000
        clock = self.player.clock
        moving = clock.playing and shown_s >= clock.run.start_s
        lesson_s = clock.position_s(shown_s) if moving else None
        return SyncedPosition(lesson_s, clock.run.rate, "estimated", None)

    def _check_camera_latency(self, frame_pose: FramePose) -> None:
        """Continue a running check and send its result; a lesson that begins cancels it."""
        if self.playback.state not in ("ready", "paused"):
            self.camera_check.cancel()
        captured_ms = self.cameras.switch.capture_clock.captured_ms(frame_pose.frame.timestamp)
        result = self.camera_check.update(captured_ms, frame_pose.pose)
        if result is not None:
            message = build_calibrated(
                *(result.latency_ms, result.spread_ms, result.cycles, result.problem)
            )
            self.peer.send_control(message)
            self.cameras.on_calibrated(message)

    def _build_message(
        self,
        seq: int,
        number: int,
        dancer: DancerPose,
        position: SyncedPosition,
        score: Score | None,
    ) -> ScoreMessage:
        pose, surroundings = dancer.pose, dancer.surroundings
        lesson_s = self.player.position_s if position.lesson_s is None else position.lesson_s
        target = interpolate_pose(self.reference.track, lesson_s)
        visible = bool(np.isfinite(pose.xy).any())
        framing: FramingFields = {}
        if surroundings is not None:
            framing = {"framing": self.positioning[number].update(pose, surroundings)}
        numbered: DancerFields = {"dancer": number} if self.is_group else {}
        return build_score(
            seq=seq,
            dancer=numbered,
            lesson_s=lesson_s,
            score=score,
            hint=score.hint if score else None if visible else STEP_INTO_VIEW,
            framing=framing,
            pose=build_joints(pose.xy, pose.confidence),
            target=build_joints(target.xy, np.sign(target.confidence)),
            age_ms=(self.player.now() - pose.captured_s) * 1000,
            skew_ms=position.skew_ms,
            sync=position.sync,
            capture=self.cameras.switch.capture_clock.source,
        )

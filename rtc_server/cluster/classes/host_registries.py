"""The registries of a session host: of its sessions, and of the classes that they may be in."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import replace

from rtc_server.classes.live.recording.studio import RecordingStudio
from rtc_server.classes.live.streamed_teacher import LiveTeachers
from rtc_server.classes.registry import ClassRegistry
from rtc_server.cluster.classes.recordings.host_recordings import HostRecordings
from rtc_server.cluster.host_results import HostResults
from rtc_server.config import Config
from rtc_server.metrics import Metrics
from rtc_server.pose.inference import InferenceService
from rtc_server.pose.live_model import LiveModel
from rtc_server.session.registry import SessionRegistry
from rtc_server.webrtc.udp.aiortc_gatherer import CandidateGatherer

MAX_SESSIONS = 1000  # of this process; the front counts places


@contextlib.asynccontextmanager
async def open_registries(
    config: Config,
    service: InferenceService,
    model: LiveModel,
    metrics: Metrics,
    results: HostResults,
    gatherer: CandidateGatherer,
    recordings: HostRecordings,
) -> AsyncIterator[tuple[SessionRegistry, ClassRegistry]]:
    """The sessions of a host, and the classes that they may be in."""
    studio = RecordingStudio.of(config, recordings, recordings.space)
    live = LiveTeachers(config, service, model.create_tracker, metrics, gatherer, studio)
    async with (
        SessionRegistry(
            replace(config, max_sessions=MAX_SESSIONS),
            *(service, model.create_tracker, metrics, results, gatherer),
        ) as registry,
        ClassRegistry(config, registry, metrics, time.monotonic, live.open) as classes,
    ):
        yield registry, classes

"""The composition root: opens what a server needs, in order, and closes it in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

from aiohttp import web

from models.fetch import ensure_model
from rtc_server.config import Config
from rtc_server.history.async_store import AsyncResultStore
from rtc_server.history.database_url import parse_database_url
from rtc_server.history.store import ResultStore
from rtc_server.http.app_keys import (
    CONFIG,
    HISTORY,
    LESSONS,
    METRICS,
    READINESS,
    SESSIONS,
    UPLOADS,
    Readiness,
)
from rtc_server.http.errors import MAX_BODY_BYTES, problem_middleware
from rtc_server.http.lesson_store import AsyncLessonStore
from rtc_server.http.routes import add_routes
from rtc_server.lessons.store import LessonStore
from rtc_server.metrics import Metrics
from rtc_server.pose.inference import InferenceService
from rtc_server.session.registry import SessionRegistry
from rtc_server.uploads.service import UploadService
from rtc_server.webrtc import loop_errors
from tf_pose.crop_budget import paced
from tf_pose.estimator import TfPoseEstimator
from tf_pose.tracking import PersonTracker, TrackerSettings

logger = logging.getLogger(__name__)

MODEL = "mobilenet_thin"
# Processor time that a look at one learner may take: five learners, five times a second, then leave
# two cores more than four fifths of their time for pictures, packets and scores.
LOOK_MS = 12.5
BATCH = 4  # learners' pictures in one call of the network, where that is faster


def make_app(config: Config) -> web.Application:
    """The application; it begins to listen at once and is ready when its models are warm."""
    app = web.Application(middlewares=[problem_middleware], client_max_size=MAX_BODY_BYTES)
    app[CONFIG] = config
    app[METRICS] = Metrics()
    add_routes(app)
    app.cleanup_ctx.extend([_open_history, _open_lessons, _open_sessions, _open_uploads])
    app.on_shutdown.append(_cancel_uploads)
    return app


async def _open_history(app: web.Application) -> AsyncIterator[None]:
    """First in and last out, so that what sessions leave at the very end is kept, too.

    :raises BadHistory: the database cannot be used; the server does not start then.
    """
    config = app[CONFIG]
    store = ResultStore(parse_database_url(config.history)) if config.history else None
    async with AsyncResultStore(store, app[METRICS]) as archive:
        app[HISTORY] = archive
        yield


async def _open_lessons(app: web.Application) -> AsyncIterator[None]:
    lessons = app[LESSONS] = AsyncLessonStore(LessonStore(app[CONFIG].lessons))
    yield
    lessons.close()


async def _open_uploads(app: web.Application) -> AsyncIterator[None]:
    async with UploadService(app[CONFIG], app[METRICS]) as uploads:
        app[UPLOADS] = uploads
        yield


async def _cancel_uploads(app: web.Application) -> None:
    """Before the handlers are waited for, which wait for bodies."""
    await app[UPLOADS].close()


async def _open_sessions(app: web.Application) -> AsyncIterator[None]:
    """Sessions over a pose service whose models load while the server already listens."""
    config, metrics = app[CONFIG], app[METRICS]
    app[READINESS] = Readiness()
    service = InferenceService(metrics, workers())
    live: list[tuple[TfPoseEstimator, TrackerSettings]] = []

    def make_tracker() -> PersonTracker:
        return PersonTracker(*live[0])

    async with asyncio.TaskGroup() as tasks:
        lag = tasks.create_task(metrics.measure_loop_lag())
        warming = tasks.create_task(_warm_up(app, service, live))
        async with SessionRegistry(
            config, service, make_tracker, metrics, app[HISTORY]
        ) as sessions:
            app[SESSIONS] = sessions
            yield
        lag.cancel()
        warming.cancel()
    service.close()


async def _warm_up(
    app: web.Application,
    service: InferenceService,
    live: list[tuple[TfPoseEstimator, TrackerSettings]],
) -> None:
    readiness = app[READINESS]
    store = app[LESSONS]
    try:
        estimator, settings = await store.run_in_thread(lambda: open_live(app[CONFIG]))
        lessons = await store.list()
    except Exception as error:  # whatever it is, the server must say why it is not ready
        readiness.settle(False, f"the pose models could not be loaded: {error}")
        return
    service.widen(estimator.useful_calls)
    live.append((estimator, settings))
    readiness.settle(True)
    how = f"{estimator.engine_name} {estimator.precision}, crops of {settings.crop_side}"
    logger.info("ready: %s, lessons %s", how, [lesson.id for lesson in lessons])


def workers() -> int:
    """How many pictures are looked at at once: one a core."""
    return max(1, os.cpu_count() or 1)


def open_live(config: Config) -> tuple[TfPoseEstimator, TrackerSettings]:
    """Load and warm the model for live use, and say how closely to look at learners.

    One thread a picture: learners share the cores better so.
    """
    estimator = TfPoseEstimator(
        ensure_model(MODEL),
        engine=config.engine,
        threads=1,
        streams=workers(),
        precision=config.pose_precision,
        batch=BATCH,
    )
    settings = TrackerSettings()
    if config.crop_side:
        settings = replace(settings, crop_side=config.crop_side)
    else:
        settings = paced(estimator, settings, LOOK_MS)
    PersonTracker(estimator, settings).warm_up()
    return estimator, settings


async def serve(config: Config, announce: Callable[[str], None]) -> None:
    """Run the server until SIGINT or SIGTERM, then send every learner home.

    :param announce: is told the address once learners may come.
    :raises OSError: the address cannot be had.
    :raises NotReady: the models cannot be loaded.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
            loop.add_signal_handler(name, stop.set)
    app = make_app(config)
    loop_errors.count_send_failures(loop, app[METRICS].messages_unsent)
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, config.host, config.port, shutdown_timeout=1.0).start()
        host, port = runner.addresses[0][:2]
        shown = f"[{host}]" if ":" in host else host
        if await _ready_or_stopped(runner.app, stop):
            runner.app[SESSIONS].sweeper.start()
            announce(f"http://{shown}:{port}")
        await stop.wait()
        logger.info("stopping")
    finally:
        await runner.cleanup()


async def _ready_or_stopped(app: web.Application, stop: asyncio.Event) -> bool:
    readiness = app[READINESS]
    stopped = asyncio.ensure_future(stop.wait())
    either: set[asyncio.Future[Any]] = {readiness.settled, stopped}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if readiness.settled.done():
        readiness.require()
    return readiness.ready

"""The composition root: opens the parts of a server in order, and closes them in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from rtc_server.audit import Refusals
from rtc_server.classes.live.recording.studio import RecordingStudio, UploadedRecordings
from rtc_server.classes.live.streamed_teacher import LiveTeachers
from rtc_server.classes.local import LocalClasses
from rtc_server.classes.registry import ClassRegistry
from rtc_server.config import Config
from rtc_server.history.async_store import AsyncResultStore, open_store
from rtc_server.http.access import KERNEL_QUESTION_LIMIT
from rtc_server.http.app_keys import (
    CLASSES,
    CONFIG,
    GATHERER,
    HISTORY,
    ICE_SERVERS,
    INVITATION_RATES,
    KERNEL_QUESTIONS,
    LESSONS,
    LOCAL_NETWORK,
    METRICS,
    PAIRINGS,
    PUBLIC_ADDRESSES,
    READINESS,
    REFUSALS,
    SECTION_RUNNER,
    SESSIONS,
    UPLOADS,
    WATCHDOG,
    Readiness,
)
from rtc_server.http.authorization.lifetime import open_invitations
from rtc_server.http.authorization.middleware import authorization_middleware
from rtc_server.http.authorization.rates import InvitationRates
from rtc_server.http.cluster.lifetime import open_cluster
from rtc_server.http.connections.http_connection import begin_answering
from rtc_server.http.connections.listener import Tls, listening
from rtc_server.http.connections.request_pace import PACE, RequestPace, pace_middleware
from rtc_server.http.connections.small_body import small_body_middleware
from rtc_server.http.errors import MAX_BODY_BYTES, problem_middleware
from rtc_server.http.host_check import host_middleware
from rtc_server.http.lan.announcement import Announcement, make_announcement
from rtc_server.http.lan.local_network import LocalNetwork
from rtc_server.http.lesson_store import AsyncLessonStore
from rtc_server.http.routes import add_routes
from rtc_server.http.security_headers import secure_response
from rtc_server.http.tls.certificate import Certificate
from rtc_server.http.tls.redirect import create_redirect_app
from rtc_server.ice_servers import IceServer, IceServers, read_ice_servers
from rtc_server.lessons.store import LessonStore
from rtc_server.loop_watchdog import LoopWatchdog, watching
from rtc_server.metrics import Metrics
from rtc_server.model_loading import load_model
from rtc_server.pose.inference import InferenceService
from rtc_server.pose.live_model import LiveModel, frames_at_once
from rtc_server.public_addresses import PublicAddresses
from rtc_server.session.cameras.pairings import PairingStore
from rtc_server.session.registry import SessionRegistry
from rtc_server.token_bucket import TokenBucket
from rtc_server.uploads.service import UploadService
from rtc_server.webrtc import loop_errors
from rtc_server.webrtc.relay_check import log_relay_problems
from rtc_server.webrtc.udp.gatherers import open_gatherer

logger = logging.getLogger(__name__)


def create_app(config: Config, network: LocalNetwork | None = None) -> web.Application:
    """The application; it listens at once and is ready when its models are warm.

    :param network: of a server for devices in the same network.
    :raises BadConfig: the file of ICE servers cannot be read, or is not one.
    """
    app = web.Application(
        middlewares=[
            problem_middleware,
            pace_middleware,
            host_middleware,
            authorization_middleware,
            small_body_middleware,
        ],
        client_max_size=MAX_BODY_BYTES,
    )
    app[CONFIG] = config
    app[ICE_SERVERS] = load_ice_servers(config)
    if network is not None:
        app[LOCAL_NETWORK] = network
    app[METRICS] = Metrics()
    app[PACE] = RequestPace()
    app[PAIRINGS] = PairingStore(time.monotonic)
    app[REFUSALS] = Refusals()
    app[INVITATION_RATES] = InvitationRates()
    app[KERNEL_QUESTIONS] = TokenBucket(KERNEL_QUESTION_LIMIT, time.monotonic())
    add_routes(app)
    app.cleanup_ctx.extend(
        [
            _open_watchdog,
            _resolve_public_addresses,
            _open_history,
            _open_lessons,
            *([open_cluster] if config.workers else [_open_udp_ports, _open_sessions]),
            open_invitations,
            _open_uploads,
            _check_relays,
        ]
    )
    app.on_shutdown.extend([_end_sessions, _cancel_uploads])
    app.on_response_prepare.extend([secure_response, begin_answering])
    return app


async def serve(config: Config, on_ready: Callable[[Announcement], None]) -> None:
    """Run the server until SIGINT or SIGTERM, then end all sessions.

    :param on_ready: called with the server's addresses once learners can connect.
    :raises BadConfig: the address is not available, or the certificate cannot be used.
    :raises NotReady: the models cannot be loaded.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
            loop.add_signal_handler(name, stop.set)
    is_local = config.lan or config.has_own_certificate
    network = await asyncio.to_thread(LocalNetwork, config) if is_local else None
    app = create_app(config, network)
    loop_errors.count_failures(loop, app[METRICS])
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    async with serving_tls(config, network) as tls:
        await runner.setup()
        try:
            assert runner.server is not None
            async with listening(runner.server, config, app[METRICS], tls) as listens_on:
                if await _ready_or_stopped(runner.app, stop):
                    if isinstance(sessions := runner.app[SESSIONS], SessionRegistry):
                        sessions.sweeper.start()
                    make = partial(make_announcement, config, network, *listens_on)
                    on_ready(await asyncio.to_thread(make))
                await stop.wait()
                logger.info("stopping")
        finally:
            await runner.cleanup()


@contextlib.asynccontextmanager
async def serving_tls(config: Config, network: LocalNetwork | None) -> AsyncIterator[Tls | None]:
    """The certificate, read again when it changes; None without one.

    :param network: has the server's own certificate, where that is used.
    :raises BadConfig: the certificate cannot be used.
    """
    files = (Path(config.tls_cert), Path(config.tls_key)) if config.tls_cert else None
    if network is not None and network.own is not None:
        files = (network.own.file, network.own.file)
    if files is None:
        yield None
        return
    certificate = Certificate(*files)
    app = create_redirect_app(config, network)
    redirects = web.AppRunner(app, access_log=None, handle_signals=False)
    await redirects.setup()
    # No TaskGroup: it would hide what fails in the block, such as a port that is taken.
    refreshing = [asyncio.create_task(certificate.keep_fresh())]
    if network is not None:
        refreshing.append(asyncio.create_task(network.keep_fresh()))
    try:
        assert redirects.server is not None
        yield Tls(certificate.context, redirects.server)
    finally:
        for task in refreshing:
            task.cancel()
        await redirects.cleanup()


async def _ready_or_stopped(app: web.Application, stop: asyncio.Event) -> bool:
    """Wait until the server is ready (True), or has to stop before that (False)."""
    readiness = app[READINESS]
    stopped = asyncio.ensure_future(stop.wait())
    either: set[asyncio.Future[Any]] = {readiness.settled, stopped}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if readiness.settled.done():
        readiness.require()
    return readiness.ready


def load_ice_servers(config: Config) -> IceServers:
    """
    :raises BadConfig: the file of ICE servers cannot be read, or is not one.
    """
    stun = tuple(IceServer((url,)) for url in config.ice_servers)
    listed = read_ice_servers(Path(config.ice_servers_file)) if config.ice_servers_file else ()
    return IceServers(stun + listed, config.turn, config.turn_secret)


async def _resolve_public_addresses(app: web.Application) -> AsyncIterator[None]:
    config = app[CONFIG]
    names = () if config.workers else config.public_addresses  # each host adds its machine's
    addresses = app[PUBLIC_ADDRESSES] = PublicAddresses(names)
    await addresses.refresh()
    async with asyncio.TaskGroup() as group:
        refreshing = group.create_task(addresses.keep_resolved())
        yield
        refreshing.cancel()


async def _check_relays(app: web.Application) -> AsyncIterator[None]:
    """Say in the log which relays give clients no address; the server runs without them."""

    async with asyncio.TaskGroup() as group:
        checking = group.create_task(log_relay_problems(app[ICE_SERVERS].issue(time.time())))
        yield
        checking.cancel()


async def _open_watchdog(app: web.Application) -> AsyncIterator[None]:
    app[WATCHDOG] = LoopWatchdog(app[METRICS])
    async with watching(app[WATCHDOG]):
        yield


async def _open_history(app: web.Application) -> AsyncIterator[None]:
    """Open the history first and close it last, so that the results of all sessions are stored.

    :raises BadHistory: the database cannot be used; the server does not start then.
    """
    config = app[CONFIG]
    # In a thread: it waits for another server that makes the same file.
    store = await asyncio.to_thread(open_store, config.history)
    async with AsyncResultStore(store, app[METRICS]) as app[HISTORY]:
        yield


async def _open_lessons(app: web.Application) -> AsyncIterator[None]:
    lessons = app[LESSONS] = AsyncLessonStore(LessonStore(app[CONFIG].lessons))
    yield
    lessons.close()


async def _open_uploads(app: web.Application) -> AsyncIterator[None]:
    uploads = UploadService(app[CONFIG], app[METRICS], app.get(SECTION_RUNNER))
    async with uploads as app[UPLOADS]:
        yield


async def _cancel_uploads(app: web.Application) -> None:
    """Called before aiohttp waits for the handlers, because those wait for the uploads."""
    await app[UPLOADS].close()


async def _open_udp_ports(app: web.Application) -> AsyncIterator[None]:
    """
    :raises BadConfig: a port is taken or not allowed.
    """
    async with open_gatherer(app[CONFIG], app[METRICS]) as app[GATHERER]:
        yield


async def _open_sessions(app: web.Application) -> AsyncIterator[None]:
    """Sessions and the inference service; the model loads while the server already listens."""
    config, metrics = app[CONFIG], app[METRICS]
    app[READINESS] = Readiness()
    service = InferenceService(metrics, frames_at_once())
    model = LiveModel(config)
    async with asyncio.TaskGroup() as tasks:
        lag = tasks.create_task(metrics.measure_loop_lag())
        loading = tasks.create_task(load_model(app, model))
        async with SessionRegistry(
            *(config, service, model.create_tracker, metrics, app[HISTORY], app[GATHERER])
        ) as sessions:
            app[SESSIONS] = sessions
            studio = RecordingStudio.of(config, UploadedRecordings(lambda: app[UPLOADS]))
            shared = (config, service, model.create_tracker, metrics, app[GATHERER], studio)
            async with ClassRegistry(
                *(config, sessions, metrics, time.monotonic), LiveTeachers(*shared).open
            ) as classes:
                app[CLASSES] = LocalClasses(classes, metrics)
                yield
        lag.cancel()
        loading.cancel()
    service.close()


async def _end_sessions(app: web.Application) -> None:
    """Called before aiohttp cancels the handlers, because those of WebSockets carry sessions."""
    await app[SESSIONS].drain("server stopping")

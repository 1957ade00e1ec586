"""Loads the pose network while the server already listens, and says when learners may come."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from rtc_server.config import AUTO
from rtc_server.http.app_keys import CONFIG, LESSONS, READINESS, SESSIONS
from rtc_server.http.connections.listener import most_sessions
from rtc_server.pose.live_model import LiveModel
from rtc_server.session.places.capacity_watch import (
    CapacityWatch,
    estimate_capacity,
    settle_precision,
)
from rtc_server.session.registry import SessionRegistry

logger = logging.getLogger(__name__)


async def load_model(app: web.Application, model: LiveModel) -> None:
    """Load the network; then adapt the number of places until cancelled, where it is automatic."""
    readiness, store = app[READINESS], app[LESSONS]
    watch = None
    try:
        await store.run_in_thread(model.load)
        if app[CONFIG].max_sessions == AUTO:
            watch = await _measure_places(app, model)
        lessons = await store.list()
    except Exception as error:  # whatever it is, the server must say why it is not ready
        readiness.settle(False, f"the pose models could not be loaded: {error}")
        return
    readiness.settle(True)
    logger.info("ready: %s, lessons %s", model, [lesson.id for lesson in lessons])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(settle_precision(model, app[CONFIG].pose_fps, watch))
        if watch is not None:
            tasks.create_task(watch.run())


async def _measure_places(app: web.Application, model: LiveModel) -> CapacityWatch:
    cost = await app[LESSONS].run_in_thread(model.measure_look_cost)
    capacity = estimate_capacity(cost, app[CONFIG].pose_fps, most_sessions())
    registry = app[SESSIONS]
    assert isinstance(registry, SessionRegistry)  # session hosts measure for themselves
    return registry.adapt_places(capacity)

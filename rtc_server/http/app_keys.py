"""What hangs on the application, for its handlers to find."""

from __future__ import annotations

import asyncio

from aiohttp import web

from rtc_server.config import Config
from rtc_server.history.async_store import AsyncStore
from rtc_server.http.lesson_cache import LessonCache
from rtc_server.metrics import Metrics
from rtc_server.session.registry import SessionRegistry
from rtc_server.uploads.service import UploadService


class Readiness:
    """Whether learners may come: models warm and lessons loaded."""

    def __init__(self) -> None:
        self.why_not = "the pose models are being loaded"
        self.settled: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    @property
    def ready(self) -> bool:
        return self.settled.done() and self.settled.result()

    def settle(self, ready: bool, why_not: str = "") -> None:
        """Say once whether learners may come."""
        self.why_not = why_not
        self.settled.set_result(ready)


HISTORY = web.AppKey("archive", AsyncStore)
CONFIG = web.AppKey("config", Config)
LESSONS = web.AppKey("library", LessonCache)
SESSIONS = web.AppKey("sessions", SessionRegistry)
METRICS = web.AppKey("metrics", Metrics)
READINESS = web.AppKey("readiness", Readiness)
UPLOADS = web.AppKey("uploads", UploadService)

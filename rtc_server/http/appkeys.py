"""What hangs on the application, for its handlers to find."""

from __future__ import annotations

import asyncio

from aiohttp import web

from rtc_server.adding.uploads import Uploads
from rtc_server.config import Config
from rtc_server.history.archive import Archive
from rtc_server.http.library import Library
from rtc_server.metrics import Metrics
from rtc_server.session.sessions import Sessions


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


ARCHIVE = web.AppKey("archive", Archive)
CONFIG = web.AppKey("config", Config)
LIBRARY = web.AppKey("library", Library)
SESSIONS = web.AppKey("sessions", Sessions)
METRICS = web.AppKey("metrics", Metrics)
READINESS = web.AppKey("readiness", Readiness)
UPLOADS = web.AppKey("uploads", Uploads)

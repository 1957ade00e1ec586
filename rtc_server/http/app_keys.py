"""The keys under which handlers find the application's services."""

from __future__ import annotations

import asyncio

from aiohttp import web

from rtc_server.audit import Refusals
from rtc_server.classes.directory import ClassDirectory
from rtc_server.cluster.directory import ClusterDirectory
from rtc_server.config import Config
from rtc_server.errors import NotReady
from rtc_server.history.async_store import AsyncResultStore
from rtc_server.http.authorization.identity import Identity
from rtc_server.http.authorization.rates import InvitationRates
from rtc_server.http.lan.local_network import LocalNetwork
from rtc_server.http.lesson_store import AsyncLessonStore
from rtc_server.ice_servers import IceServers
from rtc_server.invitations.checker import InvitationChecker
from rtc_server.loop_watchdog import LoopWatchdog
from rtc_server.metrics import Metrics
from rtc_server.public_addresses import PublicAddresses
from rtc_server.session.cameras.pairings import PairingStore
from rtc_server.session.directory import SessionDirectory
from rtc_server.token_bucket import TokenBucket
from rtc_server.uploads.section_searches import SectionRunner
from rtc_server.uploads.service import UploadService
from rtc_server.webrtc.udp.aiortc_gatherer import CandidateGatherer


class Readiness:
    """Whether learners may connect: the models are warm and the lessons are loaded."""

    def __init__(self) -> None:
        self.settled: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._reason = "the pose models are being loaded"

    @property
    def ready(self) -> bool:
        return self.settled.done() and self.settled.result()

    def settle(self, ready: bool, reason: str = "") -> None:
        """Set the answer, once; `reason` says why learners may not connect."""
        self._reason = reason
        self.settled.set_result(ready)

    def require(self) -> None:
        """
        :raises NotReady: learners may not connect (yet).
        """
        if not self.ready:
            raise NotReady(self._reason)


CLASSES: web.AppKey[ClassDirectory] = web.AppKey("classes")
CLUSTER = web.AppKey("cluster", ClusterDirectory)  # where sessions run on hosts
CONFIG = web.AppKey("config", Config)
GATHERER: web.AppKey[CandidateGatherer] = web.AppKey("gatherer")
HISTORY = web.AppKey("history", AsyncResultStore)
ICE_SERVERS = web.AppKey("ice_servers", IceServers)
INVITATION_RATES = web.AppKey("invitation_rates", InvitationRates)
INVITATIONS = web.AppKey("invitations", InvitationChecker)  # where it asks for them
KERNEL_QUESTIONS = web.AppKey("kernel_questions", TokenBucket)
LESSONS = web.AppKey("lessons", AsyncLessonStore)
LOCAL_NETWORK = web.AppKey("local_network", LocalNetwork)
METRICS = web.AppKey("metrics", Metrics)
PAIRINGS = web.AppKey("pairings", PairingStore)
PUBLIC_ADDRESSES = web.AppKey("public_addresses", PublicAddresses)
READINESS = web.AppKey("readiness", Readiness)
REFUSALS = web.AppKey("refusals", Refusals)
SESSIONS: web.AppKey[SessionDirectory] = web.AppKey("sessions")
WATCHDOG = web.AppKey("watchdog", LoopWatchdog)
# Only with session hosts: what searches sections of uploaded videos.
SECTION_RUNNER: web.AppKey[SectionRunner] = web.AppKey("section_runner")
UPLOADS = web.AppKey("uploads", UploadService)
# Who sends a request; None where the server is open, or the route is.
# A RequestKey takes a class, and `Identity | None` is none.
IDENTITY: web.RequestKey[Identity | None] = web.RequestKey("identity", object)  # type: ignore[arg-type]

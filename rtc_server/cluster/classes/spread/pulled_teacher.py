"""The teacher of a live class that lives on another host, for the learners on this one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable

from rtc_server.classes.errors import ClassEnded, UnknownClass
from rtc_server.classes.live.class_judge import ClassJudge
from rtc_server.classes.live.media_counts import count_media
from rtc_server.metrics import Metrics
from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.scoring.growing.reference import GrowingReference
from rtc_server.sync.player import Player
from rtc_server.types import Pose
from rtc_server.webrtc.live.downlink import LiveDownlink
from rtc_server.webrtc.live.pull_connection import PullConnection
from rtc_server.webrtc.live.source import LiveSource
from rtc_server.webrtc.udp.aiortc_gatherer import CandidateGatherer

logger = logging.getLogger(__name__)

RETRY_S = 1.0  # after a connection that ended, or was not to be had
POSES_S = 10.0  # at a session's end, for the poses that are still on their way

Pull = Callable[[str], Awaitable[str]]  # gives the home host's answer to an offer


class PulledTeacher:
    """A `ShownTeacher`: the media come once for all learners here, the poses with the news."""

    def __init__(self, pull: Pull, gatherer: CandidateGatherer, metrics: Metrics) -> None:
        now = asyncio.get_running_loop().time
        self.reference = GrowingReference()
        self.source = LiveSource(now)
        self._judge = ClassJudge(self.reference)
        self._pull, self._gatherer, self._metrics = pull, gatherer, metrics
        self._count = 0  # poses of the home host
        self._grown, self._arrived = asyncio.Event(), asyncio.Event()

    def open_downlink(self, player: Player) -> LiveDownlink:
        return LiveDownlink(self.source, player)

    def take_poses(self, poses: Iterable[Pose], count: int) -> None:
        """The reference has grown on the home host.

        :param count: how many poses it has there.
        """
        for pose in poses:
            self.reference.add(pose)
        self._count = count
        self._grown.set()
        self._arrived.set()

    async def judge(self, attempt: GroupAttempt) -> None:
        """By the same poses, and with the same code, as on the home host."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POSES_S):
                while len(self.reference) < self._count:
                    self._arrived.clear()
                    await self._arrived.wait()
        await self._judge.judge(attempt)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._measure())
            tasks.create_task(self._keep_pulling())
            tasks.create_task(count_media(self.source.statistics, self._metrics))

    async def _measure(self) -> None:
        """As on the home host, all is measured anew from time to time."""
        while True:
            await self._grown.wait()
            self._grown.clear()
            if self.reference.is_stale:
                self.reference.adopt(await asyncio.to_thread(self.reference.measure))

    async def _keep_pulling(self) -> None:
        """Until the class has ended."""
        while True:
            try:
                await self._pull_once()
            except (ClassEnded, UnknownClass):
                return
            except Exception as error:  # of any kind: aiortc's, or the home host is gone
                logger.info("a live teacher's media are not to be had: %s", error)
            await asyncio.sleep(RETRY_S)

    async def _pull_once(self) -> None:
        connection = PullConnection(self.source, self._gatherer)
        try:
            await connection.accept(await self._pull(await connection.make_offer()))
            await connection.run()
        finally:
            await connection.close()

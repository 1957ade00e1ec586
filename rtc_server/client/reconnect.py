"""A headless learner that reconnects: when its connection breaks off, a new one resumes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rtc_server.client.device import Device
from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import NothingToResume, Outcome
from rtc_server.client.participant import Participant
from rtc_server.client.server_config import fetch_ice_servers
from rtc_server.client.socket_learner import SocketLearner
from rtc_server.client.television import Television
from rtc_server.errors import SessionFailed

MAX_RECONNECTS = 3
FIRST_PAUSE_S, MAX_PAUSE_S = 1.0, 8.0
REPLACED = "replaced"  # another connection has resumed this session, so this client must not


class ReconnectingLearner:
    """Takes part until the lesson ends, with as many connections as needed and allowed."""

    def __init__(
        self,
        options: LearnerOptions,
        on_message: Callable[[dict[str, Any]], None] = lambda _: None,
        on_status: Callable[[str], None] = lambda _: None,
        max_reconnects: int = MAX_RECONNECTS,
        on_pairing: Callable[[dict[str, Any]], None] = lambda _: None,
    ) -> None:
        """:param on_message: called with every message of the server.
        :param on_status: called with a sentence about each reconnection.
        :param max_reconnects: how many times to try to reconnect, in all.
        :param on_pairing: called with each link for a phone, where a phone is the camera.
        """
        self._options = options
        self._device = Device(on_message)
        self._on_status = on_status
        self._max_reconnects = max_reconnects
        self._on_pairing = on_pairing
        self._left = asyncio.Event()
        self._learner = self._next_learner(None)

    @property
    def outcome(self) -> Outcome:
        return self._learner.outcome

    def leave(self) -> None:
        """Say goodbye to the server; `follow` returns soon."""
        self._left.set()
        self._learner.leave()

    async def follow(self) -> Outcome:
        """Take part in the whole lesson.

        :raises SessionFailed: not even the first connection succeeded.
        :raises BadVideo: the camera's file cannot be played.
        """
        if self._options.transport == "webrtc":
            found = await fetch_ice_servers(self._options.url, self._options.headers())
            self._device = replace(self._device, ice_servers=found)
        servers = self._device.ice_servers
        if self._options.relay_only and not any(server.relay_urls for server in servers):
            raise SessionFailed(
                f"{self._options.url}: expected a server that lists a relay (--turn), got none"
            )
        if servers:
            self._learner = self._next_learner(None)
        await self._learner.follow()
        for attempt in range(self._max_reconnects):
            if self.outcome.ended == "clean" or self.outcome.reason == REPLACED:
                break
            pause_s = min(FIRST_PAUSE_S * 2**attempt, MAX_PAUSE_S)
            if attempt == 0 and self._learner.is_session_gone:
                pause_s = 0.0  # the server is there, and only the session is not
            count = f"{attempt + 1} of {self._max_reconnects}"
            self._on_status(
                f"the connection was lost; connecting again in {pause_s:.0f} s, {count}"
            )
            if await self._leaves_within(pause_s):
                break
            await self._reconnect()
        return self.outcome

    def _next_learner(self, previous: Participant | None) -> Participant:
        if self._options.transport == "websocket":
            return SocketLearner(self._options, self._device, previous)
        if self._options.screen_only:
            return Television(self._options, self._device, previous, on_pairing=self._on_pairing)
        return Learner(self._options, self._device, previous)

    async def _leaves_within(self, pause_s: float) -> bool:
        try:
            async with asyncio.timeout(pause_s):
                return await self._left.wait()
        except TimeoutError:
            return False

    async def _reconnect(self) -> None:
        """Try one more connection; where it fails, only `on_status` is called."""
        session = self._learner.session
        self._learner = self._next_learner(self._learner)
        try:
            await self._learner.follow()
        except NothingToResume:
            self._on_status("the server no longer knows the session; the next try starts a new one")
            self._learner.session = None
        except SessionFailed as error:
            self._on_status(str(error))
            self._learner.session = self._learner.session or session

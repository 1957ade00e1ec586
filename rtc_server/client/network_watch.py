"""Notices that a headless learner's network has changed, and restarts ICE (RFC 9725, 4.3.2)."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

import aiohttp
from aiortc import RTCPeerConnection

from rtc_server.errors import BadFragment
from rtc_server.webrtc.aiortc_internals import ice_transports
from rtc_server.webrtc.ice.aiortc_new_path import send_lost_again
from rtc_server.webrtc.ice.aiortc_restart import IceSuccessor, close_ice
from rtc_server.webrtc.trickle import CONTENT_TYPE, parse_fragment

logger = logging.getLogger(__name__)

CHECK_S = 0.1
SILENCE_S = 1.2  # without a packet: video, RTCP and scores come all the time
LATE_S = 0.5  # of the watch itself: this process stood still, and not the network
RETRY_S = 0.3  # after a try that failed: there may be no network yet
RESTART_TIMEOUT_S = 3.0  # for one try
TOO_MANY, UNKNOWN = 429, 404
FIRST_LINE = re.compile(r"^(m=.*?\r\n).*?^(a=mid:.*?\r\n)", re.M | re.S)


class NetworkWatch:
    """Restarts ICE in a session whose packets no longer come."""

    def __init__(
        self,
        connection: RTCPeerConnection,
        session_url: str,
        count_packets: Callable[[], int],
        now: Callable[[], float],
        on_restarted: Callable[[], None],
        headers: Mapping[str, str] = MappingProxyType({}),
        on_session_gone: Callable[[], None] = lambda: None,
    ) -> None:
        """:param count_packets: how many have come so far.
        :param on_restarted: called for each restart that succeeded.
        :param on_session_gone: called if the server does not know the session any more.
        :param headers: what shows the server who asks.
        """
        self._connection = connection
        self._session_url = session_url
        self._count_packets = count_packets
        self._now = now
        self._on_restarted = on_restarted
        self._on_session_gone = on_session_gone
        self._headers = {**headers, "Content-Type": CONTENT_TYPE, "If-Match": "*"}

    async def run(self) -> None:
        """Watch until cancelled, or until the server says that it knows no restarts."""
        packets, checked_s = self._count_packets(), self._now()
        due_s = checked_s + SILENCE_S
        while True:
            await asyncio.sleep(CHECK_S)
            is_late = self._now() - checked_s > LATE_S  # what has come meanwhile is not read yet
            checked_s = self._now()
            if (count := self._count_packets()) != packets or is_late:
                packets, due_s = count, checked_s + SILENCE_S
            elif checked_s >= due_s:
                pause_s = await self._try_to_restart()
                if pause_s is None:
                    return
                checked_s = self._now()
                due_s = checked_s + pause_s

    async def _try_to_restart(self) -> float | None:
        """Return after what pause to try again, if nothing comes; None: the server refuses."""
        (transport,) = ice_transports(self._connection)
        successor = IceSuccessor(transport)
        try:
            async with asyncio.timeout(RESTART_TIMEOUT_S):
                await self._restart(successor)
            self._on_restarted()
            return SILENCE_S
        except aiohttp.ClientResponseError as error:
            logger.info("no ICE restart: the server answers %d", error.status)
            if error.status == UNKNOWN:
                self._on_session_gone()
            return SILENCE_S if error.status >= 500 or error.status == TOO_MANY else None
        except (aiohttp.ClientError, BadFragment, ConnectionError, TimeoutError) as error:
            logger.info("an ICE restart failed: %s", error or type(error).__name__)
        finally:
            await successor.close()
        return RETRY_S

    async def _restart(self, successor: IceSuccessor) -> None:
        await successor.ice.gather_candidates()
        line = FIRST_LINE.search(self._connection.localDescription.sdp)
        assert line is not None  # check_offer requires it
        async with (
            aiohttp.ClientSession(raise_for_status=True) as http,
            http.patch(
                self._session_url,
                data=line[1] + line[2] + successor.describe(),
                headers=self._headers,
            ) as response,
        ):
            answer = parse_fragment(await response.text())
        for candidate in answer.candidates:
            await successor.addIceCandidate(candidate)
        await successor.connect(answer.ufrag or "", answer.password or "")
        predecessor = successor.take_over()
        send_lost_again(self._connection.sctp)
        await close_ice(predecessor)

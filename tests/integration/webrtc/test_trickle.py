"""Candidates that come after the offer, by PATCH (RFC 8840, RFC 9725 4.3)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack

from tests.integration.conftest import RunningServer
from tests.integration.http_checks import check_problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}
LATE = re.compile(r"a=(candidate:.*|end-of-candidates)\r\n")


class Trickler:
    """A learner whose offer lacks its candidates."""

    def __init__(self) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection.addTransceiver(VideoStreamTrack(), direction="sendrecv")
        self.control = self.connection.createDataChannel("control")
        self.scores = self.connection.createDataChannel("scores", ordered=False, maxRetransmits=0)
        self.opened = asyncio.Event()
        self.control.on("open", self.opened.set)
        self.place = ""
        self.tag = ""
        self.fragment = ""

    async def offer(self, http: aiohttp.ClientSession) -> None:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        sdp = self.connection.localDescription.sdp
        first = sdp[: sdp.index("m=application")]
        self.fragment = "".join(
            re.findall(r"(?:m=video|a=mid|a=ice-ufrag|a=ice-pwd|a=candidate).*\r\n", first)
        )
        self.fragment += "a=end-of-candidates\r\n"
        body = {"type": "offer", "lesson": "short", "sdp": LATE.sub("", sdp)}
        response = await http.post("/api/sessions", json=body)
        assert response.status == 201
        assert response.headers["Accept-Patch"] == FRAGMENT["Content-Type"]
        self.place, self.tag = response.headers["Location"], response.headers["ETag"]
        answer = (await response.json())["sdp"]
        # And the server's are hidden, so that nothing but the PATCH can bring the two together.
        await self.connection.setRemoteDescription(
            RTCSessionDescription(LATE.sub("", answer), "answer")
        )


@pytest_asyncio.fixture(loop_scope="module")
async def trickler(server: RunningServer, http: aiohttp.ClientSession) -> AsyncIterator[Trickler]:
    learner = Trickler()
    await learner.offer(http)
    yield learner
    await learner.connection.close()
    await http.delete(learner.place)
    await server.wait_until_empty()


async def test_candidates_that_come_later_connect(
    trickler: Trickler, http: aiohttp.ClientSession
) -> None:
    await asyncio.sleep(0.3)
    assert not trickler.opened.is_set()
    tag = {"If-Match": trickler.tag}
    response = await http.patch(trickler.place, data=trickler.fragment, headers=FRAGMENT | tag)
    assert response.status == 204 and await response.read() == b""
    async with asyncio.timeout(10):
        await trickler.opened.wait()
    # What comes after the end of candidates is ignored (RFC 8838, 14).
    again = await http.patch(trickler.place, data=trickler.fragment, headers=FRAGMENT)
    assert again.status == 204


@pytest.mark.parametrize(
    ("headers", "data", "status", "detail"),
    [
        ({"Content-Type": "application/json"}, "{}", 415, "expected application/trickle-ice-sdp"),
        (FRAGMENT, "nonsense", 400, "expected lines of SDP"),
        (FRAGMENT, "a=mid:0\na=candidate:x", 400, "expected a candidate"),
        (FRAGMENT, "a=mid:7\na=candidate:1 1 udp 9 192.0.2.1 9 typ host", 422, "one of 0, 1, got"),
        (FRAGMENT, "a=ice-ufrag:other\na=ice-pwd:x", 422, "of the present ICE session"),
        (FRAGMENT | {"If-Match": '"other"'}, "a=end-of-candidates", 412, "expected If-Match"),
        (
            FRAGMENT,
            "a=mid:0\n" + "a=candidate:1 1 udp 9 192.0.2.1 9 typ host\n" * 101,
            *(422, "at most 100 candidates"),
        ),
    ],
)
async def test_a_fragment_that_cannot_be_used_is_refused_in_a_sentence(
    trickler: Trickler,
    http: aiohttp.ClientSession,
    headers: dict[str, str],
    data: str,
    status: int,
    detail: str,
) -> None:
    response = await http.patch(trickler.place, data=data, headers=headers)
    assert detail in (await check_problem(response, status))["detail"]


async def test_nobody_s_candidates_are_404(
    http: aiohttp.ClientSession, server: RunningServer
) -> None:
    response = await http.patch("/api/sessions/0", data="a=end-of-candidates", headers=FRAGMENT)
    await check_problem(response, 404)

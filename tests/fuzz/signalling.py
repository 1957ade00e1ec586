"""SDP offers, and fragments of trickled candidates."""

from __future__ import annotations

import asyncio
import json
import random
from types import TracebackType
from typing import Any

import aiohttp

from tests.fuzz.browser_offers import CANDIDATES, OFFERS, PASSWORD, UFRAG
from tests.fuzz.driver import Wrong
from tests.fuzz.mutation import Mutator

ALLOWED_5XX = (503, 507)
TOO_MANY, RETRY_S = 429, 0.5  # 20 offers a second are answered
FRAGMENTS_PER_SESSION = 40
JSON_TYPE = {"Content-Type": "application/json"}


class HttpKind:
    """A kind that sends HTTP requests; `async with`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http: aiohttp.ClientSession | None = None

    @property
    def http(self) -> aiohttp.ClientSession:
        assert self._http is not None
        return self._http

    async def __aenter__(self) -> HttpKind:
        self._http = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.http.close()

    async def request(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str]
    ) -> tuple[int, Any, str]:
        """The status, the JSON body (or None) and the Location; a 429 is waited out.

        :raises Wrong: a 5xx that is not allowed.
        """
        while True:
            async with self.http.request(
                method, self.url + path, data=data, headers=headers
            ) as response:
                body, status = await response.read(), response.status
            if status != TOO_MANY:
                break
            await asyncio.sleep(RETRY_S)
        if status >= 500 and status not in ALLOWED_5XX:
            raise Wrong(f"{method} {path[:60]}: {status} {body[:300]!r}")
        parsed = json.loads(body) if "json" in response.content_type and body else None
        return status, parsed, response.headers.get("Location", "")


def describe(status: int, body: Any) -> str:
    code = body.get("code") if isinstance(body, dict) else None
    return f"{status} {code}" if code else str(status)


class OfferKind(HttpKind):
    """Offers of browsers and of aiortc, changed; what is accepted is deleted at once."""

    name = "offers"

    def __init__(self, url: str, aiortc_offer: str, lesson: str = "short") -> None:
        super().__init__(url)
        self._offers = [*OFFERS.values(), aiortc_offer]
        self._lesson = lesson

    def make(self, chance: random.Random) -> bytes:
        mutator = Mutator(chance)
        sdp = chance.choice(self._offers)
        body: dict[str, Any] = {"type": "offer", "lesson": self._lesson, "sdp": sdp}
        if chance.random() < 0.9:
            body["sdp"] = mutator.text(sdp, self._offers)
            return json.dumps(body).encode()
        body |= {"mirror": "auto", "annotated": True, "learner": "Ann", "resume": "0" * 32}
        body |= {"dancers": 2, "learners": ["Ann", None]}
        return mutator.text(json.dumps(body)).encode("utf-8", "surrogatepass")

    async def attempt(self, data: bytes) -> str:
        status, body, location = await self.request("POST", "/api/sessions", data, JSON_TYPE)
        if status == 201:
            deleted, _, _ = await self.request("DELETE", location, None, {})
            if deleted not in (204, 404):
                raise Wrong(f"DELETE of an accepted session: {deleted}")
        return describe(status, body)


class FragmentKind(HttpKind):
    """Fragments for a session that was accepted; a new one now and then."""

    name = "fragments"

    def __init__(self, url: str, aiortc_offer: str, lesson: str = "short") -> None:
        super().__init__(url)
        self._offer = aiortc_offer
        self._lesson = lesson
        self._location = ""
        self._left = 0

    def make(self, chance: random.Random) -> bytes:
        candidates = chance.sample(CANDIDATES, chance.randint(1, len(CANDIDATES)))
        credentials = [f"a=ice-ufrag:{UFRAG}", f"a=ice-pwd:{PASSWORD}"]
        if chance.random() < 0.7:  # those of the session's offer
            credentials = [line for line in self._offer.splitlines() if line.startswith("a=ice-")][
                :2
            ]
        lines = [*credentials, "m=video 9 UDP/TLS/RTP/SAVPF 0", "a=mid:0", *candidates]
        text = "\r\n".join(lines) + "\r\n"
        return Mutator(chance).text(text, list(OFFERS.values())).encode("utf-8", "surrogatepass")

    async def attempt(self, data: bytes) -> str:
        if not self._left:
            await self._open_session()
        self._left -= 1
        headers = {"Content-Type": "application/trickle-ice-sdpfrag"}
        status, body, _ = await self.request("PATCH", self._location, data, headers)
        if status == 404:
            self._left = 0  # it never connected
        if not self._left:
            await self.request("DELETE", self._location, None, {})
        return describe(status, body)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._left:
            await self.request("DELETE", self._location, None, {})
        await super().__aexit__(kind, error, trace)

    async def _open_session(self) -> None:
        body = json.dumps({"type": "offer", "lesson": self._lesson, "sdp": self._offer}).encode()
        status, answer, self._location = await self.request(
            "POST", "/api/sessions", body, JSON_TYPE
        )
        if status != 201:
            raise Wrong(f"expected a session for fragments, got {status} {answer}")
        self._left = FRAGMENTS_PER_SESSION

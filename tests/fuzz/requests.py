"""HTTP requests as bytes on a socket."""

from __future__ import annotations

import asyncio
import json
import random
import re

from tests.fuzz.browser_offers import OFFERS
from tests.fuzz.driver import Wrong
from tests.fuzz.mutation import Mutator
from tests.fuzz.signalling import ALLOWED_5XX

STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
MAX_RESPONSE_BYTES = 1 << 16
ANSWER_S = 0.1  # half a request is left alone after this time
GETS = (
    *("/", "/js/main.js", "/api/config", "/api/lessons", "/api/lessons/short", "/healthz"),
    *("/readyz", "/metrics", "/api/lessons/short/video", "/api/lessons/short/poses.csv"),
    *("/api/lessons/short/poses.json", "/api/lessons/short/thumbnail.jpg", "/api/jobs/1"),
    *("/api/sessions/0123456789abcdef0123456789abcdef", "/api/history?learner=Ann&limit=5"),
    *("/api/history/1", "/api/lessons/short/leaderboard", "/api/learners/Ann/export?format=csv"),
    *("/api/openapi.json", "/static/..%2f..%2fetc/passwd", "/api/sessions/x/report"),
    "/api/sessions/ws?lesson=short&dancers=2&learners=%5B%22Ann%22,null%5D&instructors=0,0",
)
HEADERS = (
    *("Accept: */*", "Accept-Encoding: gzip, br", "Connection: keep-alive", "Expect: 100-continue"),
    *("Range: bytes=0-99", "Range: bytes=-5", "If-None-Match: *", 'If-Match: "x"'),
    *("Origin: http://127.0.0.1", "Sec-Fetch-Site: cross-site", "Authorization: Bearer x"),
    *("X-Forwarded-For: 192.0.2.7, 198.51.100.9", "Forwarded: for=192.0.2.7;proto=https"),
    *("Transfer-Encoding: chunked", "Content-Encoding: gzip", "Cookie: a=b", "Upgrade: websocket"),
)
TYPES = (
    *("application/json", "application/json; charset=utf-16", "application/sdp", "text/plain"),
    *(
        "application/trickle-ice-sdpfrag; charset=hex",
        "multipart/form-data; boundary=x",
        "video/mp4",
    ),
)
ID = "0123456789abcdef0123456789abcdef"


class RequestKind:
    """One connection for each case; it may carry several requests, or half of one."""

    name = "requests"

    def __init__(self, port: int) -> None:
        self._port = port

    def make(self, chance: random.Random) -> bytes:
        mutator = Mutator(chance)
        requests = [self._request(chance) for _ in range(chance.choice((1, 1, 1, 3)))]
        text = "".join(requests)
        if chance.random() < 0.5:
            text = mutator.text(text, [self._request(chance)])
        data = text.encode("utf-8", "surrogatepass")
        return mutator.blob(data) if chance.random() < 0.15 else data

    def _request(self, chance: random.Random) -> str:
        lines = [f"Host: 127.0.0.1:{self._port}"] if chance.random() < 0.95 else []
        lines += chance.sample(HEADERS, chance.choice((0, 1, 1, 2, 4)))
        method, path, body = "GET", chance.choice(GETS), ""
        if chance.random() < 0.5:
            method = chance.choice(("POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "BREW"))
            path = chance.choice(
                (
                    *("/api/sessions", f"/api/sessions/{ID}", "/offer", "/api/lessons?title=x"),
                    *("/api/sessions?lesson=short&dancers=2&instructors=0,0", *GETS),
                )
            )
            body = self._body(chance)
            lines.append(f"Content-Type: {chance.choice(TYPES)}")
            lines.append(f"Content-Length: {len(body.encode())}")
        return f"{method} {path} HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n" + body

    @staticmethod
    def _body(chance: random.Random) -> str:
        offer = {"type": "offer", "lesson": "none", "sdp": chance.choice(list(OFFERS.values()))}
        return chance.choice(
            (
                json.dumps(offer),
                offer["sdp"],
                "",
                '{"title": "x"}',
                "[" * 500,
                "5\r\nhello\r\n0\r\n\r\n",
            )
        )

    async def attempt(self, data: bytes) -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(data)
            async with asyncio.timeout(ANSWER_S):
                return _outcome(await reader.read(MAX_RESPONSE_BYTES))
        except TimeoutError:
            return "waits for more"  # the request is not complete
        except ConnectionError:
            return "reset"
        finally:
            writer.transport.abort()


def _outcome(response: bytes) -> str:
    """The first status, which is the one that counts: what follows may be a body's bytes.

    :raises Wrong: a 5xx that is not allowed.
    """
    found = STATUS.match(response)
    if found is None:
        return "closed" if not response else "no HTTP"
    status = int(found[1])
    if status >= 500 and status not in ALLOWED_5XX:
        raise Wrong(f"{status}: {response[:300]!r}")
    return str(status)

"""Bodies of at most 64 KiB: they arrive in time, and are text that can be read."""

from __future__ import annotations

import asyncio

from aiohttp import web

from rtc_server.errors import BadMessage
from rtc_server.http.app_keys import METRICS
from rtc_server.http.connections.connection_limits import BODY_S
from rtc_server.http.connections.http_connection import HttpConnection, is_upload
from rtc_server.http.errors import MAX_BODY_BYTES, Handler

# JSON and SDP are UTF-8 (RFC 8259, 8.1; RFC 8866, 5), of which ASCII is a part.
CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
# Python's parser of media types takes quadratic time: 0.2 s for the parameters in 8 KiB.
MAX_CONTENT_TYPE = 255  # characters (RFC 6838, 4.2: 127 of the type and 127 of the subtype)


@web.middleware
async def small_body_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Read the whole body before it is handled, so that a slow one holds only its connection.

    :raises BadMessage: the body breaks the rules of HTTP or of its encoding.
    :raises web.HTTPUnsupportedMediaType: its type is too long to be one.
    """
    has_type = request.method in ("POST", "PATCH")
    if has_type and len(request.headers.get("Content-Type", "")) > MAX_CONTENT_TYPE:
        raise web.HTTPUnsupportedMediaType(
            text=f"expected a Content-Type of at most {MAX_CONTENT_TYPE} characters, got more"
        )
    if request.can_read_body and not is_upload(request.method, request.path):
        length = request.content_length or 0
        if length > MAX_BODY_BYTES:  # without reading it
            raise web.HTTPRequestEntityTooLarge(MAX_BODY_BYTES, length)
        connection = request.protocol
        if isinstance(connection, HttpConnection):
            connection.wait_for_body()
        try:
            async with asyncio.timeout(BODY_S):
                await request.read()
        except TimeoutError:
            request.app[METRICS].http_connections_cut.labels(reason="body").inc()
            raise web.HTTPRequestTimeout(
                text=f"expected the whole body within {BODY_S:.0f} s"
            ) from None
        except RuntimeError:  # what aiohttp's stream raises when the connection was cut before
            raise ConnectionResetError("the client is gone") from None
        except web.RequestPayloadError as error:
            raise BadMessage(f"expected a body as its headers say, got another: {error}") from None
        if isinstance(connection, HttpConnection):
            connection.begin_handling()
    return await handler(request)


async def read_text(request: web.Request) -> str:
    """The body as text.

    :raises BadMessage: it is not UTF-8.
    :raises web.HTTPUnsupportedMediaType: it is said to be something else.
    """
    charset = request.charset
    if charset is not None and charset.lower() not in CHARSETS:
        raise web.HTTPUnsupportedMediaType(text=f"expected charset=utf-8, got {charset[:60]!r}")
    try:
        return (await request.read()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadMessage(f"expected a body in UTF-8, got another byte at {error.start}") from None

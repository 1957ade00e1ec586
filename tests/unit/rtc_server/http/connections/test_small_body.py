"""Bodies of at most 64 KiB, and the headers that say what they are."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from rtc_server.http.connections.small_body import MAX_CONTENT_TYPE, small_body_middleware


async def answer(_: web.Request) -> web.Response:
    return web.Response(status=204)


async def send(content_type: str) -> web.StreamResponse:
    request = make_mocked_request("POST", "/api/sessions", {"Content-Type": content_type})
    return await small_body_middleware(request, answer)


async def test_a_content_type_whose_parsing_takes_long_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(web.HTTPUnsupportedMediaType) as refused:
        await send("application/a" + ";a" * 3000)
    assert refused.value.text == "expected a Content-Type of at most 255 characters, got more"


async def test_the_longest_content_type_is_accepted() -> None:
    assert (await send("application/" + "a" * (MAX_CONTENT_TYPE - 12))).status == 204

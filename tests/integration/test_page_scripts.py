"""The page's bundled scripts as a browser fetches them."""

from __future__ import annotations

import aiohttp
import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_script_is_compressed_for_those_who_can_and_not_sent_twice(
    http: aiohttp.ClientSession,
) -> None:
    async with http.get("/static/bundle/main.js", headers={"Accept-Encoding": "gzip"}) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        script, etag = await response.text(), response.headers["ETag"]
    async with http.get("/static/bundle/main.js", headers={"Accept-Encoding": "identity"}) as plain:
        assert "Content-Encoding" not in plain.headers and await plain.text() == script
        assert plain.headers["ETag"] != etag  # the bytes are others
    async with http.get("/static/bundle/main.js", headers={"If-None-Match": etag}) as known:
        assert known.status == 304 and await known.read() == b""
    async with http.get("/static/bundle/none.js") as unknown:
        assert unknown.status == 404

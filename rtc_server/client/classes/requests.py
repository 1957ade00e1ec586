"""What a headless teacher asks a server about classes, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from rtc_server.client.http_posts import describe_failure
from rtc_server.errors import SessionFailed

TIMEOUT_S = 20.0


async def ask(
    method: str,
    url: str,
    path: str,
    token: str | None = None,
    body: Mapping[str, Any] | None = None,
) -> Any:
    """Send a request and return the JSON of the answer.

    :param token: of an invitation, of the operator or of the class.
    :raises SessionFailed: the server refused, or could not be reached.
    """
    address = url.rstrip("/") + path
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(TIMEOUT_S)) as http,
            http.request(method, address, json=body, headers=headers) as response,
        ):
            answer = await response.json(content_type=None) if response.status != 204 else None
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
        raise SessionFailed(f"{url}: expected an address as http://HOST:PORT") from None
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise SessionFailed(describe_failure(address, error)) from error
    if response.status >= 400:
        detail = answer.get("detail") if isinstance(answer, dict) else answer
        raise SessionFailed(f"{address}: the server answers {response.status}: {detail}")
    return answer

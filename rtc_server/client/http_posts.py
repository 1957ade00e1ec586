"""Posts to a server, and why it gave no answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from rtc_server.errors import SessionFailed

TIMEOUT_S = 20.0


async def post_json(
    url: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """Post a JSON object; give the status, and the object of the answer.

    :raises SessionFailed: no address, or no such answer.
    """
    timeout = aiohttp.ClientTimeout(TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.post(url, json=body, headers=headers) as response,
        ):
            answer = await response.json(content_type=None)
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
        raise SessionFailed(f"{url}: expected an address as http://HOST:PORT") from None
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise SessionFailed(describe_failure(url, error)) from error
    if not isinstance(answer, dict):
        raise SessionFailed(f"{url}: expected a JSON object, got {str(answer)[:60]!r}")
    return response.status, answer


def describe_failure(url: str, error: Exception) -> str:
    """One sentence for a request to `url` that got no answer."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return (
            f"{url}: expected a certificate of an authority that this machine knows. If it is a "
            f"Tandem server with one of its own (serve --lan): download http://{error.host}:"
            f"{error.port}/ca.crt and run the same command with SSL_CERT_FILE=ca.crt before it"
        )
    return f"{url}: expected an answer, got none: {str(error) or type(error).__name__}"

"""Credentials that a real relay accepts, and what is said where it does not."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
import pytest_asyncio

from rtc_server.client.options import LearnerOptions
from rtc_server.client.reconnect import ReconnectingLearner
from rtc_server.client.server_config import fetch_ice_servers, find_relay_problems
from rtc_server.config import Config
from rtc_server.errors import SessionFailed
from rtc_server.ice_servers import LIFETIME_S, IceServer, issue_credentials
from rtc_server.webrtc.relay_check import find_relay_problem
from tests.integration.conftest import serving
from tests.integration.proxies.real_proxies import free_port
from tests.integration.webrtc.relay import SECRET, coturn
from tests.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")

Configured = Callable[..., Config]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def relay(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with coturn(tmp_path_factory.mktemp("relay")) as url:
        yield url


async def test_each_client_gets_credentials_that_the_relay_accepts(
    relay: str, configured: Configured
) -> None:
    async with serving(configured(turn=(relay,), turn_secret=SECRET)) as server:
        (one,), (other,) = [await fetch_ice_servers(server.url) for _ in range(2)]
    assert one.username != other.username
    assert await find_relay_problems([one, other]) == []


async def test_a_headless_learner_dances_through_the_relay_alone(
    relay: str, configured: Configured, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers: list[str] = []
    post = aiohttp.ClientSession.post

    def noting(self: aiohttp.ClientSession, url: str, **options: object) -> object:
        if url.endswith("/api/sessions"):
            offers.append(options["json"]["sdp"])  # type: ignore[index]
        return post(self, url, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(aiohttp.ClientSession, "post", noting)
    async with serving(configured(turn=(relay,), turn_secret=SECRET, countdown_s=0)) as server:
        options = LearnerOptions(server.url, "short", "instructor", mirror="off", relay_only=True)
        outcome = await ReconnectingLearner(options).follow()
    assert outcome.ended == "clean"
    assert set(re.findall(r"a=candidate:.* typ (\w+)", offers[0])) == {"relay"}


async def test_relay_only_needs_a_relay(configured: Configured) -> None:
    async with serving(configured()) as server:
        options = LearnerOptions(server.url, "short", "instructor", relay_only=True)
        with pytest.raises(SessionFailed, match="expected a server that lists a relay"):
            await ReconnectingLearner(options).follow()


async def test_a_relay_with_another_secret_is_named_at_the_start(
    relay: str, configured: Configured, caplog: pytest.LogCaptureFixture
) -> None:
    def warnings() -> list[str]:
        return [
            record.getMessage()
            for record in caplog.records
            if record.levelno >= logging.WARNING and "relay" in record.getMessage()
        ]

    async with serving(configured(turn=(relay,), turn_secret="another secret")):
        await wait_until(warnings)
    (warning,) = warnings()
    assert f"{relay}: the relay refuses the credentials (401" in warning
    assert "its secret (coturn: static-auth-secret) is not the server's turn_secret" in warning


async def test_credentials_expire(relay: str) -> None:
    expired = issue_credentials((relay,), SECRET, time.time() - LIFETIME_S - 60)
    assert "refuses the credentials" in str(await find_relay_problem(expired, relay))


async def test_a_relay_that_is_not_there_is_named() -> None:
    url = f"turn:127.0.0.1:{free_port()}?transport=tcp"
    problem = await find_relay_problem(IceServer((url,), "u", "p"), url)
    assert problem is not None and problem.startswith(f"{url}: expected a relay, got:")


async def test_a_relay_that_says_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rtc_server.webrtc.relay_check.CHECK_TIMEOUT_S", 0.2)
    silent, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
    )
    url = f"turn:127.0.0.1:{silent.get_extra_info('sockname')[1]}"
    problem = await find_relay_problem(IceServer((url,), "u", "p"), url)
    silent.close()
    assert problem is not None and "expected an answer of the relay" in problem


async def test_a_relay_whose_name_is_none_is_named_and_ends_nothing() -> None:
    """A part of a host name has 63 characters at most; the error is no OSError."""
    url = f"turn:{'a' * 64}.example"
    problem = await find_relay_problem(IceServer((url,), "u", "p"), url)
    assert problem is not None and problem.startswith(f"{url}: expected a relay, got:")

"""Sockets of any port, or of a range, and how long gathering takes on a host with many networks."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import closing
from typing import Any

import aiohttp
import pytest
from aioice.ice import Connection
from prometheus_client import CollectorRegistry

from rtc_server.config import Config
from rtc_server.errors import BadConfig
from rtc_server.http.app_keys import METRICS
from rtc_server.metrics import Metrics
from rtc_server.webrtc.udp.aiortc_gatherer import SessionSockets, list_host_addresses
from rtc_server.webrtc.udp.gatherers import open_gatherer
from rtc_server.webrtc.udp.port_range import NoFreePort, PortRange
from tests.integration.conftest import serving
from tests.integration.http_checks import check_problem
from tests.integration.scripted_learner import ScriptedLearner
from tests.namespaces import run_in_namespaces


def take_port() -> socket.socket:
    """A socket that has its port at all addresses of this machine, IPv4 and IPv6."""
    taken = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    taken.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    taken.bind(("::", 0))
    return taken


async def gather(sockets: SessionSockets) -> Any:
    ice = Connection(ice_controlling=False)
    await sockets.gather(ice)
    return ice


async def test_a_session_without_settings_takes_a_port_at_each_address() -> None:
    ice = await gather(SessionSockets())
    assert [c.host for c in ice.local_candidates] == list_host_addresses()
    assert all(c.port > 1023 and c.type == "host" for c in ice.local_candidates)
    await SessionSockets().gather(ice)
    assert len(ice._protocols) == len(ice.local_candidates), "it gathers once"
    await ice.close()


async def test_sessions_take_turns_in_a_range_until_no_port_is_left() -> None:
    with closing(take_port()) as one:
        first = int(one.getsockname()[1])
    sockets = SessionSockets(PortRange(range(first, first + 1)))
    ice = await gather(sockets)
    assert {c.port for c in ice.local_candidates} == {first}
    with pytest.raises(NoFreePort, match=f"a free UDP port in {first}-{first}, got none"):
        await gather(sockets)
    await ice.close()
    again = await gather(sockets)
    assert {c.port for c in again.local_candidates} == {first}
    await again.close()


async def test_a_range_in_which_no_port_is_free_is_refused_at_the_start() -> None:
    with closing(take_port()) as taken:
        port = taken.getsockname()[1]
        config = Config(udp_ports=f"{port}-{port}")
        with pytest.raises(BadConfig, match=f"a UDP port is free, got {port}-{port}: Address alr"):
            async with open_gatherer(config, Metrics()):
                pass


async def test_a_port_that_is_taken_is_refused_at_the_start() -> None:
    with closing(take_port()) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadConfig, match=f"expected a UDP port that this .*, got {port} at "):
            async with open_gatherer(Config(udp_port=port), Metrics()):
                pass


async def test_a_server_without_a_free_port_says_so(configured: Callable[..., Config]) -> None:
    with closing(take_port()) as one:
        port = int(one.getsockname()[1])
    async with serving(configured(udp_ports=f"{port}-{port}")) as server:
        learner = ScriptedLearner(server.url)
        async with learner, aiohttp.ClientSession() as http:
            async with http.post(f"{server.url}/api/sessions", json=learner.body) as answer:
                problem = await check_problem(answer, 503)
            assert problem["code"] == "no_free_port" and answer.headers["Retry-After"]
            registry: CollectorRegistry = server.app[METRICS].registry
            refused = "tandem_offers_refused_total"
            assert registry.get_sample_value(refused, {"reason": "no_free_port"}) == 1
        await server.wait_until_empty()


async def test_gathering_waits_for_nobody_on_a_host_with_ten_interfaces() -> None:
    """And with a STUN server that never answers; in a network namespace, as another host."""
    said = await run_in_namespaces("tests.integration.webrtc.ten_interfaces")
    found = json.loads(said)
    # A shared port needs no iteration of the event loop; sockets are opened, and no more.
    assert found["shared"] == {"host": 10, "waits": False}
    assert found["sockets"] == {"host": 10, "asked": 10}

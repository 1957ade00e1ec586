"""One server with two session hosts, for all tests of a file: with Ray, which `make cluster-test`
installs, or all of it in the process of the test."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from rtc_server.config import Config
from tests.integration.attacks.server_process import ServerProcess, server_process
from tests.integration.cluster.front import Front
from tests.integration.cluster.hosts import wait_for_hosts
from tests.integration.cluster.hosts_without_ray import hosts_in_process
from tests.integration.conftest import serving

HISTORY = "results.sqlite3"


@pytest.fixture(scope="package")
def require_ray() -> None:
    if importlib.util.find_spec("ray") is None:
        pytest.skip("Ray is not installed (make cluster-test does so)")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(
    require_ray: None, store_with_demo: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("cluster")
    settings = {"TANDEM_WORKERS": "2", "TANDEM_HISTORY": str(folder / HISTORY)}
    async with server_process(store_with_demo, folder, settings) as running:
        await wait_for_hosts(running.url, 2)
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def front(
    configured: Callable[..., Config],
    store_with_demo: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Front]:
    history = tmp_path_factory.mktemp("history") / "results.sqlite3"
    config = configured(lessons=store_with_demo, workers=2, history=str(history))
    async with (
        hosts_in_process() as hosts,
        serving(config) as server,
        aiohttp.ClientSession(base_url=server.url) as http,
    ):
        one = Front(server.url, http, hosts, server.app)
        await one.wait_for_hosts()
        yield one

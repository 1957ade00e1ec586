"""One server with two session hosts, for all tests of a file; `make cluster-test` installs Ray."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.attacks.server_process import ServerProcess, server_process
from tests.integration.cluster.hosts import wait_for_hosts

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

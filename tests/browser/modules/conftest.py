"""One page of the server for all tests of a file that ask its modules."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.browser.support.chromium import chromium
from tests.browser.support.page_script import Ask
from tests.browser.support.server_process import Server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ask(server: Server) -> AsyncIterator[Ask]:
    """Runs a script for each value, all in one page of the server."""
    async with chromium() as browser:
        page = await browser.new_page(service_workers="block")
        await page.goto(server.url)

        async def run_on_page(script: str, *values: object) -> list[object]:
            return [await page.evaluate(script, value) for value in values]

        yield run_on_page

"""One page of the server for all tests of a file that ask its modules."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.support.page_script import Ask, page_of
from tests.browser.support.server_process import Server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ask(running_browser: Browser, server: Server) -> AsyncIterator[Ask]:
    """Runs a script for each value, all in one page of the server."""
    async with page_of(running_browser, server) as asking:
        yield asking

"""Runs single modules of the page in a real browser."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser

from tests.browser.support.server_process import Server

Ask = Callable[..., Awaitable[list[Any]]]


@asynccontextmanager
async def page_of(browser: Browser, server: Server) -> AsyncIterator[Ask]:
    """Runs a script for each value, all in one new page of the server."""
    page = await browser.new_page(service_workers="block")
    await page.goto(server.url)

    async def ask(script: str, *values: object) -> list[Any]:
        return [await page.evaluate(script, value) for value in values]

    try:
        yield ask
    finally:
        await page.close()


async def run_on_page(browser: Browser, server: Server, script: str, *values: object) -> list[Any]:
    """The results of a script for each value, in a new page of the server."""
    async with page_of(browser, server) as ask:
        return await ask(script, *values)

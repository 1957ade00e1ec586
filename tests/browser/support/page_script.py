"""Runs single modules of the page in a real browser."""

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page

from tests.browser.support.chromium import chromium
from tests.browser.support.server_process import Server

Ask = Callable[..., Awaitable[list[Any]]]


async def run_on_page(server: Server, script: str, *values: object) -> list[Any]:
    """The results of a script for each value, in a page of the server."""
    async with chromium() as browser:
        page: Page = await browser.new_page(service_workers="block")
        await page.goto(server.url)
        return [await page.evaluate(script, value) for value in values]

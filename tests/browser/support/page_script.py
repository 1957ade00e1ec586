"""Runs single modules of the page in a real browser."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser

from rtc_server.http.security_headers import PAGE_POLICY, POLICY
from tests.browser.support.server_process import Server

Ask = Callable[..., Awaitable[list[Any]]]


@asynccontextmanager
async def page_of(browser: Browser, server: Server) -> AsyncIterator[Ask]:
    """Runs a script for each value, all in one new page of the server's, which is empty.

    The whole page would start for nothing, and take two seconds of processor time.
    """
    page = await browser.new_page(service_workers="block")
    address = f"{server.url}/an-empty-page"
    headers = {"Content-Type": "text/html", POLICY: PAGE_POLICY}
    await page.route(address, lambda route: route.fulfill(headers=headers, body="<!doctype html>"))
    await page.goto(address)

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

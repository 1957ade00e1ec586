"""The installed page: it opens without the server, and is never older than the server."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser

from rtc_server import app as composition
from rtc_server.app import create_app
from rtc_server.config import Config
from rtc_server.http import static_files
from rtc_server.http.page.shell import read_shell
from tests.browser.support.learner import Learner, open_learner
from tests.integration.proxies.real_proxies import free_port

# The paths that the worker keeps, by the name of the store.
STORED = """
(async () => Object.fromEntries(await Promise.all((await caches.keys()).map(async name => {
  const kept = await (await caches.open(name)).keys();
  return [name, kept.map(request => new URL(request.url).pathname)];
}))))()
"""
IS_STORED = """
async name => navigator.serviceWorker.controller && String(await caches.keys()) === name
"""
UNREACHABLE = "The server does not answer"


class Site:
    """A server of this process whose page lies in a folder of the test's, always at one address."""

    def __init__(self, lessons: Path, page: Path) -> None:
        self.page = page
        self.url = ""
        self.broken = False
        self.asked_while_broken: set[str] = set()
        self._config = Config(lessons=lessons, port=free_port(), history="")

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        app = create_app(self._config)
        app.middlewares.insert(0, self._break)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self._config.port).start()
            self.url = f"http://127.0.0.1:{self._config.port}"
            yield
        finally:
            await runner.cleanup()

    @web.middleware
    async def _break(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """As a proxy answers whose server is down."""
        if self.broken:
            self.asked_while_broken.add(request.path)
        if self.broken and request.path == "/":
            return web.Response(status=502, text="Bad Gateway")
        response: web.StreamResponse = await handler(request)
        return response


@pytest.fixture
def site(lessons_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    async def nothing(*_: Any) -> None:
        pass

    monkeypatch.setattr(composition, "load_model", nothing)
    shutil.copytree(static_files.WEB, tmp_path / "web")
    monkeypatch.setattr(static_files, "WEB", tmp_path / "web")
    return Site(lessons_dir, tmp_path / "web")


async def stored(learner: Learner) -> dict[str, list[str]]:
    found: dict[str, list[str]] = await learner.page.evaluate(STORED)
    return found


async def until_stored(learner: Learner, site: Site) -> None:
    """Wait until the worker keeps this version of the page, and no other."""
    await learner.until_true(IS_STORED, f"shell-{read_shell(site.page).version}")


async def expect_installable(learner: Learner) -> None:
    devtools = await learner.page.context.new_cdp_session(learner.page)
    manifest = await devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/static/manifest.webmanifest")
    found = await devtools.send("Page.getInstallabilityErrors")
    # Playwright's windows are private ones, from which nothing is installed.
    reasons = {one["errorId"] for one in found["installabilityErrors"]} - {"in-incognito"}
    assert reasons == set()


async def expect_stored_page(learner: Learner) -> None:
    await learner.until_phase("problem")
    assert await learner.text("problem") == UNREACHABLE
    assert await learner.page.evaluate("document.body.hasAttribute('data-stored')")


async def test_an_installed_page(browser: Browser, site: Site) -> None:
    learner = await open_learner(browser, service_workers="allow")
    async with site.serving():
        await learner.visit(site.url)
        await until_stored(learner, site)
        await expect_installable(learner)
        (files,) = (await stored(learner)).values()
        assert set(files) == set(read_shell(site.page).files)
        site.broken = True
        await learner.page.reload()
        await expect_stored_page(learner)
        # It asks for nothing more, though the server would answer.
        assert site.asked_while_broken <= {"/", "/static/service_worker.js"}
        site.broken = False
    await learner.press("retry")
    await expect_stored_page(learner)
    await learner.screenshot("20-stored-page")
    # A newer server comes, with another page: the next load shows it, and nothing old is left.
    text = (site.page / "index.html").read_text("utf-8")
    (site.page / "index.html").write_text(text.replace("<title>Tandem<", "<title>Tandem anew<"))
    async with site.serving():
        await learner.press("retry")
        await learner.until_phase("choosing")
        assert await learner.page.title() == "Tandem anew"
        await until_stored(learner, site)

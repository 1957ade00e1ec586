"""The Firefox of this machine as it is, driven by WebDriver BiDi."""

import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.browser.support.cache import ROOT

NAMES = ("firefox-esr", "firefox")
PREFERENCES = {
    "media.autoplay.default": 0,  # allowed: nobody touches the page as a person would
    "media.navigator.permission.disabled": True,  # nobody is asked for the camera
}
GATEWAY = (sys.executable, "-m", "tests.browser.support.bidi_gateway")


def find_firefox() -> str | None:
    """The path of a Firefox: TANDEM_FIREFOX, or else the first on PATH."""
    return os.environ.get("TANDEM_FIREFOX") or next(filter(None, map(shutil.which, NAMES)), None)


@asynccontextmanager
async def firefox(executable: str) -> AsyncIterator[Browser]:
    """A new browser, closed at the end."""
    with tempfile.TemporaryDirectory() as folder:
        command = shlex.join([*GATEWAY, executable])
        starter = Path(folder) / "firefox"
        starter.write_text(f'#!/bin/sh\ncd {shlex.quote(str(ROOT))} && exec {command} "$@"\n')
        starter.chmod(0o755)
        async with async_playwright() as playwright:
            browser = await playwright.firefox.launch(
                channel="moz-firefox", executable_path=starter, firefox_user_prefs=PREFERENCES
            )
            try:
                yield browser
            finally:
                await browser.close()

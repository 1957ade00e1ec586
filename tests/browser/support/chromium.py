"""The Chrome or Chromium of this machine, with a film as its camera."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.browser.support.npm_packages import fontconfig

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Playwright's own list, which this flag replaces, and the two popups of the address bar: they are
# web pages of their own in each window, and cost half of its processor time in a headless browser.
UNUSED = (
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)
QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    f"--disable-features={','.join(UNUSED)}",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    # Containers often have a /dev/shm too small for a picture.
    "--disable-dev-shm-usage",
)
ALLOWED = "--use-fake-ui-for-media-stream"  # allows the camera without asking
FAKE = "--use-fake-device-for-media-stream"


def find_chromium() -> str:
    """The path of a browser: TANDEM_CHROMIUM, or else the first on PATH.

    :raises FileNotFoundError: none is there.
    """
    wanted = os.environ.get("TANDEM_CHROMIUM")
    found = wanted or next(filter(None, map(shutil.which, NAMES)), None)
    if found and Path(found).exists():
        return found
    raise FileNotFoundError(
        f"expected a Chrome or Chromium, got {wanted or 'none on PATH'}: install one "
        "(Debian: apt install chromium; macOS: brew install --cask chromium), "
        "or set TANDEM_CHROMIUM to its path"
    )


def film_flag(film: Path) -> str:
    """The flag that makes Chromium's camera show a .mjpeg or .y4m file in a loop."""
    return f"--use-file-for-fake-video-capture={film}"


@asynccontextmanager
async def chromium(
    *flags: str, executable: Path | None = None, home: Path | None = None
) -> AsyncIterator[Browser]:
    """A new browser, closed at the end.

    :param executable: a program that starts it; else that of this machine.
    :param home: the folder of its user; else that of this user.
    """
    env = {**os.environ, "FONTCONFIG_FILE": str(fontconfig())}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable or find_chromium(),
            args=[*QUIET, *flags],
            env=env if home is None else {**env, "HOME": str(home)},
        )
        try:
            yield browser
        finally:
            await browser.close()

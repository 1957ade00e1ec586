"""A phone in the same room: another device opens the page over HTTPS, and dances."""

import asyncio
import re
from pathlib import Path
from urllib.request import urlopen

import pytest

from rtc_server.local_addresses import list_local_addresses
from tests.browser.support.chromium import ALLOWED, FAKE, chromium, film_flag
from tests.browser.support.learner import NARROW, PATIENCE_S, Learner, open_learner
from tests.browser.support.page_checks import check_page
from tests.browser.support.second_device import second_device
from tests.browser.support.server_process import Server, run_server


async def test_another_device_reads_the_steps_installs_the_certificate_and_dances(
    lessons_dir: Path, learner_film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not list_local_addresses():
        pytest.skip("this machine has no address but the loopback's")
    monkeypatch.setenv("TANDEM_TLS_FOLDER", str(tmp_path / "tls"))
    monkeypatch.setenv("TANDEM_INVITATIONS", str(tmp_path / "invitations"))
    home = tmp_path / "home"
    home.mkdir()
    with second_device(home) as device, run_server(lessons_dir, "--lan") as server:
        plain = server.url.replace("https://", "http://")
        authority = await asyncio.to_thread(lambda: urlopen(f"{plain}/ca.crt").read())
        trusts = device is not None and device.install(authority)
        options = {} if device is None else {"executable": device.browser, "home": device.home}
        async with chromium(ALLOWED, FAKE, film_flag(learner_film), **options) as browser:
            learner = await open_learner(browser, NARROW, ignore_https_errors=not trusts)
            await open_as_the_operator(learner, server)
            await read_the_steps(learner, plain)
            await learner.page.click("a.button.main")
            assert learner.page.url == f"{server.url}/"
            await learner.until_phase("uninvited")
            await learner.page.goto(await printed_link(server))  # which the QR code has
            await dance(learner)
            assert learner.page.url == f"{server.url}/"
            assert learner.console_errors == []


async def open_as_the_operator(learner: Learner, server: Server) -> None:
    """The page with the QR code asks for the operator's link, and hides their token."""
    async with learner.page.expect_request(
        lambda asked: asked.headers.get("authorization") == "Bearer a-token-of-the-operator"
    ):
        await learner.page.goto(f"{server.url}/lan#token=a-token-of-the-operator")
    assert learner.page.url == f"{server.url}/lan"


async def printed_link(server: Server) -> str:
    """The link that `serve --lan` prints once it is ready."""
    async with asyncio.timeout(PATIENCE_S):
        while not (found := re.search(r"https://\S+/#invite=\S+", server.output)):
            await asyncio.sleep(0.1)
    return found[0]


async def read_the_steps(learner: Learner, plain: str) -> None:
    """Look at the page with the QR code, before the device has asked for HTTPS, as a phone does."""
    for language in ("ko", "en"):
        await learner.page.goto(f"{plain}/lan?lang={language}")
        assert learner.page.url.startswith("http://")
        await check_page(learner, f"lan-{language}")
    width, height = NARROW
    await learner.page.set_viewport_size({"width": width, "height": height})


async def dance(learner: Learner) -> None:
    await learner.until_phase("choosing")
    await learner.choose()
    await learner.until_phase("ready")
    await learner.press("start")
    await learner.until_phase("playing")
    await learner.until_scored(past_s=1)
    await learner.press("stop")
    await learner.until_phase("summary")

"""The page from another device's view: by the machine's address, over HTTPS."""

from pathlib import Path

import pytest
from aioice.ice import get_host_addresses
from playwright.async_api import Browser

from tests.browser.support.learner import open_learner
from tests.browser.support.server_process import run_server
from tests.certificates import make_certificate


async def test_over_https_a_lesson_is_danced_by_the_machines_address(
    browser: Browser, lessons_dir: Path, tmp_path: Path
) -> None:
    addresses = get_host_addresses(True, False)
    if not addresses:
        pytest.skip("this machine has no address but the loopback's")
    certificate, key = make_certificate(tmp_path)
    flags = ("--host", "0.0.0.0", "--tls-cert", str(certificate), "--tls-key", str(key))
    with run_server(lessons_dir, *flags) as server:
        learner = await open_learner(browser, ignore_https_errors=True)
        await learner.visit(f"http://{addresses[0]}:{server.port}")
        assert learner.page.url.startswith(f"https://{addresses[0]}:")
        await learner.choose()
        await learner.until_phase("ready")
        await learner.press("start")
        await learner.until_phase("playing")
        await learner.until_scored(past_s=1)
        await learner.press("stop")
        await learner.until_phase("summary")
        assert learner.console_errors == []

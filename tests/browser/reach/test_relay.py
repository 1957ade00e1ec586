"""A learner whose network lets nothing through but a relay: a real coturn."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.support.learner import Learner, open_learner
from tests.browser.support.server_process import run_server
from tests.browser.support.strict_networks import RELAY_ONLY
from tests.integration.webrtc.relay import SECRET, coturn

CANDIDATE_TYPES = """
async () => {
  const stats = [...(await spy.peers.at(-1).getStats()).values()];
  return stats.filter(({ type }) => type === "local-candidate").map((one) => one.candidateType);
}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def relay(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with coturn(tmp_path_factory.mktemp("relay")) as url:
        yield url


async def open_behind_relay(browser: Browser) -> Learner:
    learner = await open_learner(browser)
    await learner.page.add_init_script(path=RELAY_ONLY)
    return learner


async def test_a_learner_behind_a_relay_dances_to_the_summary(
    browser: Browser, lessons_dir: Path, relay: str
) -> None:
    flags = ("--turn", relay, "--turn-secret", SECRET)
    with run_server(lessons_dir, *flags) as server:
        learner = await open_behind_relay(browser)
        await learner.play(server.url)
        await learner.until_scored(past_s=2)
        assert set(await learner.page.evaluate(CANDIDATE_TYPES)) == {"relay"}
        await learner.press("stop")
        await learner.until_phase("summary")
        assert learner.console_errors == []


async def test_a_relay_that_refuses_the_credentials_is_named(
    browser: Browser, lessons_dir: Path, relay: str
) -> None:
    flags = ("--turn", relay, "--turn-secret", "another secret")
    with run_server(lessons_dir, *flags) as server:
        learner = await open_behind_relay(browser)
        await learner.page.add_init_script("delete window.WebSocket")  # which would help
        await learner.visit(server.url)
        await learner.choose()
        await learner.until_phase("problem")
        assert await learner.text("problem") == "The relay refuses the video"
        await learner.screenshot("13-relay-refused")

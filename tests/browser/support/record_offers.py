"""Records the offers of the browsers of this machine into tests/contracts/offers.

    python -m tests.browser.support.record_offers

Addresses are replaced by those that are kept for documents (RFC 5737, RFC 3849).
"""

import asyncio
import re
from ipaddress import ip_address

from playwright.async_api import Browser

from tests import made
from tests.browser.support.cache import ROOT, SCRIPTS
from tests.browser.support.chromium import ALLOWED, FAKE, chromium
from tests.browser.support.firefox import find_firefox, firefox
from tests.browser.support.learner import open_learner
from tests.browser.support.screen_camera import SCREEN_CAMERA
from tests.browser.support.server_process import run_server

FOLDER = ROOT / "tests" / "contracts" / "offers"
RECORDER = SCRIPTS / "offer_recorder.js"
IPV4, IPV6 = "192.0.2.7", "2001:db8::7"
ADDRESS = re.compile(
    r"(?<= )(?:\d+\.\d+\.\d+\.\d+|[0-9a-fA-F]*:[0-9a-fA-F:]+)(?= |\r|$)", re.MULTILINE
)


async def record(name: str, browser: Browser, url: str) -> None:
    """Open a lesson on the page, and a connection as another client would."""
    learner = await open_learner(browser)
    for script in (SCREEN_CAMERA, RECORDER):
        await learner.page.add_init_script(path=script)
    await learner.visit(url)
    await learner.choose()
    await learner.until_phase("ready")
    recorded = await learner.page.evaluate("recorded")
    fragment = "".join(
        f"m=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:{mid}\r\na={candidate}\r\n"
        for mid, candidate in recorded["candidates"]
    )
    texts = {
        f"{name}-page.sdp": recorded["page"],
        f"{name}-trickled.sdp": recorded["trickled"],
        f"{name}-trickled.sdpfrag": f"{fragment}a=end-of-candidates\r\n",
        f"{name}-client.sdp": await learner.page.evaluate("offerAsClient()"),
    }
    for file, text in texts.items():
        (FOLDER / file).write_bytes(ADDRESS.sub(_replace, text).encode())
    print(f"{name}: {browser.version}")


def _replace(found: re.Match[str]) -> str:
    try:
        address = ip_address(found[0])
    except ValueError:
        return found[0]
    if address.is_unspecified or address.is_loopback:
        return found[0]
    return IPV4 if address.version == 4 else IPV6


async def main() -> None:
    lessons = await asyncio.to_thread(made.demo_lessons)
    with run_server(lessons) as server:
        async with chromium(ALLOWED, FAKE) as browser:
            await record("chromium", browser, server.url)
        if (found := find_firefox()) is not None:
            async with firefox(found) as browser:
                await record("firefox", browser, server.url)


if __name__ == "__main__":
    asyncio.run(main())

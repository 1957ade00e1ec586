"""A learner at the page: what they do, and what the page shows and sends."""

import asyncio
from collections import Counter
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page
from playwright.async_api import Error as PageError

from tests.browser.support.cache import ROOT, SCRIPTS

SCREENSHOTS = ROOT / "artifacts" / "screenshots"
SPY = SCRIPTS / "spy.js"
MISHAPS = SCRIPTS / "mishaps.js"
WIDE = (1440, 900)
DESK = (1000, 640)  # same layout as WIDE; without a GPU a third less work to draw
NARROW = (390, 844)
# A deadline that only a failure reaches, however busy the machine.
PATIENCE_S = 60.0
NETWORK_CHANGED = "net::ERR_NETWORK_CHANGED"
IN_PHASE = "phase => document.body?.dataset.phase === phase"
WAIT_IN_PAGE = """
async (arg) => {
  for (;;) {
    let found = await (
%s
    );
    if (typeof found === "function") found = await found(arg);
    if (found) return;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
"""


class Learner:
    """One tab; `console_errors` collects the errors in the browser's console."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.console_errors: list[str] = []
        page.on("console", lambda said: said.type == "error" and self._on_error(said.text))
        page.on("pageerror", lambda error: self._on_error(str(error)))

    def _on_error(self, error: str) -> None:
        self.console_errors.append(error)

    async def until_phase(self, phase: str, timeout_s: float = PATIENCE_S) -> None:
        """Wait for the page to be in a phase (see web/js/phases.js)."""
        await self.until_true(IN_PHASE, phase, timeout_s)

    async def _describe(self) -> str:
        """What the page shows and has received, for the report of a failure."""
        words = await self.page.inner_text("body")
        states = await self.page.evaluate("window.spy?.received.map(({message}) => message.type)")
        return (
            f"got {await self.phase()}:\n{words}\n"
            f"console: {self.console_errors}\nreceived: {Counter(states or [])}"
        )

    async def phase(self) -> str:
        return await self.page.evaluate("document.body.dataset.phase")

    async def visit(self, url: str) -> None:
        """Open the page, and load it anew if an interface came or went meanwhile.

        Other tests make networks; Chromium then ends every request, here as on any machine.
        """
        await self.page.goto(url)
        try:
            await self.until_phase("choosing", PATIENCE_S / 4)
        except AssertionError:
            if any(NETWORK_CHANGED in error for error in self.console_errors):
                self.console_errors.clear()
                await self.page.reload()
            await self.until_phase("choosing")

    async def choose(self, lesson: str = "demo") -> None:
        await self.page.click(f'[data-lesson="{lesson}"]')

    async def press(self, part: str) -> None:
        await self.page.click(f'[data-part="{part}"]:visible')

    async def text(self, part: str) -> str:
        return (await self.page.inner_text(f'[data-part="{part}"]:visible')).strip()

    async def start(self, url: str, phase: str = "counting") -> None:
        """Open the page, start a lesson, and wait until the page counts down, or for `phase`."""
        await self.visit(url)
        await self.choose()
        await self.until_phase("ready")
        # Asked before, because the count-down is short.
        begun = asyncio.create_task(self.until_phase(phase))
        try:
            await self.press("start")
            await begun
        finally:
            begun.cancel()

    async def play(self, url: str) -> None:
        """Open the page and start a lesson; it plays now."""
        await self.start(url, "playing")

    async def position_s(self) -> float:
        """The position that the progress bar shows."""
        bar = self.page.locator('[data-part="transport"] [data-part="progress"]')
        return float(await bar.evaluate("bar => bar.valueAsNumber"))

    async def until_position(self, lesson_s: float) -> None:
        """Wait until the progress bar shows that position or a later one."""
        await self.until_true(
            "s => document.querySelector('[data-part=\"progress\"]').valueAsNumber >= s", lesson_s
        )

    async def received(self, kind: str) -> list[dict[str, Any]]:
        """The messages of a type that the page received so far, each with `at_ms`."""
        return await self._recorded("received", kind)

    async def sent(self, kind: str) -> list[dict[str, Any]]:
        return await self._recorded("sent", kind)

    async def _recorded(self, way: str, kind: str) -> list[dict[str, Any]]:
        script = "([way, kind]) => spy[way].filter(({message}) => message.type === kind)"
        noted = await self.page.evaluate(script, [way, kind])
        return [{"at_ms": note["at_ms"], **note["message"]} for note in noted]

    async def until_true(
        self, script: str, arg: object = None, timeout_s: float = PATIENCE_S
    ) -> None:
        try:
            await wait_until_true(self.page, script, arg, timeout_s)
        except TimeoutError as error:
            raise AssertionError(
                f"expected {script} ({arg}) within {timeout_s} s, {await self._describe()}"
            ) from error

    async def until_scored(self, past_s: float = 0.0) -> None:
        """Wait for a score after this position in the lesson."""
        await self.until_true(
            "s => spy.received.some(({message: m}) => m.type === 'score' && m.score !== null"
            " && m.lesson_s > s)",
            past_s,
        )

    async def server_session(self, url: str) -> dict[str, Any]:
        """What the server reports about this learner's last session."""
        *_, welcome = await self.received("welcome")
        answer = await self.page.request.get(f"{url}/api/sessions/{welcome['session']}")
        return await answer.json()

    async def camera_is_off(self) -> bool:
        return await self.page.evaluate(
            "spy.cameras.flatMap(s => s.getTracks()).every(t => t.readyState === 'ended')"
        )

    async def screenshot(self, name: str) -> None:
        """Save a screenshot for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        path = SCREENSHOTS / f"{name}-{width}.png"
        await self.page.screenshot(path=path, full_page=True, timeout=PATIENCE_S * 1000)

    async def overflow_px(self) -> int:
        """How far the page can be scrolled sideways."""
        return await self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )


async def wait_until_true(
    page: Page, script: str, arg: object = None, timeout_s: float = PATIENCE_S
) -> None:
    """Wait until a script in the page gives something true.

    Playwright's `wait_for_function` would do this inside the page with `eval`, which the page's
    Content-Security-Policy forbids. To ask from outside again and again costs more.

    :raises TimeoutError: it did not.
    """
    async with asyncio.timeout(timeout_s):
        while True:
            try:
                return await page.evaluate(WAIT_IN_PAGE % script, arg)
            except PageError as error:
                if "context was destroyed" not in str(error):  # by a navigation
                    raise
            await asyncio.sleep(0.1)


async def open_learner(
    browser: Browser, size: tuple[int, int] = DESK, **context_options: Any
) -> Learner:
    """A learner in a new window, with the spy in the page.

    There is no service worker unless it is asked for: it would fetch the page's files once more in
    every test.
    """
    options = {"service_workers": "block"} | context_options
    context: BrowserContext = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, **options
    )
    context.set_default_timeout(PATIENCE_S * 1000)
    await context.add_init_script(path=SPY)
    await context.add_init_script(path=MISHAPS)
    return Learner(await context.new_page())

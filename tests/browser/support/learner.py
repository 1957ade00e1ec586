"""A learner at the page: what they click, and what the page did about it."""

from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, TimeoutError

from tests.browser.support.cache import ROOT, SCRIPTS

SCREENSHOTS = ROOT / "artifacts" / "screenshots"
SPY = SCRIPTS / "spy.js"
MISHAPS = SCRIPTS / "mishaps.js"
WIDE = (1440, 900)
DESK = (1000, 640)  # laid out as WIDE is; without a GPU a third less work to draw
NARROW = (390, 844)


class Learner:
    """One tab; `complaints` collects what the browser's console calls an error."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda said: said.type == "error" and self._note(said.text))
        page.on("pageerror", lambda error: self._note(str(error)))

    def _note(self, complaint: str) -> None:
        self.complaints.append(complaint)

    async def until(self, phase: str, timeout_s: float = 20) -> None:
        """Wait for the page to be in a phase (see web/js/phases.js)."""
        selector = f'body[data-phase="{phase}"]'
        try:
            await self.page.wait_for_selector(selector, timeout=timeout_s * 1000)
        except TimeoutError as error:
            words = await self.page.inner_text("body")
            raise AssertionError(
                f"expected {phase} within {timeout_s} s, got {await self.phase()}:\n{words}\n"
                f"console: {self.complaints}"
            ) from error

    async def phase(self) -> str:
        return await self.page.evaluate("document.body.dataset.phase")

    async def visit(self, url: str) -> None:
        await self.page.goto(url)
        await self.until("choosing")

    async def choose(self, lesson: str = "demo") -> None:
        await self.page.click(f'[data-lesson="{lesson}"]')

    async def press(self, part: str) -> None:
        await self.page.click(f'[data-part="{part}"]:visible')

    async def text(self, part: str) -> str:
        return (await self.page.inner_text(f'[data-part="{part}"]:visible')).strip()

    async def play(self, url: str) -> None:
        """From the address to a playing lesson."""
        await self.visit(url)
        await self.choose()
        await self.until("ready")
        await self.press("start")
        await self.until("playing")

    async def place_s(self) -> float:
        """Where the progress bar is."""
        bar = self.page.locator('[data-part="progress"]')
        return float(await bar.evaluate("bar => bar.valueAsNumber"))

    async def heard(self, kind: str) -> list[dict[str, Any]]:
        """Messages of a type that came so far, each with `at_ms`."""
        return await self._noted("heard", kind)

    async def sent(self, kind: str) -> list[dict[str, Any]]:
        return await self._noted("sent", kind)

    async def _noted(self, way: str, kind: str) -> list[dict[str, Any]]:
        script = "([way, kind]) => spy[way].filter(({message}) => message.type === kind)"
        noted = await self.page.evaluate(script, [way, kind])
        return [{"at_ms": note["at_ms"], **note["message"]} for note in noted]

    async def until_true(self, script: str, arg: object = None, timeout_s: float = 20) -> None:
        # Playwright would look with every picture that the page draws, which is work for the page.
        await self.page.wait_for_function(script, arg=arg, timeout=timeout_s * 1000, polling=100)

    async def until_scored(self, past_s: float = 0.0) -> None:
        """Wait for a score of a place in the lesson behind this one."""
        await self.until_true(
            "s => spy.heard.some(({message: m}) => m.type === 'score' && m.score !== null"
            " && m.lesson_s > s)",
            past_s,
        )

    async def server_says(self, url: str) -> dict[str, Any]:
        """What the server tells of this learner's last session."""
        *_, welcome = await self.heard("welcome")
        answer = await self.page.request.get(f"{url}/api/sessions/{welcome['session']}")
        return await answer.json()

    async def camera_is_off(self) -> bool:
        return await self.page.evaluate(
            "spy.cameras.flatMap(s => s.getTracks()).every(t => t.readyState === 'ended')"
        )

    async def picture(self, name: str) -> None:
        """Keep what the page looks like, for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        await self.page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)

    async def sideways_px(self) -> int:
        """How far the page can be scrolled to the side."""
        return await self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )


async def learner_in(
    browser: Browser, size: tuple[int, int] = DESK, **context_options: Any
) -> Learner:
    """A learner in a window of their own, with the spy in the page."""
    context: BrowserContext = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, **context_options
    )
    await context.add_init_script(path=SPY)
    await context.add_init_script(path=MISHAPS)
    return Learner(await context.new_page())

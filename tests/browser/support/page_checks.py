"""Checks how the page looks on a phone and on a desk: nothing clipped, legible, accessible."""

from collections.abc import Sequence
from typing import Any

from playwright.async_api import Page

from tests.browser.support.cache import SCRIPTS
from tests.browser.support.learner import NARROW, WIDE, Learner
from tests.browser.support.npm_packages import AXE, require_package

LOW_CONTRAST = (SCRIPTS / "low_contrast.js").read_text()
CLIPPED = (SCRIPTS / "clipped_text.js").read_text()
SERIOUS = ("serious", "critical")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Buttons that a click would not reach, because something covers them.
COVERED = """
() => [...document.querySelectorAll("[data-part=stage] button:enabled")]
  .filter((button) => button.checkVisibility({ visibilityProperty: true }))
  .filter((button) => {
    const { left, right, top, bottom } = button.getBoundingClientRect();
    return !button.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
  }).map((button) => button.textContent)
"""
RUN_AXE = """
async ([rules, serious, part]) => {
  const { violations } = await axe.run(part ?? document, {
    runOnly: { type: "tag", values: rules }, resultTypes: ["violations"],
  });
  return violations.filter(({ impact }) => serious.includes(impact)).flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)}: ${failureSummary}`));
}
"""


async def check_page(
    learner: Learner,
    name: str,
    *,
    picture: bool = True,
    axe: bool = True,
    part: str | None = None,
    sizes: Sequence[tuple[int, int]] = (NARROW, WIDE),
) -> None:
    """Check on a phone and on a desk that no text is clipped, covered or pale, and run axe.

    :param axe: too slow for a state that does not last.
    :param part: a selector of the part that axe checks, if the rest was checked before.
    """
    for width, height in sizes:
        await learner.page.set_viewport_size({"width": width, "height": height})
        if picture:
            await learner.screenshot(name)
        assert await learner.overflow_px() == 0, f"{name} at {width} px can be scrolled sideways"
        problems = [
            *await learner.page.evaluate(CLIPPED),
            *await learner.page.evaluate(LOW_CONTRAST),
            *(await run_axe(learner.page, part) if axe else []),
        ]
        assert not problems, f"{name} at {width} px: {problems}"


async def run_axe(page: Page, part: str | None = None) -> list[Any]:
    """The problems that axe calls serious or critical."""
    if not await page.evaluate("Boolean(window.axe)"):
        # A script tag is what the page's Content-Security-Policy forbids.
        await page.evaluate(f"{require_package(AXE).read_text()}\nnull")
    return await page.evaluate(RUN_AXE, [RULES, SERIOUS, part])


async def check_stage_fits(
    learner: Learner,
    sizes: Sequence[tuple[int, int]] = (NARROW, WIDE),
    parts: Sequence[str] = ("learner", "instructor", "score", "progress", "stop"),
) -> None:
    """Check that videos, score and controls fit the screen without scrolling."""
    for width, height in sizes:
        await learner.page.set_viewport_size({"width": width, "height": height})
        at = f"at {width}×{height}"
        for part in parts:
            box = await learner.page.locator(f'[data-part="{part}"]:visible').bounding_box()
            assert box, part
            assert box["x"] >= 0 and box["y"] >= 0, f"{part} begins off the screen {at}: {box}"
            assert box["x"] + box["width"] <= width, f"{part} is cut off {at}: {box}"
            assert box["y"] + box["height"] <= height, f"{part} is cut off {at}: {box}"
        covered = await learner.page.evaluate(COVERED)
        assert not covered, f"{at}: {covered}"
        cut = await learner.page.evaluate(CLIPPED)
        assert not cut, f"{at}: {cut}"

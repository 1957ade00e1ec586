"""How a state of the page looks on a phone and on a desk: whole, legible, and fine by axe."""

from collections.abc import Sequence
from typing import Any

from playwright.async_api import Page

from tests.browser.support.cache import SCRIPTS
from tests.browser.support.learner import NARROW, WIDE, Learner
from tests.browser.support.npm_packages import AXE, fetched

CONTRAST = (SCRIPTS / "low_contrast.js").read_text()
CUT = (SCRIPTS / "clipped_text.js").read_text()
GRAVE = ("serious", "critical")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Buttons that a click would not reach, for something lies on them.
COVERED = """
() => [...document.querySelectorAll("[data-part=stage] button:enabled")]
  .filter((button) => button.checkVisibility({ visibilityProperty: true }))
  .filter((button) => {
    const { left, right, top, bottom } = button.getBoundingClientRect();
    return !button.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
  }).map((button) => button.textContent)
"""
FOUND = """
async ([rules, grave, part]) => {
  const { violations } = await axe.run(part ?? document, {
    runOnly: { type: "tag", values: rules }, resultTypes: ["violations"],
  });
  return violations.filter(({ impact }) => grave.includes(impact)).flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)}: ${failureSummary}`));
}
"""


async def looks_well(
    learner: Learner,
    name: str,
    *,
    picture: bool = True,
    stays: bool = True,
    part: str | None = None,
) -> None:
    """On a phone and on a desk: nothing cut off, on top of another or hard to read; axe agrees.

    :param stays: whether the state does; axe looks too long at one that passes.
    :param part: a selector of what axe is to look at, where the rest was looked at before.
    """
    for width, height in (NARROW, WIDE):
        await learner.page.set_viewport_size({"width": width, "height": height})
        if picture:
            await learner.picture(name)
        assert await learner.sideways_px() == 0, f"{name} at {width} px can be scrolled sideways"
        cut, pale = await learner.page.evaluate(CUT), await learner.page.evaluate(CONTRAST)
        grave = await axe_finds(learner.page, part) if stays else []
        assert not (cut or pale or grave), f"{name} at {width} px: {[*cut, *pale, *grave]}"


async def axe_finds(page: Page, part: str | None = None) -> list[Any]:
    """What axe calls serious or critical."""
    if not await page.evaluate("Boolean(window.axe)"):
        await page.add_script_tag(path=fetched(AXE))
    return await page.evaluate(FOUND, [RULES, GRAVE, part])


async def whole_stage_is_on_screen(
    learner: Learner,
    sizes: Sequence[tuple[int, int]] = (NARROW, WIDE),
    parts: Sequence[str] = ("learner", "instructor", "score", "progress", "stop"),
) -> None:
    """Both pictures, the score and the controls, without scrolling, on a phone and on a desk."""
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
        cut = await learner.page.evaluate(CUT)
        assert not cut, f"{at}: {cut}"

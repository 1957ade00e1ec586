"""Nobody is seen in the middle of a lesson."""

from typing import Any

from playwright.async_api import Browser

from tests.browser.support.learner import NARROW, WIDE, Learner
from tests.browser.support.page_script import run_on_page
from tests.browser.support.server_process import Server

# A curtain before the real camera; `curtain.isDrawn` hides who stands there.
CURTAIN = """
window.curtain = { isDrawn: false };
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const video = document.createElement("video");
  Object.assign(video, { srcObject: await open(wanted), muted: true });
  await video.play();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 640, height: 480 });
  const pen = canvas.getContext("2d");
  setInterval(() => {
    if (curtain.isDrawn) pen.fillRect(0, 0, 640, 480);
    else pen.drawImage(video, 0, 0, 640, 480);
  }, 66);
  pen.fillStyle = "#445";
  return canvas.captureStream(15);
};
"""


async def test_lesson_waits_for_who_is_not_there_and_goes_on_by_itself_or_when_asked(
    learner: Learner, server: Server
) -> None:
    await learner.page.add_init_script(CURTAIN)
    await learner.play(server.url)
    await learner.until_scored()
    await learner.page.evaluate("curtain.isDrawn = true")
    await learner.until_phase("paused")
    assert await learner.text("problem") == "Nobody is in the picture"
    await learner.until_true("document.body.innerText.includes('Step into the picture')")
    for width, height in (WIDE, NARROW):
        await learner.page.set_viewport_size({"width": width, "height": height})
        await learner.screenshot("13-nobody")
        assert await learner.overflow_px() == 0
    await learner.page.evaluate("curtain.isDrawn = false")
    await learner.until_phase("playing")
    assert not await learner.page.is_visible(".interruption")
    await learner.page.evaluate("curtain.isDrawn = true")
    await learner.until_phase("paused")
    assert await learner.text("act") == "Go on anyway"
    await learner.page.keyboard.press("Space")
    await learner.until_phase("playing")
    assert [len(await learner.sent(kind)) for kind in ("pause", "resume")] == [2, 2]
    assert learner.console_errors == []


RULE = """
async (moments) => {
  const { AbsenceDetector } = await import("/static/js/stage/absence_detector.js");
  const absence = new AbsenceDetector();
  const joint = (seen) => (seen ? [0.5, 0.5, 1] : [null, null, 0]);
  const body = (joints) => Array.from({ length: 18 }, (_, k) => joint(k < joints));
  return moments.map(([now_ms, joints, framing]) => {
    if (joints === "excuse") {
      absence.ignoreAbsence();
      return absence.onPlaying() ?? null;
    }
    if (joints === null) return absence.isOver(framing);
    return absence.update(joints < 0 ? null : body(joints), now_ms);
  });
}
"""
CASES: list[tuple[list[Any], list[bool | None]]] = [
    ([[0, 14], [4000, 0], [8900, 0], [9000, 0], [9200, 0]], [False, False, False, True, False]),
    ([[0, -1], [4000, 3], [4900, 14], [9000, 0], [9900, 0]], [False] * 5),
    (
        [[0, 0], [5000, 0], [0, None, None], [0, None, ["nobody"]], [0, None, ["feet"]]],
        [False, True, False, False, False],
    ),
    ([[0, 0], [5000, 0], [0, None, ["dark", "hands"]]], [False, True, True]),
    ([[0, None, []]], [False]),
    ([[0, 0], [5000, 0], [0, "excuse"], [5100, 0], [99_000, 0]], [False, True, None, False, False]),
    (
        [[0, 0], [5000, 0], [0, "excuse"], [6000, 14], [7000, 0], [12_000, 0]],
        [False, True, None, False, False, True],
    ),
]


async def test_somebody_is_missed_after_five_seconds_and_found_once_they_stand_right(
    browser: Browser,
    server: Server,
) -> None:
    assert await run_on_page(browser, server, RULE, *(moments for moments, _ in CASES)) == [
        told for _, told in CASES
    ]

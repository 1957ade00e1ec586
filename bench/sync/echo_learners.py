"""The learners of bench/sync/skew.py: a headless one, or a page in Chromium."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from rtc_server.client.script import Cue
from rtc_server.client.socket_learner import SocketLearner
from tests.browser.support import learner as page
from tests.browser.support import pair
from tests.browser.support.chromium import ALLOWED, chromium
from tests.browser.support.screen_camera import SCREEN_CAMERA
from tests.browser.support.strict_networks import NO_WEBRTC
from tests.integration import two_devices
from tools.oracle import LESSON_ID

IS_AT = "place => document.querySelector('[data-part=\"progress\"]').valueAsNumber >= place"


@dataclass(slots=True)
class SessionRecord:
    """What one learner received in a session."""

    ended: str
    scores: list[dict[str, Any]] = field(default_factory=list)
    summary: dict[str, Any] | None = None
    freeze_ms: float | None = None
    errors: list[Any] = field(default_factory=list)


async def follow_headless(
    url: str, rate: float, script: Sequence[Cue], on_websocket: bool
) -> SessionRecord:
    """Follow the lesson with a headless learner who echoes the instructor's video."""
    options = LearnerOptions(
        *(url, LESSON_ID, "instructor"),
        mirror="off",
        rate=rate,
        script=tuple(script),
        transport="websocket" if on_websocket else "webrtc",
    )
    outcome = await (SocketLearner if on_websocket else Learner)(options).follow()
    return SessionRecord(
        outcome.ended, outcome.scores, outcome.summary, outcome.freeze_ms, outcome.errors
    )


async def follow_on_two_devices(
    url: str, rate: float, script: Sequence[Cue], _: bool
) -> SessionRecord:
    """Follow the lesson on a headless television that a phone films; both clocks are wrong."""
    options = LearnerOptions(
        *(url, LESSON_ID, ""), mirror="off", rate=rate, script=tuple(script), screen_only=True
    )
    outcome, _phone = await two_devices.follow_with_phone(options)
    return SessionRecord(
        outcome.ended, outcome.scores, outcome.summary, outcome.freeze_ms, outcome.errors
    )


async def follow_in_browser(
    url: str, rate: float, script: Sequence[Cue], on_websocket: bool
) -> SessionRecord:
    """Follow the lesson with the page, in a Chromium whose camera films the instructor's video."""
    async with chromium(ALLOWED) as running:
        learner = await page.open_learner(running, permissions=["camera"])
        if on_websocket:
            await learner.page.add_init_script(path=NO_WEBRTC)
        await learner.page.add_init_script(path=SCREEN_CAMERA)
        await learner.visit(url)
        await learner.choose(LESSON_ID)
        await learner.until_phase("ready")
        return await dance(learner, rate, script)


async def follow_on_two_windows(
    url: str, rate: float, script: Sequence[Cue], _: bool
) -> SessionRecord:
    """Follow the lesson on a page that another window films, the phone's, with a wrong clock."""
    async with chromium(ALLOWED) as running:
        television = await pair.open_television(
            running, pair.WRONG_CLOCK, SCREEN_CAMERA.read_text()
        )
        await television.page.add_init_script(path=SCREEN_CAMERA)  # for `echo.send`
        await television.page.add_init_script(pair.NO_CAMERA)
        phone = await pair.open_phone(television, url, LESSON_ID)
        record = await dance(television, rate, script)
        record.errors += phone.console_errors
        return record


async def dance(learner: page.Learner, rate: float, script: Sequence[Cue]) -> SessionRecord:
    """Follow the lesson, which is ready, to its summary."""
    if rate != 1:
        await say(learner, {"type": "rate", "rate": rate})
    await learner.press("start")
    await learner.until_phase("playing")
    await act(learner, script)
    await learner.until_phase("summary", timeout_s=200)
    (summary,) = await learner.received("summary")
    scores = await learner.received("score")
    return SessionRecord("clean", scores, summary, errors=learner.console_errors)


async def act(learner: page.Learner, script: Sequence[Cue]) -> None:
    """Do each action at its position in the lesson, as the page shows it."""
    for each in script:
        await asyncio.sleep(each.after_s)
        await learner.until_true(IS_AT, each.lesson_s)
        await say(learner, each.message)


async def say(learner: page.Learner, message: Any) -> None:
    await learner.page.evaluate("message => echo.send(message)", dict(message))

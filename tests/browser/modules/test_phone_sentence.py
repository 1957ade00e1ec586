"""The one sentence that a phone shows while it is the camera."""

from typing import Any

import pytest

from tests.browser.support.page_script import Ask

SENTENCE = """
async (now) => (await import("/static/js/camera/sentence.js")).chooseSentence(now)
"""
ALL_WELL = {
    **{"missing": "", "interrupted": False, "state": "ready", "framing": [], "sees": True},
    "cameras": {"source": "phone", "phone": "connected", "problem": None},
}


def phone(state: str, source: str = "phone", problem: str | None = None) -> dict[str, Any]:
    return {"cameras": {"source": source, "phone": state, "problem": problem}}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({}, "It sees you well"),
        ({"framing": None}, "Looking for you …"),
        ({"framing": ["nobody", "dark"]}, "Point it at the dancer"),
        ({"framing": ["upside_down"]}, "Turn the phone the right way up"),
        ({"state": "counting", "framing": ["far"]}, "It begins!"),
        ({"state": "playing", "framing": None, **phone("slow")}, "Filming"),
        ({"state": "paused", "framing": None, "sees": False}, "The lesson waits"),
        (phone("slow"), "Few pictures arrive: more light, or better Wi-Fi"),
        (phone("connected", "own"), "The screen uses another camera"),
        (
            phone("refused", problem="expected at most 1920×1920 pixels, got 3840×2160"),
            "The server cannot use these pictures: "
            "expected at most 1920×1920 pixels, got 3840×2160",
        ),
        ({"interrupted": True, "state": "playing"}, "Something else has the camera: a call?"),
        ({"missing": "server", "interrupted": True}, "Lost the server. Connecting again …"),
        ({"missing": "screen"}, "The other screen is gone. Waiting for it …"),
    ],
)
async def test_the_phone_says_what_matters_most(
    ask: Ask, change: dict[str, Any], text: str
) -> None:
    (sentence,) = await ask(SENTENCE, {**ALL_WELL, **change})
    assert sentence["text"] == text

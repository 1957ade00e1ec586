"""The page in two languages: both complete, the browser's preferred, and a switch."""

from typing import Any

from playwright.async_api import Browser

from rtc_server import feedback
from rtc_server.pose.positioning import PROBLEMS
from rtc_server.protocol.camera_messages import PHONE_STATES
from rtc_server.protocol.class_messages import CUE_KINDS
from rtc_server.protocol.server_messages import END_REASONS
from tests.browser.support.learner import open_learner
from tests.browser.support.page_script import run_on_page
from tests.browser.support.server_process import Server

# Every text of a language by its path; functions are called with "1", "2" and so on.
TEXTS = """
async (language) => {
  const { LANGUAGES } = await import("/static/js/i18n/words.js");
  const texts = {};
  const walk = (path, at) => {
    if (typeof at === "string") texts[path] = at;
    else if (typeof at === "function") walk(path, at(..."123"));
    else for (const [name, under] of Object.entries(at)) walk(`${path}.${name}`, under);
  };
  walk("", LANGUAGES[language].words);
  return texts;
}
"""


def is_korean(text: str) -> bool:
    return any("가" <= letter <= "힣" for letter in text)


async def test_both_languages_say_everything_and_in_their_own_words(
    browser: Browser, server: Server
) -> None:
    english, korean = await run_on_page(browser, server, TEXTS, "en", "ko")
    # Korean may have fewer sentences in a list of advice, never another name.
    assert set(korean) == set(english)
    for path, text in korean.items():
        assert text.strip() and english[path].strip(), path
        assert is_korean(text) or not any(letter.isalpha() for letter in english[path]), path
        assert not is_korean(english[path]), path


KNOWN = """
async () => {
  const { words } = await import("/static/js/i18n/words.js");
  return {
    hints: Object.keys(words.coach.hints), parts: Object.keys(words.coach.parts),
    findings: Object.keys(words.coach.findings), reasons: Object.keys(words.report.reasons),
    phones: Object.keys(words.phone.states), stand: Object.keys(words.phone.stand),
    framing: Object.keys(words.live.framing), cues: Object.keys(words.classes.cues),
    classes: Object.keys(words.classes.problems), cameras: Object.keys(words.phone.problems),
    refusals: Object.fromEntries(
      Object.entries(words.uploadErrors).map(([code, { title }]) => [code, title])),
  };
}
"""
SAID_OTHERWISE = {"finished", "stopped"}  # no end that needs a reason
# The errors that the routes of docs/protocol.md name, and those of the preparation.
REFUSALS = {
    *("bad_video", "nobody_in_picture", "bad_part", "broken_upload", "no_room", "too_large"),
    *("too_many_jobs", "token_needed", "uploads_off", "preparation_failed", "slow_upload"),
    "local_check_busy",
    *("server_stopping", "unknown_lesson", "server_forgot", "unreachable", "called_off"),
}

# The errors that the routes of a class name.
CLASS_REFUSALS = {
    *("unknown_class", "class_ended", "class_full", "name_taken", "too_many_misses"),
    *("classes_off", "classes_full", "too_many_classes", "class_token_needed", "too_many_cues"),
}
# Those of `POST /api/cameras`.
CAMERA_REFUSALS = {
    *("unknown_pairing", "pairing_expired", "pairing_used", "unknown_session", "no_pairing"),
    *("too_many_misses", "too_many_offers", "camera_replaced"),
}


async def test_whatever_the_server_names_has_words(browser: Browser, server: Server) -> None:
    [known] = await run_on_page(browser, server, KNOWN, None)
    assert set(known["hints"]) == set(feedback.HINT_KINDS)
    assert set(known["findings"]) == set(feedback.FINDING_KINDS)
    assert {*feedback.SIDED_PARTS, *feedback.CENTRAL_PARTS} <= set(known["parts"])
    assert set(known["reasons"]) == set(END_REASONS) - SAID_OTHERWISE
    assert set(known["phones"]) == set(PHONE_STATES)
    assert set(known["cues"]) == set(CUE_KINDS)
    assert set(known["classes"]) >= CLASS_REFUSALS
    assert set(known["cameras"]) >= CAMERA_REFUSALS
    # The page itself says `strangers` for the `crowd` around several dancers.
    assert set(known["stand"]) == set(known["framing"]) - {"strangers"} == set(PROBLEMS)
    titles = [known["refusals"].get(code) for code in REFUSALS]
    assert None not in titles and len(set(titles)) == len(REFUSALS)


FOUND = """
async ([language, finding]) => {
  const { setLanguage } = await import("/static/js/i18n/language.js");
  const { findingSentence, hintSentence } = await import("/static/js/feedback/sentences.js");
  setLanguage(language);
  return [findingSentence(finding),
    hintSentence({ hint: "spin", advice: { kind: "spin", part: null } }),
    hintSentence({ hint: "…", advice: { kind: "raise", part: "left_knee" } })];
}
"""
STILL = {"kind": "arm_still", "parts": ["left_arm"], "amount": None, "sentence": "…"}
HIDDEN = {"kind": "little_in_view", "parts": ["arms", "legs"], "amount": None, "sentence": "…"}
LATE = {"kind": "late", "parts": [], "amount": 230.4, "sentence": "…"}
NEW = {"kind": "of_tomorrow", "parts": [], "amount": None, "sentence": "you flew"}


async def test_findings_and_hints_are_worded_and_unknown_kinds_stay_the_servers(
    browser: Browser,
    server: Server,
) -> None:
    asked = [("ko", STILL), ("ko", HIDDEN), ("en", HIDDEN), ("ko", LATE), ("en", LATE), ("ko", NEW)]
    told = await run_on_page(browser, server, FOUND, *asked)
    assert [found for found, *_ in told] == [
        "왼팔이 가만히 있었어요.",
        "화면에 보인 시간이 너무 짧았어요. 팔과 다리가 보이게 서 주세요.",
        "Too little of you was in view: show your arms and legs.",
        "0.23초 늦었어요.",
        "You were 0.23 s late.",
        "you flew",
    ]
    assert {unknown for _, unknown, _ in told} == {"spin"}
    assert {hint for *_, hint in told} == {"왼쪽 무릎을 더 올려요", "Raise your left knee"}


PREFERRED = """
async ([preferred, chosen]) => {
  const { pickLanguage } = await import("/static/js/i18n/language.js");
  return pickLanguage(preferred, chosen);
}
"""
CHOICES: list[tuple[list[str], str | None, str]] = [
    (["ko-KR", "en-US"], None, "ko"),
    (["en-GB", "ko"], None, "en"),
    (["de", "KO-kr", "en"], None, "ko"),
    (["de", "fr"], None, "en"),
    ([], None, "en"),
    (["ko"], "en", "en"),
    (["en"], "xx", "en"),
    (["ko"], "constructor", "ko"),
]


async def test_choice_comes_first_then_the_browsers_order(browser: Browser, server: Server) -> None:
    cases = ([wanted, chosen] for wanted, chosen, _ in CHOICES)
    got = await run_on_page(browser, server, PREFERRED, *cases)
    assert got == [language for *_, language in CHOICES]


async def test_korean_browser_meets_korean_and_a_choice_stays(
    browser: Browser, server: Server
) -> None:
    learner = await open_learner(browser, locale="ko-KR")
    await learner.visit(server.url)
    page = learner.page
    assert await says(page) == ("ko", True)
    await page.locator('[name="mirror"][value="on"]').check(force=True)
    await page.get_by_role("button", name="English").press("Enter")
    assert await says(page) == ("en", False)
    assert await page.is_checked('[name="mirror"][value="on"]')
    await page.reload()
    await learner.until_phase("choosing")
    assert await says(page) == ("en", False)
    await page.get_by_role("button", name="한국어").click()
    assert await says(page) == ("ko", True)
    assert learner.console_errors == []


async def says(page: Any) -> tuple[str, bool]:
    """Which language the page claims, and whether what is seen of it is Korean."""
    seen = [
        await page.inner_text(f"{selector}:visible")
        for selector in ("h1", ".lead", "legend", '[data-part="kept"]')
    ]
    korean = {is_korean(text) for text in seen}
    assert len(korean) == 1, f"expected one language, got {seen}"
    return await page.get_attribute("html", "lang"), korean.pop()

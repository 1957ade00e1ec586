"""A server that asks for invitations: a stranger, a teacher who invites, a learner who comes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route

from rtc_server.history.database_url import parse_database_url
from rtc_server.history.store import ResultStore
from rtc_server.invitations.invitation import learner_id_of
from tests.browser.support.learner import Learner, open_learner
from tests.browser.support.page_checks import check_page
from tests.browser.support.server_process import ELSEWHERE, Server, run_server
from tests.unit.rtc_server.sample_results import make_result

STORED = "JSON.stringify([localStorage, sessionStorage, document.cookie])"
OPERATOR_TOKEN = "an-entirely-secret-word"  # so that nobody is local here


@pytest.fixture(scope="module")
def inviting(lessons_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With a result of Ann, and one of Ben."""
    data = tmp_path_factory.mktemp("data")
    store = ResultStore(parse_database_url(str(data / "history.sqlite3")))
    for k, name in enumerate(("Ann", "Ben"), 1):
        store.save(make_result(k, name, owner=learner_id_of("name", name)))
    store.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_INVITATIONS", str(data / "invitations"))
        patch.setenv("TANDEM_HISTORY", str(data / "history.sqlite3"))
        patch.setenv("TANDEM_TOKEN", OPERATOR_TOKEN)
        with run_server(lessons_dir, "--access", "invite") as server:
            assert (data / "invitations" / "url").read_text() == f"https://{ELSEWHERE}"
            yield server


async def invite(teacher: Learner, name: str) -> str:
    """The link that a teacher gets."""
    await teacher.press("open-invitations")
    await teacher.until_phase("inviting")
    await teacher.page.fill('[data-part="invite-name"]', name)
    await teacher.press("make-link")
    await teacher.page.wait_for_selector('[data-part="made"] svg')
    await teacher.page.wait_for_selector(f'[data-part="invitations"] li:has-text("{name}")')
    return await teacher.page.input_value('[data-part="link"]')


async def test_a_link_that_fails_for_a_moment_comes_in_later(
    browser: Browser, inviting: Server
) -> None:
    """The page keeps it, says why it waits, and tries again by itself and by a button."""
    teacher = await open_learner(browser)
    await teacher.page.goto(f"{inviting.url}/#token={OPERATOR_TOKEN}")
    await teacher.until_phase("choosing")
    # The operator's cookie, without which an image is refused from elsewhere.
    await teacher.until_true(
        "() => document.querySelector('[data-lesson=\"demo\"] img').naturalWidth > 0"
    )
    link = await invite(teacher, "Joy")
    joy = await open_learner(browser)
    answers = [503, 429]

    async def fail(route: Route) -> None:
        if route.request.method == "POST" and answers:
            code = "too_many_requests" if answers[0] == 429 else "invitations_unavailable"
            headers = {"Content-Type": "application/problem+json", "Retry-After": "60"}
            await route.fulfill(
                status=answers.pop(0), headers=headers, body=json.dumps({"code": code})
            )
        else:
            await route.continue_()

    await joy.page.route("**/api/access", fail)
    await joy.page.goto(link)
    await joy.until_phase("uninvited")
    assert (await joy.text("uninvited-reason")).startswith("The server cannot check invitations")
    await check_page(joy, "entry-waits")
    assert joy.page.url == f"{inviting.url}/"
    await joy.press("retry-entry")
    await joy.until_true(
        "() => document.querySelector('[data-part=\"uninvited-reason\"]')"
        ".textContent.startsWith('Many links are opened')"
    )
    await joy.page.reload()  # the tab still has it
    await joy.until_phase("choosing")
    assert (await joy.text("identity-text")).startswith("You are here as Joy")
    token = link.partition("=")[2]
    assert token not in await joy.page.evaluate(STORED) and token not in inviting.output


async def test_a_stranger_is_asked_for_an_invitation_and_learns_nothing(
    browser: Browser, inviting: Server
) -> None:
    stranger = await open_learner(browser)
    await stranger.page.goto(inviting.url)
    await stranger.until_phase("uninvited")
    assert await stranger.text("uninvited-reason") == (
        "Open the link or scan the code that you were given."
    )
    await check_page(stranger, "uninvited")
    await stranger.page.fill('[data-part="invitation-link"]', f"{inviting.url}/#invite=ey.no.thing")
    await stranger.press("enter")
    await stranger.until_true(
        "() => document.querySelector('[data-part=\"uninvited-reason\"]')"
        ".textContent.startsWith('This invitation is not of this server')"
    )
    korean = await open_learner(browser, locale="ko-KR")
    await korean.page.goto(inviting.url)
    await korean.until_phase("uninvited")
    assert await korean.text("uninvited-reason") == "받은 링크를 열거나 코드를 스캔해 주세요."
    await check_page(korean, "uninvited-ko", axe=False)


async def test_a_teacher_invites_a_learner_who_dances_until_the_invitation_is_revoked(
    browser: Browser, inviting: Server
) -> None:
    teacher = await open_learner(browser)
    await teacher.page.goto(f"{inviting.url}/#token={OPERATOR_TOKEN}")
    await teacher.until_phase("choosing")
    link = await invite(teacher, "Ann")
    await check_page(teacher, "inviting")
    ann = await open_learner(browser)
    await ann.page.goto(link)
    await ann.until_phase("choosing")
    assert ann.page.url == f"{inviting.url}/"
    assert (await ann.text("identity-text")).startswith("You are here as Ann, learner, until")
    assert await ann.page.input_value('[data-part="learner-name"]') == "Ann"
    assert not await ann.page.locator('[data-part="open-invitations"]:visible').count()
    assert link.partition("=")[2] not in await ann.page.evaluate(STORED)
    assert not await ann.page.is_visible('[data-part="own"]')  # only teachers add lessons
    await check_page(ann, "invited")
    await ann.press("look")
    await ann.until_phase("history")
    await ann.page.wait_for_selector('[data-part="results"] li')
    asked = "name => fetch(`/api/history?learner=${name}`).then(({ status }) => status)"
    assert [await ann.page.evaluate(asked, name) for name in ("Ann", "Ben", "Eve")] == [
        200,
        403,
        403,
    ]
    await ann.press("history-leave")
    await ann.until_phase("choosing")
    await ann.page.wait_for_selector('[data-lesson="demo"] img')
    await ann.choose()
    await ann.until_phase("ready")
    await teacher.page.click('[data-part="invitations"] li:has-text("Ann") button')
    await ann.until_true("() => document.body.innerText.includes('Your invitation was revoked')")
    await ann.page.goto(inviting.url)
    await ann.until_phase("uninvited")
    assert (await ann.text("uninvited-reason")).startswith("Your invitation was revoked")
    assert "eyJ" not in inviting.output

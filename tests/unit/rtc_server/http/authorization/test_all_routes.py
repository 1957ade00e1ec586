"""Every route of the application, asked by everybody who may not: refused before its handler."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from rtc_server.app import create_app
from rtc_server.config import Config
from rtc_server.http.app_keys import INVITATION_RATES, INVITATIONS
from rtc_server.http.auth import Caller
from rtc_server.http.authorization import middleware
from rtc_server.http.authorization.credentials import COOKIE
from rtc_server.http.authorization.rules import RULES, find_rule
from rtc_server.invitations.invitation import Role
from rtc_server.invitations.operator import LASTS_S
from rtc_server.token_bucket import RateLimit, TokenBuckets
from tests.unit.rtc_server.http.authorization.visitor import (
    HOST,
    OPERATOR_TOKEN,
    OWN_PAGE,
    SECRET,
    Visitor,
    all_routes,
    path_of,
)


@pytest.fixture
async def visitor(tmp_path: Path) -> Visitor:
    return Visitor(tmp_path / "invitations")


async def test_every_route_has_a_rule_and_every_rule_a_route(visitor: Visitor) -> None:
    routes = all_routes(visitor.app)
    assert {(m, path) for m, path in routes if m != "HEAD"} == set(RULES)
    assert all(find_rule(method, path) for method, path in routes)


Ticket = Callable[[Visitor], dict[str, str]]
REFUSED: dict[str, tuple[Ticket, int, str, str]] = {
    "nothing": (lambda _: {}, 401, "invitation_needed", "expected an invitation: open the link"),
    "another scheme": (
        lambda _: {"Authorization": "Basic YTpi"},
        *(401, "invitation_needed", "expected an invitation: open the link"),
    ),
    "another word": (
        lambda _: {"Authorization": "Bearer something"},
        *(401, "bad_invitation", "expected an invitation, got something else"),
    ),
    "expired": (
        lambda v: {"Authorization": f"Bearer {v.token(ago_s=7200, lasts_s=3600)}"},
        *(401, "invitation_expired", "this invitation ended 1 hour ago; ask for a new one"),
    ),
    "expired, of a teacher, in the cookie": (
        lambda v: {
            "Cookie": f"{COOKIE}-8080={v.token(ago_s=7200, lasts_s=3600, role='teacher')}",
            **OWN_PAGE,
        },
        *(401, "invitation_expired", "this invitation ended 1 hour ago; ask for a new one"),
    ),
    "of another secret": (
        lambda v: {"Authorization": f"Bearer {v.token(SECRET + '!', role='teacher')}"},
        *(401, "bad_invitation", "this invitation was signed with another secret"),
    ),
    "a cookie from another site": (
        lambda v: {
            "Cookie": f"{COOKIE}-8080={v.token(role='teacher')}",
            **{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        },
        *(403, "cross_site", "expected a request from this server's own page"),
    ),
    "the cookie of another port": (
        lambda v: {"Cookie": f"{COOKIE}-9090={v.token(role='teacher')}", **OWN_PAGE},
        *(401, "invitation_needed", "expected an invitation: open the link"),
    ),
}


@pytest.mark.parametrize(("ticket", "status", "code", "said"), REFUSED.values(), ids=REFUSED)
async def test_no_route_answers_who_may_not_come(
    visitor: Visitor, ticket: Ticket, status: int, code: str, said: str
) -> None:
    headers = ticket(visitor)
    asked = [route for route in all_routes(visitor.app) if find_rule(*route) != "public"]
    assert len(asked) > 30
    for method, canonical in asked:
        found = await visitor.ask(method, path_of(canonical), **headers)
        assert found[:2] == (status, code), (method, canonical, found)
        assert found[2].startswith(said)
    assert visitor.refusals() == len(asked)


async def test_a_revoked_invitation_opens_nothing(visitor: Visitor) -> None:
    token = visitor.token(role="teacher")
    checker = visitor.app[INVITATIONS]
    await checker.revoke((await checker.read(token)).id)
    for method, canonical in all_routes(visitor.app):
        if find_rule(method, canonical) != "public":
            found = await visitor.ask(method, path_of(canonical), Authorization=f"Bearer {token}")
            assert found[:2] == (401, "invitation_revoked")


@pytest.mark.parametrize("role", ["learner", "teacher"])
async def test_each_role_reaches_its_routes_and_no_others(visitor: Visitor, role: Role) -> None:
    headers = {"Authorization": f"Bearer {visitor.token(role=role, name='demo')}"}
    for method, canonical in all_routes(visitor.app):
        rule = find_rule(method, canonical)
        found = await visitor.ask(method, path_of(canonical), **headers)
        if rule == "teacher" and role == "learner":
            assert found[:2] == (403, "role_needed"), (method, canonical, found)
            assert found[2].startswith("expected a teacher's invitation, got a learner's")
        elif rule != "public":
            assert found[0] not in (401, 403), (method, canonical, found)


async def test_a_route_without_a_rule_is_refused_to_everybody(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(RULES, ("GET", "/api/lessons"))  # type: ignore[arg-type]
    for token in (visitor.token(role="teacher"), OPERATOR_TOKEN):
        found = await visitor.ask("GET", "/api/lessons", Authorization=f"Bearer {token}")
        assert found[:2] == (403, "role_needed")


async def test_an_invitation_to_one_lesson_opens_no_other(visitor: Visitor) -> None:
    headers = {"Authorization": f"Bearer {visitor.token(lesson='tango')}"}
    of_lessons = [
        (method, path)
        for method, path in all_routes(visitor.app)
        if path.startswith("/api/lessons/{id}") and find_rule(method, path) == "learner"
    ]
    assert len(of_lessons) > 10  # HEAD among them
    for method, canonical in of_lessons:
        # "demo" is there and "none" is not: the answer does not tell.
        answers = {
            await visitor.ask(method, canonical.replace("{id}", id), **headers)
            for id in ("demo", "none")
        }
        sentence = "this invitation is to the lesson 'tango' only"
        assert answers == {(403, "other_lesson_invited", sentence)}
        own = await visitor.ask(method, canonical.replace("{id}", "tango"), **headers)
        assert own[1] != "other_lesson_invited"


async def test_names_of_others_are_refused_before_they_are_looked_for(visitor: Visitor) -> None:
    headers = {"Authorization": f"Bearer {visitor.token(name='Ann')}"}
    for method, path in (
        ("GET", "/api/history?learner={}"),
        ("GET", "/api/learners/{}/export"),
        ("DELETE", "/api/learners/{}"),
    ):
        answers = {await visitor.ask(method, path.format(n), **headers) for n in ("Bob", "Eve")}
        assert {(status, code) for status, code, _ in answers} == {(403, "role_needed")}
        assert len(answers) == 1
        assert (await visitor.ask(method, path.format("Ann"), **headers))[1] != "role_needed"


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
async def test_a_cookie_that_changes_something_needs_a_page_that_says_its_name(
    visitor: Visitor, method: str
) -> None:
    path = {"POST": "/api/invitations", "PATCH": "/api/lessons/demo", "DELETE": "/api/lessons/x"}
    cookie = f"{COOKIE}-8080={visitor.token(role='teacher')}"
    silent = await visitor.ask(method, path[method], Cookie=cookie)
    assert silent[:2] == (403, "cross_site")
    for own in (OWN_PAGE, {"Sec-Fetch-Site": "same-origin"}):
        assert (await visitor.ask(method, path[method], Cookie=cookie, **own))[1] != "cross_site"
    assert (await visitor.ask("GET", "/api/lessons", Cookie=cookie))[1] == "handled"


async def test_the_operators_token_opens_all(visitor: Visitor) -> None:
    for method, canonical in all_routes(visitor.app):
        found = await visitor.ask(
            method, path_of(canonical), Authorization=f"Bearer {OPERATOR_TOKEN}", **OWN_PAGE
        )
        assert found[0] not in (401, 403), (method, canonical, found)


def operators_cookie(visitor: Visitor, ago_s: float = 0.0) -> dict[str, str]:
    """As `POST /api/access` sets it for the operator's token."""
    checker = visitor.app[INVITATIONS]
    given = checker.invite_operator()
    made = replace(given, issued_s=given.issued_s - ago_s, expires_s=given.expires_s - ago_s)
    return {"Cookie": f"{COOKIE}-8080={checker.sign(made)}", **OWN_PAGE}


async def test_the_operators_cookie_opens_what_the_token_opens(visitor: Visitor) -> None:
    headers = operators_cookie(visitor)
    for method, canonical in all_routes(visitor.app):
        if canonical != "/metrics" and not canonical.startswith("/api/cluster"):  # for programs
            found = await visitor.ask(method, path_of(canonical), **headers)
            assert found[0] not in (401, 403), (method, canonical, found)
    foreign = headers | {"Origin": "https://evil.example"}
    assert (await visitor.ask("GET", "/api/lessons", **foreign))[1] == "cross_site"


async def test_an_operators_cookie_ends_with_its_time_the_token_and_the_secret(
    visitor: Visitor, tmp_path: Path
) -> None:
    ended = operators_cookie(visitor, ago_s=LASTS_S + 1)
    assert (await visitor.ask("GET", "/api/lessons", **ended))[1] == "invitation_expired"
    headers = operators_cookie(visitor)
    assert (await visitor.ask("GET", "/api/lessons", **headers))[1] == "handled"
    for change in ({"token": "another-secret-word"}, {"secret": SECRET + "!"}):
        after = Visitor(tmp_path / "invitations", **change)
        assert (await after.ask("GET", "/api/lessons", **headers))[1] == "bad_invitation"


async def test_the_operators_cookie_says_nothing_of_the_token(visitor: Visitor) -> None:
    _, claims, _ = operators_cookie(visitor)["Cookie"].split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert set(said) == {"iss", "aud", "jti", "role", "sub", "iat", "exp"}
    assert said["role"] == "teacher" and said["exp"] - said["iat"] == LASTS_S


async def test_the_operators_program_needs_no_invitation_but_one_that_it_sends_must_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Visitor(tmp_path / "invitations", token="")

    async def find_local_caller(request: web.Request) -> Caller:
        return Caller(request.headers, is_local=True)

    monkeypatch.setattr(middleware, "find_caller", find_local_caller)
    ended = here.token(ago_s=7200, lasts_s=60, role="teacher")
    learners = here.token()
    for sent, code in (
        ({}, "handled"),
        ({"Authorization": "Bearer of-the-last-start"}, "handled"),
        ({"Authorization": f"Bearer {ended}"}, "invitation_expired"),
        ({"Authorization": f"Bearer {learners}"}, "role_needed"),
        ({"Cookie": f"{COOKIE}-8080={learners}", **OWN_PAGE}, "role_needed"),
        ({"Cookie": f"{COOKIE}-8080={ended}", **OWN_PAGE}, "handled"),
        ({"Origin": "https://evil.example"}, "invitation_needed"),
        ({"Sec-Fetch-Site": "cross-site"}, "invitation_needed"),
    ):
        assert (await here.ask("DELETE", "/api/lessons/short", **sent))[1] == code, sent


async def test_without_an_invitation_the_configuration_says_only_that(visitor: Visitor) -> None:
    for token, problem in (
        (None, "invitation_needed"),
        (visitor.token(ago_s=7200, lasts_s=60), "invitation_expired"),
        (visitor.token(SECRET + "!"), "bad_invitation"),
    ):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = make_mocked_request(
            "GET", "/api/config", {"Host": HOST, **headers}, app=visitor.app
        )
        response = await visitor.app._handle(request)
        assert isinstance(response, web.Response) and response.text is not None
        nothing = dict.fromkeys(("role", "name", "lesson", "expires_at"))
        assert json.loads(response.text) == {
            **{"protocol": 1, "access": "invite"},
            "invitation": {**nothing, "problem": problem},
        }


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_a_program_with_a_link_for_many_sees_nobodys_results(
    visitor: Visitor, method: str
) -> None:
    path = "/api/learners/Ann" + ("/export" if method == "GET" else "")
    headers = {"Authorization": f"Bearer {visitor.token()}"}
    status, code, sentence = await visitor.ask(method, path, **headers)
    assert (status, code) == (403, "role_needed") and "a link without a name" in sentence


async def test_wrong_tokens_of_one_address_are_limited(visitor: Visitor) -> None:
    # Without a rate, because on a slow machine one more would be allowed meanwhile.
    visitor.app[INVITATION_RATES]._failures = TokenBuckets(RateLimit(0.0, 100), 10)
    codes = [
        (await visitor.ask("GET", "/api/lessons", Authorization="Bearer wrong"))[1]
        for _ in range(102)
    ]
    assert codes[:100] == ["bad_invitation"] * 100
    assert codes[-1] == "too_many_requests"


async def test_an_open_server_knows_no_invitations(tmp_path: Path) -> None:
    app = create_app(Config(history="", invitations=tmp_path / "none"))
    app.freeze()
    for method, path in RULES:
        if path.startswith(("/api/access", "/api/invitations")):
            headers = {"Host": HOST, **OWN_PAGE}
            response = await app._handle(
                make_mocked_request(method, path_of(path), headers, app=app)
            )
            assert isinstance(response, web.Response) and response.status == 404
            assert json.loads(response.text or "")["code"] == "invitations_off"
    assert not (tmp_path / "none").exists()

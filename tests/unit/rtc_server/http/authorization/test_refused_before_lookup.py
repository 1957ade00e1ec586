"""A refusal comes before anything is looked for, so its time tells nothing of what there is.

None of the services that know names, lessons and sessions is asked: no lookup could take longer for
what exists. bench/refusals.py measures the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rtc_server.http.authorization.credentials import COOKIE
from rtc_server.http.authorization.rules import find_rule
from tests.unit.rtc_server.http.authorization.visitor import (
    OWN_PAGE,
    SECRET,
    SERVICES,
    Visitor,
    all_routes,
    path_of,
)

BY_HANDLERS = (  # what depends on more than the route is refused there
    ("GET", "/api/history?learner=Bob"),
    ("GET", "/api/learners/Bob/export"),
    ("DELETE", "/api/learners/Bob"),
)
Headers = dict[str, str]


@pytest.fixture
async def visitor(tmp_path: Path) -> Visitor:
    return Visitor(tmp_path / "invitations")


def bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}


UNINVITED: dict[str, Callable[[Visitor], Headers]] = {
    "nobody": lambda _: {},
    "ended": lambda v: bearer(v.token(ago_s=7200, lasts_s=3600, role="teacher")),
    "of another secret": lambda v: bearer(v.token(SECRET + "!", role="teacher")),
    "from another site": lambda v: {
        "Cookie": f"{COOKIE}-8080={v.token(role='teacher')}",
        "Origin": "https://evil.example",
    },
}


@pytest.mark.parametrize("who", UNINVITED.values(), ids=UNINVITED)
async def test_nothing_is_asked_for_who_may_not_come(
    visitor: Visitor, who: Callable[[Visitor], Headers]
) -> None:
    headers = who(visitor)
    for method, canonical in all_routes(visitor.app):
        if find_rule(method, canonical) != "public":
            found = await visitor.ask(method, path_of(canonical), **headers)
            assert found[0] in (401, 403) and visitor.touched == [], (method, canonical)


async def test_nothing_is_asked_for_a_learner_where_a_teacher_is_needed(visitor: Visitor) -> None:
    headers = bearer(visitor.token(name="Ann"))
    routes = [r for r in all_routes(visitor.app) if find_rule(*r) == "teacher"]
    assert len(routes) > 7
    for method, canonical in routes:
        found = await visitor.ask(method, path_of(canonical), **headers)
        assert found[1] == "role_needed" and visitor.touched == [], (method, canonical)


async def test_nothing_is_asked_for_other_names_and_other_lessons(visitor: Visitor) -> None:
    headers = bearer(visitor.token(name="Ann", lesson="tango"))
    for method, path in BY_HANDLERS:
        assert (await visitor.ask(method, path, **headers))[1] == "role_needed", path
    lessons = [r for r in all_routes(visitor.app) if r[1].startswith("/api/lessons/{id}")]
    for method, canonical in lessons:
        found = await visitor.ask(method, path_of(canonical), **headers)
        assert found[1] in ("other_lesson_invited", "role_needed"), (method, canonical)
    assert visitor.touched == []


async def test_a_lookup_would_be_seen(visitor: Visitor) -> None:
    """Each service is asked for who may: so the tests above can fail."""
    headers = bearer(visitor.token(name="Ann", role="teacher")) | OWN_PAGE
    for method, canonical in all_routes(visitor.app):
        await visitor.ask(method, path_of(canonical), **headers)
    assert {what.partition(".")[0] for what in visitor.touched} == set(SERVICES)

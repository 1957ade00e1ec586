"""A server that asks for invitations, as its learners, its teacher and its log see it."""

from __future__ import annotations

import base64
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from rtc_server.config import Config
from rtc_server.http.app_keys import CONFIG, HISTORY, INVITATIONS
from rtc_server.invitations.invitation import learner_id_of
from rtc_server.invitations.issue import InvitationWish, issue_invitation
from rtc_server.invitations.store import InvitationStore
from rtc_server.webrtc import trickle
from tests.integration.conftest import RunningServer, serving
from tests.integration.http_checks import build_offer, check_problem
from tests.integration.scripted_learner import ScriptedLearner
from tests.unit.rtc_server.sample_results import make_result

pytestmark = pytest.mark.asyncio(loop_scope="module")
OPERATOR_TOKEN = "an-entirely-secret-word"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(
    configured: Callable[..., Config], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningServer]:
    data = tmp_path_factory.mktemp("data")
    history = str(data / "history.sqlite3")
    config = configured(
        access="invite", invitations=data / "invitations", history=history, token=OPERATOR_TOKEN
    )
    async with serving(config) as running:
        for k, name in enumerate(("Ann", "Bob")):
            owner = learner_id_of("name", name)
            result = make_result(k, name, lesson="short", owner=owner)
            await running.app[HISTORY].save(result)
        yield running


def config_of(server: RunningServer) -> Config:
    return server.app[CONFIG]


def token(server: RunningServer, now_s: float | None = None, **wish: Any) -> str:
    """A token as `run.py invite` makes it, in another process."""
    link = issue_invitation(
        config_of(server), server.url, InvitationWish(**wish), now_s or time.time()
    )
    return link.partition("#invite=")[2]


def client(server: RunningServer, bearer: str | None = None) -> aiohttp.ClientSession:
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    jar = aiohttp.CookieJar(unsafe=True)  # of an address, not a name
    return aiohttp.ClientSession(base_url=server.url, headers=headers, cookie_jar=jar)


async def enter(http: aiohttp.ClientSession, server: RunningServer, bearer: str) -> dict[str, Any]:
    own = {"Origin": server.url}
    async with http.post("/api/access", json={"token": bearer}, headers=own) as response:
        assert response.status == 200, await response.text()
        assert response.headers["Cache-Control"] == "no-store"
        (cookie,) = response.headers.getall("Set-Cookie")
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
        body: dict[str, Any] = await response.json()
        return body


async def test_a_browser_exchanges_its_link_for_a_cookie(server: RunningServer) -> None:
    async with client(server) as http:
        assert (await (await http.get("/api/config")).json())["access"] == "invite"
        assert (await http.get("/api/lessons/short/thumbnail.jpg")).status == 401
        entered = await enter(http, server, token(server, name="Ann"))
        assert (entered["name"], entered["role"], entered["problem"]) == ("Ann", "learner", None)
        assert (await http.get("/api/lessons/short/thumbnail.jpg")).status == 200
        config = await (await http.get("/api/config")).json()
        assert (config["access"], config["history"]) == ("invitation", "open")
        assert config["invitation"] == entered and not config["uploads"]["allowed"]
        own = {"Origin": server.url}
        assert (await http.delete("/api/access", headers=own)).status == 204
        await check_problem(await http.get("/api/lessons"), 401)


async def test_the_operators_browser_gets_a_cookie_for_what_carries_no_token(
    server: RunningServer,
) -> None:
    async with client(server) as http:
        socket = "/api/sessions/ws?lesson=short"
        for path in ("/api/lessons/short/thumbnail.jpg", socket):
            await check_problem(await http.get(path), 401)
        entered = await enter(http, server, OPERATOR_TOKEN)
        assert (entered["name"], entered["role"]) == (None, "teacher")
        assert (await http.get("/api/lessons/short/thumbnail.jpg")).status == 200
        async with http.ws_connect(socket) as opened:
            await opened.send_json({"type": "hello", "protocol": 1, "client": "test"})
            assert (await opened.receive_json(timeout=60))["type"] == "welcome"
            await opened.send_json({"type": "bye"})
        config = await (await http.get("/api/config")).json()
        assert (config["access"], config["invitation"]) == ("token", entered)
        assert config["uploads"]["allowed"] and not config["uploads"]["needs_token"]
        own = {"Origin": server.url}
        wrong = await http.post("/api/access", json={"token": "\ud800" * 20}, headers=own)
        assert (await check_problem(wrong, 401))["code"] == "bad_invitation"
        listed = await (await http.get("/api/invitations")).json()
        assert "operator" not in str(listed)
    await server.wait_until_empty()


async def test_another_site_cannot_sign_a_visitor_in(server: RunningServer) -> None:
    async with client(server) as http:
        body = {"token": token(server)}
        for origin in ({}, {"Origin": "https://evil.example"}):
            response = await http.post("/api/access", json=body, headers=origin)
            assert (await check_problem(response, 403))["code"] == "cross_site"


async def test_each_browser_of_a_shared_link_is_a_learner_of_its_own(
    server: RunningServer,
) -> None:
    shared = token(server)
    async with client(server) as one, client(server) as other:
        await enter(one, server, shared)
        await enter(other, server, shared)
        first = learner_in(one)
        assert first != learner_in(other)
        await enter(one, server, token(server))  # the next week's link
        assert learner_in(one) == first


def learner_in(http: aiohttp.ClientSession) -> str:
    (cookie,) = http.cookie_jar
    claims = cookie.value.split(".")[1]
    found: str = json.loads(base64.urlsafe_b64decode(claims + "=="))["sub"]
    return found


async def test_learners_see_their_own_results_and_teachers_all(server: RunningServer) -> None:
    async with (
        client(server, token(server, name="Ann")) as ann,
        client(server, token(server, name="Tim", role="teacher")) as teacher,
    ):
        own = await (await ann.get("/api/history", params={"learner": "Ann"})).json()
        assert [row["learner"] for row in own["results"]] == ["Ann"]
        (row,) = (await (await teacher.get("/api/history?learner=Bob")).json())["results"]
        for path in ("/api/history?learner=Bob", "/api/learners/Bob/export"):
            await check_problem(await ann.get(path), 403)
            assert (await teacher.get(path)).status == 200
        # A result of somebody else is not told from one that never was.
        missing = await check_problem(await ann.get("/api/history/ffff"), 404)
        hidden = await check_problem(await ann.get(f"/api/history/{row['id']}"), 404)
        assert hidden["code"] == missing["code"] == "unknown_result"
        assert (await teacher.get(f"/api/history/{row['id']}")).status == 200
        board = "/api/lessons/short/leaderboard"
        everybody = (await (await teacher.get(board)).json())["entries"]
        assert [entry["learner"] for entry in everybody] == ["Ann", "Bob"]
        assert (await (await ann.get(board)).json())["entries"] == everybody[:1]


async def test_a_session_and_its_result_belong_to_who_was_invited(server: RunningServer) -> None:
    eve_token, bob_token = token(server, name="Eve"), token(server, name="Bob")
    async with client(server, eve_token) as eve, client(server, bob_token) as bob:
        offer = {"sdp": await build_offer(), "type": "offer", "lesson": "short"}
        opened = await eve.post("/api/sessions", json={**offer, "learner": "Bob"})
        assert opened.status == 201, await opened.text()
        path = f"/api/sessions/{(await opened.json())['id']}"
        for response in (
            await bob.get(path),
            await bob.get(f"{path}/report"),
            await bob.patch(path, data="", headers={"Content-Type": trickle.CONTENT_TYPE}),
            await bob.post(f"{path}/close"),
            await bob.delete(path),
            await bob.post("/api/sessions", json={**offer, "resume": path.rpartition("/")[2]}),
        ):
            assert (await check_problem(response, 404))["code"] in (
                *("unknown_session", "unknown_result"),
            )
        assert (await (await eve.get(f"{path}/report")).json())["learner"] == "Eve"
        assert (await eve.delete(path)).status == 204


async def test_an_invitation_to_one_lesson_shows_and_opens_that_one(server: RunningServer) -> None:
    async with client(server, token(server, lesson="tango")) as http:
        assert await (await http.get("/api/lessons")).json() == []
        offer = {"sdp": await build_offer(), "type": "offer", "lesson": "short"}
        response = await http.post("/api/sessions", json=offer)
        assert (await check_problem(response, 403))["code"] == "other_lesson_invited"


async def test_revoking_ends_the_sessions_of_who_came(server: RunningServer) -> None:
    """By another process, of which the running server hears without a restart."""
    bearer = token(server, name="Ann")
    headers = {"Authorization": f"Bearer {bearer}"}
    async with ScriptedLearner(server.url, headers=headers) as learner:
        await learner.wait_for(type="state")
        invitation = await server.app[INVITATIONS].read(bearer)
        InvitationStore(config_of(server).invitations).revoke(invitation.id, time.time())
        ended = await learner.wait_for(type="state", state="ended")
        assert ended["reason"] == "revoked"
    await server.wait_until_empty()
    async with client(server, bearer) as http:
        refused = await check_problem(await http.get("/api/lessons"), 401)
        assert refused["code"] == "invitation_revoked"


async def test_a_teacher_invites_lists_and_revokes(server: RunningServer) -> None:
    async with client(server, token(server, role="teacher")) as teacher, client(server) as guest:
        wish = {"name": "Mia", "lasts_s": 3600}
        made = await (await teacher.post("/api/invitations", json=wish)).json()
        assert made["link"].startswith(f"{server.url}/#invite=") and "<svg" in made["qr_svg"]
        await enter(guest, server, made["link"].partition("=")[2])
        listed = (await (await teacher.get("/api/invitations")).json())["invitations"]
        assert next(each for each in listed if each["id"] == made["id"])["name"] == "Mia"
        assert "link" not in listed[0]
        assert (await teacher.delete(f"/api/invitations/{made['id']}")).status == 204
        refused = await check_problem(await guest.get("/api/lessons"), 401)
        assert refused["code"] == "invitation_revoked"
        await check_problem(await teacher.delete("/api/invitations/ffff"), 404)
        for wrong in ({"lasts_s": 1}, {"role": "operator"}, {"role": "teacher", "lesson": "short"}):
            await check_problem(await teacher.post("/api/invitations", json=wrong), 400)


async def test_no_token_is_logged_or_in_a_metric(
    server: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = [token(server, name="Ann"), token(server, now_s=1e9), "ey.made-up.of-nothing"]
    for bearer in tokens:
        async with client(server, bearer) as http:
            said = await (await http.get("/api/lessons")).text()
            said += await (await http.get(f"/api/history/{bearer}")).text()
            said += await (await http.post("/api/access", json={"token": bearer})).text()
            assert bearer not in re.sub(r"got '.*?'", "", said)
    async with client(server, OPERATOR_TOKEN) as http:
        metrics = await (await http.get("/metrics")).text()
    for reason in ("bad_invitation", "invitation_expired", "cross_site"):
        assert f'tandem_requests_refused_total{{reason="{reason}"}}' in metrics
    kept = config_of(server).invitations.rglob("*.sqlite3")
    written = caplog.text + metrics + "".join(file.read_text("latin-1") for file in kept)
    assert "refused" in caplog.text
    assert not [bearer for bearer in tokens if bearer[-20:] in written]


async def test_a_class_is_opened_by_teachers_and_is_its_teachers_alone(
    server: RunningServer,
) -> None:
    body = {"lesson": "short"}
    async with client(server, token(server, name="Ann")) as ann:
        await check_problem(await ann.post("/api/classes", json=body), 403)
    async with (
        client(server, token(server, name="Tia", role="teacher")) as tia,
        client(server, token(server, name="Tom", role="teacher")) as tom,
        client(server, token(server, name="Ann")) as ann,
        client(server, token(server, name="Bob", lesson="other")) as bob,
        client(server) as stranger,
    ):
        async with tia.post("/api/classes", json=body) as response:
            assert response.status == 201, await response.text()
            opened = await response.json()
        path = f"/api/classes/{opened['code']}"
        for who, codes in ((tia, [opened["code"]]), (tom, [])):
            async with who.get("/api/classes") as response:
                assert [one["code"] for one in (await response.json())["classes"]] == codes
        await check_problem(await stranger.get(path), 401)
        assert (await ann.get(path)).status == 200
        offer = {"type": "offer", "sdp": await build_offer(), "learner": "Bob"}
        problem = await check_problem(await bob.post(f"{path}/sessions", json=offer), 403)
        assert problem["code"] == "other_lesson_invited"
        for who in (ann, tom, stranger):
            problem = await check_problem(await who.delete(path), 401)
            assert problem["code"] == "class_token_needed"
        own = {"Authorization": f"Bearer {opened['token']}"}
        async with aiohttp.ClientSession(server.url, headers=own) as holder:
            assert (await holder.get(f"{path}/report")).status == 200
        assert (await tia.delete(path)).status == 204

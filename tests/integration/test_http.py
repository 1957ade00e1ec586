"""What each route gives to whom, and what the server says of itself."""

from __future__ import annotations

import logging
import time

import aiohttp
import numpy as np
import pytest

from rtc_server.http.app_keys import KERNEL_QUESTIONS, WATCHDOG
from tests.integration.conftest import RunningServer
from tests.integration.http_checks import check_problem
from tests.integration.scripted_learner import ScriptedLearner
from tests.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_page_and_its_modules_are_served(http: aiohttp.ClientSession) -> None:
    page = await http.get("/")
    assert page.status == 200 and page.content_type == "text/html"
    module = await http.get("/static/js/main.js")
    assert module.status == 200 and "javascript" in module.content_type
    manifest = await http.get("/static/manifest.webmanifest")
    assert manifest.status == 200 and manifest.content_type == "application/manifest+json"
    worker = await http.get("/static/service_worker.js")
    assert worker.status == 200 and worker.headers["Service-Worker-Allowed"] == "/"
    assert (await worker.text()).startswith('self.SHELL = {"version": "')
    for response in (page, module, manifest, worker):
        assert response.headers["Cache-Control"] == "no-cache"


async def test_config_and_lessons(http: aiohttp.ClientSession) -> None:
    config = await (await http.get("/api/config")).json()
    assert config["protocol"] == 1 and config["pose_fps"] == 5 and config["ice_servers"] == []
    lessons = await (await http.get("/api/lessons")).json()
    (short,) = (lesson for lesson in lessons if lesson["id"] == "short")
    assert short["duration_s"] == 5 and short["rates"] == [0.5, 0.75, 1]
    assert short["codecs"] == ["vp8", "h264", "vp8-low", "h264-low"]
    assert await (await http.get("/api/lessons/short")).json() == short


async def test_poses_as_csv_have_a_row_a_sample(http: aiohttp.ClientSession) -> None:
    text = await (await http.get("/api/lessons/short/poses.csv")).text()
    assert np.genfromtxt(text.splitlines(), delimiter=",").shape == (25, 36)


async def test_thumbnail_is_a_jpeg(http: aiohttp.ClientSession) -> None:
    picture = await http.get("/api/lessons/short/thumbnail.jpg")
    assert picture.content_type == "image/jpeg"
    assert (await picture.read())[:2] == b"\xff\xd8"


@pytest.mark.parametrize("query", ["", "?format=webm"])
async def test_the_video_comes_in_ranges(http: aiohttp.ClientSession, query: str) -> None:
    whole = await (await http.get(f"/api/lessons/short/video{query}")).read()
    headers = {"Range": "bytes=10-19"}
    part = await http.get(f"/api/lessons/short/video{query}", headers=headers)
    assert part.status == 206
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert await part.read() == whole[10:20]


async def test_a_lesson_names_the_forms_of_its_video(http: aiohttp.ClientSession) -> None:
    videos = (await (await http.get("/api/lessons/short")).json())["videos"]
    assert [video["type"] for video in videos] == ["video/mp4", 'video/webm; codecs="vp8"']
    for video in videos:
        head = await http.head(video["url"])
        assert head.status == 200 and head.headers["Content-Type"] == video["type"]
        assert int(head.headers["Content-Length"]) > 1000
    problem = await check_problem(await http.get("/api/lessons/short/video?format=avi"), 400)
    assert problem["detail"] == "format: expected one of original, webm, got 'avi'"


@pytest.mark.parametrize(
    "name", ["poses.json", "poses.csv", "thumbnails.jpg", "video", "video?format=webm"]
)
async def test_what_a_client_has_already_is_not_sent_again(
    http: aiohttp.ClientSession, name: str
) -> None:
    first = await http.get(f"/api/lessons/short/{name}")
    assert first.status == 200 and await first.read()
    tag = {"If-None-Match": first.headers["ETag"]}
    second = await http.get(f"/api/lessons/short/{name}", headers=tag)
    assert second.status == 304 and await second.read() == b""


@pytest.mark.parametrize("query", ["", "?format=webm"])
async def test_an_uploaded_video_is_saved_and_never_shown_as_a_page(
    http: aiohttp.ClientSession, query: str
) -> None:
    headers = (await http.get(f"/api/lessons/short/video{query}")).headers
    assert headers["Content-Disposition"].startswith('attachment; filename="short.')
    assert headers["Content-Security-Policy"].endswith("sandbox")
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/api/docs", "/static/js/main.js", "/none", "/api/config"])
async def test_every_response_has_a_content_security_policy(
    http: aiohttp.ClientSession, path: str
) -> None:
    headers = (await http.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "aiohttp" not in headers["Server"]


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:80", "192.0.2.7", ""])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/metrics"), ("GET", "/static/js/main.js"), ("POST", "/api/sessions")],
)
async def test_a_page_whose_name_leads_here_gets_nothing(
    http: aiohttp.ClientSession, method: str, path: str, host: str
) -> None:
    """DNS rebinding: for the browser that page is of this origin."""
    response = await http.request(method, path, headers={"Host": host})
    problem = await check_problem(response, 403)
    assert problem["code"] == "wrong_host" and repr(host) in problem["detail"]


async def test_a_stalled_loop_and_lost_places_are_unhealthy(
    http: aiohttp.ClientSession, server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await (await http.get("/healthz")).json() == {"status": "alive"}
    with monkeypatch.context() as patch:
        watchdog = server.app[WATCHDOG]
        patch.setattr(watchdog, "_stalled_s", watchdog._stalled_s)  # forgotten afterwards
        patch.setattr(watchdog, "_beat_s", time.monotonic() - 60)
        problem = await check_problem(await http.get("/healthz"), 503)
        assert problem["code"] == "unhealthy"
        assert "the event loop stood still for" in problem["detail"]
    lost = [server.sessions._admission.admit("192.0.2.8")[0] for _ in range(2)]
    problem = await check_problem(await http.get("/healthz"), 503)
    assert problem["detail"] == "2 places are taken though no session uses them"
    for claim in lost:
        server.sessions._admission.release(claim)


async def test_metrics_are_prometheus_text(http: aiohttp.ClientSession) -> None:
    text = await (await http.get("/metrics")).text()
    assert "tandem_sessions " in text and "tandem_event_loop_lag_p99_ms" in text


async def test_who_may_be_local_comes_again_while_the_kernel_is_asked_too_often(
    http: aiohttp.ClientSession, server: RunningServer
) -> None:
    many = 1_000_000.0
    server.app[KERNEL_QUESTIONS].charge(many)
    try:
        refused = await http.get("/metrics")
        assert (await check_problem(refused, 503))["code"] == "local_check_busy"
        assert refused.headers["Retry-After"] == "1"
        page = await http.get("/", headers={"Via": "1.1 proxy"})  # needs no answer
        assert page.status == 200
    finally:
        server.app[KERNEL_QUESTIONS].charge(-many)
    text = await (await http.get("/metrics")).text()
    assert 'tandem_requests_refused_total{reason="local_check_busy"}' in text


async def test_webcam_frames_nobody_looked_at_are_counted_and_who_came_is_written_down(
    http: aiohttp.ClientSession, server: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tandem.audit")
    names = ("tandem_webcam_frames_total", "tandem_webcam_frames_replaced_total")

    async def totals() -> list[float]:
        text = await (await http.get("/metrics")).text()
        lines = dict(line.rsplit(" ", 1) for line in text.splitlines())
        return [float(lines[name]) for name in names]

    before = await totals()
    async with ScriptedLearner(server.url) as learner:
        # The camera films 30 frames/s, of which 5 are looked at.
        session = server.sessions.find(learner.id)
        await wait_until(lambda: session.describe()["webcam_frames_replaced"] > 0)
        await learner.wait_until(lambda m: m["type"] == "score" and m["seq"] >= 5)
        its = await (await http.get(f"/api/sessions/{learner.id}")).json()
        assert 0 < its["webcam_frames_replaced"] <= its["webcam_frames"] - 6
        learner.send("stop")
        await learner.wait_for(type="state", state="ended")
    await server.wait_until_empty()
    received, replaced = (b - a for a, b in zip(before, await totals(), strict=True))
    assert its["webcam_frames"] <= received and its["webcam_frames_replaced"] <= replaced < received
    joined, left = [r.getMessage() for r in caplog.records if r.name == "tandem.audit"]
    assert joined == f"joined address=127.0.0.1 session={learner.id[:8]} lesson=short"
    assert left.startswith(f"left session={learner.id[:8]} how=stopped lasted_s=")

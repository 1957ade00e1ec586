"""Who may not change lessons is told what to do; what only reads stays open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.uploads.upload_server import UploadServer, problem, upload_server

TOKEN = "an-entirely-secret-word"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


async def refused(store: UploadServer, status: int, **headers: str) -> dict[str, Any]:
    """The problem that all changing requests meet alike."""
    job = "/api/jobs/" + "0" * 32
    answers = [
        await store.http.post("/api/lessons?title=x", data=b"x", headers=headers),
        await store.http.patch("/api/lessons/x", json={"title": "x"}, headers=headers),
        await store.http.delete("/api/lessons/x", headers=headers),
        await store.http.delete(job, headers=headers),
    ]
    problems = [await problem(answer, status) for answer in answers]
    assert len({its["detail"] for its in problems}) == 1
    if status == 401:
        assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    assert (await store.http.get("/api/lessons")).status == 200
    assert store.left() == []
    return problems[0]


async def uploads(store: UploadServer) -> dict[str, Any]:
    found: dict[str, Any] = (await (await store.http.get("/api/config")).json())["uploads"]
    return found


async def test_switched_off(tmp_path: Path) -> None:
    async with upload_server(tmp_path, uploads=False) as store:
        its = await uploads(store)
        assert its["allowed"] is False
        assert (await refused(store, 403))["detail"] == its["why_not"]


async def test_beyond_loopback_without_a_token(tmp_path: Path) -> None:
    async with upload_server(tmp_path, host="0.0.0.0") as store:
        its = await uploads(store)
        assert its["allowed"] is False and "TANDEM_TOKEN" in its["why_not"]
        assert (await refused(store, 403))["detail"] == its["why_not"]


async def test_with_a_token(tmp_path: Path) -> None:
    async with upload_server(tmp_path, host="0.0.0.0", token=TOKEN) as store:
        its = await uploads(store)
        assert its["allowed"] is True and its["needs_token"] is True
        assert "got none" in (await refused(store, 401))["detail"]
        wrong = await refused(store, 401, Authorization=f"Bearer {TOKEN[:-1]}x")
        assert "got another one" in wrong["detail"]
        answer = await store.http.post("/api/lessons?title=x", data=b"x", headers=BEARER)
        assert answer.status == 202


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_a_page_of_another_origin(tmp_path: Path, headers: dict[str, str]) -> None:
    async with upload_server(tmp_path) as store:
        assert "own page" in (await refused(store, 403, **headers))["detail"]
        own = {"Origin": f"http://127.0.0.1:{store.port}", "Sec-Fetch-Site": "same-origin"}
        answer = await store.http.post("/api/lessons?title=x", data=b"x", headers=own)
        assert answer.status == 202


async def test_a_name_that_leads_here_from_elsewhere(tmp_path: Path) -> None:
    """As after DNS rebinding: to its page, the browser says, this is the same origin."""
    async with upload_server(tmp_path) as store:
        headers = {"Host": "evil.example", "Origin": "http://evil.example"}
        assert "another name" in (await refused(store, 403, **headers))["detail"]

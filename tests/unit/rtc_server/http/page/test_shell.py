"""The service worker changes with each file of the page, and keeps the page and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from rtc_server.http.page.scripts import ENTRIES, read_script
from rtc_server.http.page.shell import read_service_worker, read_shell
from rtc_server.http.security_headers import POLICY, WORKER_POLICY, set_security_headers
from rtc_server.http.static_files import NAME, WEB, get_service_worker


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "js").mkdir()
    (tmp_path / "index.html").write_text("<body>")
    (tmp_path / "js" / "main.js").write_text("one")
    (tmp_path / "service_worker.js").write_text("worker")
    return tmp_path


def test_the_pages_files_are_listed_and_one_script_for_all_modules(page: Path) -> None:
    (page / ".style.css.swp").write_text("an editor's")
    (page / "style.css").write_text("main {}")
    assert read_shell(page).files == ("/", "/static/bundle/main.js", "/static/style.css")


@pytest.mark.parametrize("name", ["index.html", "js/main.js", "service_worker.js", "js/new.js"])
def test_a_change_in_a_file_makes_another_worker(page: Path, name: str) -> None:
    before = read_service_worker(page)
    assert read_service_worker(page) == before
    (page / name).write_text("two")
    os.utime(page / name, ns=(1, 1))
    assert read_service_worker(page) != before


def test_the_script_begins_with_the_list(page: Path) -> None:
    head, _, rest = read_service_worker(page).decode().partition(";\n")
    shell = read_shell(page)
    assert json.loads(head.removeprefix("self.SHELL = ")) == {
        "version": shell.version,
        "files": list(shell.files),
    }
    assert rest == "worker"


def test_the_real_page_can_be_fetched_by_these_addresses_and_has_no_data() -> None:
    files = read_shell(WEB).files
    assert {"/static/css/style.css", "/static/icon.svg"} <= set(files)
    assert files[:2] == ("/", "/static/bundle/main.js")
    assert read_script(WEB, files[1].removeprefix("/static/bundle/"))
    for address in files[2:]:
        assert NAME.fullmatch(address.removeprefix("/static/")), address
        assert (WEB / address.removeprefix("/static/")).is_file()


def test_the_pages_load_the_bundled_scripts_that_there_are() -> None:
    for page, script in zip(("index.html", "camera.html"), ENTRIES, strict=True):
        assert f'src="/static/bundle/{script}"' in (WEB / page).read_text("utf-8")


async def test_the_worker_is_the_origins_and_may_fetch_and_is_never_taken_unasked() -> None:
    response = await get_service_worker(None)  # type: ignore[arg-type]
    set_security_headers(response)
    assert response.headers["Service-Worker-Allowed"] == "/"
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers[POLICY] == WORKER_POLICY
    assert response.content_type == "text/javascript"

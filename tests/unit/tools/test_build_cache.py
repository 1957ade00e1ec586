"""What is kept in .cache is made once, and again when a source changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tools.build_cache import ROOT, build_once, cached_path, sources_of


def names_of(*modules: str) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in sources_of(*modules)}


def test_sources_are_all_that_is_imported_also_by_way_of_others_and_inside_functions() -> None:
    sources = names_of("rtc_server.commands.lesson")
    assert {"rtc_server/commands/lesson.py", "rtc_server/authoring/build.py"} <= sources
    assert {"rtc_server/types.py", "tf_pose/estimator.py"} <= sources
    assert "rtc_server/app.py" not in sources


def test_pinned_versions_are_a_source() -> None:
    assert "requirements/test.txt" in names_of("tools.dancer.scene")


def test_another_content_of_a_source_is_another_path(tmp_path: Path) -> None:
    source = tmp_path / "source.py"
    source.write_text("1")
    one = cached_path("films/a.mp4", [source])
    assert one == cached_path("films/a.mp4", [source])
    assert (one.parent.name, one.suffix) == ("films", ".mp4")
    source.write_text("2")
    assert cached_path("films/a.mp4", [source]) != one


def test_of_many_who_want_it_at_once_one_builds_it(tmp_path: Path) -> None:
    path, built = tmp_path / "films" / "a.txt", []

    def build(unfinished: Path) -> None:
        built.append(unfinished)
        unfinished.write_text("whole")

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: build_once(path, build), range(8))) == {path}
    assert len(built) == 1 and path.read_text() == "whole"


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_failed_is_not_there_and_is_tried_again(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"

    def fail(unfinished: Path) -> None:
        unfinished.mkdir() if kind == "folder" else unfinished.write_text("half")
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        build_once(path, fail)
    assert [each.name for each in tmp_path.iterdir()] == ["a.lock"]
    assert build_once(path, lambda unfinished: unfinished.write_text("whole")).read_text()

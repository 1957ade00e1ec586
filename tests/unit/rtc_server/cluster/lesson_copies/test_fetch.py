"""A lesson of another machine is fetched once, whole and verified, or not at all."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from rtc_server.cluster.errors import LessonUnreachable
from rtc_server.cluster.lesson_copies import copies as copies_module
from rtc_server.cluster.lesson_copies import fetch as fetch_module
from rtc_server.cluster.lesson_copies import parts
from rtc_server.cluster.lesson_copies.copies import LessonCopies
from rtc_server.cluster.lesson_copies.fetch import LessonFetcher
from rtc_server.errors import NoRoom, UnknownLesson
from tests.unit.rtc_server.cluster.lesson_copies.lesson_machines import OtherMachine

MB = 1_000_000


@pytest.fixture
def there(tmp_path: Path) -> OtherMachine:
    return OtherMachine(tmp_path / "there")


@pytest.fixture
def copies(tmp_path: Path) -> LessonCopies:
    return LessonCopies(tmp_path / "here", 100 * MB)


async def test_several_who_ask_at_once_share_one_fetch(
    there: OtherMachine, copies: LessonCopies
) -> None:
    fetcher = LessonFetcher(copies, there.read)
    got = await asyncio.gather(*(fetcher.get(there.source) for _ in range(5)))
    assert {lesson.title for lesson in got} == {"A dance"}
    assert len(there.asked) == len(there.manifest.files)
    assert got[0].id == "moves" and got[0].poses().xy.shape == (5, 18, 2)
    await fetcher.get(there.source)
    assert len(there.asked) == len(there.manifest.files)  # it is here


async def test_another_process_of_the_machine_waits_for_the_one_that_fetches(
    there: OtherMachine, copies: LessonCopies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch_module, "LOCK_POLL_S", 0.0)
    one, other = LessonFetcher(copies, there.read), LessonFetcher(copies, there.read)
    await asyncio.gather(one.get(there.source), other.get(there.source))
    assert len(there.asked) == len(there.manifest.files)


async def test_a_large_file_comes_in_parts(
    there: OtherMachine, copies: LessonCopies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART_BYTES", 100)
    lesson = await LessonFetcher(copies, there.read).get(there.source)
    assert lesson.source_path.read_bytes() == b"video"
    assert len(there.asked) > len(there.manifest.files)


async def test_what_is_not_what_its_hash_says_is_not_kept(
    there: OtherMachine, copies: LessonCopies
) -> None:
    there.change = lambda part: bytes(len(part))
    with pytest.raises(LessonUnreachable, match="not what its hash says"):
        await LessonFetcher(copies, there.read).get(there.source)
    assert copies.list() == []
    there.change = lambda part: part + b"more"
    with pytest.raises(LessonUnreachable, match="of another size"):
        await LessonFetcher(copies, there.read).get(there.source)


async def test_the_next_host_that_has_it_is_asked(
    there: OtherMachine, copies: LessonCopies
) -> None:
    there.lost.add("m1w1")
    source = replace(there.source, hosts=("m1w1", "m1w2"))
    assert (await LessonFetcher(copies, there.read).get(source)).id == "moves"
    there.lost.add("m1w2")
    assert (await LessonFetcher(copies, there.read).get(source)).id == "moves"  # it is here


async def test_a_lesson_whose_machine_is_gone_is_refused_with_its_name(
    there: OtherMachine, copies: LessonCopies
) -> None:
    there.lost.add("m1w1")
    with pytest.raises(LessonUnreachable, match=r"is on dance-1 \(10.0.0.1\) only: m1w1: .* died"):
        await LessonFetcher(copies, there.read).get(there.source)


async def test_a_lesson_that_was_removed_there_is_refused(
    there: OtherMachine, copies: LessonCopies
) -> None:
    there.store.remove("moves")
    with pytest.raises(LessonUnreachable, match="not on this machine any more"):
        await LessonFetcher(copies, there.read).get(there.source)


async def test_the_copies_that_were_not_used_for_longest_make_room(tmp_path: Path) -> None:
    machines = [OtherMachine(tmp_path / id, id) for id in ("a", "b", "c")]
    here = tmp_path / "here"
    copies = LessonCopies(here, 100 * MB)
    for machine in machines[:2]:
        await LessonFetcher(copies, machine.read).get(machine.source)
    full = sum(path.stat().st_size for path in here.rglob("*") if path.is_file())
    os.utime(here / machines[1].manifest.sha256, (0, 0))
    copies = LessonCopies(here, full + machines[2].manifest.size // 2)
    await LessonFetcher(copies, machines[2].read).get(machines[2].source)
    assert {manifest.id for manifest in copies.list()} == {"a", "c"}


async def test_a_lesson_that_is_larger_than_the_limit_is_refused(
    there: OtherMachine, tmp_path: Path
) -> None:
    copies = LessonCopies(tmp_path / "here", there.manifest.size - 1)
    with pytest.raises(NoRoom, match="lesson_copies_max_mb"):
        await LessonFetcher(copies, there.read).get(there.source)


async def test_a_full_disk_takes_no_copy(
    there: OtherMachine, copies: LessonCopies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies_module, "LEAST_FREE_BYTES", 1 << 62)
    with pytest.raises(NoRoom, match="MB free for a lesson"):
        await LessonFetcher(copies, there.read).get(there.source)


async def test_a_removed_copy_is_gone(there: OtherMachine, copies: LessonCopies) -> None:
    await LessonFetcher(copies, there.read).get(there.source)
    assert not copies.remove("moves", "another video")
    assert copies.remove("moves", "00") and not copies.remove("moves", "00")
    assert copies.list() == []


def test_nothing_but_the_files_of_a_lesson_is_read(there: OtherMachine) -> None:
    file = replace(there.manifest.files[0], size=1)  # another version of it
    with pytest.raises(UnknownLesson):
        parts.read_part(there.manifest, file, 0, there.store.folder, there._copies)

"""A lesson is prepared for scoring once, however many learners begin it at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.http import lesson_store
from rtc_server.http.lesson_store import MAX_REFERENCES, AsyncLessonStore
from rtc_server.lessons.store import LessonStore


def lesson(id: str) -> Any:
    return SimpleNamespace(id=id, source_sha256="", pose_fps=5.0, all_poses=lambda: [id])


async def test_a_reference_is_prepared_once_and_the_last_ones_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared: list[str] = []

    def prepare(tracks: list[str]) -> str:
        (id,) = tracks
        prepared.append(id)
        return f"reference of {id}"

    monkeypatch.setattr(lesson_store, "prepare_references", prepare)
    store = AsyncLessonStore(LessonStore(tmp_path))
    try:
        await asyncio.gather(*(store.get_reference(lesson("demo")) for _ in range(20)))
        assert prepared == ["demo"]
        for k in range(MAX_REFERENCES):
            await store.get_reference(lesson("demo"))
            await store.get_reference(lesson(str(k)))
        await store.get_reference(lesson("demo"))
        assert prepared.count("demo") == 1  # asked for most recently, so it stays
        await store.get_reference(lesson("0"))
        assert prepared.count("0") == 2
    finally:
        store.close()

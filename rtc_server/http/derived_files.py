"""Files that follow from a lesson: computed once, by one request for all, and kept beside it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from rtc_server.errors import NoRoom
from rtc_server.lessons.temp_files import atomic_write, temp_folder_beside

MAX_KEPT_BYTES = 32 << 20
LEAST_FREE_BYTES = 200_000_000  # of the disk, before a large file is written

T = TypeVar("T")


class RunInThread(Protocol):
    """Runs blocking work in a thread."""

    async def __call__(self, work: Callable[[], T]) -> T: ...


class SharedWork(Generic[T]):
    """Has what several ask for at once be done once."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, asyncio.Task[T]] = {}

    async def run(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """The result of `work`, or of the same work that is being done already.

        It goes on if who asked for it leaves. What it raises, everybody gets who waits for it.
        """
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.ensure_future(_await(work))
            self._tasks[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)

    def _forget(self, key: Hashable, task: asyncio.Task[T]) -> None:
        del self._tasks[key]
        if not task.cancelled():
            task.exception()  # nobody may be left to take it


class DerivedFiles:
    """Files in the lessons' folders; in memory where a folder cannot be written to."""

    def __init__(self, run_in_thread: RunInThread) -> None:
        self._run_in_thread = run_in_thread
        self._shared = SharedWork[bytes | Path]()
        self._shared_files = SharedWork[Path]()
        # One computation at a time: the other thread of the store answers everybody else.
        self._computing = asyncio.Lock()
        self._kept: OrderedDict[tuple[Path, int], bytes] = OrderedDict()

    async def get(self, path: Path, source: Path, compute: Callable[[], bytes]) -> bytes | Path:
        """The file, or its content if it cannot be written.

        :param source: what it follows from; if that is newer, the file is computed again.
        """
        return await self._shared.run(path, lambda: self._get(path, source, compute))

    async def get_large(self, path: Path, source: Path, write: Callable[[Path], None]) -> Path:
        """The file, which is too large for memory.

        :param write: writes it to the path that it is given.
        :raises NoRoom: it cannot be written.
        """
        return await self._shared_files.run(path, lambda: self._get_large(path, source, write))

    async def _get_large(self, path: Path, source: Path, write: Callable[[Path], None]) -> Path:
        is_current, _ = await self._run_in_thread(lambda: _compare(path, source))
        if not is_current:
            async with self._computing:
                await self._run_in_thread(lambda: _write_large(path, write))
        return path

    async def _get(self, path: Path, source: Path, compute: Callable[[], bytes]) -> bytes | Path:
        is_current, version = await self._run_in_thread(lambda: _compare(path, source))
        if is_current:
            return path
        if (content := self._kept.get((path, version))) is not None:
            self._kept.move_to_end((path, version))
            return content
        async with self._computing:
            content = await self._run_in_thread(lambda: _compute(path, compute))
        if content is None:
            return path
        self._kept[path, version] = content
        while sum(map(len, self._kept.values())) > MAX_KEPT_BYTES:
            self._kept.popitem(last=False)
        return content


async def _await(work: Callable[[], Awaitable[T]]) -> T:
    return await work()


def _compare(path: Path, source: Path) -> tuple[bool, int]:
    """Whether a file is there and is not older than its source, and when that was written."""
    version = 0
    with contextlib.suppress(OSError):
        version = source.stat().st_mtime_ns
        return path.stat().st_mtime_ns >= version, version
    return False, version


def _compute(path: Path, compute: Callable[[], bytes]) -> bytes | None:
    """Compute and write a file; its content where it cannot be written."""
    content = compute()
    # The folder may be read-only, full, or removed by now.
    with contextlib.suppress(OSError), atomic_write(path) as part:
        part.write_bytes(content)
        return None
    return content


def _write_large(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file in one step; a process that is killed leaves what the next one removes.

    :raises NoRoom: the folder is read-only, full, or removed by now.
    """
    try:
        if shutil.disk_usage(path.parent).free < LEAST_FREE_BYTES:
            raise NoRoom(f"expected room on the server's disk for {path.name}, it is nearly full")
        with temp_folder_beside(path.parent) as folder:
            write(folder / path.name)
            (folder / path.name).replace(path)
    except OSError as error:
        raise NoRoom(
            f"expected to write {path.name} into the lesson's folder, got: {error.strerror}"
        ) from error

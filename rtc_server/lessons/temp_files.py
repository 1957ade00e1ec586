"""Temporary files and folders, in the folder of the final ones, removed whatever happens."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

LOCK = ".being-made"
UNLOCKED_LIMIT_S = 60.0  # a temporary folder is locked within this time
MARK = "~"  # not allowed in a lesson's id, so no temporary name is one


@contextlib.contextmanager
def temp_folder_beside(path: Path) -> Iterator[Path]:
    """Create an empty temporary folder next to `path`; at the end it is removed, unless renamed.

    It is locked while this process lives, so that `remove_stale_folders` can tell whether the
    process that made it still runs.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = _temp_name(path)
    folder.mkdir()
    lock = (folder / LOCK).open("wb")
    try:
        _lock(lock.fileno())
        (folder / "content").mkdir()
        yield folder / "content"
    finally:
        lock.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to; it replaces `path` if `with` ends without an error.

    It has the suffix of `path`, from which media libraries choose the format. If `path` is a pipe
    or a terminal, it is given itself, since it cannot be replaced.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        yield target
        return
    temp = _temp_name(target).with_suffix(target.suffix)
    try:
        yield temp
        temp.replace(target)
    finally:
        temp.unlink(missing_ok=True)


def move_aside(path: Path) -> Path:
    """Rename a file or folder to a temporary name, in one step; return that name."""
    aside = _temp_name(path)
    path.rename(aside)
    return aside


def remove_stale_folders(parent: Path) -> None:
    """Remove the temporary folders in `parent` whose processes have ended."""
    if sys.platform == "win32":  # Windows has no such lock
        return
    for folder in parent.glob(f".*{MARK}*"):
        if folder.is_dir() and _is_stale(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _temp_name(path: Path) -> Path:
    return path.parent / f".{path.stem}{MARK}{secrets.token_hex(4)}"


def _is_stale(folder: Path) -> bool:
    try:
        with (folder / LOCK).open("rb") as lock:
            _lock(lock.fileno())
    except FileNotFoundError:  # moved aside, or created a moment ago and about to be locked
        return time.time() - folder.stat().st_mtime > UNLOCKED_LIMIT_S
    except OSError:  # locked: its process is still running
        return False
    return True


def _lock(handle: int) -> None:
    """Lock the file until it is closed or its process ends, however it ends.

    :raises OSError: another process holds it.
    """
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

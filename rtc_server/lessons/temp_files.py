"""Half-made things: temporary folders and files beside their places, gone whatever happens."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

LOCK = ".being-made"
UNLOCKED_S = 60.0
MARK = "~"  # never in a lesson's id, so that no temporary name can be one


@contextlib.contextmanager
def folder_beside(place: Path) -> Iterator[Path]:
    """Give an empty temporary folder next to `place`, removed at the end unless renamed.

    It is locked while its maker lives, so that `clean_stale` can tell a dead one's from ours.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    folder = _name_beside(place)
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
def file_beside(place: Path) -> Iterator[Path]:
    """Give a temporary path next to `place` that takes its place when the block ends well.

    The suffix is kept, since media libraries read the format from it. What is there and not
    a plain file (a pipe, a terminal) is given as it is: it cannot be replaced.
    """
    target = place.resolve()
    if target.exists() and not target.is_file():
        yield target
        return
    part = _name_beside(target).with_suffix(target.suffix)
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def set_aside(place: Path) -> Path:
    """Rename `place` to a temporary name, at once, and give that name."""
    aside = _name_beside(place)
    place.rename(aside)
    return aside


def clean_stale(parent: Path) -> None:
    """Remove the temporary folders in `parent` whose makers are dead."""
    if sys.platform == "win32":  # no lock there that tells
        return
    for folder in parent.glob(f".*{MARK}*"):
        if folder.is_dir() and _is_stale(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _name_beside(place: Path) -> Path:
    return place.parent / f".{place.stem}{MARK}{secrets.token_hex(4)}"


def _is_stale(folder: Path) -> bool:
    try:
        with (folder / LOCK).open("rb") as lock:
            _lock(lock.fileno())
    except FileNotFoundError:  # set aside, or made a moment ago and about to be locked
        return time.time() - folder.stat().st_mtime > UNLOCKED_S
    except OSError:  # locked: its maker is at work
        return False
    return True


def _lock(handle: int) -> None:
    """Lock the file until it is closed or its process ends, however it ends.

    :raises OSError: another process holds it.
    """
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

"""Files that only this user can read: keys and secrets."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FOLDER_MODE, FILE_MODE = 0o700, 0o600


def write_private_file(path: Path, data: bytes, *, replace: bool = True) -> None:
    """Write a file whole or not at all; its folder is made if it is missing.

    :param replace: whether it replaces one that is there. Otherwise that one stays: of two
        processes that write at the same time, the first one's file stands.
    :raises OSError: it cannot be written.
    """
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}~{secrets.token_hex(8)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            temporary.replace(path)
        else:
            _put_if_missing(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _put_if_missing(temporary: Path, path: Path) -> None:
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not path.exists():
            temporary.replace(path)

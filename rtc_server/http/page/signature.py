"""Whether a file of the page was changed."""

from __future__ import annotations

from pathlib import Path

# Name, size and time of change of each file: what they say is read again only when these differ.
Signature = tuple[tuple[str, int, int], ...]


def sign_files(folder: Path) -> Signature:
    """All files below `folder` that are not hidden, sorted by name."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")
    return tuple(
        (path.relative_to(folder).as_posix(), found.st_size, found.st_mtime_ns)
        for path in paths
        for found in [path.stat()]
    )

"""Files that take long to make, and are made again only when their sources change."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CACHE = ROOT / ".cache" / "browser"
SCRIPTS = ROOT / "tests" / "browser" / "scripts"  # run in the page by the tests


def cached_path(stem: str, suffix: str, sources: Iterable[Path]) -> Path:
    """A path in the cache that is different for each content of the source files."""
    text = b"".join(source.read_bytes() for source in sorted(sources))
    return CACHE / f"{stem}-{hashlib.sha256(text).hexdigest()[:12]}{suffix}"

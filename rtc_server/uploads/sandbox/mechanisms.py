"""Enters the sandbox, and says what of it the system offers."""

from __future__ import annotations

import contextlib
import importlib
import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rtc_server.uploads.sandbox.capabilities import drop_capabilities
from rtc_server.uploads.sandbox.kernel import architecture, forbid_new_rights
from rtc_server.uploads.sandbox.landlock import landlock_version, restrict_files
from rtc_server.uploads.sandbox.seccomp import restrict_calls

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("models", "rtc_server", "tf_pose")
# What libraries look at: the machine's processors and memory, times, languages, other libraries.
SYSTEM_FILES = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64"),
    *("/usr/share/locale", "/usr/share/zoneinfo", "/nix/store", "/gnu/store"),
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/ssl/openssl.cnf"),
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm"),
    *("/sys/devices/system", "/sys/fs/cgroup", "/sys/kernel/mm"),
    *("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"),
)
WRITABLE_DEVICES = ("/dev/null",)


def enter_sandbox(folders: list[Path], readable: Sequence[Path] = ()) -> list[str]:
    """Keep this process, for good, from everything but its own code and the given folders.

    Call it before the first thread is started: rights are those of a thread and of those that it
    starts.

    :param readable: files and folders that it may also read.
    :return: the names of the mechanisms that are in force.
    """
    for package in PACKAGES:  # the folder that holds them will not be readable
        importlib.import_module(package)
    active = []
    if architecture() is not None:
        forbid_new_rights()
        active.append("no_new_privs")
        drop_capabilities()
    with contextlib.suppress(OSError):
        writable = [*folders, *map(Path, WRITABLE_DEVICES)]
        active.append(f"landlock {restrict_files([*_code(), *readable], writable)}")
    with contextlib.suppress(OSError):
        restrict_calls()
        active.append("seccomp")
    return active


def missing_mechanisms(active: Iterable[str]) -> list[str]:
    """Which of the mechanisms that the system offers a worker is not kept by."""
    offered = ["seccomp"] if architecture() is not None else []
    offered += ["landlock"] if landlock_version() else []
    return [name for name in offered if not any(one.startswith(name) for one in active)]


def describe_mechanisms() -> str:
    """What a worker process will be kept by on this system, for the log."""
    if architecture() is None:
        return "own folder, clean environment and limits; no sandbox on this system"
    version = landlock_version()
    files = f"Landlock {version}" if version else "no Landlock (files are not restricted)"
    return f"seccomp, {files}, own folder, clean environment and limits"


def _code() -> Iterator[Path]:
    """The files that this program, Python and their libraries consist of."""
    for package in PACKAGES:
        yield ROOT / package
    yield from (ROOT / "models").glob("*.pb")  # one may be a link to a file elsewhere
    for name in ("stdlib", "platstdlib", "purelib", "platlib"):
        yield Path(sysconfig.get_path(name))
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix}:
        yield from (Path(prefix) / "lib", Path(prefix) / "lib64", Path(prefix) / "pyvenv.cfg")
    yield from map(Path, site.getsitepackages())
    libraries = os.environ.get("LD_LIBRARY_PATH", "")
    yield from (Path(part) for part in libraries.split(os.pathsep) if part)
    yield from map(Path, SYSTEM_FILES)

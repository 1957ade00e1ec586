"""Limits on what the process that decodes uploads may use up (setrlimit(2))."""

from __future__ import annotations

import sys
from pathlib import Path

MB = 1_000_000
# Beyond what Python, FFmpeg and the pose network take. Two decoders run at the same time, each
# with up to 16 references and a few frames in its threads: 0.7 GB for 4K in 8 bits.
MEMORY_ALLOWANCE = 2000 * MB
DECODER_BYTES = 500 * MB  # for each decoder more
MAX_OPEN_FILES = 256
KILL_AFTER_S = 5


def limit_processor_time(seconds: float, most_s: float) -> None:
    """Let the kernel end this process after that much processor time, of all its threads.

    :param most_s: no later call can raise it above this.
    """
    # At the first limit the kernel sends SIGXCPU, which tells the server why; later SIGKILL.
    _set("RLIMIT_CPU", round(seconds), round(most_s) + KILL_AFTER_S)


def limit_files(largest: int) -> None:
    """Bound the size of a file that is written, in bytes, and the number of open ones; no core."""
    _set("RLIMIT_FSIZE", largest, largest)
    _set("RLIMIT_NOFILE", MAX_OPEN_FILES, MAX_OPEN_FILES)
    _set("RLIMIT_CORE", 0, 0)


def limit_memory(allowance: int = MEMORY_ALLOWANCE) -> bool:
    """Let this process take only so many bytes more than it has now; call it again to renew that.

    Linux counts the private memory that can be written (RLIMIT_DATA). What is mapped and not used,
    of which libraries reserve a lot (RLIMIT_AS), says little.

    :return: whether the system can do it.
    """
    used = _data_bytes()
    return used is not None and _set("RLIMIT_DATA", used + allowance, None)


def peak_resident_bytes() -> int:
    """The most memory that this process has had at a time; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _data_bytes() -> int | None:
    try:
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:"))
    except (OSError, StopIteration):
        return None


def _set(name: str, soft: int, hard: int | None) -> bool:
    """Set a limit where the system has it; never above the one that holds already."""
    if sys.platform == "win32":
        return False
    import resource

    kind = getattr(resource, name)
    _, held = resource.getrlimit(kind)
    most = sys.maxsize if held == resource.RLIM_INFINITY else held
    resource.setrlimit(kind, (min(soft, most), held if hard is None else min(hard, most)))
    return True

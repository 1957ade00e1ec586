"""How many processors this process may use, of the machine, its affinity and control group."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import TypeVar

T = TypeVar("T")

CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUP = Path("/proc/self/cgroup")
PROC = Path("/proc")
# Columns of `cpu…` in /proc/stat (proc(5)): user, system, irq, softirq, steal. Not those of
# processes that are nice: they make room.
BUSY_COLUMNS = (1, 3, 6, 7, 8)


def available_cores() -> float:
    """Processors that this process may use; a container's quota may be a part of one."""
    return min(count_cores(), cgroup_quota_cores())


def count_cores() -> int:
    """The processors that the system schedules this process on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def lower_priority(niceness: int) -> None:
    """Let threads that are less nice go before this one, where the system allows it."""
    if hasattr(os, "setpriority"):
        thread = threading.get_native_id()
        with contextlib.suppress(OSError):
            niceness = max(niceness, os.getpriority(os.PRIO_PROCESS, thread))
            os.setpriority(os.PRIO_PROCESS, thread, niceness)


def run_nicer(niceness: int, work: Callable[[], T]) -> T:
    """Run `work` in a thread of its own with a lower priority, and return its result.

    Threads that a library starts for it are as nice: they take that over from their starter.
    """
    with ThreadPoolExecutor(1, initializer=lower_priority, initargs=(niceness,)) as pool:
        return pool.submit(work).result()


class OtherProcesses:
    """The processor time that others take on this process's processors (Linux).

    The others are all processes that are not nice, and, on a virtual machine, its neighbours. In a
    container with a quota nothing is known of them.
    """

    def __init__(self, proc: Path = PROC, cpu_s: Callable[[], float] = time.process_time) -> None:
        self._proc = proc
        self._cpu_s = cpu_s
        self._known = cgroup_quota_cores() >= count_cores()
        self._others_s = 0.0
        self._last = self._measure()

    def used_s(self) -> float:
        """Their processor time since this object was made; 0 where it is not known."""
        now = self._measure()
        if now is not None and self._last is not None:
            self._others_s += max(0.0, now - self._last)
        self._last = now
        return self._others_s

    def own_s(self) -> float:
        """Processor time of this process so far, as far as other processes' objects count it."""
        try:
            return self._count_own_s()
        except (OSError, ValueError, IndexError):
            return 0.0

    def _count_own_s(self) -> float:
        return self._cpu_s() - self._own_nice_s()

    def _measure(self) -> float | None:
        """Processor time of others since the machine was started, in s."""
        if not self._known:
            return None
        try:
            return self._busy_s() - self._count_own_s()
        except (OSError, ValueError, IndexError):
            return None

    def _busy_s(self) -> float:
        own = {f"cpu{k}" for k in os.sched_getaffinity(0)}
        rows = [line.split() for line in (self._proc / "stat").read_text().splitlines()]
        ticks = sum(int(row[k]) for row in rows if row and row[0] in own for k in BUSY_COLUMNS)
        return ticks / os.sysconf("SC_CLK_TCK")

    def _own_nice_s(self) -> float:
        """User time of this process's threads that are nice; /proc/stat has it in a column of its
        own."""
        ticks = 0
        for thread in (self._proc / "self" / "task").iterdir():
            try:
                words = (thread / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:  # it has ended
                continue
            if int(words[16]) > 0:
                ticks += int(words[11])
        return ticks / os.sysconf("SC_CLK_TCK")


def cgroup_quota_cores(groups: Path = CGROUPS, own: Path = OWN_CGROUP) -> float:
    """The least quota of this process's control group and those around it; infinite without one.

    Of control groups of version 2 and 1 (docs.kernel.org, "Control Group v2", `cpu.max`).
    """
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return float("inf")
    quotas = [
        quota
        for line in lines
        for number, controllers, path in [line.split(":", 2)]
        if number == "0" or "cpu" in controllers.split(",")
        for folder in _folders(groups, controllers, path)
        if (quota := _read_quota(folder)) is not None
    ]
    return min(quotas, default=float("inf"))


def _folders(groups: Path, controllers: str, path: str) -> Iterator[Path]:
    """A control group's folder, and those of the groups around it."""
    root = groups / controllers if controllers else groups
    # Inside a container its own group may be shown as the root, or as a path from outside.
    within = PurePosixPath(path.strip()).relative_to("/")
    yield root
    for group in (within, *within.parents):
        yield root / group


def _read_quota(folder: Path) -> float | None:
    """The quota in processors; None where there is none."""
    try:
        words = (folder / "cpu.max").read_text().split()
    except OSError:
        try:
            names = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
            words = [(folder / name).read_text().strip() for name in names]
        except OSError:
            return None
    try:
        quota_us, period_us = float(words[0]), float(words[1])
    except (IndexError, ValueError):  # "max": as much as there is
        return None
    return quota_us / period_us if quota_us > 0 and period_us > 0 else None

"""How many processors there are: quotas of control groups, and what other processes take."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from rtc_server.pose import processors
from rtc_server.pose.processors import (
    OtherProcesses,
    available_cores,
    cgroup_quota_cores,
    count_cores,
    run_nicer,
)

TICKS = os.sysconf("SC_CLK_TCK")
UNLIMITED = float("inf")


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("files", "own", "cores"),
    [
        ({"cpu.max": "150000 100000"}, "0::/", 1.5),
        ({"cpu.max": "max 100000"}, "0::/", UNLIMITED),
        ({}, "0::/", UNLIMITED),
        ({"cpu.max": ""}, "0::/", UNLIMITED),
        # The least of a group and those around it.
        ({"a/b/cpu.max": "max 100000", "a/cpu.max": "200000 100000"}, "0::/a/b", 2.0),
        ({"a/b/cpu.max": "50000 100000", "a/cpu.max": "200000 100000"}, "0::/a/b", 0.5),
        ({"cpu.max": "50000 100000"}, "0::/../elsewhere", 0.5),
        # Version 1, with and without a quota.
        (
            {"cpu,cpuacct/cpu.cfs_quota_us": "300000", "cpu,cpuacct/cpu.cfs_period_us": "100000"},
            "5:memory:/\n4:cpu,cpuacct:/docker/0123",
            3.0,
        ),
        (
            {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"},
            "4:cpu:/",
            UNLIMITED,
        ),
    ],
)
def test_the_quota_of_a_control_group(
    tmp_path: Path, files: dict[str, str], own: str, cores: float
) -> None:
    for name, text in files.items():
        write(tmp_path / "groups" / name, f"{text}\n")
    assert cgroup_quota_cores(tmp_path / "groups", write(tmp_path / "own", f"{own}\n")) == cores


def test_without_control_groups_there_is_no_quota(tmp_path: Path) -> None:
    assert cgroup_quota_cores(tmp_path, tmp_path / "nothing") == UNLIMITED


def test_the_least_of_affinity_and_quota_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processors, "cgroup_quota_cores", lambda: UNLIMITED)
    assert available_cores() == count_cores() >= 1
    monkeypatch.setattr(processors, "cgroup_quota_cores", lambda: 0.5)
    assert available_cores() == 0.5


class Machine:
    """A /proc with one processor that this process may use, and one that it may not."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.proc = folder
        self.own_s = 50.0
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1})
        monkeypatch.setattr(processors, "cgroup_quota_cores", lambda: UNLIMITED)
        self.write()

    def write(self, *, busy_s: float = 0.0, nice_s: float = 0.0, own_nice_s: float = 0.0) -> None:
        busy, nice = round(busy_s * TICKS), round(nice_s * TICKS)
        user, system = busy // 2, busy - busy // 2
        stat = (
            "cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 999 999 999 999 999 999 999 999 0 0\n"
            f"cpu1 {user} {nice} {system} 77777 5 0 0 0 0 0\nintr 12345\n"
        )
        write(self.proc / "stat", stat)
        for thread, (used_s, nice_value) in {"1": (9.0, 0), "2": (own_nice_s, 2)}.items():
            after = ["R", *"0" * 10, str(round(used_s * TICKS)), "3", "0", "0", "20"]
            fields = " ".join([*after, str(nice_value), "1"])
            write(self.proc / "self/task" / thread / "stat", f"1 (a name) ) {fields}\n")

    def watch(self) -> OtherProcesses:
        return OtherProcesses(self.proc, lambda: self.own_s)


def test_what_others_take_is_what_this_process_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(tmp_path, monkeypatch)
    others = machine.watch()
    machine.own_s += 3.0
    machine.write(busy_s=10.0)
    assert others.used_s() == pytest.approx(7.0)
    machine.write(busy_s=11.0)
    assert others.used_s() == pytest.approx(8.0)


def test_who_is_nice_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tmp_path, monkeypatch)
    others = machine.watch()
    machine.own_s += 5.0  # of which 4 in a thread that is nice
    machine.write(busy_s=3.0, nice_s=40.0, own_nice_s=4.0)
    assert others.used_s() == pytest.approx(2.0)
    assert others.own_s() == pytest.approx(machine.own_s - 4.0)  # as others see this process


@pytest.mark.parametrize("known", [False, True])
def test_where_nothing_is_known_others_take_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    machine = Machine(tmp_path, monkeypatch)
    if known:
        (tmp_path / "stat").unlink()  # no Linux
        shutil.rmtree(tmp_path / "self")
    else:
        monkeypatch.setattr(processors, "cgroup_quota_cores", lambda: 0.5)
    others = machine.watch()
    if not known:
        machine.write(busy_s=10.0)
    assert others.used_s() == 0.0
    assert others.own_s() == (0.0 if known else machine.own_s)


def test_nicer_work_has_a_thread_of_its_own_with_a_lower_priority(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lowered: dict[int, int] = {}  # niceness by thread
    monkeypatch.setattr(os, "PRIO_PROCESS", 0, raising=False)
    monkeypatch.setattr(os, "getpriority", lambda *_: 0, raising=False)
    monkeypatch.setattr(
        os, "setpriority", lambda _, thread, nice: lowered.update({thread: nice}), raising=False
    )
    worked_in = run_nicer(3, threading.get_native_id)
    assert lowered == {worked_in: 3}
    assert worked_in != threading.get_native_id()


def test_an_error_of_nicer_work_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        run_nicer(1, lambda: 1 // 0)

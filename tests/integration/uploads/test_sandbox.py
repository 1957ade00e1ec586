"""What a worker process cannot do, whoever has taken it over: tried for real, on this kernel."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rtc_server.uploads.sandbox.kernel import architecture
from rtc_server.uploads.sandbox.landlock import landlock_version
from rtc_server.uploads.sandbox.mechanisms import missing_mechanisms
from tests.paths import ROOT

# Tries one thing after the other, and prints for each "done" or the name of the error.
PROGRAM = """
import ctypes, errno, json, os, resource, socket, subprocess, sys, threading
from pathlib import Path
from rtc_server.uploads.sandbox.mechanisms import enter_sandbox

own, other, port = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
parent = os.getppid()

def write(path):
    path.write_bytes(b"x")

def fork():
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)

def start_thread():
    thread = threading.Thread(target=write, args=[own / "by-thread"])
    thread.start()
    thread.join()

def thread_reads_other():
    failed = []
    def read():
        try:
            (other / "video.mp4").read_bytes()
        except OSError as error:
            failed.append(error)
    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]

def ptrace_me():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(0, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "ptrace")

attempts = {
    "own code": lambda: Path("rtc_server/uploads/worker.py").resolve().read_bytes(),
    "own file": lambda: (write(own / "a"), (own / "a").rename(own / "b"), (own / "b").unlink()),
    "own folder": lambda: ((own / "c").mkdir(), (own / "c").rmdir()),
    "thread": start_thread,
    "signal itself": lambda: os.kill(os.getpid(), 0),
    "read shared": lambda: (other / "shared").read_bytes(),
    "change shared": lambda: (other / "shared").open("r+b").close(),
    "read passwd": lambda: Path("/etc/passwd").read_bytes(),
    "read other": lambda: (other / "video.mp4").read_bytes(),
    "list other": lambda: os.listdir(other),
    "thread reads other": thread_reads_other,
    "environment of the server": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
    "write other": lambda: write(other / "new"),
    "change other": lambda: (other / "video.mp4").open("r+b").close(),
    "remove other": lambda: (other / "unloved").unlink(),
    "make in root": lambda: write(other.parent / "new"),
    "symbolic link": lambda: (own / "link").symlink_to("/etc/passwd"),
    "hard link": lambda: os.link(other / "video.mp4", own / "hard"),
    "cut off": lambda: os.truncate(other / "video.mp4", 3),
    "mode": lambda: os.chmod(other / "video.mp4", 0o644),
    "times": lambda: os.utime(other / "video.mp4"),
    "tcp": lambda: socket.create_connection(("127.0.0.1", port), 5).close(),
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
    "unix socket": lambda: socket.socketpair()[0].close(),
    "program": lambda: subprocess.run(["/bin/sh", "-c", ":"], check=True),
    "fork": fork,
    "signal to the server": lambda: os.kill(parent, 0),
    "limits of the server": lambda: resource.prlimit(
        parent, resource.RLIMIT_NOFILE, resource.prlimit(parent, resource.RLIMIT_NOFILE)
    ),
    "priority of the server": lambda: os.setpriority(os.PRIO_PROCESS, parent, 0),
    "session": os.setsid,
    "ptrace": ptrace_me,
}
before = len(os.listdir("/proc/self/task"))
mechanisms = enter_sandbox([own], [other / "shared"]) if sys.argv[4] == "sandbox" else []
found = {"mechanisms": mechanisms, "threads before": before}
for name, attempt in attempts.items():
    try:
        attempt()
    except OSError as error:
        found[name] = errno.errorcode.get(error.errno, str(error))
    else:
        found[name] = "done"
print(json.dumps(found))
"""
ALLOWED = {"own code", "own file", "own folder", "thread", "signal itself", "read shared"}
# What only Landlock refuses: files, by their path.
OF_FILES = {
    *("read passwd", "read other", "list other", "thread reads other"),
    "change shared",
    *("environment of the server", "write other", "change other", "remove other", "make in root"),
}


def attempt_all(folder: Path, mode: str) -> dict[str, str]:
    """The outcome of everything that PROGRAM tries, with the sandbox or without it."""
    own, other = folder / mode / "own", folder / mode / "other"
    for path in (own, other):
        path.mkdir(parents=True)
    for name in ("video.mp4", "unloved", "shared"):
        (other / name).write_bytes(b"somebody else's")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        command = [sys.executable, "-c", PROGRAM, str(own), str(other), str(port), mode]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, check=True, text=True, timeout=60
        )
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    if architecture() is None:
        pytest.skip(f"no sandbox on {sys.platform} ({os.uname().machine})")
    yield attempt_all(tmp_path_factory.mktemp("tried"), "sandbox")


def test_all_of_it_can_be_done_without_the_sandbox(tmp_path: Path) -> None:
    """So that the other tests do not pass for another reason."""
    if architecture() is None:
        pytest.skip(f"no sandbox on {sys.platform}")
    found = attempt_all(tmp_path, "none")
    refused = {name for name, outcome in found.items() if outcome not in ("done", [], 1)}
    # A container may forbid these two to everybody.
    assert refused <= {"ptrace", "priority of the server"}


def test_what_the_work_needs_is_allowed(found: dict[str, str]) -> None:
    assert {name: found[name] for name in ALLOWED} == dict.fromkeys(ALLOWED, "done")


def test_everything_else_is_refused_by_the_kernel(found: dict[str, str]) -> None:
    names = found.keys() - ALLOWED - OF_FILES - {"mechanisms", "threads before"}
    assert len(names) == 15
    assert {name: found[name] for name in names if found[name] not in ("EPERM", "EACCES")} == {}


def test_no_file_of_others_can_be_read_or_written(found: dict[str, str]) -> None:
    if landlock_version() == 0:
        pytest.skip("this kernel has no Landlock: files are kept by their owners' rights only")
    assert {name: found[name] for name in OF_FILES} == dict.fromkeys(OF_FILES, "EACCES")


def test_the_mechanisms_are_those_that_the_kernel_offers(found: dict[str, str]) -> None:
    version = landlock_version()
    landlock = [f"landlock {version}"] if version else []
    assert found["mechanisms"] == ["no_new_privs", *landlock, "seccomp"]


def test_the_log_says_what_is_missing() -> None:
    offered = missing_mechanisms([])
    assert ("seccomp" in offered) == (architecture() is not None)
    assert ("landlock" in offered) == (landlock_version() > 0)
    assert missing_mechanisms(["no_new_privs", "landlock 7", "seccomp"]) == []


def test_it_is_entered_before_there_is_a_second_thread(found: dict[str, str]) -> None:
    """A thread that exists already would keep all rights."""
    assert found["threads before"] == 1

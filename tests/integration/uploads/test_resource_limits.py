"""What a worker process may use up: tried for real, each in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rtc_server.uploads.sandbox.resource_limits import peak_resident_bytes
from tests.paths import ROOT

LIMITS = "from rtc_server.uploads.sandbox.resource_limits import *\n"
TAKE_MEMORY = """
assert limit_memory(100_000_000)
small = bytearray(50_000_000)
try:
    large = bytearray(100_000_000)
except MemoryError:
    print("refused")
del small
limit_memory(300_000_000)
large = bytearray(200_000_000)
print("renewed")
"""
WRITE_MUCH = """
import os, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit_files(1_000_000)
with open(sys.argv[1], "wb", buffering=0) as file:
    try:
        while file.write(bytes(100_000)): pass
    except OSError as error:
        print(file.tell(), resource.getrlimit(resource.RLIMIT_CORE))
"""
SPIN = """
limit_processor_time(1, 1)
while True: pass
"""


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LIMITS + code, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can bound a process's own memory")
def test_memory_beyond_the_allowance_is_an_error_that_can_be_told() -> None:
    done = run(TAKE_MEMORY)
    assert (done.stdout, done.returncode) == ("refused\nrenewed\n", 0), done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_files_do_not_grow_without_end(tmp_path: Path) -> None:
    assert run(WRITE_MUCH, str(tmp_path / "a")).stdout == "1000000 (0, 0)\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_processor_time_ends() -> None:
    assert run(SPIN).returncode == -signal.SIGXCPU


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not say")
def test_the_peak_of_memory_is_known() -> None:
    assert 10_000_000 < peak_resident_bytes() < 100_000_000_000

"""Starts a server for a benchmark, and measures what it takes with all its processes (Linux)."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
STOP_S = 30.0


@contextmanager
def serving(*options: str, workers: int = 0) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server that takes learners, and its address; it is stopped when the block is left.

    :param workers: its session hosts, all of which are ready; 0: sessions in its own process.
    """
    command = [sys.executable, "run.py", "serve", "--port", "0", "--history", "", *options]
    command += ["--workers", str(workers)] if workers else []
    server = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        url = wait_until_ready(server)
        wait_for_hosts(url, workers)
        yield server, url
    finally:
        stop(server)


def stop(process: subprocess.Popen[str]) -> None:
    """Stop a process as Ctrl+C does, if it still runs; kill it if it does not end."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(server: subprocess.Popen[str]) -> str:
    """Wait until a server that was just started is ready; return its address."""
    assert server.stdout
    for line in server.stdout:
        if match := re.search(r"ready: (http\S+)", line):
            url = match[1]
            break
    else:
        raise SystemExit("the server did not start; run it by hand to see why")
    while True:
        try:
            urllib.request.urlopen(f"{url}/readyz")
            return url
        except OSError:
            time.sleep(0.2)


def wait_for_hosts(url: str, workers: int) -> None:
    """Wait until so many session hosts take learners."""
    while workers:
        with urllib.request.urlopen(f"{url}/api/cluster") as answer:
            hosts = json.load(answer)["hosts"]
        if [host["state"] for host in hosts] == ["ready"] * workers:
            return
        time.sleep(0.5)


def read_metrics(url: str) -> str:
    with urllib.request.urlopen(f"{url}/metrics") as answer:
        return str(answer.read().decode())


def read_metric(text: str, name: str) -> float:
    """The value of a metric in the text of /metrics, of the front if there are hosts; 0: none."""
    match = re.search(rf'^{name}(?:\{{host="front"\}})? (\S+)$', text, re.M)
    return float(match[1]) if match else 0.0


def read_largest(text: str, name: str) -> float:
    """The largest value of a metric that each process has; 0: none."""
    found = re.findall(rf'^{name}(?:\{{host="\w+"\}})? (\S+)$', text, re.M)
    return max(map(float, found), default=0.0)


def cpu_s(pid: int) -> float:
    """The processor time of a process and all its threads so far."""
    return _used_s(Path(f"/proc/{pid}/stat"))


def _used_s(stat: Path) -> float:
    fields = stat.read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def list_descendants(pid: int) -> list[int]:
    """A process and all that it has started, directly or not."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that has ended meanwhile
            for child in (task / "children").read_text().split():
                found += list_descendants(int(child))
    return found


def measure_cores(pid: int, seconds: float) -> float:
    """Wait so long; return the processor time a second of a process and all its descendants."""
    began_s = time.monotonic()
    before = {each: cpu_s(each) for each in list_descendants(pid)}
    time.sleep(seconds)
    used_s = sum(cpu_s(each) - before.get(each, 0.0) for each in list_descendants(pid))
    return used_s / (time.monotonic() - began_s)


def measure_threads(pid: int, seconds: float) -> tuple[float, float]:
    """As `measure_cores`, and of this the first thread of that process: its event loop."""
    began_s, before_s = time.monotonic(), _thread_cpu_s(pid)
    cores = measure_cores(pid, seconds)
    return cores, (_thread_cpu_s(pid) - before_s) / (time.monotonic() - began_s)


def _thread_cpu_s(pid: int) -> float:
    return _used_s(Path(f"/proc/{pid}/task/{pid}/stat"))

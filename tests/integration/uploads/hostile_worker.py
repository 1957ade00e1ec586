"""A worker process that a video has taken over; `python -m … REQUEST` does what the title says."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

PROGRESS = b'{"step": "poses", "done": 1, "of": 2}\n'
READY = b'{"ready": true}\n'


def say(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def endless_progress() -> None:
    while True:
        say(PROGRESS * 100)


def endless_line() -> None:
    while True:
        say(b"x" * 65536)


def garbage() -> None:
    say(os.urandom(1000).replace(b"\n", b"") + b"\n")
    time.sleep(600)


def nested() -> None:
    say(b"[" * 4000 + b"\n")
    time.sleep(600)


def endless_complaints() -> None:
    say(PROGRESS)
    for _ in range(500):
        sys.stderr.write("\x1b[31mfor the terminal\n" * 1000)
    say(b'{"error": "no", "code": "preparation_failed"}\n')


def stubborn() -> None:
    """Ends neither with SIGTERM nor when it is told so, and tells that it did."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say(b"{}\n")
    while True:
        say(b"more\n" * 1000)


def silent() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.close(1)
    time.sleep(600)


def large() -> None:
    held = bytearray(b"x" * 300_000_000)
    say(PROGRESS)
    time.sleep(600)
    del held


def slow() -> None:
    say(b'{"length_s": 1e6}\n')
    while True:
        say(PROGRESS)
        time.sleep(0.1)


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def nothing_made() -> None:
    say(READY)


def links(folder: Path) -> None:
    for name in ("lesson.json", "thumbnail.jpg", "poses.npz", "source.mp4"):
        (folder / name).symlink_to("/etc/passwd")
    say(READY)


def main() -> NoReturn:
    request = json.loads(sys.argv[1])
    kind = globals()[request["build"]["title"].replace(" ", "_")]
    kind(Path(request["folder"])) if kind is links else kind()
    sys.exit(0)


if __name__ == "__main__":
    main()

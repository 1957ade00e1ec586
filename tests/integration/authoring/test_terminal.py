"""On a real terminal: a bar with the time left, and Ctrl-C that leaves nothing behind."""

import contextlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.clips import write_clip
from tests.paths import ROOT

pty = pytest.importorskip("pty")
COMMANDS = {
    "extract": ["--csv", "OUT/a.csv", "--json", "OUT/a.json", "--annotated", "OUT/a.mp4"],
    "lesson add": ["--id", "x", "--lessons", "OUT"],
}
# Some way into the work, and how long is left.
AT_WORK = re.compile(rb"poses.*?\b[1-9]\d*/400.*?\d:\d\d:\d\d")


@pytest.mark.parametrize("command", COMMANDS)
def test_ctrl_c_ends_the_bar_and_leaves_nothing(tmp_path: Path, command: str) -> None:
    video = write_clip(tmp_path / "a.mp4", [k / 5 for k in range(400)], last_s=0.2)
    out = tmp_path / "out"
    out.mkdir()
    options = [word.replace("OUT", str(out)) for word in COMMANDS[command]]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "run.py", *command.split(), str(video), *options],
        cwd=ROOT,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=own_the_terminal,
    )
    os.close(theirs)
    said = read_until(ours, AT_WORK)
    os.write(ours, b"\x03")
    said += read_until(ours, None)
    os.close(ours)
    assert process.wait(30) == 130
    assert said.rstrip().endswith(b"interrupted")
    assert b"Traceback" not in said
    assert said.rfind(b"\x1b[?25h") > said.rfind(b"\x1b[?25l")  # the cursor is back
    assert list(out.iterdir()) == []


def own_the_terminal() -> None:
    """Make the process's stdin its controlling terminal, so that Ctrl-C becomes a signal."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def read_until(terminal: int, pattern: re.Pattern[bytes] | None) -> bytes:
    """What is said until it matches, or until nobody holds the terminal any more."""
    said, until_s = b"", time.monotonic() + 60
    with contextlib.suppress(OSError):  # Linux: EIO once the other end is closed
        while not (pattern and pattern.search(said)):
            assert time.monotonic() < until_s, said
            data = os.read(terminal, 65536)
            if not data:
                break
            said += data
    return said

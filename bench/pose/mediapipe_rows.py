"""MediaPipe Pose as a row, in an environment of its own because it needs an older numpy."""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from bench.pose.clips import Clip
from bench.pose.observation import Joints, Observation, RowFailed, to_pixels

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements" / "mediapipe.txt"
VENV = ROOT / ".cache" / "mediapipe"
INSTALL_TIMEOUT_S, ANSWER_TIMEOUT_S = 900.0, 60.0

# MediaPipe's landmark (of 33) for each joint of COCO-18; the neck is between the shoulders.
_R_SHOULDER, _L_SHOULDER = 12, 11
LANDMARKS = (0, -1, 12, 14, 16, 11, 13, 15, 24, 26, 28, 23, 25, 27, 5, 2, 8, 7)


class MediaPipeUnavailable(RowFailed):
    """MediaPipe cannot be installed or does not run; the message says why."""


def prepare_environment() -> Path:
    """Give an interpreter that has MediaPipe; install it by name and hash if it is not there.

    :raises MediaPipeUnavailable: pip fails; the message has its reason.
    """
    python = VENV / "bin" / "python"
    stamp = VENV / "installed"
    expected = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == expected:
        return python
    _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    pip += ["--quiet", "--require-hashes", "--only-binary=:all:", "-r", str(REQUIREMENTS)]
    _run(pip)
    stamp.write_text(expected)
    return python


def _run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise MediaPipeUnavailable(f"not installed within {INSTALL_TIMEOUT_S:.0f} s") from None
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise MediaPipeUnavailable(lines[-1].removeprefix("ERROR: "))


class MediaPipeRow:
    """Gives a process one frame at a time; its stderr is the file `stderr`."""

    def __init__(
        self, process: subprocess.Popen[str], stderr: IO[str], clips: Sequence[Clip]
    ) -> None:
        self._process, self._stderr = process, stderr
        self._clips = [clip.name for clip in clips]
        self.label = ("mediapipe", "f32", f"video {self._answer()['version']}")

    def observe(self, clip: Clip, sample: int) -> Observation:
        """Find the person in one sample.

        :raises MediaPipeUnavailable: the process has ended, or did not answer in time.
        """
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):  # then there is no answer, either
            print(self._clips.index(clip.name), sample, file=self._process.stdin, flush=True)
        answer = self._answer()
        people = [] if answer["xy"] is None else [to_pixels(to_coco(answer["xy"]), clip)]
        return Observation(people, answer["ms"], answer["cpu_ms"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        watch = threading.Timer(ANSWER_TIMEOUT_S, self._process.kill)
        watch.start()
        try:
            line = self._process.stdout.readline()
        finally:
            watch.cancel()
        if not line:
            self._stderr.seek(0)
            last = (self._stderr.read().strip().splitlines() or ["no message"])[-1]
            raise MediaPipeUnavailable(
                f"it ended, or gave no answer for {ANSWER_TIMEOUT_S:.0f} s: {last}"
            )
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextlib.contextmanager
def open_row(clips: Sequence[Clip], python: Path) -> Iterator[MediaPipeRow]:
    """Run MediaPipe on these clips, which must all have the same number of samples.

    :raises MediaPipeUnavailable: it does not start; the message has the last line of its stderr.
    """
    worker = Path(__file__).with_name("mediapipe_worker.py")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as stderr:
        frames = Path(folder) / "frames.npy"
        np.save(frames, np.array([clip.frames for clip in clips]))
        process = subprocess.Popen(
            [str(python), str(worker), str(frames)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        try:
            yield MediaPipeRow(process, stderr, clips)
        finally:
            process.kill()
            process.communicate()


def to_coco(landmarks: Sequence[Sequence[float]]) -> Joints:
    """Convert MediaPipe's landmarks (33, 2) to COCO-18 (18, 2)."""
    marks = np.array(landmarks)
    xy = marks[list(LANDMARKS)]
    xy[1] = (marks[_R_SHOULDER] + marks[_L_SHOULDER]) / 2
    return xy

"""MediaPipe Pose as a row: in an environment of its own, since it wants an older numpy."""

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
from bench.pose.observation import Joints, Look, RowFailed, pixels

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements" / "mediapipe.txt"
VENV = ROOT / ".cache" / "mediapipe"
INSTALL_S, ANSWER_S = 900.0, 60.0

# Which of MediaPipe's 33 landmarks is which of COCO-18; the neck is midway of the shoulders.
_R_SHOULDER, _L_SHOULDER = 12, 11
LANDMARKS = (0, -1, 12, 14, 16, 11, 13, 15, 24, 26, 28, 23, 25, 27, 5, 2, 8, 7)


class MediaPipeUnavailable(RowFailed):
    """It cannot be installed or does not run; the message says why."""


def environment() -> Path:
    """The interpreter that has MediaPipe, installed by name and hash where it is not there yet.

    :raises MediaPipeUnavailable: with pip's reason.
    """
    python = VENV / "bin" / "python"
    stamp = VENV / "installed"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    pip += ["--quiet", "--require-hashes", "--only-binary=:all:", "-r", str(REQUIREMENTS)]
    _run(pip)
    stamp.write_text(wanted)
    return python


def _run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=INSTALL_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise MediaPipeUnavailable(f"not installed within {INSTALL_S:.0f} s") from None
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise MediaPipeUnavailable(lines[-1].removeprefix("ERROR: "))


class MediaPipeRow:
    """A process that is shown a picture at a time; what it says on stderr is in `words`."""

    def __init__(
        self, process: subprocess.Popen[str], words: IO[str], clips: Sequence[Clip]
    ) -> None:
        self._process, self._words = process, words
        self._clips = [clip.name for clip in clips]
        self.label = ("mediapipe", "f32", f"video {self._answer()['version']}")

    def look(self, clip: Clip, sample: int) -> Look:
        """Show it a picture.

        :raises MediaPipeUnavailable: it has ended, or did not answer in time.
        """
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):  # its end is told by the answer
            print(self._clips.index(clip.name), sample, file=self._process.stdin, flush=True)
        answer = self._answer()
        people = [] if answer["xy"] is None else [pixels(to_coco(answer["xy"]), clip)]
        return Look(people, answer["ms"], answer["cpu_ms"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        watch = threading.Timer(ANSWER_S, self._process.kill)
        watch.start()
        try:
            line = self._process.stdout.readline()
        finally:
            watch.cancel()
        if not line:
            self._words.seek(0)
            last = (self._words.read().strip().splitlines() or ["it said nothing"])[-1]
            raise MediaPipeUnavailable(f"ended, or silent for {ANSWER_S:.0f} s: {last}")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextlib.contextmanager
def opened(clips: Sequence[Clip], python: Path) -> Iterator[MediaPipeRow]:
    """Run MediaPipe on these clips, which must all have as many samples.

    :raises MediaPipeUnavailable: it does not start; the message has its last words.
    """
    worker = Path(__file__).with_name("mediapipe_worker.py")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as words:
        pictures = Path(folder) / "pictures.npy"
        np.save(pictures, np.array([clip.pictures for clip in clips]))
        process = subprocess.Popen(
            [str(python), str(worker), str(pictures)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
        )
        try:
            yield MediaPipeRow(process, words, clips)
        finally:
            process.kill()
            process.communicate()


def to_coco(landmarks: Sequence[Sequence[float]]) -> Joints:
    """COCO-18 (18, 2) of MediaPipe's landmarks (33, 2)."""
    marks = np.array(landmarks)
    xy = marks[list(LANDMARKS)]
    xy[1] = (marks[_R_SHOULDER] + marks[_L_SHOULDER]) / 2
    return xy

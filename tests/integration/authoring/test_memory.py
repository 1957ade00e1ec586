"""What a long video takes is what a short one takes: measured where it is held, in a process."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.clips import write_clip
from tests.paths import ROOT

SIZE = (320, 240)
PICTURE_KB = SIZE[0] * SIZE[1] * 3 / 1024
# Everything that `lesson add` does to pictures and sound, with a tracker that sees nobody.
PROGRAM = """
import re, sys
from pathlib import Path
from rtc_server.authoring.codecs import choose_format
from rtc_server.authoring.transcode import encode_video, encode_audio
from rtc_server.authoring.people.parallel_search import search_in_threads
from rtc_server.authoring.pose_extraction import extract_poses
from rtc_server.authoring.frame_sampler import probe

video, folder = map(Path, sys.argv[1:])
info = probe(video)
extract_poses(video, 5, search_in_threads(lambda: lambda *_: {}, 1))
encode_video(video, folder, choose_format(info), 1, lambda *_: None)
assert encode_audio(video, folder, info.duration_s, lambda *_: None)
# The most that this program held: getrusage's figure counts the one that started it, too.
print(*re.findall(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text()))
"""


def peak_kb(folder: Path, seconds: int) -> int:
    times_s = [k / 5 for k in range(seconds * 5)]
    video = write_clip(
        folder / f"{seconds}.mp4", times_s, size=SIZE, last_s=0.2, sound_s=seconds, tone_hz=220
    )
    command = [sys.executable, "-c", PROGRAM, str(video), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="what is held is asked of Linux")
def test_ten_times_as_long_takes_no_more_memory(tmp_path: Path) -> None:
    """225 samples and pictures more: 40 of them kept would show, and so would the sound."""
    short, long = peak_kb(tmp_path, 5), peak_kb(tmp_path, 50)
    assert long - short < 40 * PICTURE_KB

"""What is no video of somebody is refused in one clear sentence, and nothing is left behind."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from rtc_server.cli import main
from tests.clips import write_clip, write_sound_only

STAGES = ("poses ", "pictures ", "sound ")  # lines of progress


def text(folder: Path) -> Path:
    path = folder / "notes.mp4"
    path.write_text("step left, step right\n" * 50)
    return path


def plain_text(folder: Path) -> Path:
    path = folder / "notes.txt"  # FFmpeg would "play" it as coloured text
    path.write_text("step left, step right\n" * 50)
    return path


def noise(folder: Path) -> Path:
    path = folder / "noise.mp4"
    path.write_bytes(np.random.default_rng(1).bytes(50_000))
    return path


def empty(folder: Path) -> Path:
    path = folder / "empty.mp4"
    path.touch()
    return path


def a_folder(folder: Path) -> Path:
    path = folder / "folder.mp4"
    path.mkdir()
    return path


def missing(folder: Path) -> Path:
    return folder / "missing.mp4"


def picture(folder: Path) -> Path:
    path = folder / "photo.jpg"
    cv2.imwrite(str(path), np.full((64, 48, 3), 200, np.uint8))
    return path


def sound_only(folder: Path) -> Path:
    return write_sound_only(folder / "song.m4a")


def header_only(folder: Path) -> Path:
    """A recording that was cut before its first picture."""
    path = write_clip(folder / "whole.mkv", [k / 30 for k in range(30)])
    data = path.read_bytes()
    path.unlink()
    cut = folder / "cut.mkv"
    cut.write_bytes(data[: data.index(b"\x1f\x43\xb6\x75")])  # up to the first cluster
    return cut


def playlist(folder: Path) -> Path:
    """Files that name addresses are not followed there."""
    path = folder / "list.m3u8"
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXTINF:1,", "http://127.0.0.1:9/a.ts"]
    path.write_text("\n".join([*lines, "#EXT-X-ENDLIST", ""]))
    return path


BAD: dict[Callable[[Path], Path], str] = {
    text: "cannot be read as one",
    plain_text: "expected a video",
    noise: "cannot be read as one",
    empty: "got an empty file",
    a_folder: "got a folder",
    missing: "there is nothing of that name",
    picture: "got a file of another kind",
    sound_only: "got sound only",
    header_only: "expected",
    playlist: "expected a video",
}


def refusal(command: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(command) == 1
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = [line for line in said.err.splitlines() if not line.startswith(STAGES)]
    return line


@pytest.mark.parametrize("make", BAD)
@pytest.mark.parametrize("command", ["extract", "lesson add"])
def test_a_bad_video_is_refused_by_name(
    make: Callable[[Path], Path], command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    video = make(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    options = (
        ["--csv", str(out / "a.csv"), "--annotated", str(out / "a.mp4")]
        if command == "extract"
        else ["--id", "bad", "--lessons", str(out)]
    )
    line = refusal([*command.split(), str(video), *options], capsys)
    assert line.startswith(f"error: {video}: expected")
    assert BAD[make] in line
    assert list(out.iterdir()) == []


def test_an_empty_room_is_no_lesson(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room = write_clip(tmp_path / "room.mp4", [0.0, 0.5], last_s=0.5)
    lessons = tmp_path / "lessons"
    line = refusal(["lesson", "add", str(room), "--id", "room", "--lessons", str(lessons)], capsys)
    assert line == (f"error: {room}: expected a person to follow, found one in 0 of 5 samples")
    assert list(lessons.iterdir()) == []


def test_an_empty_room_gives_empty_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room = write_clip(tmp_path / "room.mp4", [0.0, 0.5], last_s=0.5)
    csv = tmp_path / "room.csv"
    assert main(["extract", str(room), "--csv", str(csv)]) == 0
    assert csv.read_text() == ("," * 35 + "\n") * 5
    assert np.isnan(np.genfromtxt(csv, delimiter=",")).all()
    assert f"warning: nobody was found in {room}" in capsys.readouterr().err

"""From a video to a lesson with the real weights, against joints that are known exactly."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from rtc_server.cli import main
from rtc_server.lessons.store import LessonStore
from tests import made
from tests.media import sports2d_demo
from tests.paths import ROOT
from tools.dancer.scene import Scene, render
from tools.dancer.video_files import write

SECONDS, FPS = 3, 10
# Takes a core again and again for some milliseconds, so that threads meet in another order.
INTERRUPTIONS = """
import time
while True:
    sum(range(200_000))
    time.sleep(0.01)
"""


@pytest.fixture(scope="module")
def stage() -> Scene:
    return render("sunrise", "instructor", fps=FPS, duration_s=SECONDS)


@pytest.fixture(scope="module")
def dance(stage: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dance") / "dance.mp4"
    write(path, stage.frames(), stage.fps)
    return path


@pytest.fixture(scope="module")
def lessons(dance: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lessons")
    assert main(["lesson", "add", str(dance), "--id", "sun-1", "--lessons", str(folder)]) == 0
    return folder


def near(got: np.ndarray, stage: Scene) -> float:
    """The share of body joints, of all samples at 5 FPS, within 0.3 torso of the truth."""
    truth = stage.truth()[:: FPS // 5, :14]
    torso = np.hypot(*(truth[:, [8, 11]].mean(axis=1) - truth[:, 1]).T)
    apart = np.hypot(*np.moveaxis(got[:, :14] - truth, 2, 0)) / torso[:, None]
    return float((apart < 0.3).mean())  # a missing joint is not near


def test_a_lessons_poses_are_where_the_dancers_joints_are(lessons: Path, stage: Scene) -> None:
    lesson = LessonStore(lessons).get("sun-1")
    poses = lesson.poses()
    assert len(poses) == 5 * SECONDS
    assert near(poses.xy * (lesson.width, lesson.height), stage) > 0.9


def test_extract_gives_what_export_gives_and_json_on_stdout_is_all_there_is_on_stdout(
    lessons: Path, dance: Path, tmp_path: Path, stage: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    csv, overlay, exported = tmp_path / "a.csv", tmp_path / "a.mp4", tmp_path / "exported.csv"
    command = ["extract", str(dance), "--csv", str(csv), "--json", "-", "--fps", "5"]
    assert main([*command, "--annotated", str(overlay), "--black"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["fps"], document["width"], document["height"]) == (5, 480, 640)
    people = [sample["people"][0]["keypoints"] for sample in document["samples"]]
    xy = np.array(people, np.float64)[:, :, :2]
    table = np.genfromtxt(csv, delimiter=",")
    assert table.shape == (5 * SECONDS, 36)
    assert np.array_equal(xy, table.reshape(-1, 18, 2), equal_nan=True)
    assert near(xy, stage) > 0.9
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "a.mp4"]
    command = ["lesson", "export", "sun-1", "--csv", str(exported), "--lessons", str(lessons)]
    assert main(command) == 0
    assert exported.read_bytes() == csv.read_bytes()


def test_the_people_in_a_picture(
    stage: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture, drawn = tmp_path / "me.png", tmp_path / "drawn.png"
    cv2.imwrite(str(picture), stage.frame_at(2.0))
    assert main(["pose", str(picture), "--json", "-", "--annotated", str(drawn)]) == 0
    document = json.loads(capsys.readouterr().out)
    (person,) = document["samples"][0]["people"]
    truth = stage.truth()[2 * FPS, :14]
    apart = np.hypot(*(np.array(person["keypoints"], np.float64)[:14, :2] - truth).T)
    assert (apart < 25).mean() > 0.9  # of 640 pixels
    assert cv2.imread(str(drawn)).shape == (640, 480, 3)
    assert main(["pose", str(picture)]) == 0
    assert "person 1: 18 of 18 joints" in capsys.readouterr().out


def test_a_real_video_gives_the_same_39_rows_each_time(tmp_path: Path) -> None:
    """Also in another process, with a worker for each core and other work beside it."""
    csv, known = tmp_path / "poses.csv", made.roof_poses()
    command = [sys.executable, "run.py", "extract", str(sports2d_demo()), "--csv", str(csv)]
    with subprocess.Popen([sys.executable, "-c", INTERRUPTIONS]) as beside:
        try:
            subprocess.run(command, cwd=ROOT, check=True, timeout=150)
        finally:
            beside.kill()
    rows = csv.read_text().splitlines()
    assert len(rows) == 39
    assert all(row.count(",") == 35 for row in rows)
    assert csv.read_bytes() == known.read_bytes()  # whom they show, test_bystanders says


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_lesson_leaves_nothing(tmp_path: Path, dance: Path, how: signal.Signals) -> None:
    folder = tmp_path / "lessons"
    command = [sys.executable, "run.py", "lesson", "add", str(dance), "--id", "x"]
    process = subprocess.Popen(
        [*command, "--lessons", str(folder)], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    until_s = time.monotonic() + 60
    while "poses" not in process.stderr.readline():  # at work: a folder is being filled
        assert time.monotonic() < until_s
    assert list(folder.iterdir()) != []
    os.kill(process.pid, how)
    said = process.communicate(timeout=60)[1].splitlines()
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}[how]
    assert [line for line in said if not line.startswith(("poses ", "pictures ", "sound "))] == (
        ["interrupted"] if how == signal.SIGINT else []
    )
    assert list(folder.iterdir()) == []

"""The fourteenth requirement of docs/scoring.md, with the pose estimator; and the command."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from rtc_server.authoring.frame_sampler import probe, sample_frames
from rtc_server.authoring.people.parallel_search import search_in_threads
from rtc_server.authoring.people.tracker import Image, load_pose_network
from rtc_server.cli import main
from rtc_server.client.comparison import compare
from rtc_server.lessons.store import Lesson
from rtc_server.scoring.attempt import Attempt
from rtc_server.scoring.reference import prepare_reference
from rtc_server.types import Pose, Score
from tools.dancer.video_files import write

FPS = 15.0


def filmed_again(path: Path, film: Path, picture_of: object) -> Path:
    """The film through another camera: each picture changed, then compressed once more."""
    frames = (picture_of(sample.image_bgr) for sample in sample_frames(film, FPS))  # type: ignore[operator]
    write(path, frames, FPS)
    return path


def cropped(image: Image) -> Image:
    height, width = image.shape[:2]
    cut = image[: height - height // 32, width // 10 : -width // 10]
    return np.asarray(cv2.resize(cut, (288, 472), interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.fixture(scope="module")
def again(short_film: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filmed_again(tmp_path_factory.mktemp("again") / "a.mp4", short_film, cropped)


def test_14_the_lessons_own_video_cropped_and_compressed_again_scores_well(
    again: Path, short_lesson: Lesson
) -> None:
    scored_samples: list[tuple[float, Pose, Score]] = []
    result = compare(
        *(again, short_lesson, "off", search_in_threads(load_pose_network(), 1)),
        on_scored=lambda pose, score: scored_samples.append((pose.captured_s, pose, score)),
    )
    summary = result.summary
    assert summary.score >= 90 and summary.complete and result.offset_s == 0
    # A session that sees the same poses at the same moments gives the same scores.
    live = Attempt(prepare_reference(short_lesson.poses()), "off")
    assert [live.score_sample(t_s, pose) for t_s, pose, _ in scored_samples] == [
        score for *_, score in scored_samples
    ]
    assert live.summary(complete=True) == summary


def test_compare_prints_writes_and_draws(
    again: Path, short_lesson: Lesson, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, drawn = tmp_path / "me.json", tmp_path / "both.mp4"
    command = ["compare", str(again), "--lesson", "short", "--mirror", "off", "--json", str(out)]
    lessons = ["--lessons", str(short_lesson.folder.parent)]
    assert main([*command, *lessons, "--annotated", str(drawn)]) == 0
    summary = json.loads(out.read_text())
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == summary["verdict"] == "well danced"
    assert printed[1].startswith(f"score {summary['score']:.1f}")
    info = probe(drawn)
    assert round(info.duration_s * short_lesson.pose_fps) == summary["samples"]
    assert info.width > info.height / 2 and info.height == 624

"""Frames are written to files that players and browsers can read."""

from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tools.dancer import perturbations
from tools.dancer.__main__ import main
from tools.dancer.scene import render
from tools.dancer.video_files import write


def some_frames(count: int = 6) -> list[np.ndarray]:
    scene = render("sunrise", "tall", size=(96, 128), fps=2)
    return [scene.frame_at(0.5 * k) for k in range(4, 4 + count)]


def test_mp4_plays_back_what_was_drawn(tmp_path: Path) -> None:
    frames = some_frames()
    assert write(tmp_path / "a.mp4", iter(frames), 12.5) == 6
    with av.open(str(tmp_path / "a.mp4")) as file:
        stream = file.streams.video[0]
        assert stream.average_rate == Fraction(25, 2)
        read = [frame.to_ndarray(format="bgr24") for frame in file.decode(stream)]
    assert len(read) == 6
    for drawn, played in zip(frames, read, strict=True):
        assert np.abs(drawn.astype(int) - played).mean() < 6


def test_y4m_has_the_header_and_length_that_chromium_expects(tmp_path: Path) -> None:
    write(tmp_path / "a.y4m", some_frames(3), 30)
    data = (tmp_path / "a.y4m").read_bytes()
    head, body = data.split(b"\n", 1)
    assert head == b"YUV4MPEG2 W96 H128 F30:1 Ip A1:1 C420jpeg"
    assert len(body) == 3 * (len(b"FRAME\n") + 96 * 128 * 3 // 2)


def test_mjpeg_is_jpegs_end_to_end(tmp_path: Path) -> None:
    frames = some_frames(3)
    write(tmp_path / "a.mjpeg", frames, 30)
    parts = (tmp_path / "a.mjpeg").read_bytes().split(b"\xff\xd8\xff")[1:]
    read = [
        cv2.imdecode(np.frombuffer(b"\xff\xd8\xff" + part, np.uint8), cv2.IMREAD_COLOR)
        for part in parts
    ]
    assert [picture.shape for picture in read] == [(128, 96, 3)] * 3
    assert np.abs(read[1].astype(int) - frames[1]).mean() < 4


def test_other_suffixes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.mjpeg"):
        write(tmp_path / "a.gif", some_frames(1), 30)


def test_command_line_renders_a_delayed_mirrored_learner_with_truth(tmp_path: Path) -> None:
    out, truth = tmp_path / "a.y4m", tmp_path / "a.npz"
    asked = [
        "--seconds=3",
        "--fps=2",
        "--size=96x128",
        "--body=child",
        "--delay-ms=500",
        "--mirror",
    ]
    assert main([*asked, "--delay-ms=500", "--out", str(out), "--truth", str(truth)]) == 0
    assert out.stat().st_size > 6 * 96 * 128
    expected = render(
        "sunrise",
        "child",
        change=lambda m: partial(perturbations.delayed, delay_s=0.5)(perturbations.mirrored(m)),
        size=(96, 128),
        fps=2,
        duration_s=3,
    )
    with np.load(truth) as kept:
        assert np.allclose(kept["xy"], expected.truth())
        assert np.allclose(kept["t_s"], np.arange(6) / 2)


@pytest.mark.parametrize("scene", ["black", "empty", "bystander"])
def test_command_line_renders_other_scenes(tmp_path: Path, scene: str) -> None:
    out = tmp_path / "a.mp4"
    asked = ["--scene", scene, "--seconds", "0.5", "--fps", "4", "--size", "96x128"]
    assert main([*asked, "--out", str(out)]) == 0
    with av.open(str(out)) as file:
        pictures = [frame.to_ndarray(format="gray") for frame in file.decode(video=0)]
    assert len(pictures) == 2
    assert (pictures[0].max() < 30) == (scene == "black")


def test_the_command_line_reports_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--seconds", "0.1", "--out", str(tmp_path / "a.gif")]) == 1
    assert "a.gif" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        main(["--size", "97x128", "--out", str(tmp_path / "a.mp4")])
    assert stop.value.code == 2

"""The bundled lesson is what `tools/make_demo.py` says."""

from functools import cache
from pathlib import Path

import av
import numpy as np

from tests.unit.tools.dancer.test_estimator_agrees import errors_in_torsos, find_joints
from tools.dancer.body import body
from tools.dancer.choreography import SUNRISE
from tools.dancer.scene import camera_for, render
from tools.demo.music import RATE, song

DEMO = Path(__file__).resolve().parents[3] / "rtc_server" / "demo"


@cache
def truth() -> dict[str, np.ndarray]:
    with np.load(DEMO / "truth.npz") as kept:
        return {name: kept[name] for name in kept.files}


def test_video_is_small_portrait_and_as_long_as_the_dance() -> None:
    assert (DEMO / "demo.mp4").stat().st_size < 2_800_000
    with av.open(str(DEMO / "demo.mp4")) as file:
        picture, sound = file.streams.video[0], file.streams.audio[0]
        assert (picture.width, picture.height) == (480, 640)
        assert (picture.codec.name, picture.pix_fmt) == ("h264", "yuv420p")
        assert picture.frames == round(SUNRISE.duration_s * 30)
        assert picture.average_rate == 30
        assert sound.codec_context.sample_rate == RATE
        assert sound.codec_context.channels == 2
        assert abs(float(file.duration / av.time_base) - SUNRISE.duration_s) < 0.05


def test_the_video_starts_playing_before_all_of_it_is_read() -> None:
    data = (DEMO / "demo.mp4").read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")


def test_the_truth_is_the_choreography_projected_by_the_demos_camera() -> None:
    camera = camera_for(body("instructor"), (480, 640), zoom=1.04)
    some = render("sunrise", "instructor", camera=camera, fps=30 / 24)
    xy = (some.truth() + 0.5) / camera.size
    assert truth()["xy"].shape == (720, 18, 2)
    assert np.allclose(truth()["t_s"], np.arange(720) / 30)
    assert np.abs(truth()["xy"][::24] - xy).max() < 1e-4
    assert truth()["visible"].mean() > 0.97
    assert truth()["visible"].shape == (720, 18)


def test_all_joints_stay_in_the_frame_with_room_for_hands() -> None:
    assert truth()["xy"].min() > 0.06
    assert truth()["xy"].max() < 0.94


def test_estimator_finds_the_instructor_where_the_truth_is() -> None:
    chosen = list(range(20, 720, 70))
    with av.open(str(DEMO / "demo.mp4")) as file:
        frames = [
            frame.to_ndarray(format="bgr24")
            for k, frame in enumerate(file.decode(video=0))
            if k in chosen
        ]
    joints = truth()["xy"][chosen] * np.array([480, 640]) - 0.5
    error = errors_in_torsos(
        np.array([find_joints(frame) for frame in frames]), joints.astype(float)
    )
    assert np.isfinite(error).mean() > 0.97
    assert (np.nan_to_num(error, nan=9.0) < 0.25).mean() > 0.95


def test_the_audio_has_beats_where_the_dance_has() -> None:
    samples = song(12, 120.0)
    assert samples.shape == (2, 6 * RATE)
    assert np.abs(samples).max() <= 1.0
    low = np.convolve(samples.sum(axis=0), np.ones(240) / 240, mode="same")
    power = np.sqrt(np.add.reduceat(low**2, np.arange(0, len(low), RATE // 100)))
    rise = np.diff(power)
    for beat in (4, 5, 6, 7):
        around = rise[beat * 50 - 12 : beat * 50 + 13]
        assert abs(int(np.argmax(around)) - 12) <= 3, f"beat {beat}"


def test_the_audio_is_the_same_each_time() -> None:
    assert np.array_equal(song(6), song(6))

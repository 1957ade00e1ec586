"""Audio stays in time with the video through encoding and decoding, at every rate."""

from pathlib import Path

import av
import numpy as np
import pytest

from rtc_server.authoring.pcm import SAMPLE_RATE_HZ
from rtc_server.authoring.transcode import encode_audio
from rtc_server.lessons.codecs import AUDIO_RENDITIONS, AUDIO_VARIANTS, RATES
from rtc_server.lessons.renditions import Rendition
from tests.clips import write_clip

CLICKS_S = (0.5, 1.25)
NAME_AT = {variant.rate: variant.name for variant in AUDIO_VARIANTS}


def encode(video: Path, duration_s: float) -> Path:
    folder = video.parent / "lesson"
    folder.mkdir()
    assert encode_audio(video, folder, duration_s, lambda *_: None)
    return folder


def heard(folder: Path, rate: float = 1.0) -> np.ndarray:
    """What a receiver decodes that ignores the pre-skip: one channel, -1..1."""
    rendition = Rendition.open(folder, NAME_AT[rate])
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = SAMPLE_RATE_HZ, "stereo"
    decoder.open()
    packets = (av.Packet(rendition.packet(k)) for k in range(len(rendition)))
    frames = [frame for packet in packets for frame in decoder.decode(packet)]
    return np.concatenate([np.asarray(f.to_ndarray(), np.float32).ravel()[::2] for f in frames])


def clicks(sound: np.ndarray) -> list[float]:
    """When clicks begin, in seconds of what is heard."""
    loud = np.flatnonzero(np.abs(sound) > 0.2 * np.abs(sound).max())
    return (
        loud[np.diff(loud, prepend=-SAMPLE_RATE_HZ) > SAMPLE_RATE_HZ // 10] / SAMPLE_RATE_HZ
    ).tolist()


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_click_is_heard_when_it_happens(tmp_path: Path, suffix: str) -> None:
    times_s = [k / 30 for k in range(60)]
    video = write_clip(tmp_path / f"a{suffix}", times_s, clicks_s=CLICKS_S, sound_s=2.0)
    # Half a frame of AAC at most: Matroska has no word for its priming.
    within_s = 0.025 if suffix == ".mkv" else 0.003
    assert clicks(heard(encode(video, 2.0))) == pytest.approx(CLICKS_S, abs=within_s)


def test_time_counts_from_the_first_frame(tmp_path: Path) -> None:
    times_s = [0.3 + k / 30 for k in range(60)]
    video = write_clip(tmp_path / "a.mp4", times_s, clicks_s=CLICKS_S, sound_s=2.0)
    folder = encode(video, 2.0)
    for rate in RATES:
        expected = [(t - 0.3) / rate for t in CLICKS_S]
        assert clicks(heard(folder, rate)) == pytest.approx(expected, abs=0.005)


def test_slowed_audio_keeps_time_from_beginning_to_end(tmp_path: Path) -> None:
    """Also with a sustained tone, which makes a time stretcher move its fragments most."""
    at_s = [0.1, 0.35, 5.03, 9.4, 14.2, 14.77]
    video = write_clip(
        tmp_path / "a.mp4", [0.0, 14.9], last_s=0.1, clicks_s=at_s, sound_s=15.0, tone_hz=220
    )
    folder = encode(video, 15.0)
    for rate in RATES:
        expected = [t / rate for t in at_s]
        assert clicks(heard(folder, rate)) == pytest.approx(expected, abs=0.005)
        rendition = Rendition.open(folder, NAME_AT[rate])
        for t, click_s in zip(at_s, clicks(heard(folder, rate)), strict=True):
            assert (
                abs(rendition.index_at(t) - click_s / 0.02) <= 1.3
            )  # the packet that it is heard in


def test_slowed_audio_keeps_its_pitch(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "a.mp4", [0.0, 2.9], last_s=0.1, sound_s=3.0, tone_hz=440)
    folder = encode(video, 3.0)
    for rate in RATES:
        middle = heard(folder, rate)[SAMPLE_RATE_HZ : 2 * SAMPLE_RATE_HZ]
        strength = np.abs(np.fft.rfft(middle * np.hanning(len(middle)))) ** 2
        assert np.argmax(strength) == 440  # a second of it: a bin is a hertz
        assert strength[430:451].sum() > 0.99 * strength.sum()


@pytest.mark.parametrize("rate", RATES)
def test_packets_of_20_ms_cover_the_lesson_and_no_more(tmp_path: Path, rate: float) -> None:
    video = write_clip(tmp_path / "a.mp4", [k / 30 for k in range(30)], sound_s=3.0)
    rendition = Rendition.open(encode(video, 1.2), NAME_AT[rate])
    assert len(rendition) == round(1.2 / rate / 0.02)
    assert np.allclose(rendition.t_s, np.arange(len(rendition)) * 0.02 * rate)
    assert rendition.duration_s == pytest.approx(1.2)
    assert rendition.key.all()


def test_audio_that_ends_early_does_so_at_every_rate(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "a.mp4", [0.0, 4.0], last_s=1.0, sound_s=1.0, tone_hz=440)
    folder = encode(video, 5.0)
    for rate in RATES:
        length_s = Rendition.open(folder, NAME_AT[rate]).duration_s
        assert 1.0 <= length_s <= 1.05  # AAC fills its last frame


def test_the_same_packets_each_time(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        path = tmp_path / name / "a.mp4"
        write_clip(path, [0.0, 1.9], last_s=0.1, clicks_s=CLICKS_S, sound_s=2.0, tone_hz=330)
        made.append({p.name: p.read_bytes() for p in encode(path, 2.0).iterdir()})
    assert len(made[0]) == 2 * len(RATES)
    assert made[0] == made[1]


def test_progress_counts_the_packets_of_all_rates(tmp_path: Path) -> None:
    reported: list[tuple[int, int]] = []
    video = write_clip(tmp_path / "a.mp4", [0.0, 2.4], last_s=0.1, sound_s=3.0)
    encode_audio(video, tmp_path, 2.4, lambda done, of: reported.append((done, of)))
    assert len(reported) > 2
    assert reported == sorted(reported)
    assert reported[-1] == (120 + 160 + 240, 120 + 160 + 240)


def test_a_silent_video_leaves_no_files(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "a.mp4", [0.0, 0.1])
    folder = tmp_path / "lesson"
    folder.mkdir()
    assert not encode_audio(video, folder, 0.2, lambda *_: None)
    assert list(folder.iterdir()) == []


def test_very_short_audio_is_there_at_every_rate(tmp_path: Path) -> None:
    """It is shorter than the encoder's lookahead."""
    video = write_clip(tmp_path / "a.mkv", [0.0, 0.5], last_s=0.5, sound_s=0.004)
    folder = encode(video, 1.0)
    assert all(len(Rendition.open(folder, name)) for name in AUDIO_RENDITIONS)

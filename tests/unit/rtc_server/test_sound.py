"""Sound keeps time with the picture through encoding and decoding."""

from pathlib import Path

import av
import numpy as np
import pytest

from rtc_server.encoding import encode_sound
from rtc_server.sound import FRAME, RATE_HZ, opus_packets
from tests.clips import write_clip

CLICKS_S = (0.5, 1.25)


def clicks_heard(video: Path, duration_s: float) -> list[float]:
    """When clicks begin in what a receiver decodes (one that knows nothing of pre-skip)."""
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = RATE_HZ, "stereo"
    decoder.open()
    frames = [f for p in opus_packets(video, duration_s) for f in decoder.decode(av.Packet(p))]
    sound = np.concatenate([np.asarray(f.to_ndarray(), np.float32).ravel()[::2] for f in frames])
    loud = np.flatnonzero(np.abs(sound) > 0.2 * np.abs(sound).max())
    starts = loud[np.diff(loud, prepend=-RATE_HZ) > RATE_HZ // 10]
    return (starts / RATE_HZ).tolist()


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_click_is_heard_when_it_happens(tmp_path: Path, suffix: str) -> None:
    times_s = [k / 30 for k in range(60)]
    video = write_clip(tmp_path / f"a{suffix}", times_s, clicks_s=CLICKS_S, sound_s=2.0)
    heard = clicks_heard(video, 2.0)
    # Half a frame of AAC at most: Matroska has no word for its priming.
    assert heard == pytest.approx(CLICKS_S, abs=0.025 if suffix == ".mkv" else 0.003)


def test_time_counts_from_the_first_picture(tmp_path: Path) -> None:
    times_s = [0.3 + k / 30 for k in range(60)]
    video = write_clip(tmp_path / "a.mp4", times_s, clicks_s=CLICKS_S, sound_s=2.0)
    assert clicks_heard(video, 2.0) == pytest.approx([t - 0.3 for t in CLICKS_S], abs=0.003)


def test_there_is_a_packet_every_20_ms_and_none_too_many(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "a.mp4", [k / 30 for k in range(30)], sound_s=3.0)
    assert sum(1 for _ in opus_packets(video, 1.0)) == RATE_HZ // FRAME


def test_a_silent_video_leaves_no_files(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "a.mp4", [0.0, 0.1])
    folder = tmp_path / "lesson"
    folder.mkdir()
    assert not encode_sound(video, folder, 0.2, lambda *_: None)
    assert list(folder.iterdir()) == []

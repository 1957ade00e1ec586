"""Slowed audio has the right length and the same pitch, and each beat is where it belongs."""

import numpy as np
import pytest

from rtc_server.authoring.time_stretch import TimeStretcher
from tests.unit.rtc_server.authoring.test_onsets import HZ, beats, tone

RATES = (0.5, 0.75)


def stereo(mono: np.ndarray) -> np.ndarray:
    return (np.stack([mono, mono], axis=1) * 32767).astype(np.int16)


def slowed(mono: np.ndarray, rate: float, piece: int = HZ // 2) -> np.ndarray:
    """One channel of what comes out, -1..1."""
    stretcher, sound = TimeStretcher(rate), stereo(mono)
    parts = [stretcher.add(sound[at : at + piece]) for at in range(0, len(sound), piece)]
    return np.concatenate([*parts, stretcher.finish()])[:, 0] / np.float32(32768)


def heard_at(sound: np.ndarray, near_s: list[float]) -> list[float]:
    """When a beat begins, at most 60 ms from where it is looked for: steep, not bass."""
    sharp = np.convolve(np.diff(sound, 2) ** 2, np.ones(24) / 24, "same")
    found = []
    for t in near_s:
        first = round((t - 0.06) * HZ)
        around = sharp[first : first + round(0.12 * HZ)]
        found.append((first + int(np.argmax(around > 0.3 * around.max()))) / HZ)
    return found


AT_S = [0.2, 0.45, 0.7, 1.31, 1.41, 2.87, 3.0, 4.4, 6.8, 7.05, 7.13, 7.3, 9.1, 9.8]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("beneath_hz", [0.0, 110.0, 440.0])
def test_each_beat_is_where_it_should_be(rate: float, beneath_hz: float) -> None:
    sound = beats(AT_S, 10.0) + tone(10.0, beneath_hz, 0.1)
    late_s = np.subtract(heard_at(sound, AT_S), AT_S)
    expected = [t / rate for t in AT_S]
    assert heard_at(slowed(sound, rate), expected) == pytest.approx(expected + late_s, abs=0.003)


@pytest.mark.parametrize("rate", RATES)
def test_a_beat_is_heard_once(rate: float) -> None:
    """Overlapping fragments could repeat it: nothing else may be half as sharp."""
    sound = slowed(beats([1.0], 2.0), rate)
    sharp = np.convolve(np.diff(sound, 2) ** 2, np.ones(24) / 24, "same")
    peak = round(1.0 / rate * HZ)
    far = np.concatenate([sharp[: peak - 480], sharp[peak + 1440 :]])
    assert far.max() < 0.2 * sharp.max()


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("hz", [60, 220, 1000, 5000])
def test_a_tone_keeps_its_pitch_and_its_strength(rate: float, hz: int) -> None:
    second = slowed(tone(2.0, hz), rate)[HZ : 2 * HZ]
    strength = np.abs(np.fft.rfft(second * np.hanning(HZ))) ** 2
    assert np.argmax(strength) == hz
    assert strength[hz - 5 : hz + 6].sum() > 0.98 * strength.sum()
    assert np.std(second) == pytest.approx(0.2 / np.sqrt(2), rel=0.05)


@pytest.mark.parametrize("samples", [0, 1, 959, 48_000, 100_001])
@pytest.mark.parametrize("rate", [*RATES, 1.0])
def test_the_output_is_as_long_as_the_input_divided_by_the_rate(rate: float, samples: int) -> None:
    assert len(slowed(np.zeros(samples, np.float32), rate)) == round(samples / rate)


def test_at_rate_1_the_output_is_the_input() -> None:
    sound = beats([0.3, 0.6], 1.0) + tone(1.0)
    assert np.array_equal(slowed(sound, 1.0), stereo(sound)[:, 0] / np.float32(32768))


@pytest.mark.parametrize("piece", [500, 1024, 10**6])
def test_the_size_of_the_blocks_does_not_matter(piece: int) -> None:
    sound = beats([0.3, 0.6, 1.9], 2.5) + tone(2.5, 330)
    assert np.array_equal(slowed(sound, 0.5, piece), slowed(sound, 0.5))


def test_channels_stay_separate() -> None:
    sound = np.zeros((HZ, 2), np.int16)
    sound[:, 1] = stereo(tone(1.0))[:, 1]
    stretcher = TimeStretcher(0.75)
    out = np.concatenate([stretcher.add(sound), stretcher.finish()])
    assert not out[:, 0].any()
    assert out[:, 1].std() > 1000


def test_little_is_held_of_long_audio() -> None:
    stretcher, second = TimeStretcher(0.5), stereo(beats([0.1, 0.4], 1.0))
    given = sum(len(stretcher.add(second)) for _ in range(20))
    assert 20 * HZ / 0.5 - given < 0.6 * HZ / 0.5
    assert len(stretcher.finish()) == 20 * HZ / 0.5 - given


@pytest.mark.parametrize("rate", [0.0, -1.0, 1.01])
def test_a_rate_out_of_range_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="expected a rate above 0 and up to 1"):
        TimeStretcher(rate)

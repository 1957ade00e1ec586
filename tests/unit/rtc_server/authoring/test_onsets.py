"""Onsets are found where they are and nowhere else, whatever the size of the blocks."""

import numpy as np
import pytest

from rtc_server.authoring.onsets import OnsetDetector

HZ = 48_000


def tone(seconds: float, hz: float = 220.0, loud: float = 0.2) -> np.ndarray:
    return (loud * np.sin(2 * np.pi * hz * np.arange(round(seconds * HZ)) / HZ)).astype(np.float32)


def beats(at_s: list[float], seconds: float, loud: float = 0.5) -> np.ndarray:
    """Bursts of noise that die away, as of a drum."""
    sound = np.zeros(round(seconds * HZ), np.float32)
    rng = np.random.default_rng(1)
    burst = loud * rng.uniform(-1, 1, HZ // 10) * np.exp(-np.arange(HZ // 10) / (0.02 * HZ))
    for t in at_s:
        sound[round(t * HZ) :][: len(burst)] += burst.astype(np.float32)
    return sound


def found(sound: np.ndarray, piece: int = HZ) -> list[float]:
    onsets = OnsetDetector()
    pieces = [*np.split(sound, range(piece, len(sound), piece)), np.zeros(HZ, np.float32)]
    return [at / HZ for part in pieces for at in onsets.add(part)]


AT_S = [0.3, 0.5, 0.87, 1.4, 1.48, 2.75]


@pytest.mark.parametrize("beneath", [0.0, 0.2])
def test_beats_are_found_to_2_ms(beneath: float) -> None:
    heard = found(beats(AT_S, 3.0) + tone(3.0, loud=beneath))
    heard = [t for t in heard if t > 0.01]  # the tone itself sets in, too
    assert heard == pytest.approx(AT_S, abs=0.002)


def test_faint_beats_are_found_if_no_loud_ones_are_near() -> None:
    assert found(beats([1.0], 2.0, loud=0.01)) == pytest.approx([1.0], abs=0.002)


def test_a_faint_echo_that_a_codec_puts_before_a_beat_is_no_onset() -> None:
    sound = beats([0.8, 1.3], 2.0)
    sound[: -6 * 48] += 0.05 * sound[6 * 48 :]  # 6 ms before, 26 dB below
    assert found(sound) == pytest.approx([0.8, 1.3], abs=0.002)


def test_a_sustained_tone_and_silence_have_no_onsets() -> None:
    swelling = tone(3.0) * np.sin(np.linspace(0, np.pi, 3 * HZ)).astype(np.float32)
    assert found(np.concatenate([np.zeros(HZ, np.float32), swelling])) == []


def test_of_two_that_are_nearer_than_60_ms_one_is_given() -> None:
    assert len(found(beats([1.0, 1.04], 2.0))) == 1


@pytest.mark.parametrize("piece", [1, 119, 1024])
def test_the_size_of_the_blocks_does_not_matter(piece: int) -> None:
    sound = (beats([0.11, 0.3], 0.5) + tone(0.5))[: HZ // 2]
    assert found(sound, piece) == found(sound, len(sound))


def test_all_onsets_up_to_a_known_sample_have_been_given() -> None:
    onsets, sound = OnsetDetector(), beats([0.5], 2.0)
    for at in range(0, len(sound), 960):
        before = onsets.complete_to
        given = onsets.add(sound[at : at + 960])
        assert all(before <= onset < onsets.complete_to + 480 for onset in given)
        assert onsets.complete_to <= at + 960

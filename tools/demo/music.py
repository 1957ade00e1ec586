"""The demo's music, made of sines and noise: two chords a bar apart, bass, drums and a small tune.

Everything is computed from fixed seeds, so that the samples are always the same.
"""

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
Samples = NDArray[np.float64]

# One bar each, as MIDI notes: A minor 7, F major 7, C major, G.
_CHORDS = ((57, 60, 64, 67), (53, 57, 60, 64), (48, 55, 60, 64), (55, 59, 62, 67))
_ROOTS = (33, 29, 36, 31)
# The tune of two bars: steps of half a beat, and tones of the chord.
_TUNE = ((0, 2), (1.5, 3), (3, 1), (4, 2), (5.5, 3), (6.5, 2), (7, 1), (9, 0), (11, 2), (13, 3))


def song(beats: int, bpm: float = 120.0) -> NDArray[np.float32]:
    """Compute stereo samples (2, n) in -1..1 at 48 kHz; beat k is at k · 60 / bpm seconds.

    There are four beats of count-in, the dance, and a last chord 3.5 beats before the end.
    """
    beat_s = 60.0 / bpm
    end = beats - 3.5
    mono, wide = np.zeros(round(beats * beat_s * RATE)), np.zeros(round(beats * beat_s * RATE))
    for beat in range(4):
        _add(mono, beat * beat_s, 0.35 * _tick(1.5 if beat == 0 else 1.0))
    for half in range(8, round(2 * end)):
        _add_drums(mono, wide, half, beat_s)
    for half in range(8, round(2 * end)):
        bar = half // 8
        note = _ROOTS[bar % 4] + (12 if half % 4 == 3 else 0)
        if half % 8 not in (1, 5):
            _add(mono, half * beat_s / 2, 0.42 * _bass(note, 0.46 * beat_s))
    for bar in range(1, int(np.ceil(end / 4))):
        _add_bar(mono, wide, bar, beat_s, end)
    _add(mono, end * beat_s, 0.8 * _kick())
    for k, note in enumerate((*_CHORDS[0], 69)):
        _add(mono if k % 2 else wide, end * beat_s, 0.16 * _pad(note, 3.2 * beat_s, 0.01))
    both = np.stack([mono + 0.6 * wide, mono - 0.6 * wide]) + _echo(mono, wide, beat_s)
    return _master(both)


def _add_drums(mono: Samples, wide: Samples, half: int, beat_s: float) -> None:
    """Add a kick on each beat, claps on two and four, hats between, and a fill every fourth bar."""
    at = half * beat_s / 2
    noise = np.random.default_rng(half)
    if half % 2 == 0:
        _add(mono, at, 0.85 * _kick())
    if half % 4 == 2:
        _add(mono, at, 0.36 * _clap(noise))
    _add(wide if half % 2 else mono, at, (0.16 if half % 2 else 0.06) * _hat(noise, half % 2 == 1))
    if half % 32 >= 30:
        _add(mono, at + beat_s / 4, 0.22 * _clap(noise))


def _add_bar(mono: Samples, wide: Samples, bar: int, beat_s: float, end: float) -> None:
    """Add the chord as a pumping pad, and the tune from the third bar on."""
    left = min(4.0, end - 4 * bar)
    for k, note in enumerate(_CHORDS[bar % 4]):
        pad = 0.085 * _pad(note, left * beat_s, 0.05) * _pump(left, beat_s)
        _add(mono, 4 * bar * beat_s, pad)
        _add(wide, 4 * bar * beat_s, pad * (0.8 if k % 2 else -0.8))
    if bar < 3:
        return
    for step, tone in _TUNE:
        if step // 8 == bar % 2 and (step % 8) / 2 < left:
            note = _CHORDS[bar % 4][tone] + 12
            _add(mono, (4 * bar + (step % 8) / 2) * beat_s, 0.15 * _pluck(note))


def _add(track: Samples, at_s: float, samples: Samples) -> None:
    start = round(at_s * RATE)
    part = track[start : start + len(samples)]
    part += samples[: len(part)]


def _time(seconds: float) -> Samples:
    return np.arange(round(seconds * RATE)) / RATE


def _hertz(note: float) -> float:
    return float(440.0 * 2 ** ((note - 69) / 12))


def _kick() -> Samples:
    t = _time(0.32)
    phase = 2 * np.pi * (48 * t + 130 / 32 * (1 - np.exp(-32 * t)))
    return np.sin(phase) * np.exp(-9 * t) + 0.25 * np.exp(-220 * t) * np.sin(2 * np.pi * 1800 * t)


def _clap(noise: np.random.Generator) -> Samples:
    t = _time(0.22)
    bursts = sum(np.exp(-90 * np.maximum(t - d, 0)) * (t >= d) for d in (0.0, 0.011, 0.023))
    body = noise.standard_normal(len(t)) * (0.5 * bursts + np.exp(-22 * t))
    return 0.5 * (body - _smooth(body, 24))


def _hat(noise: np.random.Generator, is_open: bool) -> Samples:
    t = _time(0.16)
    hiss = noise.standard_normal(len(t))
    hiss = hiss - _smooth(hiss, 5)
    return hiss * np.exp(-(26 if is_open else 80) * t)


def _tick(pitch: float) -> Samples:
    t = _time(0.09)
    return np.sin(2 * np.pi * 1100 * pitch * t) * np.exp(-60 * t)


def _bass(note: float, seconds: float) -> Samples:
    t = _time(seconds)
    tone = _tone(_hertz(note), t, [1, 0.5, 0.28, 0.14, 0.06])
    return tone * np.minimum(t / 0.006, 1) * np.exp(-2.2 * t) * np.minimum((seconds - t) / 0.02, 1)


def _pad(note: float, seconds: float, attack_s: float) -> Samples:
    t = _time(seconds)
    partials = [1, 0.4, 0.3, 0.12, 0.1, 0.04]
    detuned = (_tone(_hertz(note + cents), t, partials) for cents in (-0.06, 0.0, 0.05))
    fade = np.minimum(t / attack_s, 1) * np.minimum((seconds - t) / min(0.4, seconds / 3), 1)
    return sum(detuned) / 2 * fade


def _pluck(note: float) -> Samples:
    t = _time(0.5)
    tone = _tone(_hertz(note), t, [1, 0.35, 0.2, 0.08])
    return tone * np.minimum(t / 0.004, 1) * np.exp(-8 * t)


def _pump(beats: float, beat_s: float) -> Samples:
    """The volume of the pad, which drops at every kick."""
    share = (_time(beats * beat_s) / beat_s) % 1.0
    return 0.35 + 0.65 * np.minimum(share / 0.6, 1) ** 1.5


def _tone(hertz: float, t: Samples, partials: list[float]) -> Samples:
    return sum(
        part * np.sin(2 * np.pi * hertz * (k + 1) * t) for k, part in enumerate(partials)
    ) / sum(partials)


def _smooth(samples: Samples, width: int) -> Samples:
    return np.convolve(samples, np.ones(width) / width, mode="same")


def _echo(mono: Samples, wide: Samples, beat_s: float) -> Samples:
    """A short, dark echo: three delayed copies on alternating sides."""
    dark = _smooth(0.5 * mono + wide, 12)
    room = np.zeros((2, len(mono)))
    for k, (delay_s, gain) in enumerate(((0.031, 0.16), (0.75 * beat_s, 0.10), (0.047, 0.13))):
        start = round(delay_s * RATE)
        room[k % 2, start:] += gain * dark[:-start]
    return room


def _master(both: Samples) -> NDArray[np.float32]:
    """Limit the volume gently, and fade out the last quarter of a second."""
    loud = np.tanh(1.25 * both / np.percentile(np.abs(both), 99.7)) * 0.82
    fade = round(0.25 * RATE)
    loud[:, -fade:] *= np.linspace(1, 0, fade)
    return loud.astype(np.float32)

"""The outgoing audio, with a clock that the test moves; nothing here waits."""

from __future__ import annotations

import av
import numpy as np

from rtc_server.sync.player import Player
from rtc_server.webrtc.audio_track import SILENCE, InstructorAudioTrack
from tests.unit.rtc_server.tracks import Time, number, rendition


async def test_audio_is_silence_until_played_and_then_each_packet_once(
    player: Player, now: Time
) -> None:
    audio = InstructorAudioTrack(player, {1.0: rendition(fps=50, key_every=1)})
    assert (await audio.recv()).data == SILENCE
    now.s += 0.1
    assert [(await audio.recv()).data for _ in range(5)] == [SILENCE] * 5
    player.play()
    now.s += 0.1
    packets = [await audio.recv() for _ in range(5)]
    # The first tick after the start is 20 ms into the lesson.
    assert [number(p) for p in packets] == [1, 2, 3, 4, 5]
    assert np.diff([p.pts for p in packets]).tolist() == [960] * 4
    player.pause()
    now.s += 0.02
    assert (await audio.recv()).data == SILENCE


async def test_a_lesson_without_audio_sends_silence(player: Player, now: Time) -> None:
    player.play()
    assert (await InstructorAudioTrack(player, {}).recv()).data == SILENCE


async def test_silence_is_a_packet_that_opus_decodes_to_nothing() -> None:
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = 48_000, "stereo"
    (frame,) = decoder.decode(av.Packet(SILENCE))
    assert frame.samples == 960
    assert np.abs(frame.to_ndarray()).max() == 0


async def test_slow_audio_comes_from_its_own_rendition_at_the_lessons_position(
    player: Player, now: Time
) -> None:
    renditions = {
        1.0: rendition(fps=50, key_every=1),
        0.5: rendition(seconds=6.0, fps=50, key_every=1, marked=1000),
    }
    audio = InstructorAudioTrack(player, renditions)
    await audio.recv()
    player.play()
    now.s += 1.0
    packets = [number(await audio.recv()) for _ in range(50)]
    assert packets == list(range(1, 51))
    player.set_rate(0.5)
    now.s += 0.1
    # 1 s of the lesson is 2 s into the slow audio: packet 100, and each tick is one packet on.
    assert [number(await audio.recv()) for _ in range(5)] == [1101, 1102, 1103, 1104, 1105]


async def test_a_rate_without_audio_sends_silence(player: Player, now: Time) -> None:
    audio = InstructorAudioTrack(player, {1.0: rendition(fps=50, key_every=1)})
    player.set_rate(0.75)
    player.play()
    assert (await audio.recv()).data == SILENCE

"""The outgoing tracks, with a clock that the test moves; nothing here waits."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError

from rtc_server.instructor import SILENCE, InstructorSound, InstructorVideo, Player
from rtc_server.playhead import SentFrames
from rtc_server.renditions import INDEX, Rendition

FPS = 30


class Time:
    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


def rendition(seconds: float = 3.0, fps: float = FPS, key_every: int = FPS) -> Rendition:
    """Packet k holds k as four bytes."""
    count = round(seconds * fps)
    index = np.zeros(count, INDEX)
    index["t_s"], index["offset"], index["size"] = np.arange(count) / fps, np.arange(count) * 4, 4
    index["key"] = np.arange(count) % key_every == 0
    payload = np.arange(count, dtype="<u4").view(np.uint8)
    return Rendition("vp8", index, payload)


def number(packet: object) -> int:
    return int.from_bytes(bytes(packet), "little")  # type: ignore[call-overload]


@pytest.fixture
def now() -> Time:
    return Time()


@pytest.fixture
async def player(now: Time) -> Player:
    return Player(3.0, now)


@pytest.fixture
def video(player: Player) -> InstructorVideo:
    track = InstructorVideo(player, SentFrames())
    track.rendition = rendition()
    return track


async def soon(track: InstructorVideo | InstructorSound) -> object:
    """What `recv` gives at once; None where it would wait."""
    waiting = asyncio.ensure_future(track.recv())
    for _ in range(5):
        await asyncio.sleep(0)
    if waiting.done():
        return waiting.result()
    waiting.cancel()
    return None


async def test_before_the_start_the_first_key_frame_stands(
    video: InstructorVideo, now: Time
) -> None:
    assert number(await soon(video)) == 0
    assert await soon(video) is None
    now.s += 0.5
    assert number(await soon(video)) == 0


async def test_playing_sends_each_frame_when_it_is_due(
    video: InstructorVideo, player: Player, now: Time
) -> None:
    player.play()
    assert number(await soon(video)) == 0
    assert await soon(video) is None
    now.s += 2 / FPS + 0.001
    assert [number(await soon(video)) for _ in range(2)] == [1, 2]
    assert await soon(video) is None


async def test_wire_time_follows_the_lesson_even_when_the_loop_is_late(
    video: InstructorVideo, player: Player, now: Time
) -> None:
    player.play()
    now.s += 0.5
    stamps = [(await video.recv()).pts for _ in range(10)]
    assert np.diff(stamps) == pytest.approx(3000, abs=1)


async def test_after_a_pause_the_next_frame_follows_without_a_key_frame(
    video: InstructorVideo, player: Player, now: Time
) -> None:
    player.play()
    now.s += 0.5
    while (packet := await soon(video)) is not None:
        last = packet
    player.pause()
    now.s += 60
    assert await soon(video) is None  # the picture on screen stays
    player.play()
    now.s += 1 / FPS
    packet = await video.recv()
    assert number(packet) == number(last) + 1
    assert packet.pts > last.pts + 59 * 90_000  # type: ignore[attr-defined]


async def test_a_seek_begins_at_a_key_frame_and_catches_up_at_once(
    video: InstructorVideo, player: Player, now: Time
) -> None:
    player.play()
    await video.recv()
    player.seek(2.5)
    numbers, stamps = [], []
    while (packet := await soon(video)) is not None:
        numbers.append(number(packet))
        stamps.append(packet.pts)  # type: ignore[attr-defined]
    assert numbers == list(range(60, 76))
    assert (np.diff(stamps) > 0).all()


async def test_a_seek_while_paused_shows_the_key_frame(
    video: InstructorVideo, player: Player, now: Time
) -> None:
    player.play()
    await video.recv()
    player.pause()
    player.seek(1.9)
    assert number(await soon(video)) == 30


async def test_after_the_last_frame_nothing_is_sent(
    video: InstructorVideo, player: Player, now: Time
) -> None:
    player.seek(2.9)
    player.play()
    now.s += 5
    sent = [number(p) for p in [await soon(video) for _ in range(40)] if p is not None]
    assert sent[-1] == 89


async def test_a_stopped_track_ends(video: InstructorVideo) -> None:
    video.stop()
    with pytest.raises(MediaStreamError):
        await video.recv()


async def test_the_origin_is_learnt_from_the_senders_last_timestamp(
    player: Player, now: Time
) -> None:
    sent = SentFrames()
    video = InstructorVideo(player, sent)
    video.rendition = rendition()
    origin = (1 << 32) - 5000
    sender = SimpleNamespace(_RTCRtpSender__rtp_timestamp=0)
    video.sender = sender  # type: ignore[assignment]
    player.play()
    first = await video.recv()
    sender._RTCRtpSender__rtp_timestamp = (origin + first.pts) % (1 << 32)
    now.s += 1
    await video.recv()
    assert sent.origin == origin
    found = sent.find((origin + first.pts) % (1 << 32))
    assert found is not None and found.lesson_s == 0.0 and found.moving


async def test_sound_is_silence_until_played_and_then_each_packet_once(
    player: Player, now: Time
) -> None:
    sound = InstructorSound(player, rendition(fps=50, key_every=1))
    assert bytes(await sound.recv()) == SILENCE
    now.s += 0.1
    assert [bytes(await sound.recv()) for _ in range(5)] == [SILENCE] * 5
    player.play()
    now.s += 0.1
    packets = [await sound.recv() for _ in range(5)]
    # The first tick after the start is 20 ms into the lesson.
    assert [number(p) for p in packets] == [1, 2, 3, 4, 5]
    assert np.diff([p.pts for p in packets]).tolist() == [960] * 4
    player.pause()
    now.s += 0.02
    assert bytes(await sound.recv()) == SILENCE


async def test_a_silent_lesson_has_silent_sound(player: Player, now: Time) -> None:
    player.play()
    assert bytes(await InstructorSound(player, None).recv()) == SILENCE


async def test_silence_is_a_packet_that_opus_decodes_to_nothing() -> None:
    import av

    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = 48_000, "stereo"
    (frame,) = decoder.decode(av.Packet(SILENCE))
    assert frame.samples == 960
    assert np.abs(frame.to_ndarray()).max() == 0


async def test_until_over_returns_at_the_end_of_a_playing_lesson(player: Player, now: Time) -> None:
    over = asyncio.ensure_future(player.until_over())
    await asyncio.sleep(0)
    player.play()
    now.s += 3.0
    player.seek(3.0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert over.done()

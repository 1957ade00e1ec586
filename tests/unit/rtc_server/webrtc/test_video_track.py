"""The outgoing video, with a clock that the test moves; nothing here waits."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError

from rtc_server.sync.player import Player
from rtc_server.sync.playhead import SentFrames
from rtc_server.webrtc.video_track import JUMP_LIMIT, InstructorVideoTrack, VideoRenditions
from tests.unit.rtc_server.tracks import FPS, LOW, Time, all_now, number, rendition, soon


async def test_before_the_start_the_first_key_frame_is_shown(
    video: InstructorVideoTrack, now: Time
) -> None:
    assert number(await soon(video)) == 0
    assert await soon(video) is None
    now.s += 0.5
    assert number(await soon(video)) == 0


async def test_playing_sends_each_frame_when_it_is_due(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    player.play()
    assert number(await soon(video)) == 0
    assert await soon(video) is None
    now.s += 2 / FPS + 0.001
    assert [number(await soon(video)) for _ in range(2)] == [1, 2]
    assert await soon(video) is None


async def test_rtp_timestamps_follow_the_lesson_even_when_the_event_loop_is_late(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    player.play()
    now.s += 0.5
    stamps = [(await video.recv()).pts for _ in range(10)]
    assert np.diff(stamps) == pytest.approx(3000, abs=1)


async def test_after_a_pause_the_next_frame_follows_without_a_key_frame(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    player.play()
    now.s += 0.5
    while (packet := await soon(video)) is not None:
        last = packet
    player.pause()
    now.s += 60
    assert await soon(video) is None  # the frame on screen stays
    player.play()
    now.s += 1 / FPS
    packet = await video.recv()
    assert number(packet) == number(last) + 1
    assert packet.pts > last.pts + 59 * 90_000  # type: ignore[attr-defined]


async def test_a_seek_begins_at_a_key_frame_and_catches_up_at_once(
    video: InstructorVideoTrack, player: Player, now: Time
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


async def test_a_seek_while_paused_shows_the_frame_at_that_position(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    player.play()
    await video.recv()
    player.pause()
    player.seek(1.9)
    assert await all_now(video) == list(range(30, 58))
    now.s += 5
    assert await soon(video) is None  # it is reached from a key frame, which cannot be repeated


async def test_of_many_seeks_the_first_and_the_last_are_shown(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    """Each sends up to a second's frames at once."""
    await all_now(video)
    sent = []
    for k in range(100):
        player.seek(0.9 if k % 2 else 1.9)
        sent += await all_now(video)
    one_seek = FPS * 0.9 + 1
    assert JUMP_LIMIT.burst - 2 <= len(sent) / one_seek <= JUMP_LIMIT.burst + 1
    player.seek(2.5)
    assert await all_now(video) == []
    now.s += 1 / JUMP_LIMIT.per_s
    player.notify()  # as when the time has passed
    assert (await all_now(video))[-1] == 2.5 * FPS


async def test_half_the_rate_takes_twice_as_long(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    player.set_rate(0.5)
    player.play()
    await video.recv()
    now.s += 2 / FPS + 0.001
    packet = await video.recv()
    assert number(packet) == 1
    assert packet.pts == pytest.approx(2 / FPS * 90_000, abs=1)
    assert await soon(video) is None


async def test_a_change_of_rate_continues_with_the_next_frame(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    player.play()
    now.s += 1.51
    await all_now(video)
    player.set_rate(0.5)
    assert await all_now(video) == []
    now.s += 0.1
    assert await all_now(video) == [46]  # at 1.533 s of the lesson, 1.51 + 0.1 / 2 being 1.56


async def test_a_loop_restarts_at_its_key_frame_without_a_gap(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    player.set_loop((1.0, 2.0))
    player.play()
    over = asyncio.ensure_future(player.wait_for_end(lambda _: None))
    sent = []
    for _ in range(100):
        now.s += 1 / FPS
        player.notify()  # as a timer would
        sent += [p for p in [await soon(video) for _ in range(3)] if p is not None]
    over.cancel()
    numbers = [number(p) for p in sent]
    laps = [k for k, n in enumerate(numbers) if n == 30]
    assert numbers[laps[1] - 1] == 59 and numbers[laps[1] + 1] == 31
    stamps = np.array([p.pts for p in sent])  # type: ignore[attr-defined]
    assert np.diff(stamps[1:]) == pytest.approx(3000, abs=2)


async def test_a_loop_to_the_end_of_the_lesson_begins_again(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    player.set_loop((1.0, 3.0))
    player.seek(2.5)
    player.play()
    now.s += 0.5
    assert (await all_now(video))[-1] == 3 * FPS - 1
    player.clock.restart_loop(now())
    player.notify()
    assert (await all_now(video))[0] == FPS


async def test_frames_sent_to_reach_a_seeks_position_are_not_on_time(
    player: Player, now: Time
) -> None:
    sent = SentFrames()
    video = InstructorVideoTrack(player, sent)
    video.renditions = VideoRenditions(rendition(), rendition())
    sent.rtp_origin = 0
    player.seek(1.5)
    player.play()
    overdue = await video.recv()
    now.s += 1
    while (packet := await soon(video)) is not None:
        last = packet
    found = [sent.find(p.pts) for p in (overdue, last)]  # type: ignore[attr-defined]
    assert [frame and frame.on_time for frame in found] == [False, True]
    assert [frame and frame.run_start_lesson_s for frame in found] == [1.5, 1.5]


async def test_the_bit_rate_changes_at_a_key_frame_only(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    player.play()
    now.s += 0.5
    await all_now(video)
    for _ in range(5):
        video.on_loss_report(0.3)
    now.s += 1.0
    numbers = await all_now(video)
    assert numbers[:14] == list(range(16, 30))
    assert numbers[14:17] == [LOW + 30, LOW + 31, LOW + 32]


async def test_after_the_last_frame_nothing_is_sent(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    player.seek(2.9)
    player.play()
    now.s += 5
    sent = [number(p) for p in [await soon(video) for _ in range(40)] if p is not None]
    assert sent[-1] == 89


async def test_a_stopped_track_ends(video: InstructorVideoTrack) -> None:
    video.stop()
    with pytest.raises(MediaStreamError):
        await video.recv()


async def test_the_origin_is_learnt_from_the_senders_last_timestamp(
    player: Player, now: Time
) -> None:
    sent = SentFrames()
    video = InstructorVideoTrack(player, sent)
    video.renditions = VideoRenditions(rendition(), rendition())
    origin = (1 << 32) - 5000
    sender = SimpleNamespace(_RTCRtpSender__rtp_timestamp=0)
    video.sender = sender  # type: ignore[assignment]
    player.play()
    first = await video.recv()
    sender._RTCRtpSender__rtp_timestamp = (origin + first.pts) % (1 << 32)
    now.s += 1
    await video.recv()
    assert sent.rtp_origin == origin
    found = sent.find((origin + first.pts) % (1 << 32))
    assert found is not None and found.lesson_s == 0.0 and found.rate == 1

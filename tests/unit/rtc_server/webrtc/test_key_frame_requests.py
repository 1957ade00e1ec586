"""What the outgoing video does when a receiver asks for a key frame; nothing here waits."""

from __future__ import annotations

from rtc_server.sync.player import Player
from rtc_server.webrtc.video_track import InstructorVideoTrack
from tests.unit.rtc_server.tracks import FPS, Time, all_now


async def play_a_while(video: InstructorVideoTrack, player: Player, now: Time) -> None:
    """0.6 s: the next key frame is far away."""
    player.play()
    await video.recv()
    now.s += 0.6
    await all_now(video)


async def test_a_key_frame_request_is_answered_with_the_last_one_and_the_frames_since(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    await play_a_while(video, player, now)
    video.on_key_frame_request()
    again = await all_now(video)
    assert again == list(range(0, 19))
    assert video.rewinds == 1
    now.s += 1 / FPS
    assert await all_now(video) == [19]


async def test_a_request_waits_for_a_key_frame_that_is_due_soon(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    player.play()
    now.s += 0.9
    await all_now(video)
    video.on_key_frame_request()
    assert await all_now(video) == []
    now.s += 0.11
    assert await all_now(video) == [28, 29, 30]


async def test_a_second_request_within_a_moment_is_ignored(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    await play_a_while(video, player, now)
    for _ in range(3):
        video.on_key_frame_request()
        await all_now(video)
    assert video.rewinds == 1


async def test_a_paused_frame_is_sent_again_on_request(
    video: InstructorVideoTrack, player: Player, now: Time
) -> None:
    player.play()
    now.s += 0.2
    before = await all_now(video)
    player.pause()
    now.s += 3
    assert await all_now(video) == []
    video.on_key_frame_request()
    assert await all_now(video) == before

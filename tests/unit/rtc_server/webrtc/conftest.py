"""An outgoing video with a clock that the test moves."""

from __future__ import annotations

import pytest

from rtc_server.sync.player import Player
from rtc_server.sync.playhead import SentFrames
from rtc_server.webrtc.video_track import InstructorVideoTrack, VideoRenditions
from tests.unit.rtc_server.tracks import LOW, Time, rendition


@pytest.fixture
def now() -> Time:
    return Time()


@pytest.fixture
async def player(now: Time) -> Player:
    return Player(3.0, now)


@pytest.fixture
def video(player: Player) -> InstructorVideoTrack:
    track = InstructorVideoTrack(player, SentFrames())
    track.renditions = VideoRenditions(rendition(), rendition(marked=LOW))
    return track

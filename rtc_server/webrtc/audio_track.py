"""The instructor's sound as an outgoing track, at the rate at which the lesson runs."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from rtc_server.lessons.codecs import AUDIO_VARIANTS
from rtc_server.lessons.lesson import Lesson
from rtc_server.lessons.renditions import Rendition
from rtc_server.sync.player import Player
from rtc_server.webrtc.packets import EncodedPacket, encoded

SOUND_HZ = 48_000
SOUND_TIME_BASE = Fraction(1, SOUND_HZ)
SOUND_STEP = 960  # samples of SOUND_HZ in a packet
SOUND_STEP_S = SOUND_STEP / SOUND_HZ
FAR_BEHIND_S = 1.0
SILENCE = b"\xf8\xff\xfe"  # Opus, 20 ms stereo, RFC 6716: CELT full band, nothing coded


class InstructorAudioTrack(MediaStreamTrack):
    """The lesson's sound as Opus packets, silence while it stands still."""

    kind = "audio"

    def __init__(self, player: Player, sounds: Mapping[float, Rendition]) -> None:
        """:param sounds: by rate; at a rate without one there is silence."""
        super().__init__()
        self._player = player
        self._sounds = sounds
        self._tick = 0
        self._run = -1
        self._first_tick = 0
        self._first = 0

    async def recv(self) -> EncodedPacket:
        if self.readyState != "live":
            raise MediaStreamError
        due_s = self._player.began_s + self._tick * SOUND_STEP_S
        if (late := self._player.now() - due_s) > FAR_BEHIND_S:
            self._tick += int(late / SOUND_STEP_S)
            due_s = self._player.began_s + self._tick * SOUND_STEP_S
        while not await self._player.until(due_s):
            pass
        packet = encoded(self._sound(due_s), self._tick * SOUND_STEP, SOUND_TIME_BASE)
        self._tick += 1
        return packet

    def _sound(self, due_s: float) -> bytes:
        clock = self._player.clock
        sound = self._sounds.get(clock.segment.rate) if clock.playing else None
        if sound is None:
            return SILENCE
        if clock.number != self._run:
            self._run = clock.number
            self._first_tick = self._tick
            # A packet covers its step of the listener's time: of the lesson's, that times the rate.
            step_s = SOUND_STEP_S * clock.segment.rate
            self._first = round(clock.position_s(due_s) / step_s)
        index = self._first + self._tick - self._first_tick
        return sound.packet(index) if index < len(sound) else SILENCE


def sounds_of(lesson: Lesson) -> dict[float, Rendition]:
    """The lesson's sound at each rate that there is.

    :raises BrokenLesson: its packets cannot be read.
    """
    return {one.rate: lesson.rendition(one.name) for one in AUDIO_VARIANTS if lesson.has(one.name)}

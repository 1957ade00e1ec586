"""The instructor's audio as an outgoing track, at the rate at which the lesson plays."""

from __future__ import annotations

from collections.abc import Mapping

from aiortc.mediastreams import MediaStreamError

from rtc_server.lessons.codecs import AUDIO_VARIANTS
from rtc_server.lessons.lesson import Lesson
from rtc_server.lessons.renditions import Rendition
from rtc_server.sync.player import Player
from rtc_server.webrtc.packets import EncodedPacket, EncodedTrack

AUDIO_HZ = 48_000
PACKET_SAMPLES = 960
PACKET_S = PACKET_SAMPLES / AUDIO_HZ
MAX_LATE_S = 1.0
SILENCE = b"\xf8\xff\xfe"  # Opus, 20 ms stereo, RFC 6716: CELT full band, nothing coded


class InstructorAudioTrack(EncodedTrack):
    """Sends the lesson's audio as Opus packets, and silence while the lesson does not play."""

    kind = "audio"

    def __init__(self, player: Player, renditions: Mapping[float, Rendition]) -> None:
        """:param renditions: by rate; at a rate without one, silence is sent."""
        super().__init__(player)
        self._renditions = renditions
        self._tick = 0  # packets sent or skipped since the player began
        self._run = -1
        self._run_first_tick = 0
        self._run_first_packet = 0

    def poll(self) -> EncodedPacket | float:
        if self.readyState != "live":
            raise MediaStreamError
        due_s = self.player.epoch_s + self._tick * PACKET_S
        late_s = self.player.now() - due_s
        if late_s > MAX_LATE_S:
            self._tick += int(late_s / PACKET_S)
            due_s = self.player.epoch_s + self._tick * PACKET_S
        elif late_s < 0:
            return due_s
        packet = EncodedPacket(self._audio_at(due_s), self._tick * PACKET_SAMPLES)
        self._tick += 1
        return packet

    def _audio_at(self, due_s: float) -> bytes:
        clock = self.player.clock
        rendition = self._renditions.get(clock.run.rate) if clock.playing else None
        if rendition is None:
            return SILENCE
        if clock.run_number != self._run:
            self._run = clock.run_number
            self._run_first_tick = self._tick
            # A packet lasts PACKET_S for the listener, and that times the rate in the lesson.
            packet_lesson_s = PACKET_S * clock.run.rate
            self._run_first_packet = round(clock.position_s(due_s) / packet_lesson_s)
        index = self._run_first_packet + self._tick - self._run_first_tick
        return rendition.packet(index) if index < len(rendition) else SILENCE


def open_audio_renditions(lesson: Lesson) -> dict[float, Rendition]:
    """Open the lesson's audio at each rate that the lesson has.

    :raises BrokenLesson: its packets cannot be read.
    """
    return {
        one.rate: lesson.rendition(one.name)
        for one in AUDIO_VARIANTS
        if lesson.has_rendition(one.name)
    }

"""The teacher's audio as an outgoing track of one learner: the same packets, at once."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiortc.mediastreams import MediaStreamError

from rtc_server.sync.player import Player
from rtc_server.webrtc.live.frames import AUDIO_HZ, LiveSound
from rtc_server.webrtc.live.source import Hearer, LiveSource
from rtc_server.webrtc.live.video_track import EARLIEST_S
from rtc_server.webrtc.packets import EncodedTrack, PassedPacket

MAX_WAITING = 25  # packets of 20 ms that wait to be sent; older ones are of no use


class LiveAudioTrack(EncodedTrack):
    """Hands out each packet of the teacher's audio when it comes."""

    kind = "audio"

    def __init__(self, source: LiveSource, player: Player) -> None:
        super().__init__(player)
        self.lost = 0  # packets that waited too long to be sent
        self._source = source
        self._hearer = Hearer(self._take)
        self._waiting: deque[LiveSound] = deque(maxlen=MAX_WAITING)
        self._on_change: Callable[[], None] = lambda: None
        self._is_let_in = self._is_sending = False
        self._origin = round((player.epoch_s - EARLIEST_S) * AUDIO_HZ)
        self._last_pts = -1

    def let_in(self) -> None:
        """From now on the learner may hear the teacher."""
        self._is_let_in = True
        self._listen()

    @contextmanager
    def listening(self, on_change: Callable[[], None]) -> Iterator[None]:
        """Listen to the source until the block is left."""
        self._on_change = on_change
        self._is_sending = True
        self._listen()
        try:
            yield
        finally:
            self._is_sending = False
            self._source.remove_hearer(self._hearer)

    def _listen(self) -> None:
        if self._is_let_in and self._is_sending:
            self._source.add_hearer(self._hearer)

    def poll(self) -> PassedPacket | float:
        if self.readyState != "live":
            raise MediaStreamError
        if not self._waiting:
            return math.inf
        sound = self._waiting.popleft()
        pts = self._last_pts = max(sound.ticks - self._origin, self._last_pts + 1)
        return PassedPacket((sound.payload,), pts, "opus", sound.ntp)

    def _take(self, sound: LiveSound) -> None:
        self.lost += len(self._waiting) == MAX_WAITING
        self._waiting.append(sound)
        self._on_change()

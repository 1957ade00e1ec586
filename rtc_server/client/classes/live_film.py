"""A video file as the camera and the microphone of a live class's teacher."""

from __future__ import annotations

import asyncio
from pathlib import Path

import av
from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaPlayer
from aiortc.mediastreams import MediaStreamError

from rtc_server.client.cameras import fit_frame
from rtc_server.errors import BadVideo


class _FilmTrack(MediaStreamTrack):
    """One stream of the file; its end is the film's."""

    def __init__(self, source: MediaStreamTrack, ended: asyncio.Event) -> None:
        super().__init__()
        self.kind = source.kind
        self._source, self._ended = source, ended

    def stop(self) -> None:
        """The connection has ended: decode nothing more."""
        super().stop()
        self._source.stop()

    async def recv(self) -> av.VideoFrame | av.AudioFrame:
        try:
            frame = await self._source.recv()
        except MediaStreamError:
            self._ended.set()
            raise
        if not isinstance(frame, av.VideoFrame):
            assert isinstance(frame, av.AudioFrame)
            return frame
        fitted = fit_frame(frame)
        fitted.pts, fitted.time_base = frame.pts, frame.time_base
        return fitted


class LiveFilm:
    """Plays the file once, in its own time, from the moment it is first asked for a frame."""

    def __init__(self, path: Path) -> None:
        """
        :raises BadVideo: the file cannot be played.
        """
        try:
            self._player = MediaPlayer(str(path), options={"protocol_whitelist": "file"})
        except (OSError, av.FFmpegError) as error:
            reason = error.strerror or error
            raise BadVideo(f"{path}: expected a video that can be played: {reason}") from error
        if self._player.video is None:
            raise BadVideo(f"{path}: expected a video, got a file without a video stream")
        self._ended = asyncio.Event()

    def tracks(self) -> list[MediaStreamTrack]:
        """The video, and the audio if there is one."""
        sources = [self._player.video, self._player.audio]
        return [_FilmTrack(source, self._ended) for source in sources if source is not None]

    async def wait_for_end(self) -> None:
        """Wait until the file has been played."""
        await self._ended.wait()

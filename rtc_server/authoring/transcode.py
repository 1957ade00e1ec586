"""Encodes a video into the renditions that sessions send, with the same bytes every time."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from rtc_server.authoring.audio import decode_audio, one_second_blocks
from rtc_server.authoring.codecs import VideoFormat, create_encoder
from rtc_server.authoring.frame_sampler import frames_at_rate
from rtc_server.authoring.opus import PACKET_S, OpusEncoder
from rtc_server.authoring.orientation import UPRIGHT, Orientation, orientation_of, to_bgr
from rtc_server.authoring.pcm import Pcm
from rtc_server.authoring.prefetch import prefetch
from rtc_server.authoring.time_stretch import TimeStretcher
from rtc_server.lessons.codecs import AUDIO_VARIANTS, VIDEO_RENDITIONS
from rtc_server.lessons.renditions import RenditionWriter

# Frames that may be encoded at once: no encoder is further ahead of another than this.
FRAMES_IN_FLIGHT = 2

# Called with (packets so far, packets expected).
OnPackets = Callable[[int, int], None]


def encode_video(
    video: Path, folder: Path, format: VideoFormat, total: int, on_packets: OnPackets
) -> int:
    """Write the video's renditions in one pass over the video; return the number of packets.

    Packet k is the frame on screen at k / fps. Every fps-th one is a key frame, in all renditions.

    :raises BadVideo: no frame of it can be decoded.
    """
    with contextlib.ExitStack() as stack:
        encoders = [
            _VideoEncoder(
                create_encoder(name, format),
                stack.enter_context(RenditionWriter(folder, name)),
                format.fps,
            )
            for name in VIDEO_RENDITIONS
        ]
        # One thread per encoder keeps its frames in order.
        threads = [stack.enter_context(ThreadPoolExecutor(1, name)) for name in VIDEO_RENDITIONS]
        frames = stack.enter_context(contextlib.closing(prefetch(convert_frames(video, format))))
        in_flight: deque[list[Future[None]]] = deque()
        count = 0
        for frame, ks in frames:
            for k in ks:
                # A frame that is shown again gets another timestamp once no encoder uses it.
                _wait(in_flight, FRAMES_IN_FLIGHT if k == ks.start else 0)
                stamp_frame(frame, k, format.fps)
                pairs = zip(threads, encoders, strict=True)
                in_flight.append([thread.submit(encoder.add, frame) for thread, encoder in pairs])
                count = k + 1
                on_packets(count, max(total, count))
        _wait(in_flight, 0)
        for encoder in encoders:
            encoder.finish()
        return count


def _wait(in_flight: deque[list[Future[None]]], left: int) -> None:
    """Wait until only `left` frames are being encoded; raise the errors of the others."""
    while len(in_flight) > left:
        for encoded in in_flight.popleft():
            encoded.result()


def encode_audio(video: Path, folder: Path, duration_s: float, on_packets: OnPackets) -> bool:
    """Write the audio's renditions, one for each rate; the audio is decoded once.

    Packet k at a rate is 20 ms of audio; it is heard from k · 20 ms · rate of the lesson on.

    :return: whether the video has audio; if not, no files are written.
    """
    with contextlib.ExitStack() as stack:
        encoders = [
            _AudioEncoder(
                stack.enter_context(RenditionWriter(folder, variant.name)), variant.rate, duration_s
            )
            for variant in AUDIO_VARIANTS
        ]
        total = sum(encoder.total for encoder in encoders)
        one, *others = encoders
        threads = stack.enter_context(ThreadPoolExecutor(len(others), "audio"))
        audio = one_second_blocks(decode_audio(video))
        for block in stack.enter_context(contextlib.closing(audio)):
            in_flight = [threads.submit(other.add, block) for other in others]
            one.add(block)
            for encoded in in_flight:
                encoded.result()
            on_packets(sum(map(len, encoders)), total)
            if all(encoder.full for encoder in encoders):
                break
        for encoder in encoders:
            encoder.finish()
        count = sum(map(len, encoders))
        if count:
            on_packets(count, count)
        return count > 0


class _VideoEncoder:
    """Encodes frames into one rendition; for each frame there is one packet, sooner or later."""

    def __init__(self, context: VideoCodecContext, writer: RenditionWriter, fps: int) -> None:
        self._context = context
        self._writer = writer
        self._fps = fps
        context.open()

    def add(self, frame: VideoFrame) -> None:
        """Encode a frame; nobody may change it until this returns."""
        self._write(frame)

    def finish(self) -> None:
        """Write the packets that the encoder still holds."""
        self._write(None)

    def _write(self, frame: VideoFrame | None) -> None:
        for packet in self._context.encode(frame):
            assert packet.pts is not None
            self._writer.add(packet.pts / self._fps, bytes(packet), key=packet.is_keyframe)


class _AudioEncoder:
    """Encodes audio into the rendition for one rate."""

    def __init__(self, writer: RenditionWriter, rate: float, duration_s: float) -> None:
        self._writer = writer
        self._step_s = PACKET_S * rate  # of the lesson, per packet
        self._stretcher = TimeStretcher(rate) if rate != 1 else None
        self._encoder = OpusEncoder(duration_s / rate)

    @property
    def total(self) -> int:
        """The number of packets for the whole lesson."""
        return self._encoder.total

    @property
    def full(self) -> bool:
        return self._encoder.full

    def __len__(self) -> int:
        return len(self._writer)

    def add(self, audio: Pcm) -> None:
        """Take the lesson's next samples (n, 2)."""
        self._write(self._encoder.add(self._stretcher.add(audio) if self._stretcher else audio))

    def finish(self) -> None:
        """Write what the time stretcher and the encoder still hold."""
        if self._stretcher:
            self._write(self._encoder.add(self._stretcher.finish()))
        self._write(self._encoder.finish())

    def _write(self, packets: Iterator[bytes]) -> None:
        for data in packets:
            self._writer.add(len(self._writer) * self._step_s, data, key=True)


def stamp_frame(frame: VideoFrame, k: int, fps: int) -> None:
    """Give a frame the timestamp k / fps; every fps-th one becomes a key frame."""
    frame.pts, frame.time_base = k, Fraction(1, fps)
    frame.pict_type = PictureType.I if k % fps == 0 else PictureType.NONE


def convert_frames(video: Path, format: VideoFormat) -> Generator[tuple[VideoFrame, range]]:
    """Decode frames in the format of an encoder, each with the k / fps at which it is shown."""
    orientation: Orientation | None = None
    converter = FrameConverter(format)
    for timed, ks in frames_at_rate(video, format.fps):
        if orientation is None:
            orientation = orientation_of(timed.frame)
        yield converter.convert(timed.frame, orientation), ks


class FrameConverter:
    """Turns frames upright, scales them and converts their colours; set up once for a video."""

    def __init__(self, format: VideoFormat) -> None:
        self._format = format
        self._upright, self._scaled = VideoReformatter(), VideoReformatter()

    def convert(self, frame: VideoFrame, orientation: Orientation) -> VideoFrame:
        """Give the frame as an encoder takes it."""
        width, height = self._format.width, self._format.height
        if orientation != UPRIGHT:
            image = to_bgr(frame, (width, height), orientation, self._upright)
            frame = VideoFrame.from_ndarray(image, format="bgr24")
        # VP8 has no other colour space (RFC 6386, 9.2), and decoders expect this one by default.
        return self._scaled.reformat(
            frame,
            width,
            height,
            "yuv420p",
            dst_colorspace=Colorspace.ITU601,
            dst_color_range=ColorRange.MPEG,
            interpolation="AREA" if width < frame.width else "BICUBIC",
            threads=1,
        )

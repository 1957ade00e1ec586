"""Encodes a video into the packets that sessions send: VP8, H.264 and Opus, alike every time."""

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

from rtc_server.authoring.audio import by_the_second, pcm
from rtc_server.authoring.codecs import PictureForm, create_encoder
from rtc_server.authoring.frame_sampler import frames_at_rate
from rtc_server.authoring.opus import FRAME_S, OpusPackets, Sound
from rtc_server.authoring.orientation import UPRIGHT, Orientation, orientation_of, to_bgr
from rtc_server.authoring.prefetch import prefetch
from rtc_server.authoring.time_stretch import Stretcher
from rtc_server.lessons.codecs import AUDIO_VARIANTS, VIDEO_RENDITIONS
from rtc_server.lessons.renditions import RenditionWriter

# Pictures that may be at work at once: encoders wait for one another this far apart.
AT_WORK = 2

# Called with (packets so far, packets expected).
Done = Callable[[int, int], None]


def encode_pictures(video: Path, folder: Path, form: PictureForm, total: int, done: Done) -> int:
    """Write the renditions of the picture in one pass over the video; give the packet count.

    Packet k is what is on screen at k / fps; every fps-th one is a key frame, in all of them.

    :raises BadVideo: nothing of it can be decoded.
    """
    with contextlib.ExitStack() as stack:
        encoders = [
            _Encoder(
                create_encoder(name, form),
                stack.enter_context(RenditionWriter(folder, name)),
                form.fps,
            )
            for name in VIDEO_RENDITIONS
        ]
        # A thread each, so that each one's pictures stay in order.
        threads = [stack.enter_context(ThreadPoolExecutor(1, name)) for name in VIDEO_RENDITIONS]
        pictures = stack.enter_context(contextlib.closing(prefetch(_pictures(video, form))))
        adding: deque[list[Future[None]]] = deque()
        count = 0
        for frame, ks in pictures:
            for k in ks:
                # A picture that is shown once more gets another time, once nobody needs this one.
                _wait(adding, AT_WORK if k == ks.start else 0)
                _stamp(frame, k, form.fps)
                pairs = zip(threads, encoders, strict=True)
                adding.append([thread.submit(encoder.add, frame) for thread, encoder in pairs])
                count = k + 1
                done(count, max(total, count))
        _wait(adding, 0)
        for encoder in encoders:
            encoder.finish()
        return count


def _wait(adding: deque[list[Future[None]]], left: int) -> None:
    """Wait until only `left` pictures are still at work; raise what went wrong with the others."""
    while len(adding) > left:
        for added in adding.popleft():
            added.result()


def encode_sound(video: Path, folder: Path, duration_s: float, done: Done) -> bool:
    """Write the sound's renditions, one for each rate, decoding it once.

    Packet k at a rate is 20 ms of sound and is heard from k · 20 ms · rate of the lesson on.
    Gives False, and no files, where the video is silent.
    """
    with contextlib.ExitStack() as stack:
        lines = [
            _Line(stack.enter_context(RenditionWriter(folder, one.name)), one.rate, duration_s)
            for one in AUDIO_VARIANTS
        ]
        total = sum(line.total for line in lines)
        one, *others = lines
        beside = stack.enter_context(ThreadPoolExecutor(len(others), "sound"))
        sound = stack.enter_context(contextlib.closing(by_the_second(pcm(video))))
        for piece in sound:
            adding = [beside.submit(other.add, piece) for other in others]
            one.add(piece)
            for added in adding:
                added.result()
            done(sum(map(len, lines)), total)
            if all(line.full for line in lines):
                break
        for line in lines:
            line.finish()
        count = sum(map(len, lines))
        if count:
            done(count, count)
        return count > 0


class _Encoder:
    """One codec at work; frame k goes in, packet k comes out, sooner or later."""

    def __init__(self, context: VideoCodecContext, writer: RenditionWriter, fps: int) -> None:
        self._context = context
        self._writer = writer
        self._fps = fps
        context.open()

    def add(self, frame: VideoFrame) -> None:
        """Encode it; nobody may change it until this returns."""
        self._write(frame)

    def finish(self) -> None:
        """Write what the codec still holds."""
        self._write(None)

    def _write(self, frame: VideoFrame | None) -> None:
        for packet in self._context.encode(frame):
            assert packet.pts is not None
            self._writer.add(packet.pts / self._fps, bytes(packet), key=packet.is_keyframe)


class _Line:
    """The sound at one rate, on its way into its rendition."""

    def __init__(self, writer: RenditionWriter, rate: float, duration_s: float) -> None:
        self._writer = writer
        self._step_s = FRAME_S * rate  # of the lesson, for one packet
        self._stretcher = Stretcher(rate) if rate != 1 else None
        self._packets = OpusPackets(duration_s / rate)

    @property
    def total(self) -> int:
        """Packets wanted."""
        return self._packets.total

    @property
    def full(self) -> bool:
        return self._packets.full

    def __len__(self) -> int:
        return len(self._writer)

    def add(self, sound: Sound) -> None:
        """Take the lesson's next samples (n, 2)."""
        self._write(self._packets.add(self._stretcher.add(sound) if self._stretcher else sound))

    def finish(self) -> None:
        """Write what is still held."""
        if self._stretcher:
            self._write(self._packets.add(self._stretcher.finish()))
        self._write(self._packets.finish())

    def _write(self, packets: Iterator[bytes]) -> None:
        for data in packets:
            self._writer.add(len(self._writer) * self._step_s, data, key=True)


def _stamp(frame: VideoFrame, k: int, fps: int) -> None:
    """Make it picture k; every fps-th one is to be a key frame."""
    frame.pts, frame.time_base = k, Fraction(1, fps)
    frame.pict_type = PictureType.I if k % fps == 0 else PictureType.NONE


def _pictures(video: Path, form: PictureForm) -> Generator[tuple[VideoFrame, range]]:
    """Upright pictures of the right size and colours, each with the ticks it is shown at."""
    orientation: Orientation | None = None
    prepare = Preparation(form)
    for shown, ks in frames_at_rate(video, form.fps):
        if orientation is None:
            orientation = orientation_of(shown.frame)
        yield prepare(shown.frame, orientation), ks


class Preparation:
    """Turns, scales and recolours pictures; what they have in common is set up once."""

    def __init__(self, form: PictureForm) -> None:
        self._form = form
        self._upright, self._scaled = VideoReformatter(), VideoReformatter()

    def __call__(self, frame: VideoFrame, orientation: Orientation) -> VideoFrame:
        width, height = self._form.width, self._form.height
        if orientation != UPRIGHT:
            image = to_bgr(frame, (width, height), orientation, self._upright)
            frame = VideoFrame.from_ndarray(image, format="bgr24")
        # VP8 knows no other colours (RFC 6386, 9.2), and decoders expect them where none are named.
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

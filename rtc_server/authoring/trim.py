"""Cuts a part out of a video exactly: the new file begins and ends where it was asked for."""

from __future__ import annotations

import heapq
import math
from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream

from rtc_server.authoring.audio import decode_audio
from rtc_server.authoring.build_request import Part
from rtc_server.authoring.codecs import VideoFormat
from rtc_server.authoring.decode import decode_frames
from rtc_server.authoring.frame_sampler import VideoInfo, probe
from rtc_server.authoring.orientation import Orientation, orientation_of
from rtc_server.authoring.pcm import SAMPLE_RATE_HZ
from rtc_server.authoring.people.sections import LONGEST_SIDE
from rtc_server.authoring.prefetch import prefetch
from rtc_server.authoring.transcode import FrameConverter, OnPackets

SUFFIX = ".mp4"
CLOCK_HZ = 90_000
KEY_FRAME_INTERVAL = 30  # frames: a page seeks in the file
AUDIO_BIT_RATE = 160_000

MediaPacket: TypeAlias = "Packet[VideoStream] | Packet[AudioStream]"


def trim(video: Path, target: Path, part: Part, on_packets: OnPackets) -> None:
    """Write `part` of the video to `target` as an MP4, encoded anew.

    The first frame is the one on screen at `from_s`, shown from 0 on; the last one ends with the
    part; audio is cut to the sample. Frames are upright, and as large as anything that is made of
    them needs. (A copy of the packets could begin at key frames only. Each container would hide the
    packets before the part in its own way, if at all, and they would still be in the file.)

    :raises BadVideo: no frame of it can be decoded.
    :raises BadPart: less than half a second of the part is in the video.
    """
    info = probe(video)
    begin, end = part.within(info.duration_s)
    format = _choose_format(info)
    total = math.ceil((end - begin) * Fraction(format.fps))
    with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video_stream = _add_video_stream(container, format)
        streams: list[Iterator[MediaPacket]] = [
            _encode_video(video, video_stream, format, begin, end)
        ]
        if info.has_audio:
            audio_stream = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="stereo")
            audio_stream.codec_context.bit_rate = AUDIO_BIT_RATE
            streams.append(_encode_audio(video, audio_stream, begin, end))
        for packet in heapq.merge(*streams, key=_decoding_time_s):
            container.mux(packet)
            if packet.stream is video_stream:
                done = math.ceil(_decoding_time_s(packet) * format.fps) + 1
                on_packets(min(total, done), total)
    on_packets(total, total)


def _choose_format(info: VideoInfo) -> VideoFormat:
    """Even sides, no longer than poses are estimated at."""
    scale = min(1.0, LONGEST_SIDE / max(info.width, info.height))
    width, height = (max(16, round(side * scale / 2) * 2) for side in (info.width, info.height))
    return VideoFormat(width, height, max(1, round(info.fps)))


def _add_video_stream(container: av.container.OutputContainer, format: VideoFormat) -> VideoStream:
    stream = container.add_stream("libx264", rate=format.fps)
    stream.width, stream.height, stream.pix_fmt = format.width, format.height, "yuv420p"
    context = stream.codec_context
    context.time_base = Fraction(1, CLOCK_HZ)
    context.flags |= Flags.frame_duration
    context.max_b_frames = 0
    context.gop_size = KEY_FRAME_INTERVAL
    context.colorspace, context.color_range = Colorspace.ITU601, ColorRange.MPEG
    # The renditions are encoded from this file: at this quality that leaves no trace in them.
    context.options = {"crf": "19", "preset": "veryfast"}
    return stream


def _encode_video(
    video: Path, stream: VideoStream, format: VideoFormat, begin: Fraction, end: Fraction
) -> Generator[Packet[VideoStream]]:
    frames = prefetch(_frames_within(video, format, begin, end))
    try:
        for frame in frames:
            yield from stream.encode(frame)
        yield from stream.encode(None)
    finally:
        frames.close()


def _frames_within(
    video: Path, format: VideoFormat, begin: Fraction, end: Fraction
) -> Generator[VideoFrame]:
    """Each frame that is on screen within the part, with timestamps from the part's beginning."""
    converter = FrameConverter(format)
    orientation: Orientation | None = None

    def is_needed(_start: Fraction, stop: Fraction, _tick: Fraction) -> bool:
        return stop > begin

    for timed in decode_frames(video, is_needed):
        if orientation is None:
            orientation = orientation_of(timed.frame)
        if timed.start >= end:
            return
        if timed.end > begin:
            start, stop = max(timed.start, begin) - begin, min(timed.end, end) - begin
            frame = converter.convert(timed.frame, orientation)
            frame.pts, frame.time_base = round(start * CLOCK_HZ), Fraction(1, CLOCK_HZ)
            frame.duration = round(stop * CLOCK_HZ) - frame.pts
            yield frame


def _encode_audio(
    video: Path, stream: AudioStream, begin: Fraction, end: Fraction
) -> Generator[Packet[AudioStream]]:
    first, last = round(begin * SAMPLE_RATE_HZ), round(end * SAMPLE_RATE_HZ)
    position = 0  # samples of the video's audio so far
    for block in decode_audio(video):
        part = block[max(0, first - position) : max(0, last - position)]
        if len(part):
            frame = AudioFrame.from_ndarray(part.reshape(1, -1), format="s16", layout="stereo")
            frame.sample_rate, frame.time_base = SAMPLE_RATE_HZ, Fraction(1, SAMPLE_RATE_HZ)
            frame.pts = max(first, position) - first
            yield from stream.encode(frame)
        position += len(block)
        if position >= last:
            break
    yield from stream.encode(None)


def _decoding_time_s(packet: MediaPacket) -> Fraction:
    """When a packet is decoded; video and audio are interleaved in this order."""
    return (packet.dts or 0) * packet.time_base

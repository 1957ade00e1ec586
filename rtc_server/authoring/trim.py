"""Cuts a part out of a video, exactly: a file that begins and ends where it was asked for."""

from __future__ import annotations

import heapq
import math
from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream

from rtc_server.authoring.audio import pcm
from rtc_server.authoring.build_request import Part
from rtc_server.authoring.codecs import PictureForm
from rtc_server.authoring.decode import decode_frames
from rtc_server.authoring.frame_sampler import VideoInfo, probe
from rtc_server.authoring.opus import RATE_HZ
from rtc_server.authoring.orientation import Orientation, orientation_of
from rtc_server.authoring.pose_extraction import LONGEST_SIDE
from rtc_server.authoring.prefetch import prefetch
from rtc_server.authoring.transcode import Done, Preparation

SUFFIX = ".mp4"
CLOCK_HZ = 90_000
KEY_EVERY = 30  # pictures: a page seeks in it
SOUND_BIT_RATE = 160_000


def cut(video: Path, place: Path, part: Part, done: Done) -> None:
    """Write `part` of the video to `place`, an MP4, encoded anew.

    Its first picture is the one on screen at `from_s`, shown from 0 on; its last ends with the
    part; sound is cut to the sample. Pictures are upright and as large as anything that is made of
    them needs. (Copying packets could begin at key frames only, and each container would hide what
    comes before the part in its own way, if it can: it would still be in the file.)

    :raises BadVideo: nothing of it can be decoded.
    :raises BadPart: too little of the part lies in the video.
    """
    info = probe(video)
    begin, end = part.within(info.duration_s)
    form = _form(info)
    total = math.ceil((end - begin) * Fraction(form.fps))
    with av.open(str(place), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        picture = _add_pictures(container, form)
        streams: list[Iterator[Packet[VideoStream] | Packet[AudioStream]]] = [
            _pictures(video, picture, form, begin, end)
        ]
        if info.has_audio:
            sound = container.add_stream("aac", rate=RATE_HZ, layout="stereo")
            sound.codec_context.bit_rate = SOUND_BIT_RATE
            streams.append(_sound(video, sound, begin, end))
        for packet in heapq.merge(*streams, key=_decoded_s):
            container.mux(packet)
            if packet.stream is picture:
                done(min(total, math.ceil(_decoded_s(packet) * form.fps) + 1), total)
    done(total, total)


def _form(info: VideoInfo) -> PictureForm:
    """Even sides, none longer than anything looks at."""
    scale = min(1.0, LONGEST_SIDE / max(info.width, info.height))
    width, height = (max(16, round(side * scale / 2) * 2) for side in (info.width, info.height))
    return PictureForm(width, height, max(1, round(info.fps)))


def _add_pictures(container: av.container.OutputContainer, form: PictureForm) -> VideoStream:
    stream = container.add_stream("libx264", rate=form.fps)
    stream.width, stream.height, stream.pix_fmt = form.width, form.height, "yuv420p"
    context = stream.codec_context
    context.time_base = Fraction(1, CLOCK_HZ)
    context.flags |= Flags.frame_duration
    context.max_b_frames = 0
    context.gop_size = KEY_EVERY
    context.colorspace, context.color_range = Colorspace.ITU601, ColorRange.MPEG
    # What is made of it is encoded once more: at this rate that leaves no trace.
    context.options = {"crf": "19", "preset": "veryfast"}
    return stream


def _pictures(
    video: Path, stream: VideoStream, form: PictureForm, begin: Fraction, end: Fraction
) -> Generator[Packet[VideoStream]]:
    pictures = prefetch(_shown(video, form, begin, end))
    try:
        for frame in pictures:
            yield from stream.encode(frame)
        yield from stream.encode(None)
    finally:
        pictures.close()


def _shown(video: Path, form: PictureForm, begin: Fraction, end: Fraction) -> Generator[VideoFrame]:
    """Each picture that is on screen within the part, on the part's own clock."""
    prepare = Preparation(form)
    orientation: Orientation | None = None

    def seen(_start: Fraction, stop: Fraction, _tick: Fraction) -> bool:
        return stop > begin

    for shown in decode_frames(video, seen):
        if orientation is None:
            orientation = orientation_of(shown.frame)
        if shown.start >= end:
            return
        if shown.end > begin:
            start, stop = max(shown.start, begin) - begin, min(shown.end, end) - begin
            frame = prepare(shown.frame, orientation)
            frame.pts, frame.time_base = round(start * CLOCK_HZ), Fraction(1, CLOCK_HZ)
            frame.duration = round(stop * CLOCK_HZ) - frame.pts
            yield frame


def _sound(
    video: Path, stream: AudioStream, begin: Fraction, end: Fraction
) -> Generator[Packet[AudioStream]]:
    first, last = round(begin * RATE_HZ), round(end * RATE_HZ)
    at = 0  # samples of the video's sound that went by
    for block in pcm(video):
        part = block[max(0, first - at) : max(0, last - at)]
        if len(part):
            frame = AudioFrame.from_ndarray(part.reshape(1, -1), format="s16", layout="stereo")
            frame.sample_rate, frame.time_base = RATE_HZ, Fraction(1, RATE_HZ)
            frame.pts = max(first, at) - first
            yield from stream.encode(frame)
        at += len(block)
        if at >= last:
            break
    yield from stream.encode(None)


def _decoded_s(packet: Packet[VideoStream] | Packet[AudioStream]) -> Fraction:
    """When a packet is wanted, for putting picture and sound beside each other."""
    return (packet.dts or 0) * packet.time_base

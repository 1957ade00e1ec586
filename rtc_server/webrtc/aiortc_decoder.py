"""Takes a receiver's frames out of our jitter buffer, and has our decoder decode them.

Private parts of aiortc, as in `aiortc_internals`. aiortc's own decoders take frames of any size,
log a line for each that fails, and use a thread for each core.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

import av
from aiortc import RTCRtpReceiver
from aiortc.jitterbuffer import JitterFrame

from rtc_server.webcam.frame_decoder import FrameDecoder
from rtc_server.webcam.key_frames import starts_key_frame
from rtc_server.webcam.wanted_frames import MAX_HELD, HeldFrames
from rtc_server.webrtc.aiortc_internals import (
    CODECS,
    DECODER_QUEUE,
    DECODER_THREAD,
    JITTER_BUFFER,
    TIMESTAMP_MAPPER,
)
from rtc_server.webrtc.jitter_buffer import EncodedFrame, JitterBuffer, VideoPacket
from rtc_server.webrtc.keyframe_gate import KeyFrameGate
from rtc_server.webrtc.offers.formats import OPUS

DECODER_ERROR = "_RTCRtpReceiver__decoder_error"

DecoderTask: TypeAlias = tuple[Any, JitterFrame]  # with its codec, as aiortc's decoder takes it
OnPictures: TypeAlias = Callable[[av.VideoFrame, int], None]


class FrameTap(Protocol):
    """Sees each whole frame before it is decoded."""

    def take(self, codec: str, frame: EncodedFrame, is_key: bool) -> bool:
        """Return whether it may be decoded.

        :param codec: its name in SDP.
        """

    def should_request_key_frame(self) -> bool:
        """Whether to ask for a key frame with this packet."""


def replace_jitter_buffer(
    receiver: RTCRtpReceiver,
    buffer: JitterBuffer,
    gate: KeyFrameGate,
    tap: FrameTap | None = None,
    held: HeldFrames[DecoderTask] | None = None,
) -> DecoderFeed:
    """Use our jitter buffer and gate instead of aiortc's; call it before the first packet.

    :param held: decides when frames are decoded; None: each at once.
    """
    getattr(receiver, JITTER_BUFFER)  # setattr alone would not notice that the attribute has moved
    if held is None:
        held = HeldFrames(lambda: 0.0, lambda: True)
    feed = DecoderFeed(receiver, buffer, gate, tap, held)
    setattr(receiver, JITTER_BUFFER, feed)
    return feed


def replace_audio_buffer(receiver: RTCRtpReceiver, on_sound: Callable[[bytes, int], None]) -> None:
    """Call `on_sound` with each packet of Opus and its RTP timestamp, and decode nothing.

    Call it before the first packet.
    """
    getattr(receiver, JITTER_BUFFER)
    setattr(receiver, JITTER_BUFFER, _SoundTap(getattr(receiver, CODECS), on_sound))


def replace_decoder(
    receiver: RTCRtpReceiver,
    decoder: FrameDecoder,
    on_pictures: OnPictures,
) -> None:
    """Decode this receiver's frames with `decoder`; call it before the first packet.

    :param on_pictures: called in the event loop with the newest picture, and with how many there
        are since the last call: of frames that were queued together only one is passed on.
    """
    getattr(receiver, DECODER_QUEUE)  # setattr alone would not notice that the attribute has moved
    setattr(receiver, DECODER_QUEUE, _DecodingQueue(receiver, decoder, on_pictures))


class _DecodingQueue(queue.Queue[Any]):
    """The queue of which aiortc's decoder thread takes its work.

    The thread gets only the signal to stop. Until then this queue decodes, in the thread's place,
    and passes the pictures on.
    """

    def __init__(
        self, receiver: RTCRtpReceiver, decoder: FrameDecoder, on_pictures: OnPictures
    ) -> None:
        super().__init__()
        self._decoder = decoder
        self._on_pictures = on_pictures
        self._loop = asyncio.get_running_loop()
        self._error: threading.Event = getattr(receiver, DECODER_ERROR)
        self._lock = threading.Lock()  # of what follows
        self._newest: av.VideoFrame | None = None
        self._decoded = 0  # pictures since one was passed on
        self._is_passing = False  # the event loop is called, and has not come yet

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Decode until the signal to stop (None) comes, and return it."""
        task = super().get(block, timeout)
        while block and task is not None:
            self._decode(*task)
            task = super().get()
        return task

    def _decode(self, codec: Any, frame: Any) -> None:
        pictures, needs_key = self._decoder.decode(codec.name, frame.data, frame.timestamp)
        if needs_key:
            self._error.set()  # aiortc then asks for a key frame with the next packet
        with self._lock:
            if pictures:
                self._newest = pictures[-1]
                self._decoded += len(pictures)
            if self._newest is None or self._is_passing:
                return
            if self.qsize() and self._decoded < MAX_HELD:
                return  # a newer one follows at once
            self._is_passing = True
        with contextlib.suppress(RuntimeError):  # the event loop is closed
            self._loop.call_soon_threadsafe(self._pass_on)

    def _pass_on(self) -> None:
        with self._lock:
            picture, decoded = self._newest, self._decoded
            self._newest, self._decoded, self._is_passing = None, 0, False
        assert picture is not None
        self._on_pictures(picture, decoded)


class DecoderFeed:
    """Takes the place of aiortc's jitter buffer, and queues complete frames for the decoder.

    aiortc's buffer returns at most one frame for a packet, and aiortc queues it. This one returns
    none, and queues the complete frames itself in the same way, once they have to be decoded.
    """

    def __init__(
        self,
        receiver: RTCRtpReceiver,
        buffer: JitterBuffer,
        gate: KeyFrameGate,
        tap: FrameTap | None,
        held: HeldFrames[DecoderTask],
    ) -> None:
        self._receiver = receiver
        self._buffer = buffer
        self._gate = gate
        self._tap = tap
        self._held = held
        self._queue: queue.Queue[Any] = getattr(receiver, DECODER_QUEUE)
        self._mapper = getattr(receiver, TIMESTAMP_MAPPER)
        self._codecs: dict[int, Any] = getattr(receiver, CODECS)
        getattr(receiver, DECODER_THREAD)

    def add(self, packet: VideoPacket) -> tuple[bool, None]:
        """Return whether to request a key frame, and no frame: frames are queued already."""
        for frame in self._buffer.add(packet):
            codec = self._codecs[frame.payload_type]
            is_key = starts_key_frame(codec.name, frame.data)
            if self._tap is None or self._tap.take(codec.name, frame, is_key):
                self._decode(frame, codec, is_key=is_key)
        asks = self._gate.should_request_key_frame()
        return asks or (self._tap is not None and self._tap.should_request_key_frame()), None

    def decode_held(self) -> bool:
        """Queue the frames that are held back; return whether there were any."""
        return self._put(self._held.take_all())

    def _decode(self, frame: EncodedFrame, codec: Any, *, is_key: bool) -> None:
        if getattr(self._receiver, DECODER_THREAD) is None:
            return  # the receiver has stopped, and its queue holds the stop signal
        if self._gate.is_decoder_behind(self._queue.qsize()):
            self._gate.on_queue_emptied(self._empty_queue() + len(self._held.take_all()))
        if self._gate.admit(frame, is_key=is_key):
            timestamp = self._mapper.map(frame.timestamp)
            self._put(self._held.add((codec, JitterFrame(frame.data, timestamp))))

    def _put(self, tasks: Sequence[DecoderTask]) -> bool:
        if not tasks or getattr(self._receiver, DECODER_THREAD) is None:
            return False
        self._gate.on_queued(len(tasks))
        for task in tasks:
            self._queue.put(task)
        return True

    def _empty_queue(self) -> int:
        """Discard what waits for the decoder, which may take from the queue meanwhile; count it."""
        discarded = 0
        try:
            while True:
                self._queue.get_nowait()
                discarded += 1
        except queue.Empty:
            return discarded


class _SoundTap:
    """Takes the place of the jitter buffer of an audio receiver."""

    def __init__(self, codecs: dict[int, Any], on_sound: Callable[[bytes, int], None]) -> None:
        self._codecs = codecs
        self._on_sound = on_sound

    def add(self, packet: Any) -> tuple[bool, None]:
        if packet.payload and self._codecs[packet.payload_type].name.lower() == OPUS:
            self._on_sound(packet.payload, packet.timestamp)
        return False, None

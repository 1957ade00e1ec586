"""Our decoder's queue and feed in a receiver of aiortc's, without a connection."""

from __future__ import annotations

import asyncio
import queue
from types import SimpleNamespace
from typing import Any

import av
from aiortc import RTCPeerConnection, RTCRtpCodecParameters, RTCRtpReceiver
from aiortc.jitterbuffer import JitterFrame

from rtc_server.webcam.frame_decoder import FrameDecoder
from rtc_server.webcam.wanted_frames import MAX_HELD, HeldFrames
from rtc_server.webrtc import aiortc_decoder, aiortc_internals
from rtc_server.webrtc.jitter_buffer import JitterBuffer
from rtc_server.webrtc.keyframe_gate import MAX_QUEUE_DELAY_S, KeyFrameGate

VP8 = SimpleNamespace(name="VP8")


class Time:
    s = 100.0

    def __call__(self) -> float:
        return self.s


def make_receiver() -> RTCRtpReceiver:
    return RTCPeerConnection().addTransceiver("video").receiver


class Decoding:
    """A receiver whose decoder makes a picture of each frame; this thread is the decoder's."""

    def __init__(self) -> None:
        self.passed: list[tuple[int | None, int]] = []  # of the newest, its pts; how many
        receiver, decoder = make_receiver(), FrameDecoder()
        decoder.decode = self._decode  # type: ignore[method-assign]
        aiortc_decoder.replace_decoder(
            receiver, decoder, lambda newest, count: self.passed.append((newest.pts, count))
        )
        self.tasks: queue.Queue[Any] = getattr(receiver, aiortc_internals.DECODER_QUEUE)

    def _decode(self, _: str, data: bytes, pts: int) -> tuple[list[av.VideoFrame], bool]:
        if not data:
            return [], True
        picture = av.VideoFrame(16, 16)
        picture.pts = pts
        return [picture], False

    def run(self, *frames: bytes) -> None:
        """Decode frames that are queued together."""
        for k, data in enumerate(frames):
            self.tasks.put((VP8, JitterFrame(data, k)))
        self.tasks.put(None)
        assert self.tasks.get() is None


async def test_while_the_event_loop_stands_still_no_pictures_gather() -> None:
    decoding = Decoding()
    for _ in range(2):
        decoding.run(*[b"1"] * 100)
        await asyncio.sleep(0)
    assert decoding.passed == [(99, 100), (99, 100)]


async def test_of_frames_that_are_queued_together_the_newest_is_passed_on() -> None:
    decoding = Decoding()
    calls = 0
    soon = asyncio.get_running_loop().call_soon_threadsafe

    def count(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        return soon(*arguments)

    asyncio.get_running_loop().call_soon_threadsafe = count  # type: ignore[method-assign]
    for k in range(MAX_HELD):
        decoding.tasks.put((VP8, JitterFrame(b"1", k)))
    thread = asyncio.create_task(asyncio.to_thread(decoding.tasks.get))
    while not decoding.passed:
        await asyncio.sleep(0)
    assert (decoding.passed, calls) == ([(MAX_HELD - 1, MAX_HELD)], 1)
    decoding.tasks.put(None)
    await thread


class Feeding:
    """A receiver whose frames are put by hand; they are queued for nobody."""

    def __init__(self, *, is_wanted: bool) -> None:
        self.now, self.receiver = Time(), make_receiver()
        self.is_wanted = is_wanted
        codecs = getattr(self.receiver, aiortc_internals.CODECS)
        codecs[97] = RTCRtpCodecParameters("video/VP8", 90_000, payloadType=97)
        setattr(self.receiver, aiortc_internals.DECODER_THREAD, object())
        self.gate = KeyFrameGate(self.now)
        held = HeldFrames[aiortc_decoder.DecoderTask](self.now, lambda: self.is_wanted)
        buffer = JitterBuffer(self.now)
        self.feed = aiortc_decoder.replace_jitter_buffer(
            self.receiver, buffer, self.gate, held=held
        )
        self._sent = 0

    def send(self, data: bytes = b"\1") -> None:
        packet = SimpleNamespace(ssrc=1, payload_type=97, marker=1, payload=data, _data=data)
        packet.sequence_number, packet.timestamp = self._sent, 6000 * self._sent
        self._sent += 1
        self.feed.add(packet)

    @property
    def queued(self) -> int:
        tasks: queue.Queue[Any] = getattr(self.receiver, aiortc_internals.DECODER_QUEUE)
        return tasks.qsize()


KEY_FRAME = b"\x10\0\0\x9d\x01\x2a\x10\0\x10\0"


async def test_frames_are_held_back_until_somebody_wants_one() -> None:
    feeding = Feeding(is_wanted=False)
    feeding.send(KEY_FRAME)
    feeding.send()
    assert feeding.queued == 0
    feeding.is_wanted = True
    feeding.send()
    assert feeding.queued == 3
    assert not feeding.feed.decode_held()


async def test_time_for_which_a_frame_is_held_back_is_no_delay_of_the_decoder() -> None:
    feeding = Feeding(is_wanted=False)
    feeding.send(KEY_FRAME)
    feeding.now.s += MAX_QUEUE_DELAY_S + 1
    assert feeding.feed.decode_held()
    feeding.is_wanted = True
    feeding.send()
    assert (feeding.queued, feeding.gate.decoder_stalls) == (2, 0)


async def test_what_is_held_back_is_discarded_with_what_it_builds_on() -> None:
    feeding = Feeding(is_wanted=True)
    feeding.send(KEY_FRAME)
    feeding.now.s += MAX_QUEUE_DELAY_S / 2
    feeding.is_wanted = False
    feeding.send()
    feeding.now.s += MAX_QUEUE_DELAY_S / 2 + 0.01
    feeding.send()  # the first one still waits for the decoder
    assert (feeding.queued, feeding.gate.skipped) == (0, 3)
    assert not feeding.feed.decode_held()


async def test_a_receiver_that_has_stopped_queues_nothing_behind_the_signal_to_stop() -> None:
    feeding = Feeding(is_wanted=False)
    feeding.send(KEY_FRAME)
    setattr(feeding.receiver, aiortc_internals.DECODER_THREAD, None)
    assert not feeding.feed.decode_held()
    assert feeding.queued == 0

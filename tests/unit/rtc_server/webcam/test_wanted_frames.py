from __future__ import annotations

import asyncio
from collections.abc import Callable

import av

from rtc_server.webcam.wanted_frames import MAX_HELD, MAX_HELD_S, HeldFrames, WantedFrames
from rtc_server.webcam.webcam_frame import WebcamFrame


class Time:
    s = 100.0

    def __call__(self) -> float:
        return self.s


class Camera:
    """Frames are numbers, and decoded as soon as they are released."""

    def __init__(self) -> None:
        self.now = Time()
        self.frames = WantedFrames()
        self.held = HeldFrames[int](self.now, lambda: self.frames.is_wanted)
        self.frames.decode_held = lambda: self._decode(self.held.take_all())
        self.decoded: list[list[int]] = []

    def send(self, number: int) -> None:
        self._decode(self.held.add(number))

    def _decode(self, numbers: list[int]) -> bool:
        if numbers:
            self.decoded.append(numbers)
            frame = WebcamFrame(av.VideoFrame(16, 16), numbers[-1], self.now())
            self.frames.put(frame, len(numbers))
        return bool(numbers)

    @property
    def newest(self) -> float | None:
        frame = self.frames.take_newest()
        return frame and frame.timestamp


async def begin(wait: Callable[[], object]) -> asyncio.Task[None]:
    task = asyncio.create_task(wait())  # type: ignore[arg-type]
    await asyncio.sleep(0)
    return task


async def test_frames_that_nobody_waits_for_are_decoded_with_the_next_that_is_waited_for() -> None:
    camera = Camera()
    camera.send(1)
    camera.send(2)
    assert camera.decoded == []
    waiting = await begin(camera.frames.wait_for_next)
    assert not waiting.done() and camera.decoded == []
    camera.send(3)
    await waiting
    assert camera.decoded == [[1, 2, 3]]
    assert camera.newest == 3
    assert (camera.frames.received, camera.frames.dropped) == (3, 2)


async def test_while_a_reader_has_not_taken_a_frame_each_is_decoded_at_once() -> None:
    """It waits for its turn meanwhile, and takes the newest then."""
    camera = Camera()
    waiting = await begin(camera.frames.wait_for_next)
    for number in (1, 2, 3):
        camera.send(number)
    await waiting
    assert camera.decoded == [[1], [2], [3]]
    assert camera.newest == 3
    camera.send(4)
    assert camera.decoded[3:] == []


async def test_a_late_reader_gets_the_newest_frame_although_it_was_held_back() -> None:
    camera = Camera()
    waiting = await begin(camera.frames.wait_for_next)
    camera.send(1)
    await waiting
    assert camera.newest == 1
    camera.send(2)
    camera.send(3)
    await camera.frames.wait()
    assert (camera.decoded, camera.newest) == ([[1], [2, 3]], 3)


async def test_a_late_reader_waits_until_what_was_held_back_is_decoded() -> None:
    camera = Camera()
    camera.frames.put(WebcamFrame(av.VideoFrame(16, 16), 1, 0.0))
    camera.frames.decode_held = lambda: True  # in a thread, which takes its time
    waiting = await begin(camera.frames.wait)
    assert not waiting.done()
    camera.frames.put(WebcamFrame(av.VideoFrame(16, 16), 2, 0.0))
    await waiting
    assert camera.newest == 2


async def test_without_a_reader_few_frames_gather_and_none_for_long() -> None:
    camera = Camera()
    for number in range(2 * MAX_HELD + 1):
        camera.send(number)
    assert [len(numbers) for numbers in camera.decoded] == [MAX_HELD, MAX_HELD]
    camera.now.s += MAX_HELD_S + 0.01
    camera.send(100)
    assert camera.decoded[2:] == [[2 * MAX_HELD, 100]]
    assert len(camera.held) == 0

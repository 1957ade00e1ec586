"""Closes a connection of aiortc within a time limit, whatever has become of its tasks.

`RTCPeerConnection.close()` waits for tasks of senders and receivers to say that they have ended. A
task that has died of an unexpected error never says so, and the close would wait for ever.
tests/integration/webrtc/test_aiortc_internals.py fails when a private part that is used here moves.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import Any

from aiortc import RTCPeerConnection, RTCRtpReceiver

from rtc_server.webrtc.aiortc_internals import (
    DECODER_QUEUE,
    DECODER_THREAD,
    ICE_CONNECTION,
    dtls_transports,
    ice_transports,
)

logger = logging.getLogger(__name__)

STEP_S = 1.0  # for each part of a connection that did not close in time
THREAD_POLL_S = 0.01
STOP_DECODER = "_RTCRtpReceiver__stop_decoder"
RECEIVER_TASKS = ("_RTCRtpReceiver__rtcp_task",)
SENDER_TASKS = ("_RTCRtpSender__rtp_task", "_RTCRtpSender__rtcp_task")


async def close_connection(
    connection: RTCPeerConnection, timeout_s: float, decoders: DecoderStops | None = None
) -> bool:
    """Close a connection; return False if it did not close in time and was cut off.

    :param decoders: threads to wait for, too.
    """
    try:
        await _finish_within(timeout_s, [_close(connection, decoders)])
    except Exception as error:  # TimeoutError, or what a part of it raised
        logger.warning("a connection did not close and was cut off: %r", error)
        await _cut_off(connection)
        return False
    return True


async def _close(connection: RTCPeerConnection, decoders: DecoderStops | None) -> None:
    await connection.close()
    if decoders is not None:
        await decoders.wait()


async def _finish_within(timeout_s: float, steps: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do these steps at the same time; those that are late are cancelled, and not waited for.

    `asyncio.timeout` would wait for them, and a part of aioice swallows a cancellation.

    :raises TimeoutError: at least one was late.
    """
    tasks = [asyncio.ensure_future(step) for step in steps]
    done, late = await asyncio.wait(tasks, timeout=timeout_s)
    for task in late:
        task.add_done_callback(lambda t: t.cancelled() or t.exception())  # nobody else asks for it
        task.cancel()
    errors = [error for task in done if (error := task.exception()) is not None]
    if errors:
        raise errors[0]
    if late:
        raise TimeoutError(f"not done within {timeout_s:g} s")


async def _cut_off(connection: RTCPeerConnection) -> None:
    """Cancel the connection's tasks, then stop each part of it, whether or not others do."""
    for transceiver in connection.getTransceivers():
        parts = ((transceiver.receiver, RECEIVER_TASKS), (transceiver.sender, SENDER_TASKS))
        for part, names in parts:
            for name in names:
                if (task := getattr(part, name)) is not None:
                    task.cancel()
        getattr(transceiver.receiver, STOP_DECODER)()
    with contextlib.suppress(Exception):  # it is logged already that the connection is broken
        await _finish_within(STEP_S, [stop() for stop in _stops(connection)])
    for ice in ice_transports(connection):
        for protocol in getattr(ice, ICE_CONNECTION)._protocols:
            protocol.transport.abort()
    connection.remove_all_listeners()


def _stops(connection: RTCPeerConnection) -> Iterator[Callable[[], Coroutine[Any, Any, None]]]:
    """What stops the parts of a connection, the upper ones first."""
    if connection.sctp is not None:
        yield connection.sctp.stop
    yield from (dtls.stop for dtls in dtls_transports(connection))
    yield from (ice.stop for ice in ice_transports(connection))


class DecoderStops:
    """Lets receivers stop their decoders without blocking the event loop.

    aiortc joins the decoder's thread on the event loop, which stands still until the thread has
    decoded everything that is queued: a learner's stop, and also an RTCP BYE, would halt everybody.
    """

    def __init__(self) -> None:
        self._stopped: list[threading.Thread] = []

    def attach(self, receiver: RTCRtpReceiver) -> None:
        """Replace how this receiver stops its decoder; call it before the receiver has started."""
        getattr(receiver, STOP_DECODER)
        getattr(receiver, DECODER_QUEUE)

        def stop() -> None:
            thread = getattr(receiver, DECODER_THREAD)
            if thread is None:
                return
            setattr(receiver, DECODER_THREAD, None)
            queue = getattr(receiver, DECODER_QUEUE)  # by now it may be that of our decoder
            with queue.mutex:
                queue.queue.clear()
            queue.put(None)  # the thread ends after the frame in its hands
            self._stopped.append(thread)

        setattr(receiver, STOP_DECODER, stop)

    async def wait(self) -> None:
        """Wait until all stopped threads have ended."""
        while any(t.is_alive() for t in self._stopped):  # noqa: ASYNC110 - threads have no event
            await asyncio.sleep(THREAD_POLL_S)
        self._stopped.clear()

"""A headless learner on aiortc: connects, sends a camera, follows a lesson, records every score."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

from aiortc import RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription

from rtc_server.client.cameras import CameraTrack
from rtc_server.client.device import THIS_DEVICE, Device
from rtc_server.client.http_posts import post_json
from rtc_server.client.network_watch import NetworkWatch
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import NothingToResume
from rtc_server.client.participant import Participant
from rtc_server.client.screen import Screen
from rtc_server.client.server_config import find_relay_problems
from rtc_server.errors import SessionFailed
from rtc_server.webrtc.aiortc_internals import (
    build_configuration,
    packets_received,
    set_bit_rate,
)

CONNECT_TIMEOUT_S = 20.0


class Learner(Participant):
    """One session over WebRTC, from the offer to its end."""

    lossy_channel = "scores"

    def __init__(
        self,
        options: LearnerOptions,
        device: Device = THIS_DEVICE,
        previous: Participant | None = None,
    ) -> None:
        """:param previous: the learner whose session is to be resumed."""
        super().__init__(options, device, previous)
        configuration = build_configuration(device.ice_servers, options.relay_only)
        self._connection = RTCPeerConnection(configuration)
        self._control = self._connection.createDataChannel("control")
        self._scores = self._connection.createDataChannel(
            self.lossy_channel, ordered=False, maxRetransmits=0
        )
        self._track_names: list[str] = []
        self._screen = Screen(self._now, self.outcome, self._send)

    def _work(self, camera: CameraTrack | None) -> Sequence[Coroutine[Any, Any, None]]:
        transceivers = self._connection.getTransceivers()[-len(self._track_names) :]
        receivers = [transceiver.receiver for transceiver in transceivers]
        return [
            *map(self._screen.receive, self._track_names, receivers),
            self._screen.present(receivers[0], camera),
            self._watch_network(receivers[0]),
        ]

    async def _disconnect(self) -> None:
        await self._connection.close()

    def _show_state(self, state: Mapping[str, Any]) -> None:
        self._screen.set_playing(state["state"] == "playing")

    def _add_transceivers(self, camera: CameraTrack | None) -> list[str]:
        """Offer the webcam, if there is one, and to receive the instructor's video and audio.

        :return: the names of the received tracks, in their order.
        """
        if camera is not None:
            self._connection.addTransceiver(camera, direction="sendonly")
        names = ["video", "audio"] + (["annotated"] if self._options.annotated else [])
        for name in names:
            kind = "audio" if name == "audio" else "video"
            self._connection.addTransceiver(kind, direction="recvonly")
        return names

    async def _connect(self, camera: CameraTrack | None) -> None:
        self._track_names = self._add_transceivers(camera)
        opened = asyncio.Event()

        def on_open() -> None:
            if self._control.readyState == self._scores.readyState == "open":
                opened.set()

        for channel in (self._control, self._scores):
            channel.on("open", on_open)
            channel.on("message", self._on_text)
        self._control.on("close", self._on_disconnect)
        self._connection.on("connectionstatechange", self._on_connection_state)
        await self._connection.setLocalDescription(await self._connection.createOffer())
        answer = await self._post_offer(self._connection.localDescription.sdp)
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        if isinstance(camera, CameraTrack):  # a test's may be any track
            set_bit_rate(self._connection.getTransceivers()[0], camera.bit_rate)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await opened.wait()
        except TimeoutError:
            problems = await find_relay_problems(self._device.ice_servers)
            reason = "; ".join(problems) or "does a firewall block UDP?"
            raise SessionFailed(
                f"no connection to {self._options.url} within {CONNECT_TIMEOUT_S:.0f} s; {reason}"
            ) from None

    async def _post_offer(self, sdp: str) -> str:
        """Send the offer and return the answer's SDP."""
        options = self._options
        path, asked = self._describe_request()
        body = {"sdp": sdp, "type": "offer", "resume": self._resume, **asked}
        url = options.url.rstrip("/") + path
        status, answer = await post_json(url, body, options.headers())
        if status != 201:
            gone = self._resume is not None and answer.get("code") == "unknown_session"
            kind = NothingToResume if gone else SessionFailed
            raise kind(f"{url}: the server answers {status}: {answer.get('detail')}")
        self.session = str(answer["id"])
        return str(answer["sdp"])

    def _describe_request(self) -> tuple[str, dict[str, Any]]:
        """Where a session is asked for, and what is asked for besides the offer."""
        options = self._options
        asked = {
            **{"mirror": options.mirror, "annotated": options.annotated},
            **{"learner": options.learner, "screen_only": options.screen_only},
        }
        if options.class_code is not None:
            return f"/api/classes/{options.class_code}/sessions", asked
        dancers = {} if options.dancers is None else {"dancers": options.dancers}
        followed = {"instructors": list(options.instructors)}
        return "/api/sessions", {"lesson": options.lesson, **asked, **dancers, **followed}

    async def _watch_network(self, receiver: RTCRtpReceiver) -> None:
        """Go on by another way when the network changes, until cancelled."""
        watch = NetworkWatch(
            self._connection,
            f"{self._options.url.rstrip('/')}/api/sessions/{self.session}",
            partial(packets_received, receiver),
            self._now,
            on_restarted=self.outcome.on_restarted,
            on_session_gone=self._on_session_gone,
            headers=self._options.headers(),
        )
        await watch.run()

    def _send_text(self, text: str) -> None:
        if self._control.readyState == "open":
            self._control.send(text)

    def _on_connection_state(self) -> None:
        if self._connection.connectionState in ("closed", "failed"):
            self._on_disconnect()

"""What a `ping` says of a device's clock, and its answer."""

from __future__ import annotations

from collections.abc import Callable

from rtc_server.protocol.client_messages import Ping
from rtc_server.protocol.server_messages import build_pong
from rtc_server.session.connection import SessionPeer, SessionUplink


def answer_ping(
    ping: Ping,
    received_s: float,
    uplink: SessionUplink,
    peer: SessionPeer,
    now: Callable[[], float],
) -> None:
    """Tell the device's capture clock, and send the `pong`."""
    clock = uplink.capture_clock
    clock.on_ping(ping.t0_ms, received_s, ping.rtt_ms, ping.wall_ms)
    if ping.last_pong is not None:
        clock.on_pong_received(*ping.last_pong, received_s)
    if ping.rtt_ms is not None:
        uplink.on_round_trip(ping.rtt_ms)
    peer.send_control(build_pong(ping.t0_ms, received_s * 1000, now() * 1000))

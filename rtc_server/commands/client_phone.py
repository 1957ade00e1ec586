"""`client --camera-of`: a headless phone that is the camera of a session."""

from __future__ import annotations

import argparse
import asyncio
import signal
import time
from pathlib import Path
from typing import Any

from rtc_server.client.cameras import FileCameraTrack
from rtc_server.client.device import Device
from rtc_server.client.phone_camera import PhoneCamera, split_camera_link
from rtc_server.client.server_config import fetch_ice_servers
from rtc_server.commands.client import StatusPrinter, print_outcome


async def be_the_camera(args: argparse.Namespace) -> int:
    """Film until the session ends; give 0 for a clean end."""
    url, secret = split_camera_link(args.camera_of)
    printer = StatusPrinter()
    framing: list[Any] = [None]

    def on_message(message: dict[str, Any]) -> None:
        if message["type"] != "framing":
            printer.on_message(message)
        elif message["framing"] is not None and message["framing"] != framing[0]:
            framing[0] = message["framing"]
            printer.print_line(f"framing: {', '.join(framing[0]) or 'well'}")

    phone = PhoneCamera(
        *(url, secret, FileCameraTrack(Path(args.camera), time.monotonic)),
        Device(on_message, ice_servers=await fetch_ice_servers(url)),
        args.camera_latency_ms,
    )
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, phone.leave)
    outcome = await phone.follow(args.reconnect)
    return print_outcome(outcome.reason, outcome.summary)

"""Measures what the page's webcam costs, and what its limits save: bit rate, encoding, decoder.

    python bench/webrtc/uplink.py [--seconds 20]

A real Chromium films a dancer at 1280×720 and 30 frames/s (rendered by tools/dancer, with sensor
noise), and sends the video as the page does (open_camera.js and uplink.js in web/js/connection),
then without the page's limits on size and rate. Encoding is getStats' `totalEncodeTime`, which is
wall time; decoding is processor time of aiortc's decoder in this process.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.codecs import vpx
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from numpy.typing import NDArray
from playwright.async_api import Page, Route

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # run by its path, a script finds only what lies beside it …

# … so that these can be imported only from here on.
from tests.browser.support.chromium import ALLOWED, FAKE, chromium, film_flag  # noqa: E402
from tools.build_cache import build_once, cached_path, sources_of  # noqa: E402
from tools.dancer.scene import render  # noqa: E402
from tools.dancer.video_files import write  # noqa: E402

SIZE, FPS, FILM_S = (1280, 720), 30, 8.0
NOISE = 4.0  # of 255, as of a webcam in a living room
WARM_UP_S = 10.0  # the bandwidth estimate settles in this time
ORIGIN = "http://localhost:1"  # no server listens there; the page's files are given to the browser

OFFER = """
async (capped) => {
  const { openCamera } = await import("/static/js/connection/open_camera.js");
  const { addCamera } = await import("/static/js/connection/uplink.js");
  const all = { video: { width: 1280, height: 720, frameRate: 30 } };
  const camera = capped ? await openCamera() : await navigator.mediaDevices.getUserMedia(all);
  window.connection = new RTCPeerConnection({ iceServers: [] });
  if (capped) addCamera(connection, camera);
  else {
    camera.getVideoTracks()[0].contentHint = "detail"; // keep the size, whatever it costs
    connection.addTransceiver(camera.getVideoTracks()[0], { direction: "sendonly" });
  }
  await connection.setLocalDescription();
  while (connection.iceGatheringState !== "complete") await new Promise((r) => setTimeout(r, 50));
  return connection.localDescription.sdp;
}
"""
ANSWER = "(sdp) => connection.setRemoteDescription({ type: 'answer', sdp })"
SENT = """
async () => {
  const reports = [...(await connection.getStats()).values()];
  const { timestamp, bytesSent, headerBytesSent, framesEncoded, totalEncodeTime, frameWidth,
    frameHeight } = reports.find(({ type, kind }) => type === "outbound-rtp" && kind === "video");
  return { timestamp, bytes: bytesSent + headerBytesSent, framesEncoded, totalEncodeTime,
    frameWidth, frameHeight };
}
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One way to send a webcam's video, measured for some seconds."""

    name: str
    size: str
    fps: float
    kbit_s: float
    encode_ms: float  # for a frame, wall time in the browser
    decode_ms: float  # for a frame, processor time on the server

    def __str__(self) -> str:
        cost = f"{self.encode_ms:.1f} ms ({self.encode_ms * self.fps / 10:.0f} %)"
        load = f"{self.decode_ms:.2f} ms ({self.decode_ms * self.fps / 10:.1f} %)"
        return (
            f"| {self.name} | {self.size} | {self.fps:.1f} | {self.kbit_s:.0f} | {cost} | {load} |"
        )


class DecoderTimer:
    """Counts the processor time of aiortc's VP8 decoder, and the frames that it decodes."""

    def __init__(self) -> None:
        self.spent_s = 0.0
        self.frames = 0

    @contextmanager
    def measure(self) -> Iterator[None]:
        original = vpx.Vp8Decoder.decode

        def decode(decoder: vpx.Vp8Decoder, encoded: Any) -> Any:
            since_s = time.thread_time()
            frames = original(decoder, encoded)
            self.spent_s += time.thread_time() - since_s
            self.frames += len(frames)
            return frames

        vpx.Vp8Decoder.decode = decode
        try:
            yield
        finally:
            vpx.Vp8Decoder.decode = original


def render_film() -> Path:
    """Render the dancer at the size and rate of a good webcam, once; return the file."""
    sources = [Path(__file__), *sources_of("tools.dancer.scene", "tools.dancer.video_files")]
    path = cached_path("films/webcam-720p.mjpeg", sources)
    return build_once(path, lambda unfinished: write(unfinished, _noisy_frames(), FPS))


def _noisy_frames() -> Iterator[NDArray[np.uint8]]:
    scene = render("sunrise", "tall", size=SIZE, fps=FPS)
    random = np.random.default_rng(0)
    for k in range(round(FILM_S * FPS)):
        frame = scene.frame_at(4.0 + k / FPS)
        noise = random.normal(0.0, NOISE, frame.shape)
        yield np.clip(frame + noise, 0, 255).astype(np.uint8)


async def measure(page: Page, name: str, capped: bool, seconds: float) -> Row:
    """Send for some time, and measure what that takes at both ends."""
    peer, decoder = RTCPeerConnection(), DecoderTimer()
    readers: set[asyncio.Task[None]] = set()

    @peer.on("track")
    def on_track(track: MediaStreamTrack) -> None:
        readers.add(asyncio.ensure_future(_drain(track)))

    with decoder.measure():
        offer = RTCSessionDescription(await page.evaluate(OFFER, capped), "offer")
        await peer.setRemoteDescription(offer)
        await peer.setLocalDescription(await peer.createAnswer())
        await page.evaluate(ANSWER, peer.localDescription.sdp)
        await asyncio.sleep(WARM_UP_S)
        before, spent_s, frames = await page.evaluate(SENT), decoder.spent_s, decoder.frames
        await asyncio.sleep(seconds)
        after = await page.evaluate(SENT)
        spent_s, frames = decoder.spent_s - spent_s, decoder.frames - frames
        await page.evaluate("connection.close()")
        await peer.close()
    for reader in readers:
        reader.cancel()
    passed_s = (after["timestamp"] - before["timestamp"]) / 1000
    encoded = after["framesEncoded"] - before["framesEncoded"]
    return Row(
        name=name,
        size=f"{after['frameWidth']}×{after['frameHeight']}",
        fps=encoded / passed_s,
        kbit_s=(after["bytes"] - before["bytes"]) * 8 / 1000 / passed_s,
        encode_ms=(after["totalEncodeTime"] - before["totalEncodeTime"]) * 1000 / max(1, encoded),
        decode_ms=spent_s * 1000 / max(1, frames),
    )


async def _drain(track: MediaStreamTrack) -> None:
    try:
        while True:
            await track.recv()
    except MediaStreamError:
        pass


async def _serve_file(route: Route) -> None:
    """Give the browser the page's own files, without a server."""
    path = route.request.url.removeprefix(ORIGIN)
    if path.startswith("/static/"):
        await route.fulfill(path=ROOT / "web" / path.removeprefix("/static/"))
    else:
        await route.fulfill(body="<!doctype html>", content_type="text/html")


async def run(seconds: float) -> None:
    print("| | size | frames/s | kbit/s | encoding a frame | decoding a frame |")
    print("|---|---|---|---|---|---|")
    for name, capped in (("as the page sends it", True), ("without limits", False)):
        async with chromium(ALLOWED, FAKE, film_flag(render_film())) as browser:
            page = await browser.new_page()
            await page.route("**/*", _serve_file)
            await page.goto(ORIGIN)
            print(await measure(page, name, capped, seconds))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each row is measured")
    asyncio.run(run(parser.parse_args().seconds))


if __name__ == "__main__":
    main()

"""The size, rate and bits of the video that the page sends, however large the camera is."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests.browser.support import camera_film
from tests.browser.support.chromium import ALLOWED, FAKE, chromium, film_flag
from tests.browser.support.page_script import run_on_page
from tests.browser.support.server_process import Server

pytestmark = pytest.mark.alone

MOST_KBIT_S, MOST_FPS = 300, 10
# Sends the page's own camera, as the page does, to another connection of the same page, where the
# bandwidth estimate is complete within a second.
CALL = """
async () => {
  const { openCamera } = await import("/static/js/connection/open_camera.js");
  const { addCamera } = await import("/static/js/connection/uplink.js");
  const camera = await openCamera();
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  near.addEventListener("icecandidate", ({ candidate }) => far.addIceCandidate(candidate));
  far.addEventListener("icecandidate", ({ candidate }) => near.addIceCandidate(candidate));
  addCamera(near, camera);
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription);
  window.near = near;
  const { width, height } = camera.getVideoTracks()[0].getSettings();
  return [width, height];
}
"""
SENT = """
async () => {
  const reports = [...(await near.getStats()).values()];
  const { timestamp, bytesSent, framesEncoded, frameWidth, frameHeight } =
    reports.find(({ type, kind }) => type === "outbound-rtp" && kind === "video");
  return { timestamp, bytesSent, framesEncoded, size: [frameWidth, frameHeight] };
}
"""


async def sent_for(page: Page, seconds: float) -> dict[str, Any]:
    """The frame size, and frames and bits per second."""
    before = await page.evaluate(SENT)
    await page.wait_for_timeout(seconds * 1000)
    after = await page.evaluate(SENT)
    passed_s = (after["timestamp"] - before["timestamp"]) / 1000
    return {
        "size": after["size"],
        "fps": (after["framesEncoded"] - before["framesEncoded"]) / passed_s,
        "kbit_s": (after["bytesSent"] - before["bytesSent"]) * 8 / 1000 / passed_s,
    }


async def test_large_camera_is_sent_small_slow_and_within_the_limit(server: Server) -> None:
    async with chromium(ALLOWED, FAKE, film_flag(camera_film.noise_film())) as browser:
        page = await browser.new_page(service_workers="block")
        await page.goto(server.url)
        assert await page.evaluate(CALL) == [640, 480]
        await page.wait_for_timeout(3000)  # until the bandwidth is known
        sent = await sent_for(page, 4)
    assert max(sent["size"]) <= 640, sent  # such a complex picture is sent even smaller
    assert MOST_FPS * 2 / 3 < sent["fps"] <= MOST_FPS + 1, sent
    assert MOST_KBIT_S * 0.6 < sent["kbit_s"] <= MOST_KBIT_S * 1.15, sent


ALLOWED_BITS = """
async (dancers) => {
  const { addCamera, allowDancers } = await import("/static/js/connection/uplink.js");
  const camera = document.createElement("canvas").captureStream();
  const connection = new RTCPeerConnection();
  const most = (sender) => sender.getParameters().encodings[0].maxBitrate / 1000;
  const asked = addCamera(connection, camera, dancers);
  const told = addCamera(connection, camera.clone());
  const before = most(told);
  await connection.setLocalDescription();
  await allowDancers(told, dancers);
  return [most(asked), before, most(told)];
}
"""


async def test_dancers_who_share_a_picture_share_twice_the_bits(
    browser: Browser, server: Server
) -> None:
    one, two, four = await run_on_page(browser, server, ALLOWED_BITS, 1, 2, 4)
    assert one == [MOST_KBIT_S] * 3
    assert two == four == [2 * MOST_KBIT_S, MOST_KBIT_S, 2 * MOST_KBIT_S]


SHRUNK = """
async ([width, height]) => {
  const { addCamera, changeCamera } = await import("/static/js/connection/uplink.js");
  const camera = (width, height) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d").fillRect(0, 0, 1, 1);
    return canvas.captureStream();
  };
  const connection = new RTCPeerConnection();
  const shrunk = () => sender.getParameters().encodings[0].scaleResolutionDownBy;
  const sender = addCamera(connection, camera(width, height));
  await connection.setLocalDescription();
  const first = shrunk();
  await changeCamera(sender, camera(2 * width, 2 * height));
  return [first, shrunk()];
}
"""


async def test_camera_that_heeds_no_wish_is_shrunk_and_so_is_the_one_after_it(
    browser: Browser,
    server: Server,
) -> None:
    wide, tall, small = await run_on_page(
        browser, server, SHRUNK, [1280, 720], [480, 960], [160, 120]
    )
    assert wide == [2, 4]
    assert tall == [1.5, 3]
    assert small == [1, 1]

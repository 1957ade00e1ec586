"""Draws poses on the frames they were found in, for a video file or a window."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from rtc_server.authoring.frame_sampler import SampledFrame
from rtc_server.authoring.people.tracker import Image
from rtc_server.errors import NoDisplay
from rtc_server.types import PoseTrack
from tf_pose.draw import draw_pose

FONT = cv2.FONT_HERSHEY_SIMPLEX
TEXT_COLOUR, OUTLINE_COLOUR = (255, 255, 255), (24, 20, 18)


def draw_overlay(
    sample: SampledFrame, track: PoseTrack, fps: float, *, black: bool = False
) -> Image:
    """Draw skeleton, time and rate on a copy of the sample's frame, or on black."""
    source = sample.image_bgr
    image = np.zeros_like(source) if black else source.copy()
    draw_pose(image, track.xy[sample.k], track.confidence[sample.k])
    number = f"{sample.k + 1}/{len(track)}"
    draw_caption(image, [f"t {sample.t_s:.2f} s", f"{fps:g} FPS", number])
    return image


def draw_caption(image: Image, words: list[str]) -> None:
    """Draw words at the lower left with dots between them; their size follows the image's."""
    height, width = image.shape[:2]
    scale = max(0.35, min(width, height) / 900)
    thick = max(1, round(scale * 1.6))
    gap = round(22 * scale)
    x, y = round(16 * scale) + 2, height - round(18 * scale) - 2
    for k, word in enumerate(words):
        if k:
            # OpenCV's font has ASCII only, so the dot is drawn.
            cv2.circle(
                image,
                (x + gap // 2, y - round(8 * scale)),
                thick + 1,
                OUTLINE_COLOUR,
                -1,
                cv2.LINE_AA,
            )
            cv2.circle(
                image, (x + gap // 2, y - round(8 * scale)), thick, TEXT_COLOUR, -1, cv2.LINE_AA
            )
            x += gap
        cv2.putText(image, word, (x, y), FONT, scale, OUTLINE_COLOUR, thick * 3 + 1, cv2.LINE_AA)
        cv2.putText(image, word, (x, y), FONT, scale, TEXT_COLOUR, thick, cv2.LINE_AA)
        x += cv2.getTextSize(word, FONT, scale, thick)[0][0]


class OverlayVideo:
    """Writes an MP4 (H.264) of one frame per sample; the file is complete after `with` ends."""

    def __init__(self, path: Path, fps: float) -> None:
        self._container = av.open(str(path), "w", format="mp4", options={"movflags": "faststart"})
        self._rate = Fraction(str(fps)).limit_denominator(1001)
        self._stream: VideoStream | None = None
        self._count = 0

    def add(self, image: Image) -> None:
        """Append a frame; all have the size of the first one."""
        height, width = image.shape[:2]
        # 4:2:0 needs even sides, so an odd last row or column is repeated.
        even = cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
        stream = self._stream or self._open(even.shape[1], even.shape[0])
        frame = VideoFrame.from_ndarray(even, format="bgr24")
        frame.pts, frame.time_base = self._count, 1 / self._rate
        self._count += 1
        self._container.mux(stream.encode(frame))

    def __enter__(self) -> OverlayVideo:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stream is not None and kind is None:
            self._container.mux(self._stream.encode(None))
        self._container.close()

    def _open(self, width: int, height: int) -> VideoStream:
        stream = self._container.add_stream("libx264", rate=self._rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = 1 / self._rate
        stream.codec_context.thread_count = 1  # the same file each time
        stream.codec_context.options = {"preset": "veryfast", "crf": "20"}
        self._stream = stream
        return stream


class PreviewWindow:
    """A window on the desktop that shows one image after the other."""

    def __init__(self, title: str) -> None:
        _require_display()
        self._title = title
        cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO)

    def show(self, image: Image, for_s: float) -> bool:
        """Show an image that long; return False if the user quit (q, Esc, or closed the window)."""
        cv2.imshow(self._title, image)
        key = cv2.waitKey(max(1, round(for_s * 1000))) & 0xFF
        closed = cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) < 1
        return not closed and key not in (ord("q"), 27)

    def close(self) -> None:
        """Close the window."""
        cv2.destroyAllWindows()


def _require_display() -> None:
    """Try to open a window in another process: without a display, Qt ends the process that asks.

    :raises NoDisplay: it could not be opened.
    """
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not display:
        raise NoDisplay(
            "expected a display for the window, but DISPLAY is not set; leave --show out"
        )
    program = "import cv2; cv2.namedWindow('trial'); cv2.waitKey(1)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    if done.returncode != 0:
        raise NoDisplay(
            f"expected a display for the window, but none could be opened ({display}); "
            "leave --show out"
        )

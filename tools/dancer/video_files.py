"""Writes frames to files: mp4 to keep, y4m and mjpeg for Chromium's fake camera."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2

from tools.dancer.rasterizer import Frame

Writer = Callable[[Path, Iterable[Frame], float], int]


def write(path: Path, frames: Iterable[Frame], fps: float) -> int:
    """Write frames (height, width, 3) BGR in the format of the suffix; return how many.

    :raises ValueError: the suffix is not .mp4, .y4m or .mjpeg.
    """
    if path.suffix not in WRITERS:
        raise ValueError(f"expected a name ending in one of {sorted(WRITERS)}, got {path.name!r}")
    path.parent.mkdir(parents=True, exist_ok=True)
    return WRITERS[path.suffix](path, frames, fps)


def _write_mp4(path: Path, frames: Iterable[Frame], fps: float) -> int:
    count = 0
    rate = Fraction(fps).limit_denominator(1001)
    options = {"crf": "20", "preset": "veryfast", "threads": "1"}
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=rate, options=options)
        stream.pix_fmt = "yuv420p"
        for pixels in frames:
            if not count:
                stream.height, stream.width = pixels.shape[:2]
            frame = av.VideoFrame.from_ndarray(pixels, format="bgr24")
            frame.pts, frame.time_base = count, 1 / rate
            out.mux(stream.encode(frame))
            count += 1
        if count:
            out.mux(stream.encode(None))
    return count


def _write_y4m(path: Path, frames: Iterable[Frame], fps: float) -> int:
    """Write raw 4:2:0, about 460 kB a frame at 480×640."""
    count = 0
    rate = Fraction(fps).limit_denominator(1001)
    with path.open("wb") as out:
        for pixels in frames:
            if not count:
                height, width = pixels.shape[:2]
                head = f"YUV4MPEG2 W{width} H{height} F{rate.numerator}:{rate.denominator} Ip A1:1"
                out.write(f"{head} C420jpeg\n".encode())
            out.write(b"FRAME\n")
            out.write(cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420).tobytes())
            count += 1
    return count


def _write_mjpeg(path: Path, frames: Iterable[Frame], _fps: float) -> int:
    """Write JPEGs end to end, without a frame rate; Chromium plays them at 30 frames/s."""
    count = 0
    with path.open("wb") as out:
        for pixels in frames:
            done, jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 90])
            if not done:
                raise ValueError(f"expected a frame that can be encoded, got {pixels.shape}")
            out.write(jpeg.tobytes())
            count += 1
    return count


WRITERS: dict[str, Writer] = {".mp4": _write_mp4, ".y4m": _write_y4m, ".mjpeg": _write_mjpeg}

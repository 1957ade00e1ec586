"""A real encoder that is not ours: FFmpeg's `whip` muxer, as PyAV's wheels carry it.

In a process of its own, because the muxer keeps Python's lock while it connects:
`python -m tests.whip_encoder URL TOKEN FILM CERTIFICATE KEY` sends the film again and again until
it is ended.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av

FPS = 15
SOUND_HZ = 48_000
OPTIONS = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline", "g": str(2 * FPS)}


def can_encode() -> bool:
    """Whether this FFmpeg has what is needed."""
    return "whip" in av.formats_available and {"libx264", "libopus"} <= av.codecs_available


def send(url: str, token: str, film: Path, certificate: Path, key: Path) -> None:
    """Send until the server closes the connection.

    A certificate is given, because the one that FFmpeg makes with GnuTLS is on a curve that
    OpenSSL does not take any more.
    """
    options = {"authorization": token, "cert_file": str(certificate), "key_file": str(key)}
    with av.open(url, "w", format="whip", options=options) as output:
        video = output.add_stream("libx264", rate=FPS)
        video.width, video.height, video.pix_fmt = 240, 320, "yuv420p"
        video.options = OPTIONS
        sound = output.add_stream("libopus", rate=SOUND_HZ)
        sound.layout = "stereo"
        began_s = time.monotonic()
        for count, picture in enumerate(repeat(film)):
            time.sleep(max(0.0, began_s + count / FPS - time.monotonic()))
            frame = picture.reformat(240, 320, "yuv420p")
            frame.pts, frame.time_base = count, Fraction(1, FPS)
            output.mux(video.encode(frame))
            output.mux(sound.encode(silence(count * SOUND_HZ // FPS)))


def repeat(film: Path) -> Iterator[av.VideoFrame]:
    """The film's pictures, without end."""
    while True:
        with av.open(str(film)) as source:
            yield from source.decode(video=0)


def silence(at: int) -> av.AudioFrame:
    """As much of it as a picture lasts."""
    frame = av.AudioFrame(format="flt", layout="stereo", samples=SOUND_HZ // FPS)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    frame.sample_rate, frame.pts, frame.time_base = SOUND_HZ, at, Fraction(1, SOUND_HZ)
    return frame


if __name__ == "__main__":
    with contextlib.suppress(OSError, KeyboardInterrupt):
        send(*sys.argv[1:3], *map(Path, sys.argv[3:6]))

"""Videos and playlists, opened and decoded as an upload's worker does, in a process of its own.

`python -m tests.fuzz.containers` is that process: it reads a path for each line, and writes what
came of it. The pose network is left out, because it sees only what was decoded.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import math
import random
import subprocess
import sys
import traceback
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np

from rtc_server.authoring.audio import decode_audio
from rtc_server.authoring.build_request import Part
from rtc_server.authoring.decode import decode_frames
from rtc_server.authoring.frame_sampler import probe
from rtc_server.error_text import EXPECTED
from tests.fuzz.driver import Wrong
from tests.fuzz.mutation import Mutator
from tests.paths import ROOT

MAX_FRAMES, MAX_BLOCKS = 30, 30
CASES_PER_PROCESS = 250  # each upload has a process of its own
MAX_MB = 1024
FORMATS = (
    *(("mp4", "libx264", "aac"), ("webm", "libvpx", "libopus"), ("matroska", "mpeg4", "flac")),
    *(("avi", "mjpeg", "pcm_s16le"), ("mpegts", "mpeg2video", "mp2"), ("flv", "flv", None)),
    *(("gif", "gif", None), ("ogg", None, "libopus"), ("wav", None, "pcm_s16le")),
)
TEXTS = (
    "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "ffconcat version 1.0\nfile '/etc/passwd'\nduration 5\n",
    "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
    '<?xml version="1.0"?><MPD><Period><BaseURL>file:///etc/passwd</BaseURL></Period></MPD>',
    ";FFMETADATA1\ntitle=x\n",
    "1\n00:00:00,000 --> 00:00:05,000\nhello\n",
)


class ContainerKind:
    """Small files of many containers and codecs, changed; and playlists, which name others."""

    name = "containers"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.log = folder / "decoder.log"
        self._process: asyncio.subprocess.Process | None = None
        self._files = [encode_file(*kinds) for kinds in FORMATS]
        self._number = itertools.count()

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def memory_mb(self) -> float:
        """Not a number: no process is there for long."""
        return math.nan

    def _peak_mb(self) -> float:
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024

    async def __aenter__(self) -> ContainerKind:
        await self._start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stop()

    async def _stop(self) -> None:
        if self._process is not None and self.is_alive:
            self._process.kill()
            await self._process.wait()

    async def _start(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.fuzz.containers"),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def make(self, chance: random.Random) -> bytes:
        mutator = Mutator(chance)
        if chance.random() < 0.15:
            return mutator.text(chance.choice(TEXTS), TEXTS).encode("utf-8", "surrogatepass")
        file = chance.choice(self._files)
        head = chance.random() < 0.5  # where what tells the structure often is
        cut = min(len(file), 600) if head else len(file)
        return mutator.blob(file[:cut], self._files) + file[cut:]

    async def attempt(self, data: bytes) -> str:
        assert self._process is not None and self._process.stdin and self._process.stdout
        number = next(self._number)
        if number % CASES_PER_PROCESS == CASES_PER_PROCESS - 1:
            await self._stop()
            await self._start()
        path = self._folder / f"{number % 2}.video"
        path.write_bytes(data)
        self._process.stdin.write(f"{path}\n".encode())
        outcome = (await self._process.stdout.readline()).decode().strip()
        if not outcome:
            status = await self._process.wait()
            await self._start()
            raise Wrong(f"the process has ended with status {status}")
        if outcome.startswith("wrong"):
            raise Wrong(outcome)
        if (peak_mb := self._peak_mb()) > MAX_MB:
            raise Wrong(f"decoding took {peak_mb:.0f} MB")
        return outcome


def encode_file(name: str, video: str | None, audio: str | None) -> bytes:
    """Half a second of noise and of a tone in that container."""
    out = io.BytesIO()
    with av.open(out, "w", format=name) as container:
        picture = container.add_stream(video, rate=20) if video else None
        sound = container.add_stream(audio, rate=48_000, layout="mono") if audio else None
        if isinstance(picture, av.VideoStream):
            picture.width, picture.height = 64, 48
            picture.pix_fmt = {"mjpeg": "yuvj420p", "gif": "rgb8"}.get(video or "", "yuv420p")
            for frame in _noise(picture.pix_fmt):
                container.mux(picture.encode(frame))
            container.mux(picture.encode(None))
        if isinstance(sound, av.AudioStream):
            for tone in _tone():
                container.mux(sound.encode(tone))
            container.mux(sound.encode(None))
    return out.getvalue()


def _noise(pixels: str) -> Iterator[av.VideoFrame]:
    chance = np.random.default_rng(1)
    for _ in range(10):
        noise = chance.integers(0, 255, (48, 64, 3), np.uint8)
        yield av.VideoFrame.from_ndarray(noise, "rgb24").reformat(format=pixels)


def _tone() -> Iterator[av.AudioFrame]:
    tone = (0.3 * np.sin(np.arange(19_200) / 20)).astype(np.float32)
    for at in range(0, len(tone), 960):
        frame = av.AudioFrame.from_ndarray(tone[None, at : at + 960], "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, at, Fraction(1, 48_000)
        yield frame


def decode(path: Path) -> str:
    """What comes of a file: the name of the error, or how far it was decoded."""
    try:
        Part().within(probe(path).duration_s)
        frames = sum(1 for _ in itertools.islice(decode_frames(path), MAX_FRAMES))
        blocks = sum(1 for _ in itertools.islice(decode_audio(path), MAX_BLOCKS))
    except EXPECTED as error:
        return type(error).__name__
    except Exception as error:  # the worker would log a traceback
        traceback.print_exc()
        return f"wrong: {error!r:.200}".replace("\n", " ")
    return f"{'decoded' if frames else 'no frame'}{', with sound' if blocks else ''}"


def main() -> None:
    for line in sys.stdin:
        print(decode(Path(line.strip())), flush=True)


if __name__ == "__main__":
    main()

"""Makes the bundled demo lesson: `rtc_server/demo/demo.mp4` and its exact joints `truth.npz`.

Needs a renderer that the project itself does not, in an environment of its own:

    python -m venv .venv-demo && .venv-demo/bin/pip install -r tools/requirements-demo.txt
    .venv-demo/bin/python -m tools.make_demo

Off screen, no display; about ten minutes on one core. The same machine gives the same file.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tools.dancer.body import body
from tools.dancer.camera import Camera
from tools.dancer.choreography import SUNRISE
from tools.dancer.rasterizer import Picture
from tools.dancer.scene import Actor, Scene, camera_for
from tools.dancer.visibility import seen_joints
from tools.demo.music import RATE, song
from tools.demo.stage import Studio
from tools.demo.wardrobe import dress

FOLDER = Path(__file__).resolve().parents[1] / "rtc_server" / "demo"
FPS = 30
_AUDIO_FRAME = 1024  # samples, what AAC takes
_KEY_FRAME_EVERY = 60


def main(arguments: list[str] | None = None) -> int:
    """Render, encode and write both files; the exit status."""
    asked = _parser().parse_args(arguments)
    instructor = body("instructor")
    camera = camera_for(instructor, asked.size, zoom=1.04)
    actor = Actor(instructor, SUNRISE.motion())
    scene = Scene((actor,), camera, FPS, asked.seconds or SUNRISE.duration_s)
    asked.out.mkdir(parents=True, exist_ok=True)
    studio = Studio(instructor, dress(instructor), camera)
    sound = song(SUNRISE.beats, SUNRISE.bpm)[:, : round(scene.duration_s * RATE)]
    frames = studio.frames(actor.motion, scene.times_s)
    encode(asked.out / "demo.mp4", _told(frames, len(scene.times_s)), sound, asked.crf)
    xy = scene.truth()
    write_truth(asked.out / "truth.npz", scene.times_s, xy, visible(scene), camera)
    return 0


def encode(path: Path, frames: Iterator[Picture], sound: NDArray[np.float32], crf: int) -> None:
    """H.264 and AAC into an MP4 that starts fast; one thread and no dates, so bytes repeat."""
    video_options = {"crf": str(crf), "preset": "veryslow", "tune": "animation", "threads": "1"}
    container = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", options=container) as out:
        video = out.add_stream("libx264", rate=FPS, options=video_options)
        video.pix_fmt, video.gop_size = "yuv420p", _KEY_FRAME_EVERY
        audio = out.add_stream("aac", rate=RATE, layout="stereo", bit_rate=112_000)
        audio.codec_context.flags |= av.codec.context.Flags.bitexact
        sent = 0
        for k, picture in enumerate(frames):
            if k == 0:
                video.height, video.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = k, Fraction(1, FPS)
            out.mux(video.encode(frame))
            sent = _sound_until(out, audio, sound, sent, (k + 1) * RATE // FPS)
        _sound_until(out, audio, sound, sent, sound.shape[1] + _AUDIO_FRAME)
        out.mux(video.encode(None))
        out.mux(audio.encode(None))


def _sound_until(
    out: av.container.OutputContainer,
    audio: av.AudioStream,
    sound: NDArray[np.float32],
    sent: int,
    until: int,
) -> int:
    """Encode whole frames of sound up to a sample; how many samples have gone."""
    while sent < sound.shape[1] and sent + _AUDIO_FRAME <= until:
        part = np.ascontiguousarray(sound[:, sent : sent + _AUDIO_FRAME])
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, sent, Fraction(1, RATE)
        out.mux(audio.encode(frame))
        sent += _AUDIO_FRAME
    return sent


def visible(scene: Scene) -> NDArray[np.bool_]:
    """Which joints (n, 18) nothing hides from the camera."""
    return np.array([seen_joints(scene, float(t_s)) for t_s in scene.times_s])


def write_truth(
    path: Path,
    times_s: NDArray[np.float64],
    xy: NDArray[np.float64],
    seen: NDArray[np.bool_],
    camera: Camera,
) -> None:
    """t_s (n,) seconds, xy (n, 18, 2) in 0..1 of the picture, visible (n, 18)."""
    share = ((xy + 0.5) / np.array(camera.size)).astype(np.float32)
    np.savez_compressed(path, t_s=times_s, xy=share, visible=seen)


def _told(frames: Iterator[Picture], count: int) -> Iterator[Picture]:
    started_s = time.monotonic()
    for k, picture in enumerate(frames, start=1):
        yield picture
        if k % 60 == 0:
            print(f"{k} of {count} frames, {time.monotonic() - started_s:.0f} s", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tools.make_demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the two files")
    parser.add_argument("--size", type=_size, default=(480, 640), metavar="WxH")
    parser.add_argument("--seconds", type=float, help="only the beginning, to look at it")
    parser.add_argument("--crf", type=int, default=20, help="quality: smaller is better and larger")
    return parser


def _size(text: str) -> tuple[int, int]:
    width, height = text.lower().split("x")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())

"""Makes the bundled demo lesson: `rtc_server/demo/demo.mp4` and its exact joints `truth.npz`.

It needs a renderer that the project itself does not need, in an environment of its own:

    python -m venv .venv-demo && .venv-demo/bin/pip install -r tools/requirements-demo.txt
    .venv-demo/bin/python -m tools.make_demo

It renders off screen, without a display, in about ten minutes on one core. The same machine always
makes the same file.
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
from tools.dancer.rasterizer import Frame
from tools.dancer.scene import Actor, Scene, camera_for
from tools.dancer.visibility import visible_joints
from tools.demo.music import RATE, song
from tools.demo.stage import Studio
from tools.demo.wardrobe import dress

FOLDER = Path(__file__).resolve().parents[1] / "rtc_server" / "demo"
FPS = 30
_AAC_FRAME = 1024  # samples
_KEY_FRAME_INTERVAL = 60


def main(arguments: list[str] | None = None) -> int:
    """Render, encode and write both files; return the exit status."""
    args = _parser().parse_args(arguments)
    instructor = body("instructor")
    camera = camera_for(instructor, args.size, zoom=1.04)
    actor = Actor(instructor, SUNRISE.motion())
    scene = Scene((actor,), camera, FPS, args.seconds or SUNRISE.duration_s)
    args.out.mkdir(parents=True, exist_ok=True)
    studio = Studio(instructor, dress(instructor), camera)
    samples = song(SUNRISE.beats, SUNRISE.bpm)[:, : round(scene.duration_s * RATE)]
    frames = studio.frames(actor.motion, scene.times_s)
    encode(args.out / "demo.mp4", _report_progress(frames, len(scene.times_s)), samples, args.crf)
    visible = find_visible_joints(scene)
    write_truth(args.out / "truth.npz", scene.times_s, scene.truth(), visible, camera)
    return 0


def encode(path: Path, frames: Iterator[Frame], samples: NDArray[np.float32], crf: int) -> None:
    """Encode H.264 and AAC into an MP4 that starts fast.

    One thread and no dates, so that the same input gives the same bytes.
    """
    video_options = {"crf": str(crf), "preset": "veryslow", "tune": "animation", "threads": "1"}
    container = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", options=container) as out:
        video = out.add_stream("libx264", rate=FPS, options=video_options)
        video.pix_fmt, video.gop_size = "yuv420p", _KEY_FRAME_INTERVAL
        audio = out.add_stream("aac", rate=RATE, layout="stereo", bit_rate=112_000)
        audio.codec_context.flags |= av.codec.context.Flags.bitexact
        sent = 0
        for k, pixels in enumerate(frames):
            if k == 0:
                video.height, video.width = pixels.shape[:2]
            frame = av.VideoFrame.from_ndarray(pixels, format="bgr24")
            frame.pts, frame.time_base = k, Fraction(1, FPS)
            out.mux(video.encode(frame))
            sent = _encode_audio_until(out, audio, samples, sent, (k + 1) * RATE // FPS)
        _encode_audio_until(out, audio, samples, sent, samples.shape[1] + _AAC_FRAME)
        out.mux(video.encode(None))
        out.mux(audio.encode(None))


def _encode_audio_until(
    out: av.container.OutputContainer,
    audio: av.AudioStream,
    samples: NDArray[np.float32],
    sent: int,
    until: int,
) -> int:
    """Encode whole audio frames up to a sample; return how many samples are encoded now."""
    while sent < samples.shape[1] and sent + _AAC_FRAME <= until:
        part = np.ascontiguousarray(samples[:, sent : sent + _AAC_FRAME])
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, sent, Fraction(1, RATE)
        out.mux(audio.encode(frame))
        sent += _AAC_FRAME
    return sent


def find_visible_joints(scene: Scene) -> NDArray[np.bool_]:
    """Find which joints (n, 18) the camera sees."""
    return np.array([visible_joints(scene, float(t_s)) for t_s in scene.times_s])


def write_truth(
    path: Path,
    times_s: NDArray[np.float64],
    xy: NDArray[np.float64],
    visible: NDArray[np.bool_],
    camera: Camera,
) -> None:
    """Write t_s (n,) seconds, xy (n, 18, 2) in 0..1 of the frame, and visible (n, 18)."""
    share = ((xy + 0.5) / np.array(camera.size)).astype(np.float32)
    np.savez_compressed(path, t_s=times_s, xy=share, visible=visible)


def _report_progress(frames: Iterator[Frame], count: int) -> Iterator[Frame]:
    started_s = time.monotonic()
    for k, frame in enumerate(frames, start=1):
        yield frame
        if k % 60 == 0:
            print(f"{k} of {count} frames, {time.monotonic() - started_s:.0f} s", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tools.make_demo",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder for both files")
    parser.add_argument(
        "--size", type=_size, default=(480, 640), metavar="WxH", help="default 480x640"
    )
    parser.add_argument("--seconds", type=float, help="render only the beginning, as a preview")
    parser.add_argument(
        "--crf",
        type=int,
        default=20,
        help="quality: a lower number looks better and takes more bytes",
    )
    return parser


def _size(text: str) -> tuple[int, int]:
    width, height = text.lower().split("x")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())

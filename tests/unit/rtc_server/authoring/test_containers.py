"""A file from a stranger opens no other file, and takes no more memory than a video of a camera."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from rtc_server.authoring.containers import MAX_PIXELS, find_audio, open_video
from rtc_server.authoring.decode import decode_frames
from rtc_server.authoring.frame_sampler import probe
from rtc_server.errors import BadVideo
from tests.clips import write_clip

SECRET = (64, 48)  # the size of the video that must not be found


def secret(folder: Path) -> Path:
    """Somebody else's video, which no other file may lead to."""
    path = folder / "secret.ts"
    return path if path.exists() else write_clip(path, [k / 30 for k in range(30)], size=SECRET)


def hls(folder: Path) -> str:
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{secret(folder)}\n#EXT-X-ENDLIST\n"


def hls_by_url(folder: Path) -> str:
    return hls(folder).replace(str(folder), f"file:{folder}")


def hls_of_a_slice(folder: Path) -> str:
    return hls(folder).replace(str(folder), f"subfile,,start,0,end,0,,:{folder}")


def ffconcat(folder: Path) -> str:
    return f"ffconcat version 1.0\nfile '{secret(folder)}'\n"


def sdp(folder: Path) -> str:
    return "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\n"


def dash(folder: Path) -> str:
    return (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
        f"<AdaptationSet><Representation><BaseURL>{secret(folder)}</BaseURL></Representation>"
        "</AdaptationSet></Period></MPD>"
    )


def subtitles(folder: Path) -> str:
    return "1\n00:00:00,000 --> 00:00:01,000\nstep left\n"


def metadata(folder: Path) -> str:
    return ";FFMETADATA1\ntitle=x\n"


@pytest.mark.parametrize(
    "write", [hls, hls_by_url, hls_of_a_slice, ffconcat, sdp, dash, subtitles, metadata]
)
@pytest.mark.parametrize("suffix", [".mp4", ".m3u8", ".ffconcat", ".sdp", ".mpd", ".srt"])
def test_a_file_that_names_another_one_is_no_video(
    write: Callable[[Path], str], suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"upload{suffix}"
    path.write_text(write(tmp_path))
    with pytest.raises(BadVideo, match="expected a video") as caught:
        probe(path)
    assert "secret" not in str(caught.value)


def test_whether_the_other_file_exists_is_not_said(tmp_path: Path) -> None:
    sentences = set()
    path = tmp_path / "a.m3u8"
    for text in (hls(tmp_path), hls(tmp_path).replace("secret", "missing")):
        path.write_text(text)
        with pytest.raises(BadVideo) as caught:
            probe(path)
        sentences.add(str(caught.value))
    assert len(sentences) == 1


def test_a_name_is_no_pattern_for_pictures(tmp_path: Path) -> None:
    """For FFmpeg `%d` stands for numbers: it would show the neighbours as a video."""
    for k in range(3):
        cv2.imwrite(str(tmp_path / f"{k}.png"), np.full((48, 64, 3), 90, np.uint8))
    (tmp_path / "%d.png").write_bytes(b"x")
    with pytest.raises(BadVideo, match="expected a video"):
        probe(tmp_path / "%d.png")


def test_a_film_whose_data_lie_in_another_file_is_not_read_there(tmp_path: Path) -> None:
    """As QuickTime's data references (ISO/IEC 14496-12, 8.7.2) can name any path."""
    path = write_clip(tmp_path / "a.mp4", [k / 30 for k in range(30)])
    data = path.read_bytes()
    begin = data.index(b"dref") - 4
    entry = struct.pack(">I4sI", 12 + 18, b"url ", 0) + b"secret.mp4\0".ljust(18, b"\0")
    assert data[begin + 16 + 4 : begin + 16 + 8] == b"url "
    # Neither box nor its parents are made longer: the name takes the place of what follows.
    path.write_bytes(data[: begin + 16] + entry + data[begin + 16 + len(entry) :])
    write_clip(tmp_path / "secret.mp4", [k / 30 for k in range(30)], size=(32, 32))
    with pytest.raises(BadVideo) as caught:
        probe(path)
    assert "secret" not in str(caught.value)


def vp8_webm(path: Path, sizes: list[tuple[int, int]]) -> Path:
    """A video whose container says 64×48 and whose key frames say other sizes."""
    write_clip(path, [k / 30 for k in range(len(sizes))], codec="libvpx")
    data = bytearray(path.read_bytes())
    at = 0
    for width, height in sizes:  # RFC 6386, 9.1: a start code, then both sides
        at = data.index(b"\x9d\x01\x2a", at) + 3
        data[at : at + 4] = struct.pack("<HH", width, height)
    path.write_bytes(bytes(data))
    return path


def test_a_frame_that_claims_a_huge_size_is_not_decoded(tmp_path: Path) -> None:
    with pytest.raises(BadVideo):
        list(decode_frames(vp8_webm(tmp_path / "a.webm", [(16383, 16383)])))


def test_the_decoder_itself_refuses_more_pixels(tmp_path: Path) -> None:
    """So that a later frame cannot be larger than the first ones, either."""
    with open_video(write_clip(tmp_path / "a.mp4", [0.0])) as (_, stream):
        assert stream.codec_context.options == {"max_pixels": str(MAX_PIXELS)}
    small = av.CodecContext.create("vp8", "r")
    small.options = {"max_pixels": str(64 * 48 - 1)}
    with open_video(vp8_webm(tmp_path / "a.webm", [(64, 48)])) as (container, stream):
        packet = next(container.demux(stream))
        with pytest.raises(av.FFmpegError):
            small.decode(packet)


def test_a_size_that_no_camera_has_is_refused_before_anything_is_decoded(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", [0.0], size=(8200, 16), codec="ffv1")
    with pytest.raises(BadVideo, match=r"at most 16 million pixels and 8192 a side, got 8200×16"):
        probe(path)


@pytest.mark.parametrize("size", [(3840, 2160), (2160, 3840)])
def test_4k_is_a_video(size: tuple[int, int], tmp_path: Path) -> None:
    info = probe(write_clip(tmp_path / "a.mp4", [0.0], size=size))
    assert (info.width, info.height) == size


def test_a_codec_that_no_camera_writes_is_refused(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.avi", [0.0, 0.1], codec="zmbv", pix_fmt="bgr0")
    with pytest.raises(BadVideo, match="expected a codec that cameras write, got zmbv"):
        probe(path)


def write_sound(path: Path, rate_hz: int, layout: str = "mono", codec: str = "pcm_s16le") -> Path:
    with av.open(str(path), "w") as container:
        picture = container.add_stream("ffv1", rate=30)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream(codec, rate=rate_hz, layout=layout)
        container.mux(picture.encode(av.VideoFrame(64, 48, "yuv420p")))
        frame = av.AudioFrame("s16", layout, 64)
        frame.sample_rate = rate_hz
        container.mux(sound.encode(frame))
        for stream in (picture, sound):
            container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(("rate_hz", "layout"), [(500_000, "mono"), (48_000, "22.2")])
def test_absurd_sound_is_refused(rate_hz: int, layout: str, tmp_path: Path) -> None:
    with pytest.raises(BadVideo, match="expected sound of at most 384000 Hz and 16 channels"):
        probe(write_sound(tmp_path / "a.mkv", rate_hz, layout))


def test_sound_of_a_rare_codec_is_left_out(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.mkv", 48_000, layout="stereo", codec="tta")
    with open_video(path) as (container, _):
        assert container.streams.audio and find_audio(container) is None
    assert not probe(path).has_audio


def test_sound_of_an_unknown_codec_is_left_out(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.mkv", 48_000, layout="stereo")
    path.write_bytes(path.read_bytes().replace(b"A_PCM/INT/LIT", b"A_PCM/XXX/XXX"))
    with open_video(path) as (container, _):
        assert container.streams.audio and find_audio(container) is None
    assert not probe(path).has_audio

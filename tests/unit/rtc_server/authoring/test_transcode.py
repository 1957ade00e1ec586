"""Renditions have a packet per frame and a key frame per second, and the same bytes each time."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from rtc_server.authoring.codecs import choose_format
from rtc_server.authoring.frame_sampler import VideoInfo, probe
from rtc_server.authoring.transcode import encode_video
from rtc_server.lessons.codecs import VIDEO_CODECS, VIDEO_RENDITIONS, VideoCodec, video_codec_of
from rtc_server.lessons.renditions import Rendition
from tests.clips import index_of, write_clip
from tools.dancer.video_files import write

DEMO = Path(__file__).resolve().parents[4] / "rtc_server" / "demo" / "demo.mp4"
DEMO_S = 3


def info(width: int, height: int, fps: float = 30) -> VideoInfo:
    return VideoInfo(width, height, 10, fps, has_audio=False, rotation=0)


def encode(video: Path, folder: Path) -> Path:
    folder.mkdir()
    encode_video(video, folder, choose_format(probe(video)), 1, lambda *_: None)
    return folder


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    times = [Fraction(k, 30) for k in range(75)]
    return write_clip(tmp_path_factory.mktemp("clip") / "a.mp4", times, size=(98, 64))


@pytest.fixture(scope="module")
def folder(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encode(clip, tmp_path_factory.mktemp("renditions") / "one")


def decode(rendition: Rendition, first: int) -> list[np.ndarray]:
    decoder = av.CodecContext.create(video_codec_of(rendition.name).name, "r")
    packets = [av.Packet(rendition.packet(k)) for k in range(first, len(rendition))]
    frames = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]
    return [frame.to_ndarray(format="bgr24") for frame in frames]


@pytest.mark.parametrize("name", VIDEO_RENDITIONS)
def test_there_is_a_packet_for_each_frame_and_a_key_frame_each_second(
    folder: Path, name: str
) -> None:
    rendition = Rendition.open(folder, name)
    assert np.allclose(rendition.t_s, np.arange(75) / 30)
    assert np.flatnonzero(rendition.key).tolist() == [0, 30, 60]


@pytest.mark.parametrize("name", VIDEO_RENDITIONS)
@pytest.mark.parametrize("first", [0, 30])
def test_frames_are_those_of_the_video(folder: Path, name: str, first: int) -> None:
    images = decode(Rendition.open(folder, name), first)
    assert len(images) == 75 - first
    assert [index_of(image) for image in images] == [k % 26 for k in range(first, 75)]
    assert images[0].shape == (64, 98, 3)


@pytest.mark.parametrize("name", VIDEO_RENDITIONS)
def test_much_movement_adds_no_key_frames(tmp_path: Path, name: str) -> None:
    video, folder = tmp_path / "a.mp4", tmp_path / "lesson"
    rng = np.random.default_rng(1)
    write(
        video,
        (np.repeat(rng.integers(0, 255, (48, 64, 1)), 3, 2).astype(np.uint8) for _ in range(75)),
        30,
    )
    rendition = Rendition.open(encode(video, folder), name)
    assert np.flatnonzero(rendition.key).tolist() == [0, 30, 60]


def test_the_same_packets_each_time(clip: Path, folder: Path, tmp_path: Path) -> None:
    again = encode(clip, tmp_path / "two")
    for path in folder.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize("name", ["h264", "h264-low"])
def test_h264_is_constrained_baseline_annex_b_with_parameters_at_each_key(
    folder: Path, name: str
) -> None:
    rendition = Rendition.open(folder, name)
    for k in range(len(rendition)):
        kinds = [part[0] & 31 for part in rendition.packet(k).split(b"\0\0\1")[1:]]
        assert rendition.packet(k).startswith((b"\0\0\0\1", b"\0\0\1"))
        if rendition.key[k]:
            assert 7 in kinds and 8 in kinds and 5 in kinds
        else:
            assert set(kinds) == {1}
    parameters = rendition.packet(0).split(b"\0\0\1")[1]
    assert parameters[1] == 66  # baseline
    assert parameters[2] & 0x40  # constraint_set1: constrained
    assert parameters[3] <= 31  # level


@pytest.mark.parametrize("name", ["vp8", "vp8-low"])
def test_vp8_shows_every_frame(folder: Path, name: str) -> None:
    rendition = Rendition.open(folder, name)
    assert all(rendition.packet(k)[0] & 0x10 for k in range(len(rendition)))  # RFC 6386, 9.1


@pytest.fixture(scope="module")
def dance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The renditions of the beginning of the demo, which is what lessons look like."""
    place = tmp_path_factory.mktemp("dance")
    with av.open(str(DEMO)) as film, av.open(str(place / "a.mp4"), "w") as short:
        stream = short.add_stream_from_template(film.streams.video[0])
        for packet in film.demux(film.streams.video[0]):
            if packet.dts is not None and packet.pts * packet.time_base < DEMO_S:
                packet.stream = stream
                short.mux(packet)
    return encode(place / "a.mp4", place / "lesson")


def both_rates(folder: Path, codec: VideoCodec) -> tuple[Rendition, Rendition]:
    return Rendition.open(folder, codec.name), Rendition.open(folder, codec.low_name)


@pytest.mark.parametrize("codec", VIDEO_CODECS, ids=lambda codec: codec.name)
def test_the_low_bit_rate_is_a_third_with_the_same_frames(dance: Path, codec: VideoCodec) -> None:
    usual, low = both_rates(dance, codec)
    assert len(usual) == DEMO_S * 30
    assert np.array_equal(low.t_s, usual.t_s)
    assert np.array_equal(low.key, usual.key)
    sizes = [sum(len(one.packet(k)) for k in range(len(one))) for one in (usual, low)]
    assert 0.25 < sizes[1] / sizes[0] < 0.45
    for one, two in zip(decode(usual, 0), decode(low, 0), strict=True):
        assert one.shape == two.shape
        assert np.square(one.astype(float) - two).mean() < 100  # 28 dB from one another


@pytest.mark.parametrize("codec", VIDEO_CODECS, ids=lambda codec: codec.name)
def test_a_switch_at_a_key_frame_decodes(dance: Path, codec: VideoCodec) -> None:
    """One decoder, the usual packets up to the second key frame and the others from there on."""
    usual, low = both_rates(dance, codec)
    packets = [(usual if k < 30 else low).packet(k) for k in range(len(usual))]
    decoder = av.CodecContext.create(codec.name, "r")
    frames = [f for data in [*packets, None] for f in decoder.decode(data and av.Packet(data))]
    images = [frame.to_ndarray(format="bgr24") for frame in frames]
    expected = decode(usual, 0)[:30] + decode(low, 30)
    assert all(np.array_equal(one, two) for one, two in zip(images, expected, strict=True))


def test_a_varying_frame_rate_becomes_an_even_one(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "a.mp4", [0.0, 0.5, 0.52, 1.1], last_s=0.4)
    rendition = Rendition.open(encode(video, tmp_path / "r"), "vp8")
    assert len(rendition) == 45
    shown = [index_of(image) for image in decode(rendition, 0)]
    assert shown == [0] * 15 + [1] + [2] * 17 + [3] * 12


@pytest.mark.parametrize(
    ("size", "form"),
    [
        ((480, 640), (480, 640)),
        ((481, 641), (480, 640)),
        ((3840, 2160), (1280, 720)),
        ((1080, 1920), (720, 1280)),
        ((2000, 2000), (960, 960)),
        ((1, 1), (16, 16)),
    ],
)
def test_the_size_that_is_sent(size: tuple[int, int], form: tuple[int, int]) -> None:
    got = choose_format(info(*size))
    assert (got.width, got.height) == form


@pytest.mark.parametrize(
    ("fps", "sent"), [(30, 30), (29.97, 30), (25, 25), (60, 30), (50, 25), (24, 24), (17.3, 30)]
)
def test_the_rate_that_is_sent(fps: float, sent: int) -> None:
    assert choose_format(info(480, 640, fps)).fps == sent

"""What was found in a section comes out of a file as it was, bit by bit."""

import numpy as np
import pytest

from rtc_server.authoring.cover_image import CoverImage
from rtc_server.authoring.people.section_files import dump_section, load_section
from rtc_server.authoring.people.section_search import SectionPeople
from rtc_server.types import Pose


def pose(seed: int) -> Pose:
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 1, (18, 2)).astype(np.float32)
    xy[seed % 18] = np.nan
    return Pose(seed / 7, xy, rng.uniform(0, 1, 18).astype(np.float32), aspect=16 / 9)


def check_same(one: SectionPeople, other: SectionPeople) -> None:
    assert (one.warm_up, one.times_s, one.cuts) == (other.warm_up, other.times_s, other.cuts)
    assert one.cover == other.cover
    for a, b in zip(one.samples, other.samples, strict=True):
        assert list(a) == list(b)
        for number in a:
            assert a[number].xy.tobytes() == b[number].xy.tobytes()
            assert a[number].confidence.tobytes() == b[number].confidence.tobytes()
            assert (a[number].captured_s, a[number].aspect) == (b[number].captured_s, 16 / 9)


@pytest.mark.parametrize("cover", [None, CoverImage(True, 1 / 3, -12, b"a JPEG")])
def test_all_of_it_comes_back(cover: CoverImage | None) -> None:
    samples = [{3: pose(1), 0: pose(2)}, {}, {7: pose(3)}]
    found = SectionPeople(2, samples, [0.2, 0.4, 1 / 3], [False, True, False], cover)
    check_same(load_section(dump_section(found)), found)


def test_a_section_without_samples_comes_back() -> None:
    check_same(load_section(dump_section(SectionPeople(8))), SectionPeople(8))


def test_other_data_is_refused() -> None:
    whole = dump_section(SectionPeople(0, [{0: pose(1)}], [0.0], [False]))
    for data in (b"", b"PK", whole[: len(whole) // 2], np.zeros(3).tobytes()):
        with pytest.raises(ValueError, match=r".+"):
            load_section(data)

"""Which titles are accepted, and which ids are made of them."""

import pytest

from rtc_server.errors import BadTitle
from rtc_server.lessons.store import check_id
from rtc_server.lessons.titles import check_title, free_id


@pytest.mark.parametrize(
    ("title", "id"),
    [
        ("My Dance!", "my-dance"),
        ("  Wave -- and / jump  ", "wave-and-jump"),
        ("Été à la plage", "ete-a-la-plage"),
        ("첫 번째 춤", "ceos-beonjjae-cum"),
        ("첫", "ceos"),  # of letters, as some systems write file names
        ("踊り", "lesson"),
        ("👯‍♀️", "lesson"),
        ("../../etc/passwd", "etc-passwd"),
        ("Ｆｕｌｌ", "full"),
        ("x" * 100, "x" * 64),
    ],
)
def test_an_id_is_made_of_the_title(title: str, id: str) -> None:
    assert check_id(free_id(title, ())) == id


def test_a_taken_id_gets_a_number() -> None:
    assert free_id("Wave", {"wave"}) == "wave-2"
    assert free_id("Wave", {"wave", "wave-2"}) == "wave-3"
    long = "x" * 64
    assert check_id(free_id(long, {long})) == "x" * 62 + "-2"
    assert check_id(free_id("x" * 61 + " yz", {"x" * 61 + "-yz"})) == "x" * 61 + "-2"


def test_titles_keep_what_people_write() -> None:
    assert check_title("  첫   번째 춤 👯‍♀️ ") == "첫 번째 춤 👯‍♀️"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "1 to 120 characters, got 0"),
        (" \n\t ", "got 0"),
        ("a" * 121, "got 121"),
        ("bell\a", r"U\+0007"),
        ("half \ud83d", r"U\+D83D"),
        ("left \u202eright", r"U\+202E"),
    ],
)
def test_titles_that_cannot_be_shown_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(BadTitle, match=sentence):
        check_title(text)

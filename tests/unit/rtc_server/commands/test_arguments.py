"""Arguments that several commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtc_server.cli import _create_parser
from rtc_server.config import DEFAULT_LESSONS


@pytest.mark.parametrize(
    ("setting", "words", "folder"),
    [
        ("", (), DEFAULT_LESSONS),
        ("/data/lessons", (), Path("/data/lessons")),
        ("/data/lessons", ("--lessons", "mine"), Path("mine")),
    ],
)
def test_the_lessons_are_those_of_the_server(
    monkeypatch: pytest.MonkeyPatch, setting: str, words: tuple[str, ...], folder: Path
) -> None:
    monkeypatch.setenv("TANDEM_LESSONS", setting)
    args = _create_parser("lesson").parse_args(["lesson", "list", *words])
    assert args.lessons == folder

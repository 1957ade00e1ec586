"""The command line: exit codes, one sentence on stderr, and serving as the default."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rtc_server import cli

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], ["serve"]),
        (["--port", "9000"], ["serve", "--port", "9000"]),
        (["lesson", "list"], ["lesson", "list"]),
        (["--debug", "lesson", "list"], ["lesson", "list", "--debug"]),
        (["--help"], ["--help"]),
        (["--version"], ["--version"]),
        (["nonsense"], ["nonsense"]),
    ],
)
def test_without_a_command_the_server_runs(argv: list[str], words: list[str]) -> None:
    assert cli._add_default_command(argv) == words


@pytest.mark.parametrize(
    "argv",
    [
        ["nonsense"],
        ["extract"],
        ["extract", "a.mp4"],
        ["extract", "a.mp4", "--csv", "a.csv", "--fps", "0"],
        ["extract", "a.mp4", "--csv", "a.csv", "--fps", "nan"],
        ["extract", "a.mp4", "--csv", "a.csv", "--engine", "abacus"],
        ["lesson"],
        ["lesson", "add", "a.mp4"],
        ["--port", "none"],
    ],
)
def test_wrong_usage_exits_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(argv)
    assert stopped.value.code == 2
    assert "usage: run.py" in capsys.readouterr().err


def failure(argv: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that a failing command prints."""
    assert cli.main(argv) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith("error: ")
    return line


def test_a_failure_exits_with_1_and_prints_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lessons = ["--lessons", str(tmp_path)]
    line = failure(["lesson", "show", "waltz", *lessons], capsys)
    assert line == "error: lesson: expected one of [], got 'waltz'"
    line = failure(["lesson", "remove", "demo", *lessons], capsys)
    assert "demo is always there" in line
    line = failure(["lesson", "export", "A/B", "--csv", "-", *lessons], capsys)
    assert "expected a lesson id" in line
    line = failure(["lesson", "add", "none.mp4", "--id", "x", *lessons], capsys)
    assert "none.mp4: expected a video file, there is nothing of that name" in line
    line = failure(["extract", str(tmp_path), "--csv", "-"], capsys)
    assert "expected a video file, got a folder" in line


def test_outputs_that_cannot_be_written_are_reported_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = failure(["extract", "none.mp4", "--csv", str(tmp_path)], capsys)
    assert "expected a file to write to, got a folder" in line
    line = failure(["extract", "none.mp4", "--csv", str(tmp_path / "a" / "b.csv")], capsys)
    assert "it is missing" in line
    line = failure(["extract", "none.mp4", "--csv", "-", "--json", "-"], capsys)
    assert "different files" in line


def test_a_file_that_is_not_an_image_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"nothing")
    assert "cannot be read as one" in failure(["pose", str(path)], capsys)
    path.write_bytes(b"")
    assert "cannot be read as one" in failure(["pose", str(path)], capsys)


def test_debug_raises_the_error() -> None:
    from rtc_server.errors import BadVideo

    with pytest.raises(BadVideo):
        cli.main(["extract", "none.mp4", "--csv", "-", "--debug"])


def test_an_unexpected_error_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_args: object) -> int:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("rtc_server.commands.models.run", broken)
    line = failure(["models", "list"], capsys)
    assert line == "error: unexpected ZeroDivisionError: division by zero (--debug shows where)"


def test_ctrl_c_exits_with_130_and_prints_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_args: object) -> int:
        os.kill(os.getpid(), signal.SIGINT)
        return 0

    monkeypatch.setattr("rtc_server.commands.models.run", interrupted)
    assert cli.main(["models", "list"]) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_sigterm_runs_finally_blocks_and_exits_with_143(monkeypatch: pytest.MonkeyPatch) -> None:
    unwound = []

    def terminated(_args: object) -> int:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            unwound.append(True)
        return 0

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("rtc_server.commands.models.run", terminated)
    with pytest.raises(SystemExit) as stopped:
        cli.main(["models", "list"])
    assert stopped.value.code == 143
    assert unwound
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("command", list(cli.COMMANDS))
def test_help_has_examples_and_imports_nothing_heavy(command: str) -> None:
    code = (
        "import sys\nfrom rtc_server.cli import main\n"
        f"try: main([{command!r}, '--help'])\nexcept SystemExit: pass\n"
        "heavy = {'tensorflow', 'openvino', 'av', 'cv2', 'aiortc', 'aiohttp', 'sqlalchemy'}\n"
        "heavy &= set(sys.modules)\n"
        "print('heavy:', sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "examples:" in done.stdout
    assert f"run.py {command}" in done.stdout.split("examples:")[1]
    assert done.stdout.endswith("heavy: []\n")

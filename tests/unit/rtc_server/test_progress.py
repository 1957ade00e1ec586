"""Progress: a bar on a terminal, plain lines elsewhere."""

import io

from rtc_server.progress import show_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_gets_a_line_for_each_quarter() -> None:
    out = io.StringIO()
    with show_progress(out) as progress:
        for done in range(1, 101):
            progress("poses", done, 100)
    assert out.getvalue().splitlines() == [
        "poses 1/100", "poses 25/100", "poses 50/100", "poses 75/100", "poses 100/100"
    ]  # fmt: skip


def test_an_unknown_total_is_printed_once() -> None:
    out = io.StringIO()
    with show_progress(out) as progress:
        progress("sound", 1, 0)
        progress("sound", 2, 0)
    assert out.getvalue() == "sound …\n"


def test_a_terminal_gets_a_bar_for_each_stage() -> None:
    out = Terminal()
    with show_progress(out) as progress:
        progress("poses", 1, 2)
        progress("poses", 2, 2)
        progress("pictures", 5, 5)
    assert "poses" in out.getvalue() and "pictures" in out.getvalue() and "2/2" in out.getvalue()

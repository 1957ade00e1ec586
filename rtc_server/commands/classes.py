"""`class open | list`: a headless teacher, and the classes of a server."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtc_server.commands.arguments import new_parser
from rtc_server.commands.class_table import ClassTable, format_kept, format_report

if TYPE_CHECKING:
    from rtc_server.client.classes.live_film import LiveFilm
    from rtc_server.client.classes.teacher import ClassTeacher
    from rtc_server.client.options import LearnerOptions

EXAMPLES = """\
  python run.py class open --url http://127.0.0.1:8080 --lesson demo
        open a class, print its code, start when the first learner is there, print the report
  python run.py class open --url http://127.0.0.1:8080 --live dance.mp4 --learners 3
        dance live: the video's pictures and its audio are the teacher's camera and microphone
  python run.py class open --url http://127.0.0.1:8080 --live dance.mp4 --keep --title "Monday"
        the same, and at the end the server makes a lesson of it, as of an upload
  python run.py class open --url http://127.0.0.1:8080 --code KRT4MW --token-file class.token
        teach a class that another program has opened, and whose token the file has
  python run.py class list --url http://127.0.0.1:8080
"""
RECONNECTS, PAUSE_S = 60, 2.0  # a class waits ten minutes for its teacher
REPORT_TRIES, REPORT_PAUSE_S = 40, 0.5
SIGNALS = (signal.SIGINT, signal.SIGTERM)
KEPT_PAUSE_S = 1.0  # between two looks at the lesson that is being made


def add_parser(subparsers: Any) -> None:
    """`run.py class --help`."""
    parser = new_parser(
        subparsers,
        "class",
        "teach a class without a browser, or list classes",
        "Open a class on a server and teach it to its end, or list the server's classes.",
        EXAMPLES,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    opening = actions.add_parser("open", help="open a class and teach it")
    listing = actions.add_parser("list", help="list the classes that are open")
    for one in (opening, listing):
        one.add_argument(
            "--url",
            required=True,
            help="address of the server, http://HOST:PORT, or the link of an invitation",
        )
        one.add_argument("--token", help="the operator's token, or a teacher's invitation")
    listing.add_argument("--json", action="store_true", help="print JSON")
    _add_open_flags(opening)


def _add_open_flags(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--lesson", metavar="ID", help="the lesson that the class follows")
    what.add_argument(
        "--live", metavar="VIDEO", help="a video file to send as the teacher's camera"
    )
    what.add_argument("--code", help="of a class with a lesson that is open already")
    parser.add_argument("--title", metavar="T", help="of the class (default: the lesson's)")
    parser.add_argument(
        "--learners",
        type=int,
        default=1,
        metavar="N",
        help="start when so many are there (default: 1)",
    )
    parser.add_argument(
        "--max-learners", type=int, default=20, metavar="N", help="at most so many (default: 20)"
    )
    parser.add_argument(
        "--leaderboard", action="store_true", help="with a leaderboard of those who want it"
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="with --live: record it and make a lesson of it; prints its id (everybody is told)",
    )
    parser.add_argument(
        "--token-file",
        metavar="FILE",
        help="write the class's token there, or read it with --code; whoever has it is the teacher",
    )


def run(args: argparse.Namespace) -> int:
    """Teach or list; give the exit status."""
    if args.action == "list":
        return asyncio.run(_list(args))
    if args.code and not args.token_file:
        print("error: --code: expected --token-file with it, got none", file=sys.stderr)
        return 2
    if not 1 <= args.learners <= args.max_learners:
        print(f"error: --learners: expected 1 to {args.max_learners}", file=sys.stderr)
        return 2
    token_file = Path(args.token_file) if args.token_file else None
    if args.keep and not args.live:
        print("error: --keep: expected --live with it, got none", file=sys.stderr)
        return 2
    known = token_file.read_text("utf-8").strip() if args.code and token_file else None
    return asyncio.run(_open(args, known, token_file))


async def _list(args: argparse.Namespace) -> int:
    from rtc_server.client.classes.requests import ask
    from rtc_server.client.options import split_link

    url, invited = split_link(args.url)
    answer = await ask("GET", url, "/api/classes", args.token or invited)
    if args.json:
        json.dump(answer["classes"], sys.stdout, ensure_ascii=False)
        return 0
    for one in answer["classes"]:
        there = f"{one['present']}/{one['max_learners']}"
        print(f"{one['code']}  {one['kind']:6}  {one['state']:5}  {there:>6}  {one['title']}")
    return 0


async def _open(args: argparse.Namespace, token: str | None, token_file: Path | None) -> int:
    """:param token: of a class that is open already; None: open one."""
    from rtc_server.client.classes.live_film import LiveFilm
    from rtc_server.client.classes.requests import ask
    from rtc_server.client.options import LearnerOptions, split_link
    from rtc_server.private_files import write_private_file

    film = LiveFilm(Path(args.live)) if args.live else None
    url, invited = split_link(args.url)
    code = args.code
    if token is None:
        opened = await ask("POST", url, "/api/classes", args.token or invited, _describe(args))
        code, token = opened["code"], opened["token"]
        print(f"link: {opened['link']}", file=sys.stderr)
        if token_file is not None:
            write_private_file(token_file, token.encode())
    print(f"code: {code}", flush=True)
    options = LearnerOptions(url, "", "", token=token, class_code=code)
    is_over = await _teach(options, args.learners, film, args.token or invited)
    for name in SIGNALS:  # which ended the class, and now end this program
        asyncio.get_running_loop().remove_signal_handler(name)
    report = await _fetch_report(url, code, token)
    print(format_report(report), flush=True)
    is_kept = not args.keep or await _follow_kept(url, code, token)
    return 0 if is_over and is_kept else 1


def _describe(args: argparse.Namespace) -> dict[str, Any]:
    """The class to open."""
    return {
        **({"live": True, "keep": args.keep} if args.live else {"lesson": args.lesson}),
        **{"title": args.title, "max_learners": args.max_learners},
        "leaderboard": args.leaderboard,
    }


async def _teach(
    options: LearnerOptions, learners: int, film: LiveFilm | None, invited: str | None
) -> bool:
    """Teach until the class ends; False: the connection was lost for good.

    :param invited: what shows the server who asks for its STUN and TURN servers.
    """
    from rtc_server.client.classes.teacher import ClassTeacher
    from rtc_server.client.device import Device
    from rtc_server.client.server_config import fetch_ice_servers
    from rtc_server.errors import SessionFailed

    table = ClassTable()
    headers = {"Authorization": f"Bearer {invited}"} if invited else {}
    device = Device(table.on_message, ice_servers=await fetch_ice_servers(options.url, headers))
    current: list[ClassTeacher] = []
    loop = asyncio.get_running_loop()
    for name in SIGNALS:
        loop.add_signal_handler(name, lambda: current[-1].stop() if current else None)
    for attempt in range(1 + RECONNECTS):
        previous = current[-1] if current else None
        teacher = ClassTeacher(options, device, learners=learners, film=film)
        current.append(teacher)
        try:
            outcome = await teacher.follow()
        except SessionFailed:
            if previous is None:
                raise
        else:
            if outcome.reason in ("finished", "class ended"):
                return True
            if outcome.reason == "replaced":
                table.print_line("another teacher has taken the class over")
                return False
        table.print_line(f"the connection was lost; connecting again, {attempt + 1}")
        await asyncio.sleep(PAUSE_S)
    return False


async def _fetch_report(url: str, code: str, token: str) -> dict[str, Any]:
    """The report, once all sessions have ended."""
    from rtc_server.client.classes.requests import ask

    for _ in range(REPORT_TRIES):
        report: dict[str, Any] = await ask("GET", url, f"/api/classes/{code}/report", token)
        if report["complete"]:
            break
        await asyncio.sleep(REPORT_PAUSE_S)
    return report


async def _follow_kept(url: str, code: str, token: str) -> bool:
    """Print how far the lesson of the class is, until there is one, or there will be none."""
    from rtc_server.client.classes.requests import ask

    shown = ""
    while True:
        kept = (await ask("GET", url, f"/api/classes/{code}/report", token))["kept"]
        if (line := format_kept(kept)) != shown:
            shown = line
            print(line, file=sys.stderr, flush=True)
        if kept is None or kept["state"] in ("failed", "cancelled"):
            return False
        if kept["state"] == "ready":
            print(f"lesson: {kept['lesson']}", flush=True)
            return True
        await asyncio.sleep(KEPT_PAUSE_S)

"""`client`: a headless learner."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtc_server.commands.arguments import add_dancers, add_mirror, new_parser
from rtc_server.lessons.codecs import RATES

if TYPE_CHECKING:
    from rtc_server.client.options import LearnerOptions
    from rtc_server.client.outcome import Outcome

MAX_ECHO_DELAY_MS, MAX_CAMERA_LATENCY_MS, MAX_RECONNECTS = 4000, 300, 100
SCORE_INTERVAL_S = 5  # of the lesson, between two lines where there is no terminal
EXAMPLES = """\
  python run.py client --url http://127.0.0.1:8080 --lesson demo --camera instructor --mirror off
        follow the demo and send the instructor's own video back: the best learner there is
  python run.py client --url http://127.0.0.1:8080 --lesson demo --camera me.mp4 --report me.json
  python run.py client --url http://127.0.0.1:8080 --lesson demo --screen-only
        a television: it prints a link for a phone, and starts once that shows somebody
  python run.py client --camera-of 'http://127.0.0.1:8080/camera#pair=…' --camera me.mp4
        the phone
"""


def add_parser(subparsers: Any) -> None:
    """`run.py client --help`."""
    parser = new_parser(
        subparsers,
        "client",
        "take part in a lesson without a browser",
        "Connect to a server as a learner, follow a lesson to its end, and report the scores.",
        EXAMPLES,
    )
    parser.add_argument(
        "--url",
        help="address of the server, http://HOST:PORT, or the link of an invitation, "
        "https://HOST/#invite=…",
    )
    parser.add_argument("--lesson", metavar="ID", help="the lesson to follow")
    parser.add_argument(
        "--camera-of",
        metavar="LINK",
        help="be the phone that is the camera of a session: the link that its screen shows",
    )
    _add_camera_flags(parser)
    _add_lesson_flags(parser)
    parser.add_argument(
        "--relay-only",
        action="store_true",
        help="send everything through the server's relay (serve --turn), as from a network that "
        "lets nothing else through",
    )
    parser.add_argument(
        "--reconnect",
        type=int,
        default=3,
        metavar="N",
        help="if the connection breaks, reconnect and resume, at most N times (default: 3; "
        "0: never)",
    )
    parser.add_argument(
        "--report",
        metavar="OUT.json",
        help="write every score, the summary and statistics as JSON; - is stdout",
    )


def _add_lesson_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--transport",
        choices=("webrtc", "websocket"),
        default="webrtc",
        help="what carries the lesson: WebRTC, or a WebSocket where UDP is blocked "
        "(default: webrtc)",
    )
    add_mirror(parser)
    add_dancers(parser)
    parser.add_argument(
        "--rate",
        type=float,
        default=1.0,
        metavar="R",
        help="speed of the lesson: 0.5, 0.75 or 1 (default: 1)",
    )
    parser.add_argument(
        "--learner",
        metavar="NAME",
        help="keep the result under this name (default: keep no result)",
    )
    parser.add_argument(
        "--annotated",
        action="store_true",
        help="also receive the webcam's video with the skeleton drawn on it",
    )


def _add_camera_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--camera",
        metavar="FILE|instructor",
        help="what to send as the webcam: a video file, which is repeated if it is shorter than "
        "the lesson, or the instructor's own video",
    )
    parser.add_argument(
        "--screen-only",
        action="store_true",
        help="send no camera: print a link for a phone, which is the camera, and start once it "
        "shows somebody",
    )
    parser.add_argument(
        "--echo-delay-ms",
        type=float,
        default=0.0,
        metavar="D",
        help="with --camera instructor: send each frame D ms late, 0 to 4000 (default: 0)",
    )
    parser.add_argument(
        "--camera-latency-ms",
        type=float,
        default=0.0,
        metavar="C",
        help="how late the camera is, as the page's camera check measures it, 0 to 300 "
        "(default: 0)",
    )


def run(args: argparse.Namespace) -> int:
    """Follow the lesson; give 0 for a clean end."""
    from rtc_server.client.options import LearnerOptions, split_link

    if (problem := _usage_problem(args)) is not None:
        print(f"error: {problem}", file=sys.stderr)
        return 2
    logging.basicConfig(level=logging.WARNING)
    if args.camera_of:
        from rtc_server.commands.client_phone import be_the_camera

        return asyncio.run(be_the_camera(args))
    url, token = split_link(args.url)
    options = LearnerOptions(
        **{"url": url, "lesson": args.lesson, "camera": args.camera or ""},
        token=token,
        echo_delay_ms=args.echo_delay_ms,
        mirror=args.mirror,
        annotated=args.annotated,
        learner=args.learner,
        dancers=args.dancers,
        rate=args.rate,
        camera_latency_ms=args.camera_latency_ms,
        relay_only=args.relay_only,
        transport=args.transport,
        screen_only=args.screen_only,
    )
    outcome = asyncio.run(_follow(options, args.reconnect))
    if args.report == "-":
        json.dump(outcome.report(), sys.stdout)
    elif args.report:
        Path(args.report).write_text(json.dumps(outcome.report(), indent=1), "utf-8")
    return print_outcome(outcome.reason if outcome.ended == "clean" else None, outcome.summary)


def _usage_problem(args: argparse.Namespace) -> str | None:
    for flag, value, most in (
        ("--echo-delay-ms", args.echo_delay_ms, MAX_ECHO_DELAY_MS),
        ("--camera-latency-ms", args.camera_latency_ms, MAX_CAMERA_LATENCY_MS),
        ("--reconnect", args.reconnect, MAX_RECONNECTS),
    ):
        if not 0 <= value <= most:
            return f"{flag}: expected 0 to {most}, got {value}"
    if (problem := _missing_flag(args)) is not None:
        return problem
    if args.screen_only and args.transport == "websocket":
        return "--screen-only: expected --transport webrtc, which alone has phones, got websocket"
    if args.relay_only and args.transport == "websocket":
        return "--relay-only: expected --transport webrtc, which alone has relays, got websocket"
    if args.rate not in RATES:
        return f"--rate: expected one of {RATES}, got {args.rate}"
    return None


def _missing_flag(args: argparse.Namespace) -> str | None:
    """What this kind of client needs and does not have."""
    if args.camera_of:
        if args.camera in (None, "instructor"):
            return f"--camera: expected a FILE with --camera-of, got {args.camera}"
        return None
    if not args.url or not args.lesson:
        return "expected --url and --lesson, or --camera-of"
    if args.screen_only == bool(args.camera):
        return "expected either --camera or --screen-only"
    return None


async def _follow(options: LearnerOptions, max_reconnects: int) -> Outcome:
    from rtc_server.client.reconnect import ReconnectingLearner

    printer = StatusPrinter()
    learner = ReconnectingLearner(
        *(options, printer.on_message, printer.print_line, max_reconnects),
        on_pairing=lambda pairing: print(pairing["url"], flush=True),
    )
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, learner.leave)
    return await learner.follow()


class StatusPrinter:
    """Prints states and scores on stderr: a terminal's last line changes, a log gets few lines."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._printed_s: dict[int, float] = {}  # lesson position of each dancer's last line

    def on_message(self, message: dict[str, Any]) -> None:
        match message:
            case {"type": "state", "state": state}:
                detail = message.get("countdown_s") or message.get("reason") or ""
                self.print_line(f"{state}: {detail}")
            case {"type": "camera", "phone": phone}:
                self.print_line(f"phone: {phone.replace('_', ' ')}")
            case {"type": "error", "message": text}:
                self.print_line(f"server: {text}")
            case {"type": "score", "score": score, "lesson_s": at_s} if score is not None:
                printed_s = self._printed_s.get(message.get("dancer", 0), -10.0)
                if self._terminal or abs(at_s - printed_s) >= SCORE_INTERVAL_S:
                    self._printed_s[message.get("dancer", 0)] = at_s
                    who = f"dancer {message['dancer'] + 1}  " if "dancer" in message else ""
                    text = f"{at_s:6.1f} s  {who}score {score:5.1f}  {message['label'] or ''}"
                    self.print_line(text, stays=not self._terminal)

    def print_line(self, text: str, stays: bool = True) -> None:
        clear = "\r\x1b[K" if self._terminal else ""
        sys.stderr.write(f"{clear}{text}" + ("\n" if stays else ""))
        sys.stderr.flush()


def print_outcome(reason: str | None, summary: dict[str, Any] | None) -> int:
    """Print how it ended; give the exit status."""
    if reason is None or summary is None:
        print("error: the connection was lost before the lesson's summary came", file=sys.stderr)
        return 1
    for dancer in summary.get("dancers") or [summary]:
        grade = dancer["grade"] or "no grade: too little of you was in view"
        who = f"dancer {dancer['dancer'] + 1}: " if "dancer" in dancer else ""
        print(
            f"{reason}: {who}score {dancer['score']:.1f} ({grade}), "
            f"coverage {dancer['coverage']:.2f}, {dancer['samples']} samples",
            file=sys.stderr,
        )
    return 0

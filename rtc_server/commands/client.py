"""`client`: a headless learner."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
from pathlib import Path
from typing import Any

EXAMPLES = """\
examples:
  python run.py client --url http://127.0.0.1:8080 --lesson demo --camera instructor --mirror off
        follow the demo by sending the instructor's own picture back: the best learner there is
  python run.py client --url http://127.0.0.1:8080 --lesson demo --camera me.mp4 --report me.json
"""

RATES = (0.5, 0.75, 1.0)


def add_parser(subparsers: Any) -> None:
    """`run.py client --help`."""
    parser = subparsers.add_parser(
        "client",
        help="a learner without a browser",
        description="Connect to a server as a learner, follow a lesson to its end, and report.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--url", required=True, help="the server, as http://HOST:PORT")
    parser.add_argument("--lesson", required=True, metavar="ID")
    parser.add_argument(
        "--camera",
        required=True,
        metavar="FILE|instructor",
        help="a video, repeated where it is shorter than the lesson; or the instructor's picture",
    )
    parser.add_argument(
        "--echo-delay-ms", type=float, default=0.0, metavar="D", help="send the echo D ms late"
    )
    parser.add_argument(
        "--camera-latency-ms",
        type=float,
        default=0.0,
        metavar="C",
        help="how late the camera shows things, as a check on the page found it: 0 to 300",
    )
    parser.add_argument("--mirror", choices=("on", "off", "auto"), default="auto")
    parser.add_argument(
        "--rate",
        type=float,
        default=1.0,
        metavar="R",
        help="how fast the lesson is to run, if the server can: 0.5, 0.75 or 1",
    )
    parser.add_argument(
        "--learner", metavar="NAME", help="keep the result under this name (default: keep nothing)"
    )
    parser.add_argument("--annotated", action="store_true", help="ask for the drawn picture, too")
    parser.add_argument(
        "--reconnect",
        type=int,
        default=3,
        metavar="N",
        help="where the connection breaks off, connect again and go on, N times at most "
        "(default 3; 0: never)",
    )
    parser.add_argument(
        "--report", metavar="OUT.json", help="every score and the summary; - is stdout"
    )


def run(args: argparse.Namespace) -> int:
    """0 for a clean end."""
    from rtc_server.client.learner import Wish

    if not 0 <= args.echo_delay_ms <= 4000:
        print(
            f"error: --echo-delay-ms: expected 0 to 4000, got {args.echo_delay_ms}", file=sys.stderr
        )
        return 2
    if not 0 <= args.camera_latency_ms <= 300:
        print(
            f"error: --camera-latency-ms: expected 0 to 300, got {args.camera_latency_ms}",
            file=sys.stderr,
        )
        return 2
    if args.rate not in RATES:
        print(f"error: --rate: expected one of {RATES}, got {args.rate}", file=sys.stderr)
        return 2
    if not 0 <= args.reconnect <= 100:
        print(f"error: --reconnect: expected 0 to 100, got {args.reconnect}", file=sys.stderr)
        return 2
    logging.basicConfig(level=logging.WARNING)
    wish = Wish(
        **{"url": args.url, "lesson": args.lesson, "camera": args.camera},
        echo_delay_ms=args.echo_delay_ms,
        mirror=args.mirror,
        annotated=args.annotated,
        learner=args.learner,
        rate=args.rate,
        camera_ms=args.camera_latency_ms,
    )
    outcome = asyncio.run(_follow(wish, args.reconnect))
    if args.report == "-":
        json.dump(outcome.report(), sys.stdout)
    elif args.report:
        Path(args.report).write_text(json.dumps(outcome.report(), indent=1), "utf-8")
    return _tell(outcome)


async def _follow(wish: Any, reconnects: int) -> Any:
    from rtc_server.client.reconnect import Follower

    teller = _Teller()
    learner = Follower(wish, teller, teller.line, reconnects)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, learner.leave)
    return await learner.follow()


class _Teller:
    """Says on stderr how it goes: a line that changes on a terminal, now and then one elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last_s = -10.0

    def __call__(self, message: dict[str, Any]) -> None:
        match message:
            case {"type": "state", "state": state}:
                self.line(f"{state}: {message.get('countdown_s') or message.get('reason') or ''}")
            case {"type": "error", "message": text}:
                self.line(f"server: {text}")
            case {"type": "score", "score": score, "lesson_s": at_s} if score is not None:
                if self._live or abs(at_s - self._last_s) >= 5:
                    self._last_s = at_s
                    text = f"{at_s:6.1f} s  score {score:5.1f}  {message['label'] or ''}"
                    self.line(text, stays=not self._live)

    def line(self, text: str, stays: bool = True) -> None:
        clear = "\r\x1b[K" if self._live else ""
        sys.stderr.write(f"{clear}{text}" + ("\n" if stays else ""))
        sys.stderr.flush()


def _tell(outcome: Any) -> int:
    if outcome.ended != "clean":
        print("error: the connection was lost before the lesson's summary came", file=sys.stderr)
        return 1
    summary = outcome.summary
    grade = summary["grade"] or "no grade: too little of you was in view"
    print(
        f"{outcome.reason}: score {summary['score']:.1f} ({grade}), "
        f"coverage {summary['coverage']:.2f}, {len(outcome.scores)} scores",
        file=sys.stderr,
    )
    return 0

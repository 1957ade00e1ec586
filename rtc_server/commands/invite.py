"""`invite`: makes, lists and revokes invitations."""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtc_server.commands.arguments import new_parser
from rtc_server.config import Config
from rtc_server.config_sources import load_config
from rtc_server.errors import BadConfig, TandemError

if TYPE_CHECKING:
    from rtc_server.invitations.issue import InvitationWish
    from rtc_server.invitations.store import InvitationStore, IssuedInvitation

ROLES = ("learner", "teacher")
EXAMPLES = """\
  python run.py invite                            a link for anybody, to all lessons, for 12 hours
  python run.py invite --name Ann --for 7d        Ann's own link: her results are under her name
  python run.py invite --lesson demo --for 30m    to one lesson
  python run.py invite --role teacher --name Tim --url https://dance.example
  python run.py invite --list
  python run.py invite --revoke 9f86d081884c7d65
  python run.py invite --new-secret               revoke every invitation at once

Start the server with --access invite: then nobody comes without an invitation. A learner opens
sessions and their own results; a teacher also adds lessons, sees everybody's results and invites
others. Whoever has the link comes with it, so send it to nobody else. Only the first line of what
this prints is the link; the rest is on stderr. A link without a name is for as many as you like:
each browser that opens it has results of its own.
"""


def add_parser(subparsers: Any) -> None:
    """`run.py invite --help`."""
    parser = new_parser(
        subparsers,
        "invite",
        "make, list and revoke invitations",
        "Invite somebody to a server that runs with --access invite: prints a link to send them, "
        "and its QR code.",
        EXAMPLES,
    )
    _add_wish_flags(parser)
    actions = parser.add_mutually_exclusive_group()
    actions.add_argument("--list", action="store_true", help="list the invitations that hold")
    actions.add_argument(
        "--revoke",
        metavar="ID",
        help="revoke an invitation; the sessions of who came with it end within two seconds",
    )
    actions.add_argument(
        "--new-secret",
        action="store_true",
        help="revoke every invitation: those that were made before are of another secret",
    )
    parser.add_argument("--json", action="store_true", help="with --list: print JSON")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="read settings from a TOML file"
    )


def _add_wish_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--name",
        help="who is invited; their results are kept under this name (default: whoever opens the "
        "link chooses a name)",
    )
    parser.add_argument(
        "--role", choices=ROLES, default="learner", help="what they may do (default: learner)"
    )
    parser.add_argument("--lesson", metavar="ID", help="the only lesson (default: all lessons)")
    parser.add_argument(
        "--for",
        dest="lasts",
        default="12h",
        metavar="TIME",
        help="how long it holds, as 30m, 12h or 7d (default: 12h)",
    )
    parser.add_argument(
        "--url",
        help="address under which they reach the server (default: what the server said of itself "
        "when it was started last)",
    )


def run(args: argparse.Namespace) -> int:
    """Do what the flags say."""
    config = load_config({}, file=args.config)
    from rtc_server.invitations.store import InvitationStore

    store = InvitationStore(config.invitations)
    if args.list:
        _list(store, as_json=args.json)
    elif args.revoke is not None:
        store.revoke(args.revoke, time.time())
        print(f"revoked {args.revoke}")
    elif args.new_secret:
        _replace_secret(config, store)
    else:
        _invite(config, args)
    return 0


def _invite(config: Config, args: argparse.Namespace) -> None:
    from rtc_server.invitations.issue import InvitationWish, issue_invitation, parse_duration_s
    from rtc_server.invitations.server_url import find_url

    lasts_s = parse_duration_s(args.lasts)
    try:
        wish = InvitationWish(args.role, args.name, args.lesson, lasts_s)
        _check_lesson(config, args.lesson)
    except TandemError as error:
        raise BadConfig(str(error)) from None
    now_s = time.time()
    link = issue_invitation(config, args.url or find_url(config), wish, now_s)
    print(link, flush=True)
    _explain(wish, link, now_s)


def _check_lesson(config: Config, lesson: str | None) -> None:
    """
    :raises UnknownLesson: no such lesson, so that a wrong id is found now and not by a learner.
    """
    if lesson is not None:
        from rtc_server.lessons.store import LessonStore

        LessonStore(config.lessons).get(lesson)


def _explain(wish: InvitationWish, link: str, now_s: float) -> None:
    """Say on stderr whom the link lets in and until when, with its QR code."""
    from rtc_server.qr_codes import draw_text

    until = datetime.fromtimestamp(now_s + wish.lasts_s)
    who = wish.name or f"every {wish.role} who has it"
    what = f"the lesson {wish.lesson}" if wish.lesson else "all lessons"
    if sys.stderr.isatty():
        sys.stderr.write(draw_text(link, with_colors=True))
    print(f"This link lets {who} in, to {what}, until {until:%Y-%m-%d %H:%M}.", file=sys.stderr)


def _list(store: InvitationStore, *, as_json: bool) -> None:
    issued = store.list(time.time())
    if as_json:
        print(json.dumps([each.describe() for each in issued], ensure_ascii=False))
        return
    for each in issued:
        print(_line_of(each))
    if not issued:
        print("no invitation holds", file=sys.stderr)


def _line_of(issued: IssuedInvitation) -> str:
    until = datetime.fromtimestamp(issued.expires_s)
    lesson = f"  lesson {issued.lesson}" if issued.lesson else ""
    revoked = "  (revoked)" if issued.revoked_s is not None else ""
    name = issued.name or "(anybody)"
    return f"{issued.id}  {issued.role:<7}  until {until:%Y-%m-%d %H:%M}  {name}{lesson}{revoked}"


def _replace_secret(config: Config, store: InvitationStore) -> None:
    from rtc_server.invitations.secret import replace_secret

    replace_secret(config)
    store.clear()
    print("a new secret signs invitations; those that were made before let nobody in any more")

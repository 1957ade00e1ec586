"""`history list | export | delete`: the results that are kept."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtc_server import config
from rtc_server.commands.arguments import STDOUT, check_target, new_parser, write_text
from rtc_server.errors import BadConfig, UnknownResult
from rtc_server.history.export import WRITERS
from rtc_server.history.results import Cursor, Result, parse_learner_name

if TYPE_CHECKING:
    from rtc_server.history.store import ResultStore

PART = 100
EXAMPLES = """\
  python run.py history list                              the newest results of everybody
  python run.py history list --learner Ann --lesson demo
  python run.py history export Ann --csv ann.csv          everything kept under a name
  python run.py history export Ann --json -
  python run.py history delete Ann                        leaves nothing under that name
  python run.py history list --history postgresql://tandem@db.example/tandem

Results lie where `serve` keeps them: --history, TANDEM_HISTORY, or data/history.sqlite3. A server
that runs meanwhile still remembers its last 100 sessions; deleting from the page covers these, too.
"""


def add_parser(subparsers: Any) -> None:
    """`run.py history --help`."""
    parser = new_parser(
        subparsers,
        "history",
        "the results that are kept: list, export, delete",
        "Look at, take out and delete what is kept of learners.",
        EXAMPLES,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="results, the newest first")
    listing.add_argument("--learner", metavar="NAME", help="of one learner")
    listing.add_argument("--lesson", metavar="ID", help="of one lesson")
    listing.add_argument("--limit", type=_count, default=20, metavar="N", help="(default: 20)")
    listing.add_argument("--json", action="store_true", help="JSON on stdout")
    export = actions.add_parser("export", help="everything under a name, as JSON or CSV")
    kinds = export.add_mutually_exclusive_group(required=True)
    for kind in WRITERS:
        kinds.add_argument(f"--{kind}", metavar="OUT", help="- is stdout")
    delete = actions.add_parser("delete", help="remove everything under a name")
    for one in (export, delete):
        one.add_argument("name", metavar="NAME")
    for one in (listing, export, delete):
        one.add_argument("--history", metavar="URL", help="where the results lie: a path or URL")
        one.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML")


def run(args: argparse.Namespace) -> int:
    """Do what `args.action` names."""
    setting = config.load({"history": args.history}, file=args.config).history
    if not setting:
        raise BadConfig("history: expected where the results lie, it is switched off (empty)")
    if args.action == "export":
        check_target(args.json or args.csv)
    from rtc_server.history.database_url import parse_database_url
    from rtc_server.history.store import ResultStore

    store = ResultStore(parse_database_url(setting), create=False)
    try:
        ACTIONS[args.action](args, store)
    finally:
        store.close()
    return 0


def _list(args: argparse.Namespace, store: ResultStore) -> None:
    learner = None if args.learner is None else parse_learner_name(args.learner)
    results = store.get_page(learner, args.lesson, args.limit).results
    if args.json:
        print(json.dumps([result.to_list_item() for result in results], ensure_ascii=False))
        return
    width = max((len(result.lesson) for result in results), default=0)
    for result in results:
        ended = datetime.fromtimestamp(result.ended_at_s or 0.0)
        score, grade = result.summary["score"], result.summary["grade"] or "-"
        told = "" if result.summary["complete"] else f"  ({result.reason})"
        print(
            f"{ended:%Y-%m-%d %H:%M}  {result.lesson:<{width}}  {score:5.1f}  {grade}  "
            f"{result.learner}{told}"
        )


def _export(args: argparse.Namespace, store: ResultStore) -> None:
    learner = parse_learner_name(args.name)
    kind = "csv" if args.json is None else "json"
    target = getattr(args, kind)
    writer = WRITERS[kind](learner)
    parts = [writer.item(result) for result in _everything(store, learner)]
    if not parts:
        raise UnknownResult(f"expected a name that results are kept under, got {learner!r}")
    write_text(target, "".join([writer.header(), *parts, writer.footer()]))
    if target != STDOUT:
        print(f"wrote {len(parts)} results to {target}")


def _delete(args: argparse.Namespace, store: ResultStore) -> None:
    learner = parse_learner_name(args.name)
    if not (gone := store.delete_learner(learner)):
        raise UnknownResult(f"expected a name that results are kept under, got {learner!r}")
    print(f"deleted {gone} results of {learner}")


def _everything(store: ResultStore, learner: str) -> Iterator[Result]:
    after: Cursor | None = None
    while True:
        page = store.get_page(learner, None, PART, after)
        yield from page.results
        if (after := page.next) is None:
            return


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 100_000):
        raise argparse.ArgumentTypeError(f"expected 1 to 100000, got {text!r}")
    return int(text)


ACTIONS: dict[str, Callable[[argparse.Namespace, ResultStore], None]] = {
    "list": _list,
    "export": _export,
    "delete": _delete,
}

"""`history list | export | delete`: the stored results."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtc_server.commands.arguments import STDOUT, check_target, new_parser, write_text
from rtc_server.config_sources import load_config
from rtc_server.errors import BadConfig, UnknownResult
from rtc_server.history.export import WRITERS
from rtc_server.history.results import Cursor, Result, parse_learner_name

if TYPE_CHECKING:
    from rtc_server.history.store import ResultStore

PAGE_SIZE = 100
EXAMPLES = """\
  python run.py history list                              the newest results of all learners
  python run.py history list --learner Ann --lesson demo
  python run.py history export Ann --csv ann.csv          everything stored under a name
  python run.py history export Ann --json -
  python run.py history delete Ann                        delete everything under a name
  python run.py history list --history postgresql://tandem@db.example/tandem

The results are where `serve` keeps them: --history, TANDEM_HISTORY, or data/history.sqlite3. A
running server still remembers its last 100 sessions; deleting on the page removes these, too.
"""


def add_parser(subparsers: Any) -> None:
    """`run.py history --help`."""
    parser = new_parser(
        subparsers,
        "history",
        "list, export and delete stored results",
        "List, export and delete the stored results of learners.",
        EXAMPLES,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list results, the newest first")
    listing.add_argument("--learner", metavar="NAME", help="only results of this learner")
    listing.add_argument("--lesson", metavar="ID", help="only results of this lesson")
    listing.add_argument(
        "--limit",
        type=_parse_limit,
        default=20,
        metavar="N",
        help="at most N results (default: 20)",
    )
    listing.add_argument("--json", action="store_true", help="print JSON")
    export = actions.add_parser("export", help="write everything under a name as JSON or CSV")
    kinds = export.add_mutually_exclusive_group(required=True)
    for kind in WRITERS:
        kinds.add_argument(f"--{kind}", metavar="OUT", help=f"write {kind.upper()}; - is stdout")
    delete = actions.add_parser("delete", help="delete everything under a name")
    for one in (export, delete):
        one.add_argument("name", metavar="NAME", help="name of the learner")
    for one in (listing, export, delete):
        one.add_argument("--history", metavar="URL", help="where the results are: a path or URL")
        one.add_argument(
            "--config", type=Path, metavar="FILE", help="read settings from a TOML file"
        )


def run(args: argparse.Namespace) -> int:
    """Run the action `args.action`."""
    setting = load_config({"history": args.history}, file=args.config).history
    if not setting:
        raise BadConfig("history: expected where the results are, but it is switched off (empty)")
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
        note = "" if result.summary["complete"] else f"  ({result.reason})"
        print(
            f"{ended:%Y-%m-%d %H:%M}  {result.lesson:<{width}}  {score:5.1f}  {grade}  "
            f"{result.learner}{note}"
        )


def _export(args: argparse.Namespace, store: ResultStore) -> None:
    learner = parse_learner_name(args.name)
    kind = "csv" if args.json is None else "json"
    target = getattr(args, kind)
    writer = WRITERS[kind](learner)
    parts = [writer.item(result) for result in _all_results(store, learner)]
    if not parts:
        raise UnknownResult(f"expected a name with stored results, got {learner!r}")
    write_text(target, "".join([writer.header(), *parts, writer.footer()]))
    if target != STDOUT:
        print(f"wrote {len(parts)} results to {target}")


def _delete(args: argparse.Namespace, store: ResultStore) -> None:
    learner = parse_learner_name(args.name)
    if not (deleted := store.delete_learner(learner)):
        raise UnknownResult(f"expected a name with stored results, got {learner!r}")
    print(f"deleted {deleted} results of {learner}")


def _all_results(store: ResultStore, learner: str) -> Iterator[Result]:
    after: Cursor | None = None
    while True:
        page = store.get_page(learner, None, PAGE_SIZE, after)
        yield from page.results
        if (after := page.next) is None:
            return


def _parse_limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 100_000):
        raise argparse.ArgumentTypeError(f"expected 1 to 100000, got {text!r}")
    return int(text)


ACTIONS: dict[str, Callable[[argparse.Namespace, ResultStore], None]] = {
    "list": _list,
    "export": _export,
    "delete": _delete,
}

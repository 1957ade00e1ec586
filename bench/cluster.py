"""What session hosts cost: one process and several, in turn, with learners who cost little.

    python bench/cluster.py [--learners 8] [--workers 2] [--seconds 20] [--rounds 1] [--json OUT]
    python bench/cluster.py --fill              # as many as each takes (`max_sessions auto`)

In each round one server after the other, in turning order: sessions in the server's own process,
and in those of --workers. The learners are those of `bench/load.py --light`. Prints a row for each,
and the ratio of the two ways: learners, their scores, the processor time of the server with all its
processes (Ray's, too) for a learner, and the time from an offer to its answer. Needs Ray (make
cluster).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.load import measure_light, print_rows

COMPARED = ("learners", "slowest 5 s", "server cores a learner", "idle cores", "opened ms p50")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--learners", type=int, default=8)
    add("--fill", action="store_true", help="as many learners as each way takes")
    add("--workers", type=int, default=2)
    add("--seconds", type=float, default=20.0, help="how long the learners stay")
    add("--rounds", type=int, default=1)
    add("--crop", type=int, help="--crop-side of the server: a small one leaves time for packets")
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    args = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for turn in range(args.rounds):
        for workers in [0, args.workers] if turn % 2 == 0 else [args.workers, 0]:
            learners = None if args.fill else args.learners
            options = [] if args.crop is None else ["--crop-side", str(args.crop)]
            row = measure_light(learners, "demo", args.seconds, workers, options)
            rows.append({"hosts": workers} | row)
            print(json.dumps(rows[-1]), flush=True)
    print_rows(rows)
    for name in COMPARED:
        one, many = (
            statistics.mean(row[name] for row in rows if row["hosts"] == workers)
            for workers in (0, args.workers)
        )
        ratio = f"{many / one:.3f}" if one else "-"
        print(f"{name}: one process {one:.3f}, {args.workers} hosts {many:.3f}, ratio {ratio}")
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()

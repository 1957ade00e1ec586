"""Long runs that show what the server survives. They need a quiet machine and many minutes.

    make reliability                              all of them
    make reliability ARGS="soak --minutes 30"     one of them

Each prints its figures and exits with 1 if something was lost or left behind. The figures that
were measured are in docs/reliability.md.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.reliability import cycles, faults, kills, network, soak
from tests.reliability.report import Report

Run = Callable[[argparse.Namespace, Path], Awaitable[Report]]


def main() -> int:
    parser = argparse.ArgumentParser(
        "python -m tests.reliability",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    add = parser.add_argument
    add("what", nargs="*", metavar="RUN", help=f"{', '.join(RUNS)} (default: all)")
    add("--cycles", type=int, default=500, help="learners that connect and are killed (cycles)")
    add("--minutes", type=float, default=30, help="how long learners come and go (soak)")
    add("--kills", type=int, default=100, help="servers that are killed at work (kills)")
    add("--seed", type=int, default=1, help="for everything that is left to chance")
    args = parser.parse_args()
    if unknown := set(args.what) - set(RUNS):
        parser.error(f"expected some of {', '.join(RUNS)}, got {', '.join(unknown)}")
    failed = []
    for name in args.what or RUNS:
        with tempfile.TemporaryDirectory(prefix=f"tandem-{name}-") as folder:
            report = asyncio.run(RUNS[name](args, Path(folder)))
        print(report.text(), flush=True)
        failed += [f"{name}: {problem}" for problem in report.problems]
    print(*failed, sep="\n", file=sys.stderr)
    return 1 if failed else 0


RUNS: dict[str, Run] = {
    "cycles": cycles.run,
    "soak": soak.run,
    "kills": kills.run,
    "network": network.run,
    "faults": faults.run,
}

if __name__ == "__main__":
    sys.exit(main())

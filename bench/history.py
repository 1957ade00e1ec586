"""Measures how long ten thousand stored results take to be asked.

    python bench/history.py [--history URL] [--runs 20]

By default in a new SQLite file; with the URL of an empty PostgreSQL database, there. Prints the
median and the longest time of a page of a learner with 5000 results, and of a leaderboard, as
GET /api/history and GET /api/lessons/ID/leaderboard ask for them.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run by its path, a script finds only what lies beside it …

# … so that these can be imported only from here on.
from rtc_server.history.database_url import parse_database_url  # noqa: E402
from rtc_server.history.store import ResultStore  # noqa: E402
from tests.integration.history.many_results import MANY, fill  # noqa: E402

PAGE = 20


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="how long ten thousand results take to be asked")
    parser.add_argument("--history", metavar="URL", help="an empty database (default a new file)")
    parser.add_argument("--runs", type=int, default=20)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = args.history or str(Path(folder) / "history.sqlite3")
        store = ResultStore(parse_database_url(url))
        fill(store)
        print(f"{MANY} results, {args.runs} runs: median and longest, ms")
        questions: dict[str, Callable[[], object]] = {
            "page": lambda: store.get_page("Ann", None, PAGE),
            "leaderboard": lambda: store.get_leaderboard("short"),
        }
        for name, ask in questions.items():
            took_ms = [measure_ms(ask) for _ in range(args.runs)]
            print(f"{name:12} {statistics.median(took_ms):8.1f} {max(took_ms):8.1f}")
        store.close()


def measure_ms(ask: Callable[[], object]) -> float:
    """The wall time of one call, in ms."""
    began_s = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began_s)


if __name__ == "__main__":
    main()

"""The server of bench/sync/skew.py: a real one with a probe in it that records every sample."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from rtc_server.app import serve
from rtc_server.config import Config
from rtc_server.scoring.attempt import Attempt
from tools.skew_probe import SkewProbe, SkewSample


def run_server() -> None:
    """`python -m bench.sync.probed_server LESSONS LOOKS`: one look a line, as JSON, into LOOKS."""
    lessons, looks = Path(sys.argv[1]), Path(sys.argv[2])
    learners: list[Attempt] = []
    with looks.open("w", buffering=1) as out:

        def tell(whose: Attempt, look: SkewSample) -> None:
            if not learners or learners[-1] is not whose:
                learners.append(whose)
            out.write(json.dumps({"learner": len(learners) - 1, **asdict(look)}) + "\n")

        with SkewProbe(tell, keep=False):
            config = Config(lessons=lessons, port=0, countdown_s=1)
            asyncio.run(serve(config, lambda url: print(f"Tandem is ready: {url}", flush=True)))


if __name__ == "__main__":
    run_server()

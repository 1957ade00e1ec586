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
    """Run by `python -m bench.sync.probed_server LESSONS SAMPLES`.

    It appends a line of JSON to the file SAMPLES for each sample.
    """
    lessons, samples = Path(sys.argv[1]), Path(sys.argv[2])
    learners: list[Attempt] = []
    with samples.open("w", buffering=1) as out:

        def write_sample(attempt: Attempt, sample: SkewSample) -> None:
            if not learners or learners[-1] is not attempt:
                learners.append(attempt)
            out.write(json.dumps({"learner": len(learners) - 1, **asdict(sample)}) + "\n")

        with SkewProbe(write_sample, keep=False):
            config = Config(lessons=lessons, port=0, countdown_s=1)
            asyncio.run(serve(config, lambda at: print(f"ready: {at.url}", flush=True)))


if __name__ == "__main__":
    run_server()

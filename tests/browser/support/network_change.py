"""Chromium on a host of its own, which goes from one network to another in the middle of a lesson.

    unshare -rn python -m tests.browser.support.network_change LESSONS FILM

Prints what came of it as JSON.
"""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from tests.browser.support.chromium import ALLOWED, FAKE, chromium, film_flag, find_chromium
from tests.browser.support.learner import Learner, open_learner
from tests.browser.support.server_process import COUNT_DOWN_S
from tests.integration.webrtc.two_networks import LearnersHost, serving, set_up_server

REMOTE_USER = r"spy.peers.at(-1).currentRemoteDescription.sdp.match(/ice-ufrag:(\S+)/)[1]"
SCORES = "spy.received.filter(({message: m}) => m.type === 'score' && m.score !== null).length"
LONGEST_GAP_MS = """(() => {
  const times = spy.received.map(({ at_ms }) => at_ms);
  return Math.max(...times.slice(1).map((at_ms, k) => at_ms - times[k]));
})()"""


def put_browser_inside(host: LearnersHost, folder: str) -> None:
    """Have Chromium started on the learner's host."""
    starter = Path(folder) / "chromium"
    starter.write_text(f'#!/bin/sh\nexec {" ".join(host.inside)} "{find_chromium()}" "$@"\n')
    starter.chmod(0o755)
    os.environ["TANDEM_CHROMIUM"] = str(starter)


async def change_network(learner: Learner, host: LearnersHost, url: str) -> dict[str, object]:
    await learner.play(url)
    await learner.until_scored(past_s=1)
    user = await learner.page.evaluate(REMOTE_USER)
    host.pull_out("first")
    host.plug_in("second", "10.2.0")
    await learner.until_true(f"{REMOTE_USER} !== '{user}'")
    scores = await learner.page.evaluate(SCORES)
    await learner.until_true(f"{SCORES} >= {scores + 3}")
    return {
        "welcomes": len(await learner.received("welcome")),
        "peers": await learner.page.evaluate("spy.peers.length"),
        "gap_ms": await learner.page.evaluate(LONGEST_GAP_MS),
    }


async def main(lessons: str, film: str) -> None:
    set_up_server()
    os.environ["TANDEM_COUNTDOWN_S"] = str(COUNT_DOWN_S)
    host = LearnersHost()
    try:
        host.plug_in("first", "10.1.0")
        async with serving(lessons) as (url, _):
            with tempfile.TemporaryDirectory() as folder:
                put_browser_inside(host, folder)
                allowed = f"--unsafely-treat-insecure-origin-as-secure={url}"
                flags = (ALLOWED, FAKE, film_flag(Path(film)), allowed)
                async with chromium(*flags) as browser:
                    learner = await open_learner(browser)
                    print(json.dumps(await change_network(learner, host, url)))
    finally:
        host.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

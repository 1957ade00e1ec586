"""When the page asks the server whether it is there, restarts ICE, and gives up."""

from typing import Any

from tests.browser.support.page_script import Ask

# Runs the watch for `until_ms` on a clock of its own. Scores come until `silent_ms`. Each question
# is answered after `rtt_ms`, if it is asked before `dead_ms`. `late`: when no timer runs. The
# result has the times of what happened.
WATCH = """
async ({ until_ms, silent_ms = 1e9, dead_ms = 1e9, rtt_ms = 50, late = [] }) => {
  const { watchLiveness } = await import("/static/js/connection/liveness.js");
  const real = { now: performance.now, setInterval: window.setInterval };
  let now_ms = 0;
  let tick, every_ms;
  performance.now = () => now_ms;
  window.setInterval = (call, interval_ms) => { [tick, every_ms] = [call, interval_ms]; return 0; };
  const seen = { asked: [], silent: [], lost: [] };
  const answers = [];
  let watch;
  try {
    watch = watchLiveness({
      onLost: () => seen.lost.push(now_ms),
      onDoubt: () => {
        seen.asked.push(now_ms);
        if (now_ms < dead_ms) answers.push(now_ms + rtt_ms);
      },
      onSilent: () => seen.silent.push(now_ms),
      rtt_ms: () => rtt_ms,
    });
    for (now_ms = 10; now_ms <= until_ms; now_ms += 10) {
      const isScore = now_ms < silent_ms && now_ms % 200 === 0;
      const isAnswer = answers.length > 0 && answers[0] <= now_ms;
      if (isAnswer) answers.shift();
      if (isScore || isAnswer) watch.onMessage();
      const isLate = late.some(([from, to]) => from < now_ms && now_ms < to);
      if (now_ms % every_ms === 0 && !isLate) tick();
      if (seen.lost.length) break;
    }
    return seen;
  } finally {
    Object.assign(window, { setInterval: real.setInterval });
    performance.now = real.now;
  }
}
"""


async def watch(ask: Ask, **options: Any) -> dict[str, list[int]]:
    (seen,) = await ask(WATCH, options)
    return seen


async def test_while_scores_come_nothing_is_asked(ask: Ask) -> None:
    assert await watch(ask, until_ms=60_000) == {"asked": [], "silent": [], "lost": []}


async def test_a_quiet_session_is_asked_and_never_restarted(ask: Ask) -> None:
    """No scores: the server cannot decode the webcam, or is busy. It answers, if slowly."""
    for rtt_ms in (1, 50, 400, 650, 1500):
        seen = await watch(ask, until_ms=60_000, silent_ms=2000, rtt_ms=rtt_ms)
        assert (seen["silent"], seen["lost"]) == ([], []), rtt_ms
        assert 15 <= len(seen["asked"]) <= 2 * 60


async def test_a_dead_connection_is_noticed_within_one_and_three_quarter_seconds(ask: Ask) -> None:
    seen = await watch(ask, until_ms=10_000, silent_ms=4000, dead_ms=4000)
    last_score_ms = 3800
    assert len(seen["asked"]) >= 2
    assert last_score_ms + 1200 <= seen["silent"][0] <= last_score_ms + 1750
    assert len(seen["silent"]) > 5, "again and again: a restart may fail"
    assert last_score_ms + 5000 <= seen["lost"][0] <= last_score_ms + 5400


async def test_a_machine_that_slept_gives_the_network_a_chance(ask: Ask) -> None:
    asleep = [[5000, 9000]]
    seen = await watch(ask, until_ms=9600, silent_ms=5000, dead_ms=5000, late=asleep)
    assert (seen["silent"], seen["lost"]) == ([], [])

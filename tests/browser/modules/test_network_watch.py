"""What the page does when the browser says that the network has changed."""

from typing import Any

from tests.browser.support.page_script import Ask

# A connection that restarts ICE as it is told, on a clock of its own. `answers`: of the server to
# each PATCH, as a status (0: there is no network) and after how many ms. `events` are dispatched at
# their times. The result has when something was sent, and how often ICE was restarted.
WATCH = """
async ({ answers, events, until_ms }) => {
  const { watchNetwork } = await import("/static/js/connection/ice_restart.js");
  const real = { fetch: window.fetch, setTimeout: window.setTimeout };
  let now_ms = 0;
  const timers = [], sent = [];
  window.setTimeout = (call, after_ms) => timers.push({ call, at_ms: now_ms + after_ms });
  const user = "a=ice-ufrag:abcd", password = "a=ice-pwd:0123456789012345678901";
  const sdp = ["v=0", "m=video 9 X 96", user, password, "a=mid:0", ""].join("\\r\\n");
  const description = { type: "offer", sdp };
  const connection = Object.assign(new EventTarget(), {
    signalingState: "stable", iceConnectionState: "connected", iceGatheringState: "complete",
    localDescription: description, currentRemoteDescription: description, restarted: 0,
    createOffer: async () => description,
    async setLocalDescription({ type }) {
      this.signalingState = type === "rollback" ? "stable" : "have-local-offer";
    },
    async setRemoteDescription() {
      this.signalingState = "stable";
      this.restarted += 1;
    },
  });
  // Not a Response: reading one takes the browser real time, which this clock knows nothing of.
  const answerOf = (status) => ({
    status, ok: status < 300, headers: new Headers(), statusText: "",
    text: async () => sdp, json: async () => ({}),
  });
  // The page around it asks for its own things meanwhile, such as the lessons.
  const isIce = (path) => path.startsWith("/api/sessions/1");
  const ask = (path, { signal }) => new Promise((resolve, reject) => {
    const [status, after_ms] = answers[sent.length] ?? [200, 0];
    sent.push(now_ms);
    signal.addEventListener("abort", () => reject(new TypeError("aborted")));
    if (!status) reject(new TypeError("no network"));
    else setTimeout(() => resolve(answerOf(status)), after_ms);
  });
  window.fetch = (path, init) =>
    isIce(path) ? ask(path, init) : real.fetch.call(window, path, init);
  const stop = new AbortController();
  // Other tests make networks, of which the browser tells, too.
  for (const [target, name] of [[navigator.connection, "change"], [window, "online"]]) {
    target.addEventListener(name, (event) => {
      if (event.isTrusted) event.stopImmediatePropagation();
    }, { signal: stop.signal });
  }
  try {
    watchNetwork(connection, "1", stop.signal);
    for (const [name, at_ms] of events) {
      const target = name === "change" ? navigator.connection : window;
      timers.push({ call: () => target.dispatchEvent(new Event(name)), at_ms });
    }
    for (;;) {
      await new Promise((settled) => real.setTimeout.call(window, settled));
      timers.sort((one, other) => one.at_ms - other.at_ms);
      if (!timers.length || timers[0].at_ms > until_ms) break;
      const next = timers.shift();
      now_ms = next.at_ms;
      next.call();
    }
    return { sent, restarted: connection.restarted };
  } finally {
    stop.abort();
    Object.assign(window, real);
  }
}
"""


async def watch(ask: Ask, events: list[Any], *answers: list[Any]) -> dict[str, Any]:
    (seen,) = await ask(WATCH, {"answers": answers, "events": events, "until_ms": 20_000})
    return seen


async def test_a_network_that_is_faster_or_slower_is_no_reason_to_restart(ask: Ask) -> None:
    seen = await watch(ask, [["change", 10], ["change", 5000]])
    assert seen == {"sent": [], "restarted": 0}


async def test_a_network_that_is_there_again_is_used_at_once_and_once(ask: Ask) -> None:
    seen = await watch(ask, [["online", 10], ["online", 100], ["change", 110]])
    assert seen == {"sent": [10], "restarted": 1}


async def test_a_try_that_hangs_is_given_up_soon_and_at_once_when_the_network_changes(
    ask: Ask,
) -> None:
    never = [200, 1e9]
    assert await watch(ask, [["online", 10]], never) == {"sent": [10, 1010], "restarted": 1}
    for name in ("online", "change"):
        seen = await watch(ask, [["online", 10], [name, 100]], never)
        assert seen == {"sent": [10, 400], "restarted": 1}


async def test_a_slow_network_gets_more_time(ask: Ask) -> None:
    slow = [200, 2500]
    seen = await watch(ask, [["online", 10]], slow, slow, slow)
    assert len(seen["sent"]) == 3 and seen["restarted"] == 1


async def test_tries_that_fail_end_while_the_connection_holds(ask: Ask) -> None:
    seen = await watch(ask, [["online", 10]], *[[0, 0]] * 9)
    assert seen == {"sent": [10, 310, 610, 910], "restarted": 0}


async def test_a_server_that_knows_no_restarts_is_asked_once(ask: Ask) -> None:
    seen = await watch(ask, [["online", 10], ["online", 9000]], [404, 0])
    assert seen == {"sent": [10], "restarted": 0}

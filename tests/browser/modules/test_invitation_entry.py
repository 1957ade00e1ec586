"""A link that the server cannot check at the moment is kept in the tab, and tried again."""

from typing import Any

from tests.browser.support.page_script import Ask

# `answers` of the server, one after the other, as [status, code, Retry-After]; [] is no network.
# Pauses are written down and skipped. The result has, after each try: why, and what is kept.
ENTER = """
async ([answers, kept]) => {
  const { Entry } = await import("/static/js/invitations/entry.js");
  const stored = () => sessionStorage.getItem("tandem:invitation");
  const real = { fetch: window.fetch, setTimeout: window.setTimeout };
  const pauses_s = [], sent = [], seen = [];
  let later;
  window.setTimeout = (call, pause_ms) => {
    if (pause_ms === 10_000) return 0; // a request's own
    pauses_s.push(pause_ms / 1000);
    later = call;
    return 1;
  };
  window.fetch = async (path, { body }) => {
    sent.push(JSON.parse(body).token);
    const [status, code, retryAfter] = answers.shift();
    if (!status) throw new TypeError("no network");
    const headers = retryAfter ? { "Retry-After": retryAfter } : {};
    return new Response(JSON.stringify({ code }), { status, headers });
  };
  try {
    if (kept) sessionStorage.setItem("tandem:invitation", kept);
    const entry = new Entry();
    let changes = 0;
    entry.on("changed", () => { changes += 1; });
    await (kept ? entry.tryNow() : entry.use("the.link"));
    for (;;) {
      seen.push([entry.problem, stored()]);
      if (!answers.length || !entry.isWaiting) break;
      later();
      await entry.tryNow();
    }
    return { pauses_s, sent, seen, changes };
  } finally {
    Object.assign(window, real);
    sessionStorage.clear();
  }
}
"""
LINK = "the.link"
BUSY, NO_LIST = [429, "too_many_requests", "7"], [503, "invitations_unavailable", ""]
IN, REFUSED, OPEN = [200, "", ""], [401, "invitation_expired", ""], [404, "invitations_off", ""]


async def test_what_fails_for_a_moment_is_tried_again_with_the_link_kept(ask: Ask) -> None:
    found: list[dict[str, Any]] = await ask(ENTER, [[[], [], BUSY, NO_LIST, [502, "", ""], IN], ""])
    assert found == [
        {
            "pauses_s": [1, 2, 7, 8, 15],  # the server asked for 7 instead of 4
            "sent": [LINK] * 6,
            "seen": [
                *([["unreachable", LINK]] * 2),
                *(["too_many_requests", LINK], ["invitations_unavailable", LINK]),
                *(["unreachable", LINK], ["", ""]),
            ],
            "changes": 4,
        }
    ]


async def test_what_is_refused_is_forgotten(ask: Ask) -> None:
    for last, why in ((REFUSED, "invitation_expired"), (OPEN, "")):
        at_once, later = await ask(ENTER, [[last], ""], [[[], last, IN], ""])
        assert (at_once["pauses_s"], at_once["seen"]) == ([], [[why, ""]])
        assert (later["pauses_s"], later["seen"]) == ([1], [["unreachable", LINK], [why, ""]])


async def test_a_page_that_is_opened_again_meanwhile_goes_on_with_the_link(ask: Ask) -> None:
    (found,) = await ask(ENTER, [[IN], "kept.before"])
    assert found["sent"] == ["kept.before"] and found["seen"] == [["", ""]]

"""Measures whether the time of a refusal tells which names, lessons and sessions exist.

    python bench/refusals.py [--rounds 400] [--json OUT]

A server that asks for invitations has a lesson, results of Ann, a session of hers and an
invitation. Who may not come there asks for each of these, and for one of the same length that does
not exist, in a random order, until each was refused ROUNDS times. The table has the medians of the
time until the answer begins, their ratio with a 95 % interval, and the probability that such times
come by chance (rank-sum test, raised for the number of questions). In the last line a teacher gets
what exists: so much would be seen.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import random
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run by its path, a script finds only what lies beside it …

# … so that these can be imported only from here on.
from bench.rank_test import adjust, rank_sum_p, ratio_interval  # noqa: E402
from rtc_server.config import Config  # noqa: E402
from rtc_server.history.database_url import parse_database_url  # noqa: E402
from rtc_server.history.store import ResultStore  # noqa: E402
from rtc_server.invitations.invitation import learner_id_of  # noqa: E402
from rtc_server.invitations.issue import InvitationWish, issue_invitation  # noqa: E402
from tests.browser.support.server_process import run_server  # noqa: E402
from tests.integration.http_checks import build_offer  # noqa: E402
from tests.unit.rtc_server.sample_results import make_result  # noqa: E402

LEARNERS = 200  # who take turns: each may ask, and open sessions, so often only
ROUNDS_PER_ADDRESS = 40  # of an address a hundred wrong tokens are taken, and then one a second
SIGNIFICANT = 0.01
ENDED_S = 7200.0
SESSION = "the session"  # of Ann, which is opened anew each time
Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks for: `{}` stands for what exists, and for what does not."""

    who: str
    method: str
    path: str
    exists: str
    missing: str
    status: int
    body: str = ""
    headers: Headers = field(default_factory=dict)
    is_control: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """How long the answers took."""

    who: str
    what: str
    exists_ms: float
    missing_ms: float
    ratio: float
    ratio_from: float
    ratio_to: float
    p: float


@dataclass(frozen=True, slots=True)
class Known:
    """What exists, by kind, and the headers of who asks, by turn; `ann` opens her session."""

    result: str
    invitation: str
    offer: str
    ann: Headers
    headers: dict[str, list[Headers]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=400, help="how often each is asked for")
    parser.add_argument("--lessons", type=Path, default=ROOT / "lessons", help="where lessons are")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write the figures there")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        findings = measure(Path(folder), args.lessons, args.rounds)
    report(findings)
    if args.json:
        args.json.write_text(json.dumps([asdict(one) for one in findings], indent=1))


def report(findings: list[Finding]) -> None:
    print("who | asks for | exists ms | missing ms | ratio (95 %) | p")
    for one in findings:
        print(
            f"{one.who} | {one.what} | {one.exists_ms:.3f} | {one.missing_ms:.3f} | "
            f"{one.ratio:.3f} ({one.ratio_from:.3f} to {one.ratio_to:.3f}) | {one.p:.3g}"
        )
    *refused, control = findings
    told = [one for one in refused if one.p < SIGNIFICANT]
    print(
        f"{len(told)} of {len(refused)} questions differ (p < {SIGNIFICANT}); "
        f"the control {'differs' if control.p < SIGNIFICANT else 'DOES NOT DIFFER: ask more often'}"
    )


def measure(folder: Path, lessons: Path, rounds: int) -> list[Finding]:
    """Run a server, and ask all questions in turn, so that all share what the machine does."""
    settings = {
        "TANDEM_INVITATIONS": str(folder / "invitations"),
        "TANDEM_HISTORY": str(folder / "history.sqlite3"),
        "TANDEM_TOKEN": secrets.token_urlsafe(),  # so that nobody is local
        "TANDEM_FIRST_CHECK_TIMEOUT_S": "300",
        "TANDEM_CONNECT_TIMEOUT_S": "300",
    }
    os.environ |= settings
    store = ResultStore(parse_database_url(settings["TANDEM_HISTORY"]))
    result = make_result(1, "Ann", owner=learner_id_of("name", "Ann"))
    store.save(result)
    store.close()
    with run_server(lessons, "--access", "invite") as server:
        config = Config(access="invite", invitations=folder / "invitations")
        known = prepare(server.url, config, result.attempt)
        questions = list(list_questions(known))
        times = ask_all(server.url, questions, known, rounds)
    adjusted = adjust([rank_sum_p(a, b) for a, b in times])
    return [
        Finding(
            *(question.who, f"{question.method} {question.path}"),
            *(statistics.median(a), statistics.median(b)),
            statistics.median(a) / statistics.median(b),
            *ratio_interval(a, b),
            p,
        )
        for question, (a, b), p in zip(questions, times, adjusted, strict=True)
    ]


def prepare(url: str, config: Config, result: str) -> Known:
    """Invite everybody."""

    def invite(now_s: float | None = None, **wish: object) -> tuple[str, Headers]:
        invitation = InvitationWish(**wish)  # type: ignore[arg-type]
        link = issue_invitation(config, url, invitation, now_s or time.time())
        token = link.partition("#invite=")[2]
        return token, {"Authorization": f"Bearer {token}"}

    offer = asyncio.run(build_offer())
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    _, teacher = invite(role="teacher", name="Tim")
    connection.request("POST", "/api/invitations", "{}", {**teacher, **JSON})
    invitation = json.loads(connection.getresponse().read())
    ended_at_s = time.time() - ENDED_S
    return Known(
        *(result, invitation["id"], offer, invite(name="Ann")[1]),
        {
            "nobody": [{}],
            "ended": [invite(ended_at_s, role="teacher", lasts_s=3600)[1]],
            "learner": [invite(name=f"Bob{k:03}")[1] for k in range(LEARNERS)],
            "learner of another lesson": [
                invite(name=f"Eve{k:03}", lesson="tango")[1] for k in range(LEARNERS)
            ],
            "teacher": [teacher],
        },
    )


def open_session(url: str, known: Known) -> str:
    """A session of Ann's, which waits for her for five minutes; its id."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    body = json.dumps({"sdp": known.offer, "type": "offer", "lesson": "demo"})
    connection.request("POST", "/api/sessions", body, {**known.ann, **JSON})
    opened: str = json.loads(connection.getresponse().read())["id"]
    return opened


JSON = {"Content-Type": "application/json"}
SOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def list_questions(known: Known) -> Iterator[Question]:
    """Each route that has a name, a lesson or an id in it, for each who is refused there."""
    hidden = random.Random(1).randbytes
    lesson, name = ("demo", "dome"), ("Ann", "Eva")
    session, result = (SESSION, hidden(16).hex()), (known.result, hidden(16).hex())
    invitation = known.invitation, hidden(8).hex()
    offer = json.dumps({"sdp": known.offer, "type": "offer", "lesson": "{}"})
    resume = json.dumps({"sdp": known.offer, "type": "offer", "lesson": "demo", "resume": "{}"})
    for who in ("nobody", "ended"):
        for path in ("/api/lessons/{}", "/api/lessons/{}/video", "/api/lessons/{}/leaderboard"):
            yield Question(who, "GET", path, *lesson, 401)
        yield Question(who, "POST", "/api/sessions", *lesson, 401, offer, JSON)
        yield Question(who, "GET", "/api/sessions/ws?lesson={}", *lesson, 401, "", SOCKET)
        yield Question(who, "GET", "/api/history?learner={}", *name, 401)
        yield Question(who, "GET", "/api/learners/{}/export", *name, 401)
        yield Question(who, "DELETE", "/api/learners/{}", *name, 401)
        yield Question(who, "GET", "/api/history/{}", *result, 401)
        yield Question(who, "GET", "/api/sessions/{}/report", *session, 401)
        yield Question(who, "DELETE", "/api/sessions/{}", *session, 401)
        yield Question(who, "DELETE", "/api/invitations/{}", *invitation, 401)
    who = "learner"
    yield Question(who, "GET", "/api/history?learner={}", *name, 403)
    yield Question(who, "GET", "/api/learners/{}/export", *name, 403)
    yield Question(who, "DELETE", "/api/learners/{}", *name, 403)
    yield Question(who, "DELETE", "/api/lessons/{}", *lesson, 403)
    yield Question(who, "DELETE", "/api/invitations/{}", *invitation, 403)
    yield Question(who, "GET", "/api/history/{}", *result, 404)
    yield Question(who, "GET", "/api/sessions/{}", *session, 404)
    yield Question(who, "GET", "/api/sessions/{}/report", *session, 404)
    yield Question(who, "DELETE", "/api/sessions/{}", *session, 404)
    yield Question(who, "POST", "/api/sessions", *session, 404, resume, JSON)
    who = "learner of another lesson"
    yield Question(who, "GET", "/api/lessons/{}", *lesson, 403)
    yield Question(who, "POST", "/api/sessions", *lesson, 403, offer, JSON)
    yield Question("teacher", "GET", "/api/lessons/{}", *lesson, 200, is_control=True)


Times = tuple[list[float], list[float]]  # ms: of what exists, of what does not


def ask_all(url: str, questions: list[Question], known: Known, rounds: int) -> list[Times]:
    """Ask each question `rounds` times, a few at a time, from an address of its own each time."""
    times: list[Times] = [([], []) for _ in questions]
    addresses = (f"127.{a}.{b}.{c}" for a in (1, 2) for b in range(250) for c in range(1, 250))
    done = 0
    while done < rounds:
        count = min(ROUNDS_PER_ADDRESS, rounds - done)
        session = open_session(url, known)
        for question, found in zip(questions, times, strict=True):
            askers = known.headers[question.who]
            ask = _asker(url, next(addresses), question)
            for k in range(done, done + count):
                exists = session if question.exists == SESSION else question.exists
                order = [(exists, found[0]), (question.missing, found[1])]
                for value, series in random.sample(order, 2):
                    series.append(ask(value, askers[k % len(askers)]))
        done += count
    return times


def _asker(url: str, address: str, question: Question) -> Callable[[str, Headers], float]:
    """Asks on one connection from a local address."""
    server = urlsplit(url)
    connection = http.client.HTTPConnection(
        server.hostname or "", server.port, source_address=(address, 0)
    )
    connection.connect()

    def ask(value: str, headers: Headers) -> float:
        path = question.path.replace("{}", value)
        body = question.body.replace('"{}"', json.dumps(value)) or None
        began_s = time.perf_counter()
        connection.request(question.method, path, body, {**question.headers, **headers})
        answer = connection.getresponse()
        took_ms = (time.perf_counter() - began_s) * 1000
        said = answer.read()
        expected = 404 if question.is_control and value == question.missing else question.status
        assert answer.status == expected, (question, answer.status, said[:300])
        return took_ms

    return ask


if __name__ == "__main__":
    main()

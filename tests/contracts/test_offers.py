"""Offers of real browsers, and what else browsers write, get the answer that JSEP asks for.

tests/contracts/offers says where each offer comes from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

from rtc_server.metrics import Metrics
from rtc_server.webrtc.negotiation import Answer, OutgoingTracks, place_tracks
from rtc_server.webrtc.offers.offer import check_offer
from rtc_server.webrtc.peer import Peer
from rtc_server.webrtc.trickle import parse_fragment
from tests.sdp_answers import check_answer, parse

FOLDER = Path(__file__).parent / "offers"
OFFERS = {path.stem: path.read_bytes().decode() for path in sorted(FOLDER.glob("*.sdp"))}
NEWEST = {
    name: text for name, text in OFFERS.items() if name.endswith("-page") or name == "safari-18"
}
FRAGMENTS = {path.stem: path.read_bytes().decode() for path in sorted(FOLDER.glob("*.sdpfrag"))}
LEARNER = "127.0.0.1"


@asynccontextmanager
async def negotiated(sdp: str) -> AsyncIterator[tuple[Peer, Answer]]:
    """A real connection with its answer, which is right for the offer."""
    peer = Peer([], Metrics(), LEARNER)
    try:
        tracks = OutgoingTracks(VideoStreamTrack(), AudioStreamTrack(), None)
        answer = await peer.negotiate(check_offer(on_this_machine(sdp)), tracks)
        check_answer(sdp, answer.sdp)
        yield peer, answer
    finally:
        await peer.close()


def on_this_machine(text: str) -> str:
    """The same with candidates that no packet leaves the machine for."""
    text = re.sub(r"(?m)^(a=candidate:.*) \d+\.\d+\.\d+\.\d+ (\d+ typ)", r"\1 127.0.0.1 \2", text)
    return re.sub(r"(?m)^(a=candidate:.*) [0-9a-f]*:[0-9a-f:]+ (\d+ typ)", r"\1 ::1 \2", text)


@pytest.mark.parametrize("name", OFFERS)
async def test_the_offer_of_a_browser_is_answered(name: str) -> None:
    offer = check_offer(OFFERS[name])
    async with negotiated(OFFERS[name]) as (_, real):
        answer = parse(real.sdp)
    placement = place_tracks(offer, annotated=False)
    by_mid = {section.value("mid"): section for section in answer.sections}
    assert by_mid[placement.webcam].direction in ("recvonly", "sendrecv")
    assert by_mid[placement.video].direction in ("sendonly", "sendrecv")
    assert placement.audio is not None and by_mid[placement.audio].direction == "sendonly"
    first = next(iter(by_mid[placement.video].codecs.values()))
    assert first == ("H264" if name.startswith("safari") else "VP8"), "the browser's own order"


def first_section(sdp: str, kind: str = "video") -> str:
    found = re.search(rf"(?ms)^m={kind}.*?(?=^m=|\Z)", sdp)
    assert found is not None
    return found[0]


def with_rejected_line(sdp: str) -> str:
    """A line that was stopped before it was ever used: it is in no group and names no transport."""
    stopped = (
        "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:stopped\r\na=inactive\r\n"
    )
    first = first_section(sdp)
    return sdp.replace(first, stopped + first, 1)


def with_unknown_formats(sdp: str) -> str:
    """One more line, of which nothing can be understood."""
    line = first_section(sdp)
    media, rest = line.split("\r\n", 1)
    kept = [
        one
        for one in rest.splitlines()
        if not re.match(r"a=(rtpmap|fmtp|rtcp-fb|ssrc|candidate|end-of|mid)", one)
    ]
    mid = "a=mid:av1\r\na=rtpmap:45 AV1/90000\r\n"
    more = re.sub(r"SAVPF .*", "SAVPF 45", media) + "\r\n" + "\r\n".join(kept) + "\r\n" + mid
    return re.sub(r"(a=group:BUNDLE [^\r]*)", r"\1 av1", sdp) + more


def rtx_first(sdp: str) -> str:
    """Each retransmission format before the one that it is for."""
    return _each_video(sdp, lambda order: sorted(order, key=lambda pair: pair[1] != "RTX"))


def red_first(sdp: str) -> str:
    """Forward error correction before all that it protects."""
    return _each_video(
        sdp, lambda order: sorted(order, key=lambda pair: pair[1] not in ("RED", "ULPFEC"))
    )


def h264_modes_first(sdp: str) -> str:
    """H.264 in packetization mode 0 first, which aiortc cannot send."""
    sections = parse(sdp)
    modes = {
        number: parameters.get("packetization-mode", "0")
        for section in sections.sections
        for number, parameters in section.parameters.items()
    }
    return _each_video(
        sdp,
        lambda order: sorted(order, key=lambda p: (p[1] != "H264", modes.get(p[0], "9"))),
    )


def _each_video(sdp: str, sort: Callable[[list[tuple[str, str]]], list[tuple[str, str]]]) -> str:
    """The offer with the formats of its video lines in another order, in both places."""

    def reorder(found: re.Match[str]) -> str:
        section = parse("v=0\r\n" + found[0]).sections[0]
        order = [number for number, _ in sort([(n, section.codecs[n]) for n in section.formats])]
        maps = {
            line.split(":")[1].split(" ")[0]: line
            for line in found[0].splitlines()
            if line.startswith("a=rtpmap:")
        }
        ordered = iter([maps[number] for number in order])
        lines = [
            next(ordered) if line.startswith("a=rtpmap:") else line
            for line in found[0].splitlines()
        ]
        lines[0] = " ".join([*lines[0].split()[:3], *order])
        return "\r\n".join(lines) + "\r\n"

    return re.sub(r"(?ms)^m=video.*?(?=^m=|\Z)", reorder, sdp)


def simulcast(sdp: str) -> str:
    more = (
        "a=ssrc-group:SIM 1001 1002 1003\r\na=ssrc-group:FID 1001 2001\r\n"
        + "".join(f"a=ssrc:{ssrc} cname:x\r\n" for ssrc in (1001, 1002, 1003, 2001))
        + "a=rid:hi send\r\na=rid:lo send max-width=320;max-height=240\r\n"
        + "a=simulcast:send hi;lo\r\n"
    )
    first = first_section(sdp)
    return sdp.replace(first, first + more, 1)


def without_candidates(sdp: str) -> str:
    return re.sub(r"a=(candidate|end-of-candidates).*\r\n", "", sdp)


def with_candidates(*lines: str, section: int = 0) -> Callable[[str], str]:
    def change(sdp: str) -> str:
        head, *parts = re.split("(?m)^(?=m=)", without_candidates(sdp))
        parts[section] += "".join(f"{line}\r\n" for line in lines)
        return head + "".join(parts)

    return change


MDNS = "a=candidate:1 1 udp 2113937151 8e2b1f2c-2b1f-4d6a-9c3e-0f1d2c3b4a59.local 52000 typ host"
IPV6 = "a=candidate:2 1 UDP 2122262783 2001:db8::20 52002 typ host generation 0 network-id 2"
IPV4 = "a=candidate:3 1 udp 2122260223 127.0.0.1 52004 typ host generation 0 ufrag x network-cost 9"


def session_level(sdp: str) -> str:
    """Transport attributes of the session instead of each section (RFC 8839, 5.4; RFC 8122)."""
    names = r"a=(?:ice-ufrag|ice-pwd|fingerprint|setup):"
    lines = [
        next(re.finditer(rf"{name}:[^\r]*\r\n", sdp))[0]
        for name in ("a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=setup")
    ]
    head, *parts = re.split("(?m)^(?=m=)", sdp)
    return head + "".join(lines) + "".join(re.sub(rf"{names}.*\r\n", "", part) for part in parts)


def _with_spaces(parameters: re.Match[str]) -> str:
    return parameters[0].replace(";", "; ")


VARIANTS: dict[str, Callable[[str], str]] = {
    "a rejected line": with_rejected_line,
    "a line of unknown formats": with_unknown_formats,
    "RTX first": rtx_first,
    "RED first": red_first,
    "H.264 in mode 0 first": h264_modes_first,
    "simulcast": simulcast,
    "mDNS only": with_candidates(MDNS, "a=end-of-candidates"),
    "IPv6 only": with_candidates(IPV6, "a=end-of-candidates"),
    "candidates of the second section": with_candidates(IPV4, section=1),
    "no candidates": without_candidates,
    "renomination": lambda sdp: sdp.replace(
        "ice-options:trickle", "ice-options:trickle renomination"
    ),
    "session level": session_level,
    "bare line feeds": lambda sdp: sdp.replace("\r\n", "\n"),
    "no direction": lambda sdp: re.sub(r"(?s)(m=audio.*?)a=recvonly\r\n", r"\1", sdp, count=1),
    "spaces in parameters": lambda sdp: re.sub(r"(?m)^a=fmtp.*", _with_spaces, sdp),
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", NEWEST)
async def test_what_browsers_also_write_is_answered(name: str, variant: str) -> None:
    sdp = VARIANTS[variant](NEWEST[name])
    assert sdp != NEWEST[name]
    async with negotiated(sdp):
        pass


@pytest.mark.parametrize("name", FRAGMENTS)
async def test_candidates_that_come_one_by_one_are_taken(name: str) -> None:
    fragment = parse_fragment(on_this_machine(FRAGMENTS[name]))
    assert fragment.complete and fragment.candidates
    refused = Counter[str]()
    async with negotiated(OFFERS[name]) as (peer, _):
        trickle = peer._transport._trickle
        assert trickle is not None
        trickle._on_refused = lambda reason: refused.update([reason])
        assert await peer.add_fragment(fragment, "127.0.0.1") is None
    # TCP; the second component; names until the camera is allowed; the same on this machine.
    assert set(refused) <= {"transport", "component", "name", "repeated"}
    names = sum(candidate.ip.endswith(".local") for candidate in fragment.candidates)
    assert (refused.total() < len(fragment.candidates)) is not bool(names)


def test_lines_that_gathered_for_themselves_are_given_up() -> None:
    """Both browsers give them the same credentials, but ports of their own."""
    for name in ("chromium-client", "firefox-client"):
        offer = check_offer(OFFERS[name])
        first = offer.lines[0]
        assert len(offer.candidates) == len(first.ice_candidates) > 0
        assert {candidate.sdpMid for candidate in offer.candidates} == {first.rtp.muxId}


def test_candidates_count_on_any_line_of_the_bundle() -> None:
    for name, sdp in NEWEST.items():
        offer = check_offer(with_candidates(IPV4, section=1)(sdp))
        assert [candidate.port for candidate in offer.candidates] == [52004], name

"""Spoils SDP offers in the ways in which broken or hostile clients write them; seeded, so that a
failure can be repeated."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

Lines = list[str]
VALUES = (
    *("", " ", "-1", "0", "1", "127", "128", "255", "256", "65535", "65536", "70000", "4294967295"),
    *(
        "4294967296",
        "9" * 400,
        "9" * 5000,
        "1e9",
        "0x10",
        "nan",
        "*",
        "/",
        ":",
        "%s",
        "x",
        "x" * 300,
    ),
    *("é", "\u0000", "\u2028", "\u202e", "١", "😀", "127.0.0.1", "::1", "a b c d", "a:b", "a=b;c"),
)
NEW_LINES = (
    *("a=ice-lite", "a=bundle-only", "a=sendrecv", "a=inactive", "a=recvonly", "a=rtcp-mux"),
    *("a=setup:active", "a=setup:passive", "a=setup:holdconn", "a=setup:actpass", "a=setup"),
    *("a=group:BUNDLE", "a=group:BUNDLE 0", "a=group:BUNDLE 3 2 1 0", "a=group:BUNDLE 0 0 0"),
    *("a=group:BUNDLE 9 0 1", "a=group:LS 0 1", "a=mid:0", "a=mid:x", "a=mid", "a=mid:"),
    *("a=extmap:0 urn:ietf:params:rtp-hdrext:sdes:mid", "a=extmap:15 urn:x", "a=extmap"),
    *("a=extmap:300 urn:ietf:params:rtp-hdrext:sdes:mid", "a=rtcp-fb:* nack", "a=rtcp-fb:97"),
    *("a=fmtp:97", "a=fmtp:97 apt=97", "a=fmtp:98 apt=x", "a=rtpmap:97 VP8/0", "a=rtpmap:97 VP8"),
    *("a=rtpmap:111 opus/48000/x", "a=ssrc:1 cname:x", "a=ssrc:x cname:x", "a=ssrc:1"),
    *("a=ssrc-group:FID 1 x", "a=ssrc-group:FID", "a=fingerprint:sha-256 00", "a=fingerprint:x y"),
    *("a=fingerprint:md5 00:11", "a=ice-ufrag:x", "a=ice-pwd:x", "a=ice-ufrag", "a=ice-pwd:"),
    *("a=max-message-size:0", "a=max-message-size:1", "a=max-message-size:x", "a=sctp-port:0"),
    *("a=sctp-port:70000", "a=sctp-port", "a=sctpmap:5000 webrtc-datachannel 1024", "a=sctpmap:x"),
    *("a=candidate:1 1 udp 1 127.0.0.1 9 typ host", "a=candidate:1 1 udp", "a=candidate"),
    *("a=candidate:1 1 udp 1 x.local 9 typ host", "a=candidate:1 1 udp 1 10.0.0.1 0 typ host"),
    *("a=candidate:1 1 udp 1 10.0.0.1 99999 typ host rport x", "a=end-of-candidates"),
    *("c=IN IP4", "c=IN IP6 x", "c=x", "v=1", "v=x", "s=", "t=", "o=", "b=AS:x", "k=clear:x", "x"),
    *("m=text 9 RTP/AVP 98", "m=video", "m=video 9 UDP/TLS/RTP/SAVPF", "m=video x y z"),
    *("m=image 9 udptl t38", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel"),
    *("m=audio 9 UDP/TLS/RTP/SAVPF 72", "m=application 9 DTLS/SCTP x", "m=video 9 RTP/AVP 1 2 3"),
)
KINDS = ("video", "audio", "application", "text", "VIDEO", "")
DIRECTIONS = ("sendonly", "recvonly", "sendrecv", "inactive", "both")


def mutate(sdp: str, rng: random.Random) -> str:
    """The offer with one to four faults."""
    lines = sdp.splitlines()
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        if lines:
            rng.choice(MUTATIONS)(lines, rng)
    return "".join(f"{line}\r\n" for line in lines)


def mutations(sdp: str, count: int, seed: int = 14) -> Iterator[str]:
    """So many spoiled offers, the same for the same seed."""
    rng = random.Random(seed)
    for _ in range(count):
        yield mutate(sdp, rng)


def _delete(lines: Lines, rng: random.Random) -> None:
    del lines[rng.randrange(len(lines))]


def _delete_alike(lines: Lines, rng: random.Random) -> None:
    """All lines of one kind, in all sections."""
    start = re.split(r"[:=\s]", rng.choice(lines)[2:], maxsplit=1)[0]
    lines[:] = [line for line in lines if not line[2:].startswith(start)]


def _repeat(lines: Lines, rng: random.Random) -> None:
    at = rng.randrange(len(lines))
    lines[at:at] = [lines[at]] * rng.choice((1, 1, 2, 200))


def _swap(lines: Lines, rng: random.Random) -> None:
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[i], lines[j] = lines[j], lines[i]


def _insert(lines: Lines, rng: random.Random) -> None:
    lines.insert(rng.randint(0, len(lines)), rng.choice(NEW_LINES))


def _replace_line(lines: Lines, rng: random.Random) -> None:
    """Another value of the same attribute, where there is one."""
    at = rng.randrange(len(lines))
    name = re.split(r"[:\s]", lines[at], maxsplit=1)[0]
    alike = [line for line in NEW_LINES if line.startswith(name)]
    lines[at] = rng.choice(alike or NEW_LINES)


def _replace_token(lines: Lines, rng: random.Random) -> None:
    at = rng.randrange(len(lines))
    tokens = re.split(r"([\s:;=/]+)", lines[at])
    tokens[rng.randrange(len(tokens))] = rng.choice(VALUES)
    lines[at] = "".join(tokens)


def _replace_number(lines: Lines, rng: random.Random) -> None:
    at = rng.randrange(len(lines))
    numbers = list(re.finditer(r"\d+", lines[at]))
    if numbers:
        begin, end = rng.choice(numbers).span()
        lines[at] = lines[at][:begin] + rng.choice(VALUES) + lines[at][end:]


def _cut_line(lines: Lines, rng: random.Random) -> None:
    at = rng.randrange(len(lines))
    lines[at] = lines[at][: rng.randint(0, len(lines[at]))]


def _cut_end(lines: Lines, rng: random.Random) -> None:
    del lines[rng.randint(0, len(lines)) :]


def _change_character(lines: Lines, rng: random.Random) -> None:
    at = rng.randrange(len(lines))
    if lines[at]:
        k = rng.randrange(len(lines[at]))
        lines[at] = (
            lines[at][:k] + chr(rng.choice((rng.randrange(128), 0x2028))) + lines[at][k + 1 :]
        )


def _change_kind(lines: Lines, rng: random.Random) -> None:
    """Another kind of media, or a rejected line (port 0)."""
    at = rng.choice([k for k, line in enumerate(lines) if line.startswith("m=")] or [0])
    fields = lines[at].split(" ")
    if rng.random() < 0.5:
        fields[0] = f"m={rng.choice(KINDS)}"
    else:
        fields[1:2] = [rng.choice(("0", "1", "65536", "x"))]
    lines[at] = " ".join(fields)


def _change_direction(lines: Lines, rng: random.Random) -> None:
    at = [k for k, line in enumerate(lines) if line[2:] in DIRECTIONS]
    if at:
        lines[rng.choice(at)] = f"a={rng.choice(DIRECTIONS)}"


def _move_section(lines: Lines, rng: random.Random) -> None:
    """Delete a section, repeat it, or move it to the end."""
    starts = [k for k, line in enumerate(lines) if line.startswith("m=")]
    if not starts:
        return
    begin = rng.choice(starts)
    end = next((k for k in starts if k > begin), len(lines))
    section = lines[begin:end]
    match rng.randrange(3):
        case 0:
            del lines[begin:end]
        case 1:
            lines[end:end] = section * rng.choice((1, 40))
        case 2:
            del lines[begin:end]
            lines += section


MUTATIONS: tuple[Callable[[Lines, random.Random], None], ...] = (
    *(_delete, _delete, _delete_alike, _repeat, _swap, _insert, _insert, _replace_line),
    *(_replace_token, _replace_token, _replace_number, _cut_line, _cut_end, _change_character),
    *(_change_kind, _change_direction, _move_section),
)

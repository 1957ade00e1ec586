"""What an answer must be for its offer (RFC 8829, 5.3.1), read without the server's own parser."""

from __future__ import annotations

from dataclasses import dataclass

REVERSED = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}
ROLES = {"actpass": ("active", "passive"), "active": ("passive",), "passive": ("active",)}


@dataclass(frozen=True)
class Section:
    """One media section: its m= line in parts, and the values of its attributes."""

    kind: str
    port: int
    profile: str
    formats: list[str]
    attributes: list[tuple[str, str]]

    def values(self, name: str) -> list[str]:
        return [value for one, value in self.attributes if one == name]

    def value(self, name: str) -> str | None:
        return next(iter(self.values(name)), None)

    @property
    def direction(self) -> str:
        names = ("sendrecv", "sendonly", "recvonly", "inactive")
        return next((name for name, _ in self.attributes if name in names), "sendrecv")

    @property
    def codecs(self) -> dict[str, str]:
        """The name of each format, in capitals."""
        maps = (value.split(" ", 1) for value in self.values("rtpmap"))
        return {number: codec.split("/")[0].upper() for number, codec in maps}

    @property
    def parameters(self) -> dict[str, dict[str, str]]:
        found = (value.split(" ", 1) for value in self.values("fmtp"))
        return {
            number: {
                key: value
                for key, _, value in (part.strip().partition("=") for part in text.split(";"))
            }
            for number, text in found
        }


@dataclass(frozen=True)
class Description:
    """A session description: the attributes of the session, and its media sections."""

    attributes: list[tuple[str, str]]
    sections: list[Section]

    @property
    def bundle(self) -> list[str]:
        groups = [value.split() for name, value in self.attributes if name == "group"]
        return next((mids for semantic, *mids in groups if semantic == "BUNDLE"), [])


def parse(sdp: str) -> Description:
    head, *parts = sdp.replace("\r\n", "\n").split("\nm=")
    sections = []
    for part in parts:
        media, *lines = part.splitlines()
        kind, port, profile, *formats = media.split()
        sections.append(Section(kind, int(port), profile, formats, _attributes(lines)))
    return Description(_attributes(head.splitlines()), sections)


def check_answer(offer: str, answer: str) -> None:
    """Check an answer of a server against its offer."""
    offered, answered = parse(offer), parse(answer)
    assert len(answered.sections) == len(offered.sections)
    used = []
    for ours, theirs in zip(answered.sections, offered.sections, strict=True):
        assert (ours.kind, ours.profile) == (theirs.kind, theirs.profile)
        assert ours.value("mid") == theirs.value("mid")
        is_refused = theirs.port == 0 and theirs.value("mid") not in offered.bundle
        assert not (ours.port and is_refused), "a rejected line stays rejected"
        if ours.port:
            used.append(ours.value("mid"))
            _check_section(offered, ours, theirs)
        else:
            assert ours.formats, "a line has a format, also if it is rejected (RFC 8866, 9)"
    assert answered.bundle == [mid for mid in offered.bundle if mid in used]
    assert "\r\n" in answer and "\n" not in answer.replace("\r\n", "")


def _check_section(offered: Description, ours: Section, theirs: Section) -> None:
    first = next(s for s in offered.sections if s.value("mid") == [*offered.bundle, None][0])
    role = theirs.value("setup") or dict(offered.attributes).get("setup") or first.value("setup")
    assert ours.value("setup") in ROLES[str(role)]
    for name in ("ice-ufrag", "ice-pwd", "fingerprint"):
        assert ours.value(name)
    if ours.kind == "application":
        assert ours.formats == theirs.formats
        return
    assert ours.value("rtcp-mux") is not None
    _check_direction(ours.direction, theirs.direction)
    _check_formats(ours, theirs)
    offered_extensions = {value.split("/")[0].split()[0] for value in theirs.values("extmap")}
    assert {value.split()[0] for value in ours.values("extmap")} <= offered_extensions
    assert not ours.values("simulcast") and not ours.values("rid")


def _check_direction(ours: str, theirs: str) -> None:
    sends, receives = ours in ("sendrecv", "sendonly"), ours in ("sendrecv", "recvonly")
    assert not sends or theirs in ("sendrecv", "recvonly")
    assert not receives or theirs in ("sendrecv", "sendonly")


def _check_formats(ours: Section, theirs: Section) -> None:
    """Each format under the offer's number, in the offer's order, with what belongs to it."""
    assert ours.formats and set(ours.formats) <= set(theirs.formats)
    assert set(ours.codecs) == set(ours.formats)
    assert {number for number in theirs.formats if _is_usable(theirs, number)} <= set(ours.formats)
    for number, name in ours.codecs.items():
        assert theirs.codecs.get(number) == name
        parameters, wanted = ours.parameters.get(number, {}), theirs.parameters.get(number, {})
        if name == "RTX":
            assert parameters["apt"] == wanted["apt"] and parameters["apt"] in ours.formats
        if name == "H264":
            assert parameters["packetization-mode"] == wanted["packetization-mode"]
            assert parameters["profile-level-id"][:2] == wanted["profile-level-id"][:2]
    media = [number for number in ours.formats if ours.codecs[number] != "RTX"]
    assert media == [number for number in theirs.formats if number in media] or (
        ours.kind == "audio" and ours.codecs[media[0]] == "OPUS"
    )
    for number in media:  # what is sent again needs a format of its own, if there is one
        repeats = [n for n, p in theirs.parameters.items() if p.get("apt") == number]
        if any(theirs.codecs.get(n) == "RTX" for n in repeats):
            assert any(p.get("apt") == number for p in ours.parameters.values()), number


def _is_usable(section: Section, number: str) -> bool:
    """Whether lessons have the format; H.264 only in its baseline profiles, in mode 1."""
    name, parameters = section.codecs.get(number), section.parameters.get(number, {})
    if name == "H264":
        baseline = parameters.get("profile-level-id", "42e01f").lower().startswith(("42e0", "4200"))
        return baseline and parameters.get("packetization-mode") == "1"
    return name in ("VP8", "OPUS")


def _attributes(lines: list[str]) -> list[tuple[str, str]]:
    pairs = (line[2:].partition(":") for line in lines if line.startswith("a="))
    return [(name, value) for name, _, value in pairs]

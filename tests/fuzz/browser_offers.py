"""Offers as browsers write them: a webcam, the instructor's video and sound, and the channels."""

from __future__ import annotations

FINGERPRINT = ":".join(["4A"] * 32)
UFRAG, PASSWORD = "Zx9k", "q1w2e3r4t5y6u7i8o9p0a1s2"
RTP = "UDP/TLS/RTP/SAVPF"


def _transport(setup: str = "actpass", *, fingerprint: bool = True) -> list[str]:
    lines = [f"a=ice-ufrag:{UFRAG}", f"a=ice-pwd:{PASSWORD}", "a=ice-options:trickle"]
    if fingerprint:
        lines.append(f"a=fingerprint:sha-256 {FINGERPRINT}")
    return [*lines, f"a=setup:{setup}"]


def _video_codecs(*, h264_first: bool = False) -> list[str]:
    vp8 = [
        "a=rtpmap:96 VP8/90000",
        *(f"a=rtcp-fb:96 {kind}" for kind in ("goog-remb", "transport-cc", "ccm fir", "nack")),
        "a=rtcp-fb:96 nack pli",
        "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96",
    ]
    h264 = [
        "a=rtpmap:102 H264/90000",
        "a=rtcp-fb:102 nack",
        "a=rtcp-fb:102 nack pli",
        "a=rtcp-fb:102 ccm fir",
        "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f",
        "a=rtpmap:103 rtx/90000",
        "a=fmtp:103 apt=102",
    ]
    others = ["a=rtpmap:45 AV1/90000", "a=fmtp:45 level-idx=5;profile=0;tier=0"]
    return [*h264, *vp8, *others] if h264_first else [*vp8, *h264, *others]


OPUS = [
    "a=rtpmap:111 opus/48000/2",
    "a=rtcp-fb:111 transport-cc",
    "a=fmtp:111 minptime=10;useinbandfec=1",
    "a=rtpmap:9 G722/8000",
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:110 telephone-event/48000",
]
CANDIDATES = [
    "a=candidate:1 1 udp 2122260223 192.0.2.7 54321 typ host generation 0 network-id 1",
    "a=candidate:2 1 udp 1686052607 198.51.100.9 40000 typ srflx raddr 192.0.2.7 rport 54321",
    "a=candidate:3 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active generation 0",
    "a=candidate:4 1 udp 2122187007 0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0.local 50001 typ host",
    "a=end-of-candidates",
]
EXTENSIONS = [
    "a=extmap:1 urn:ietf:params:rtp-hdrext:toffset",
    "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "a=extmap:3 urn:3gpp:video-orientation",
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
    "a=extmap:10/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
]
SOURCES = [
    "a=ssrc-group:FID 2231627014 632943048",
    "a=ssrc:2231627014 cname:h1D2v3Yx",
    "a=ssrc:2231627014 msid:- 5b1a",
    "a=ssrc:632943048 cname:h1D2v3Yx",
]


def _section(media: str, mid: str, direction: str, *parts: list[str]) -> list[str]:
    head = [f"m={media}", "c=IN IP4 0.0.0.0"]
    body = [f"a=mid:{mid}", f"a={direction}"] if direction else [f"a=mid:{mid}"]
    return [*head, *body, *(line for part in parts for line in part)]


def _join(lines: list[str]) -> str:
    return "\r\n".join(lines) + "\r\n"


def _chromium() -> str:
    video = f"video 9 {RTP} 96 97 102 103 45"
    rtcp = ["a=rtcp:9 IN IP4 0.0.0.0", "a=rtcp-mux", "a=rtcp-rsize"]
    return _join(
        [
            *("v=0", "o=- 4611731400430051336 2 IN IP4 127.0.0.1", "s=-", "t=0 0"),
            *("a=group:BUNDLE 0 1 2 3", "a=extmap-allow-mixed", "a=msid-semantic: WMS"),
            *_section(video, "0", "sendonly", _transport(), rtcp, EXTENSIONS, _video_codecs()),
            *("a=msid:- 5b1a", *SOURCES, *CANDIDATES),
            *_section(video, "1", "recvonly", _transport(), rtcp, EXTENSIONS, _video_codecs()),
            *_section(f"audio 9 {RTP} 111 9 0 110", "2", "recvonly", _transport(), rtcp, OPUS),
            *_section("application 9 UDP/DTLS/SCTP webrtc-datachannel", "3", "", _transport()),
            *("a=sctp-port:5000", "a=max-message-size:262144"),
        ]
    )


def _firefox() -> str:
    video = f"video 9 {RTP} 120 124 126 127"
    codecs = [
        *("a=rtpmap:120 VP8/90000", "a=fmtp:120 max-fs=12288;max-fr=60"),
        *("a=rtpmap:124 rtx/90000", "a=fmtp:124 apt=120", "a=rtcp-fb:120 nack pli"),
        "a=rtpmap:126 H264/90000",
        "a=fmtp:126 profile-level-id=42e01f;level-asymmetry-allowed=1;packetization-mode=1",
        *("a=rtpmap:127 rtx/90000", "a=fmtp:127 apt=126;rtx-time=3000"),
        *("a=rid:hi send", "a=rid:lo send max-width=320", "a=simulcast:send hi;lo"),
    ]
    transport = _transport(fingerprint=False)
    return _join(
        [
            *("v=0", "o=mozilla...THIS_IS_SDPARTA-99.0 7283 0 IN IP4 0.0.0.0", "s=-", "t=0 0"),
            *("a=sendrecv", f"a=fingerprint:sha-256 {FINGERPRINT}", "a=group:BUNDLE 0 1 2 3"),
            *("a=ice-options:trickle", "a=msid-semantic:WMS *"),
            *_section(video, "0", "sendonly", transport, ["a=rtcp-mux"], codecs, CANDIDATES),
            *_section(video, "1", "recvonly", transport, ["a=rtcp-mux"], codecs[:8]),
            *_section(
                f"audio 9 {RTP} 111 9 0", "2", "recvonly", transport, ["a=rtcp-mux"], OPUS[:5]
            ),
            *_section("application 9 UDP/DTLS/SCTP webrtc-datachannel", "3", "sendrecv", transport),
            *("a=sctp-port:5000", "a=max-message-size:1073741823"),
        ]
    )


def _safari() -> str:
    video = f"video 9 {RTP} 102 103 96 97 45"
    codecs = _video_codecs(h264_first=True)
    mux = ["a=rtcp-mux", "a=rtcp-rsize", *EXTENSIONS[:3]]
    return _join(
        [
            *("v=0", "o=- 7614219274584779017 2 IN IP4 127.0.0.1", "s=-", "t=0 0"),
            *("a=group:BUNDLE cam in snd dc", "a=msid-semantic: WMS stream", "a=ice-lite"),
            *_section(video, "cam", "sendrecv", _transport(), mux, codecs, SOURCES, CANDIDATES),
            *_section(video, "in", "recvonly", _transport("active"), mux, codecs),
            *_section(f"audio 9 {RTP} 111 9 0 110", "snd", "recvonly", _transport(), mux, OPUS),
            *_section("application 9 DTLS/SCTP 5000", "dc", "", _transport()),
            "a=sctpmap:5000 webrtc-datachannel 1024",
        ]
    )


OFFERS = {"chromium": _chromium(), "firefox": _firefox(), "safari": _safari()}

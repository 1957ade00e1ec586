"""Requests that no honest client sends. Each is complete, so it is answered or cut off."""

from __future__ import annotations

HOST = b"Host: localhost\r\n"
VIDEO = b"/api/lessons/demo/video"
TO_SESSIONS = b"POST /api/sessions HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
CHUNKED = TO_SESSIONS + b"Transfer-Encoding: chunked\r\n\r\n"


def get(path: bytes, headers: bytes = b"", method: bytes = b"GET") -> bytes:
    return method + b" " + path + b" HTTP/1.1\r\n" + HOST + headers + b"\r\n"


def send(
    body: bytes, kind: bytes, path: bytes = b"/api/sessions", method: bytes = b"POST"
) -> bytes:
    length = b"Content-Length: %d\r\n" % len(body)
    return get(path, b"Content-Type: " + kind + b"\r\n" + length, method) + body


def with_header(name: bytes, *values: bytes, path: bytes = VIDEO) -> list[bytes]:
    return [get(path, name + b": " + value + b"\r\n") for value in values]


PATHS = [
    *(get(b"/static/" + name) for name in (b"a" * 300, b"a/" * 2000, b"%00", b"js", b"", b"%ff")),
    *(get(b"/static/" + name) for name in (b"../run.py", b"%2e%2e/run.py", b"/etc/passwd")),
    *(get(b"/static/" + name) for name in (b"js/main.js/x", b"%ED%A0%80", b"%2fetc%2fpasswd")),
    *(get(b"/api/lessons/" + name) for name in (b"a" * 5000, b"%00", b"%2e%2e%2f", b"%FF")),
    *(get(b"/api/jobs/" + name) for name in (b"x" * 7000, b"%00")),
    *(
        get(path)
        for path in (b"/%", b"/%zz", b"/\xff", b"/\x01", b"//", b"/..", b"*", b"?", b"healthz")
    ),
    *(get(b"http://" + name) for name in (b"", b"[::1/", b"[zz]/", b"evil:99999/", b"evil:x/")),
    get(b"/?" + b"&" * 8000),
    get(b"/?" + b"a=1&" * 2000),
    *(get(name, method=b"CONNECT") for name in (b"localhost:80", b"[", b"/", b":99999", b"a:b:c")),
    *(
        get(b"/static/js/main.js", method=m)
        for m in (b"TRACE", b"FOO", b"PROPFIND", b"get", b"OPTIONS")
    ),
]
HEADERS = [
    *with_header(b"Range", b"bytes=0-0,1-1", b"bytes=" + b"0-," * 2000, b"bytes=-0", b"bytes=-"),
    *with_header(
        b"Range", b"bytes=5-1", b"bytes=" + b"9" * 5000 + b"-", b"bytes=\xb2-\xb3", b"\xff"
    ),
    *with_header(b"If-Range", b"\xff", b"Sun, 99 Foo 99999 99:99:99 GMT"),
    *with_header(b"If-Modified-Since", b"9" * 5000, b"Mon, 01 Jan 0001 00:00:00 +9999"),
    *with_header(b"If-None-Match", b'"a",' * 2000, b'"', b"\xff"),
    *with_header(b"Accept-Encoding", b"gzip, br, \xff"),
    *with_header(b"Expect", b"200-maybe", b"\xff", path=b"/healthz"),
    *with_header(b"Connection", b"close, " * 1000, path=b"/healthz"),
    *with_header(b"X-Forwarded-For", b"1.1.1.1," * 900, b"[", path=b"/api/config"),
    *with_header(b"Forwarded", b'for="[', b"\xff;=;", path=b"/api/config"),
    *with_header(b"Authorization", b"Bearer \xff", path=b"/api/config"),
    *with_header(b"X", b"y" * 20000, b"\x00", b"a\r\n folded", path=b"/healthz"),
    *(get(b"/api/jobs/x", b"Origin: " + o + b"\r\n", b"DELETE") for o in (b"http://[", b"\xff")),
    get(b"/healthz", b"".join(b"X-%d: y\r\n" % k for k in range(5000))),
    get(b"/healthz", b"X : a\r\n"),
    get(b"/healthz", b"no colon\r\n"),
    get(b"/", b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n") + b"\x00" * 100,
    *(
        b"GET /api/config HTTP/1.1\r\nHost: " + h + b"\r\n\r\n"
        for h in (b"[", b"\xff", b"a:b@c/d", b"")
    ),
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
]
CHARSETS = (
    b"hex",
    b"rot13",
    b"zlib",
    b"undefined",
    b"idna",
    b"nope",
    b"\xff",
    b"x" * 3000,
    b"a\x00b",
)
BODIES = [
    *(send(b"{}", b"application/json; charset=" + charset) for charset in CHARSETS),
    *(send(b"v=0", b"application/sdp; charset=" + c, b"/offer?lesson=demo") for c in CHARSETS),
    *(
        send(b"{}", b"application/json; charset=" + c, b"/api/lessons/short", b"PATCH")
        for c in CHARSETS
    ),
    *(
        send(b"{}", kind)
        for kind in (b"", b"/", b"\xff/\xfe", b"text/\xff", b"application/" + b"a;" * 3000)
    ),
    *(
        send(body, b"application/json")
        for body in (b"", b"\xff", b"[" * 30000, b"-" + b"9" * 60000)
    ),
    send(b"x" * 70000, b"application/json"),
    send(b'{"title":"\\ud800"}', b"application/json", b"/api/lessons/short", b"PATCH"),
    *(
        send(b"garbage", b"application/json\r\nContent-Encoding: " + encoding)
        for encoding in (b"gzip", b"deflate", b"br", b"gzip, gzip", b"\xff")
    ),
]
FRAMING = [
    *(
        CHUNKED + rest
        for rest in (b"zz\r\n", b"5\r\nabc\r\n0\r\n\r\n", b"f" * 20 + b"\r\n", b"-1\r\n")
    ),
    CHUNKED + b"1;" + b"a" * 20000 + b"\r\n{\r\n0\r\n\r\n",
    CHUNKED + b"0\r\n" + b"T: v\r\n" * 5000 + b"\r\n",
    *(
        TO_SESSIONS + b"Transfer-Encoding" + rest + b"\r\n\r\n0\r\n\r\n"
        for rest in (b": chunked, gzip", b": xchunked", b" : chunked", b":\x0bchunked")
    ),
    TO_SESSIONS
    + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n",
    *(
        TO_SESSIONS + b"Content-Length: " + length + b"\r\n\r\n{}"
        for length in (b"-1", b"1e3", b"9" * 30, b"2\r\nContent-Length: 3", b"2, 2", b"0x2", b"")
    ),
    b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    b"GET /\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,  # TLS
    b"\x00" * 100,
]
MALFORMED = [*PATHS, *HEADERS, *BODIES, *FRAMING]

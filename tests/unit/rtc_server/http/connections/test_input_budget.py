"""What a client may send before it is cut: whatever is honest, too little to keep a core busy."""

from __future__ import annotations

import random

import pytest

from rtc_server.http.connections.input_budget import (
    MAX_AHEAD,
    MAX_UPLOAD_LEFT,
    MAX_WAITING,
    InputBudget,
)

BLOCK = 256 << 10  # that the system hands over at once
HEAD = b"POST /offer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
SMALL_CHUNKS = b"1\r\nx\r\n" * (BLOCK // 6)


def test_heads_and_pipelined_requests_are_honest() -> None:
    head = b"GET / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n"
    for count in (1, 32, 1000):
        assert InputBudget().spend(head * count, waiting=True) is None


def test_an_offer_as_bare_sdp_is_honest() -> None:
    line = b"a=candidate:1 1 UDP 2130706431 192.0.2.1 54400 typ host\r\n"
    sdp = b"v=0\r\n" + line * 500 + b"a=mid:0\r\na=rtcp-mux\r\n" * 300
    budget = InputBudget()
    assert budget.spend(sdp, waiting=True) is None
    budget.begin_request(streams_body=False, chunked=False)
    assert budget.spend(sdp, waiting=True) is None


LARGER_CHUNKS = (b"13\r\n" + b"x" * 19 + b"\r\n") * 1000


@pytest.mark.parametrize("data", [SMALL_CHUNKS, HEAD + SMALL_CHUNKS, HEAD + LARGER_CHUNKS])
def test_small_chunks_are_refused_before_they_are_parsed(data: bytes) -> None:
    assert InputBudget().spend(data, waiting=True) == "chunks"


def test_chunks_are_counted_over_blocks() -> None:
    budget = InputBudget()
    budget.begin_request(streams_body=False, chunked=True)
    spent = [budget.spend(b"1\r\nx\r\n" * 20, waiting=True) for _ in range(30)]
    assert spent[0] is None and spent[-1] == "chunks"


def test_a_video_may_be_as_large_as_it_is_and_come_in_chunks() -> None:
    budget, noise = InputBudget(), random.Random(1).randbytes(BLOCK)
    assert budget.spend(HEAD + noise, waiting=True) is None
    assert budget.spend(noise, waiting=True) is None  # the handler begins after this one
    budget.begin_request(streams_body=True, chunked=True)
    for _ in range(100):
        assert budget.spend(b"4000\r\n" + noise[:16384] + b"\r\n", waiting=False) is None
        assert budget.spend(noise, waiting=False) is None
    assert budget.spend(SMALL_CHUNKS, waiting=False) == "chunks"


@pytest.mark.parametrize(("streams_body", "limit"), [(False, MAX_WAITING), (True, MAX_UPLOAD_LEFT)])
def test_who_goes_on_after_the_answer_is_cut(streams_body: bool, limit: int) -> None:
    budget = InputBudget()
    budget.begin_request(streams_body=streams_body, chunked=False)
    blocks = [budget.spend(b"x" * BLOCK, waiting=True) for _ in range(limit // BLOCK + 2)]
    assert blocks[-1] == "flood" and set(blocks[:-1]) == {None}


def test_what_comes_behind_a_request_is_bounded() -> None:
    budget = InputBudget()
    budget.begin_request(streams_body=False, chunked=False)
    assert budget.spend(b"x" * MAX_AHEAD, waiting=False) is None
    assert budget.spend(b"x", waiting=False) == "pipelined"


def test_a_websocket_may_send_pictures_and_no_flood() -> None:
    """Its frames are no lines, so their bytes may be anything."""
    budget = InputBudget()
    budget.begin_request(streams_body=False, chunked=False)
    budget.begin_websocket(now_s=100.0)
    for second in range(100, 200):  # five of 1080p a second
        assert budget.spend(b"\r\n" * 800_000, waiting=False, now_s=float(second)) is None
    spent = [budget.spend(bytes(BLOCK), waiting=False, now_s=200.0) for _ in range(40)]
    assert spent[0] is None and spent[-1] == "flood"
    assert budget.spend(bytes(BLOCK), waiting=False, now_s=201.0) is None

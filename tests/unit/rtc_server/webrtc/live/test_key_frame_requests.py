"""Key frames asked for by many, asked of the teacher as one."""

from __future__ import annotations

from rtc_server.webrtc.live.key_frame_requests import KeyFrameRequests


def test_ten_learners_who_ask_are_one_request() -> None:
    requests = KeyFrameRequests()
    for k in range(10):
        requests.ask(100 + k / 100)
    assert [requests.take(100.1 + k / 100) for k in range(10)] == [True] + [False] * 9
    assert (requests.asked, requests.sent) == (10, 1)


def test_nothing_is_asked_that_nobody_wants() -> None:
    assert not KeyFrameRequests().take(100.0)


def test_a_key_frame_answers_all_and_who_asks_right_after_it() -> None:
    requests = KeyFrameRequests()
    requests.ask(100.0)
    requests.on_key_frame(100.3)
    requests.ask(100.4)
    assert not requests.take(100.5)
    requests.ask(101.0)
    assert requests.take(101.0)


def test_an_encoder_that_does_not_answer_is_asked_again_and_then_less_often() -> None:
    requests = KeyFrameRequests()
    requests.ask(100.0)
    sent_s = [100 + k / 10 for k in range(100) if requests.take(100 + k / 10)]
    assert sent_s[:4] == [100.0, 100.5, 101.0, 101.5]
    assert len(sent_s) == 8


def test_it_says_how_long_somebody_has_been_waiting() -> None:
    requests = KeyFrameRequests()
    assert requests.waited_s(100.0) == 0.0
    requests.ask(100.0)
    requests.ask(101.0)
    assert requests.waited_s(101.5) == 1.5
    requests.on_key_frame(101.6)
    assert requests.waited_s(102.0) == 0.0

"""How a WebSocket says how a session ended."""

from __future__ import annotations

from rtc_server.protocol.server_messages import END_REASONS
from rtc_server.session.end_reasons import RESUMABLE_ENDS
from rtc_server.websocket.close_codes import CLEAN, CLOSINGS, MAX_REASON_BYTES, Closing


def test_every_end_has_a_code_and_a_sentence_that_fits() -> None:
    assert set(CLOSINGS) == set(END_REASONS)
    for closing in CLOSINGS.values():
        assert closing.sentence
        assert closing.payload_text() == closing.sentence.encode()


def test_an_end_that_can_be_resumed_is_not_clean() -> None:
    for reason in RESUMABLE_ENDS:
        assert CLOSINGS[reason].code != CLEAN


def test_a_long_sentence_is_cut_between_letters() -> None:
    text = Closing(1008, "한" * 100).payload_text()
    assert len(text) <= MAX_REASON_BYTES
    assert text.decode() == "한" * 41

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtc_server.errors import BadMessage
from rtc_server.protocol.client_messages import (
    PARSERS,
    Calibrate,
    CameraMessage,
    CameraProblem,
    ControlMessage,
    Hello,
    Pause,
    Ping,
    PlayheadReport,
    Seek,
    SetCameraLatency,
    SetLoop,
    SetRate,
    Start,
    UseCamera,
    parse_control,
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type":"hello","protocol":1,"client":"me"}', Hello(1, "me")),
        ('{"type":"ping","t0_ms":12.5}', Ping(12.5, None)),
        ('{"type":"ping","t0_ms":12.5,"rtt_ms":3}', Ping(12.5, 3.0)),
        ('{"type":"ping","t0_ms":12.5,"wall_ms":1.79e12}', Ping(12.5, None, 1.79e12)),
        ('{"type":"playhead","rtp":9,"shown_ms":1,"presented":4}', PlayheadReport(9, 1.0, 4)),
        ('{"type":"playhead","rtp":9,"shown_ms":1}', PlayheadReport(9, 1.0, None)),
        ('{"type":"playhead","rtp":9,"shown_ms":1,"via":"frame"}', PlayheadReport(9, 1.0, None)),
        (
            '{"type":"playhead","rtp":9,"shown_ms":1,"via":"receiver"}',
            PlayheadReport(9, 1.0, None, is_displayed=False),
        ),
        ('{"type":"start"}', Start(None)),
        ('{"type":"start","lesson_s":3,"unknown":true}', Start(3.0)),
        ('{"type":"seek","lesson_s":3}', Seek(3.0)),
        ('{"type":"pause"}', Pause()),
        ('{"type":"camera","latency_ms":80}', SetCameraLatency(80.0)),
        ('{"type":"camera","use":"phone"}', UseCamera("phone")),
        ('{"type":"camera","problem":"hidden"}', CameraProblem("hidden")),
        ('{"type":"camera","problem":null}', CameraProblem(None)),
        (
            '{"type":"calibrate","begins_ms":9,"period_ms":2100,"cycles":6}',
            Calibrate(9.0, 2100.0, 6),
        ),
        ('{"type":"calibrate"}', Calibrate(0.0, 0.0, 0)),
    ],
)
def test_messages_of_the_protocol_are_parsed(text: str, message: object) -> None:
    assert parse_control(text) == message


def test_every_kind_of_message_has_a_parser() -> None:
    of_camera = len(get_args(CameraMessage)) - 1  # of one type, told apart by their fields
    assert len(PARSERS) == len(get_args(ControlMessage)) - of_camera


def test_an_unknown_type_is_ignored() -> None:
    assert parse_control('{"type":"dance"}') is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "expected JSON, got"),
        ("[]", "expected a JSON object, got"),
        ('{"type":3}', "got type 3"),
        ('{"type":"seek"}', "seek.lesson_s: expected a number, got None"),
        ('{"type":"seek","lesson_s":"3"}', "seek.lesson_s: expected a number, got '3'"),
        ('{"type":"seek","lesson_s":true}', "seek.lesson_s: expected a number, got True"),
        ('{"type":"seek","lesson_s":-1}', "seek.lesson_s: expected 0 or more, got -1"),
        ('{"type":"seek","lesson_s":NaN}', "seek.lesson_s: expected 0 or more, got nan"),
        (f'{{"type":"seek","lesson_s":1{"0" * 400}}}', "seek.lesson_s: expected 0 or more, got 1"),
        ('{"type":"camera","latency_ms":301}', "camera.latency_ms: expected 0 to 300, got 301"),
        (
            '{"type":"calibrate","begins_ms":0,"period_ms":2100,"cycles":99}',
            "calibrate.cycles: expected 3 to 12, got 99",
        ),
        (
            '{"type":"calibrate","begins_ms":0,"cycles":6}',
            "calibrate.period_ms: expected a number, got None",
        ),
        ('{"type":"hello","protocol":1,"client":3}', "hello.client: expected text, got 3"),
        ("[" * 10_000, "expected JSON, got"),
        ("x" * 20_000, "expected at most 16384 characters, got 20000"),
    ],
)
def test_an_error_says_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(BadMessage) as caught:
        parse_control(text)
    assert sentence in str(caught.value)


NUMBERS = {  # every numeric field, with the others that its message needs
    "hello": {"protocol": 1},
    "ping": {"t0_ms": 1, "rtt_ms": 1, "wall_ms": 1},
    "playhead": {"rtp": 1, "shown_ms": 1, "presented": 1, "sent_ms": 1},
    "start": {"lesson_s": 1},
    "seek": {"lesson_s": 1},
    "rate": {"rate": 1},
    "loop": {"from_s": 1, "to_s": 3},
    "camera": {"latency_ms": 1},
    "calibrate": {"begins_ms": 1, "period_ms": 1000, "cycles": 3},
}


@pytest.mark.parametrize(
    "number", ["1" * 401, "-" + "1" * 401, "NaN", "-Infinity", "1e300", "1e16"]
)
@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, fields in NUMBERS.items() for name in fields]
)
def test_a_number_that_no_clock_shows_is_refused(kind: str, name: str, number: str) -> None:
    """Sums of such numbers would overflow where they are used."""
    text = json.dumps({"type": kind, **NUMBERS[kind]})
    assert parse_control(text) is not None
    with pytest.raises(BadMessage, match=rf"{kind}\.{name}: expected") as caught:
        parse_control(text.replace(f'"{name}": {NUMBERS[kind][name]}', f'"{name}": {number}'))
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize("levels", [1, 500, 900, 990, 2500, 8000])
@pytest.mark.parametrize("text", ["%s", '{"type":%s}', '{"type":"seek","lesson_s":%s}'])
def test_what_is_nested_deeply_is_refused_with_a_short_sentence(text: str, levels: int) -> None:
    with pytest.raises(BadMessage) as caught:
        parse_control(text % ("[" * levels + "]" * levels))
    assert len(str(caught.value)) < 160


def test_binary_is_refused() -> None:
    with pytest.raises(BadMessage, match="got 3 bytes of binary"):
        parse_control(b"abc")


@pytest.mark.parametrize("rate", [0.5, 0.75, 1])
def test_each_of_the_three_rates_is_parsed(rate: float) -> None:
    assert parse_control(json.dumps({"type": "rate", "rate": rate})) == SetRate(rate)


def test_another_rate_is_refused_and_the_error_lists_the_rates() -> None:
    with pytest.raises(BadMessage, match=r"rate\.rate: expected one of 0\.5, 0\.75, 1, got 2"):
        parse_control('{"type":"rate","rate":2}')


def test_a_loop_has_two_ends_or_none() -> None:
    assert parse_control('{"type":"loop","from_s":1,"to_s":3.5}') == SetLoop(1.0, 3.5)
    assert parse_control('{"type":"loop"}') == SetLoop(None, None)
    assert parse_control('{"type":"loop","from_s":null,"to_s":null}') == SetLoop(None, None)
    with pytest.raises(BadMessage, match=r"loop\.to_s: expected a number, got None"):
        parse_control('{"type":"loop","from_s":1}')


@given(st.text() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_any_text_is_parsed_or_raises_bad_message(text: str) -> None:
    try:
        parse_control(text)
    except BadMessage as error:
        assert str(error)

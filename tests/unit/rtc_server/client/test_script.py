"""When a scripted message is due."""

from __future__ import annotations

from typing import Any

from rtc_server.client.script import Cue, Script

PAUSE, RESUME = {"type": "pause"}, {"type": "resume"}


def state(name: str, lesson_s: float, **more: Any) -> dict[str, Any]:
    return {"type": "state", "state": name, "lesson_s": lesson_s, **more}


def test_a_cue_is_due_at_its_lesson_position() -> None:
    script = Script([Cue(3.0, PAUSE)])
    assert script.due_s() is None
    script.on_state(100.0, state("ready", 0.0))
    assert script.due_s() is None
    script.on_state(101.0, state("playing", 1.0))
    assert script.due_s() == 103.0
    assert script.take() == PAUSE
    assert script.done and script.due_s() is None


def test_a_cue_of_a_slower_lesson_is_due_later() -> None:
    script = Script([Cue(3.0, PAUSE)])
    script.on_state(100.0, state("playing", 1.0, rate=0.5))
    assert script.due_s() == 104.0


def test_the_next_cue_waits_for_the_answer_and_then_for_its_time() -> None:
    script = Script([Cue(3.0, PAUSE), Cue(3.0, RESUME, after_s=1.5)])
    script.on_state(100.0, state("playing", 3.2))
    script.take()
    assert script.due_s() is None
    script.on_state(100.1, state("paused", 3.2))
    assert script.due_s() == 101.6


def test_the_jumps_of_a_loop_do_not_delay_a_cue() -> None:
    script = Script([Cue(0.0, {"type": "loop", "from_s": 1, "to_s": 3}), Cue(0.0, PAUSE, 5.0)])
    script.on_state(100.0, state("playing", 0.0))
    script.take()
    script.on_state(100.1, state("playing", 0.1))
    script.on_state(103.0, state("playing", 1.0))
    assert script.due_s() == 105.1

"""What a front knows of the classes of all hosts."""

from __future__ import annotations

from rtc_server.classes.directory import ClassFacts
from rtc_server.classes.limits import ENDED_S, MAX_ENDED
from rtc_server.cluster.classes.class_store import ClassStore
from rtc_server.cluster.classes.orders import KeptClass
from tests.unit.rtc_server.classes.people import Clock


def facts(code: str = "KRT4MW") -> ClassFacts:
    return ClassFacts(code, "secret", "lesson", None, "a", "demo", "5")


def news(code: str = "KRT4MW", *, is_over: bool = False, **report: object) -> KeptClass:
    return KeptClass(facts(code), is_over, report)


def test_a_class_is_found_as_soon_as_it_is_opened() -> None:
    store = ClassStore(Clock())
    store.add(facts(), "w1")
    placed = store.find("KRT4MW")
    assert placed is not None and (placed.host, placed.report) == ("w1", None)
    assert "KRT4MW" in store and "AAAAAA" not in store


def test_the_report_of_an_ended_class_is_kept_for_two_hours() -> None:
    clock = Clock()
    store = ClassStore(clock)
    store.update("w1", [news(learners=[1])])
    store.update("w1", [news(is_over=True, learners=[1, 2])])
    assert store.find("KRT4MW") is None
    ended = store.find_ended("KRT4MW")
    assert ended is not None and not ended.is_lost
    assert ended.report == {"learners": [1, 2]}
    clock.now_s += ENDED_S
    assert store.find_ended("KRT4MW") is None and "KRT4MW" not in store


def test_the_classes_of_a_host_that_is_gone_have_ended_with_their_last_report() -> None:
    store = ClassStore(Clock())
    store.add(facts("AAAAAA"), "w1")
    store.update("w1", [news(learners=[1])])
    store.update("w2", [news("CCCCCC")])
    store.on_host_gone("w1")
    assert [one.facts.code for one in store.list_running()] == ["CCCCCC"]
    ended, unheard = store.find_ended("KRT4MW"), store.find_ended("AAAAAA")
    assert ended is not None and ended.is_lost and ended.report == {"learners": [1]}
    assert unheard is not None and unheard.report is None


def test_a_host_that_was_only_taken_for_lost_has_its_classes_back() -> None:
    store = ClassStore(Clock())
    store.update("m2w1", [news()])
    store.on_host_gone("m2w1")
    store.update("m2w1", [news()])
    assert store.find("KRT4MW") is not None and store.find_ended("KRT4MW") is None


def test_a_late_answer_does_not_replace_what_a_report_has_told() -> None:
    store = ClassStore(Clock())
    store.update("w1", [news(learners=[1])])
    assert store.add(facts(), "w1").report == {"learners": [1]}


def test_no_more_ended_classes_are_kept_than_in_one_process() -> None:
    store = ClassStore(Clock())
    for k in range(MAX_ENDED + 1):
        store.update("w1", [news(f"A{k}", is_over=True)])
    assert store.find_ended("A0") is None and store.find_ended("A1") is not None

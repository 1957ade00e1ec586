"""How often the kernel may be asked."""

from rtc_server.http.kernel_questions import BURST, PER_SECOND, KernelQuestions


def test_questions_are_bounded_and_come_back_with_time() -> None:
    now_s = 100.0
    questions = KernelQuestions(lambda: now_s)
    assert [questions.take() for _ in range(int(BURST) + 9)] == [True] * int(BURST) + [False] * 9
    now_s += 1.0
    assert sum(questions.take() for _ in range(1000)) == PER_SECOND
    now_s += 3600
    assert sum(questions.take() for _ in range(1000)) == BURST

from rtc_server.sync.windowed_min import WindowedMin


def test_the_minimum_ignores_values_older_than_the_window() -> None:
    least = WindowedMin(10.0)
    least.add(0.0, 1.0)
    least.add(5.0, 3.0)
    least.add(9.0, 2.0)
    assert least.value == 1.0
    least.add(11.0, 4.0)
    assert least.value == 2.0
    least.add(30.0, 9.0)
    assert least.value == 9.0

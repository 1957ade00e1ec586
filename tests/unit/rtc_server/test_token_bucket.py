"""The token bucket that all rate limits share."""

from __future__ import annotations

from rtc_server.token_bucket import RateLimit, TokenBucket, TokenBuckets


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = TokenBucket(RateLimit(10, 20), now_s=100.0)
    assert sum(bucket.take(100.0) for _ in range(50)) == 20
    assert sum(bucket.take(101.0) for _ in range(50)) == 10
    assert sum(bucket.take(1000.0) for _ in range(50)) == 20  # it overflows


def test_a_clock_that_goes_back_takes_nothing() -> None:
    bucket = TokenBucket(RateLimit(10, 1), now_s=100.0)
    assert bucket.take(100.0)
    assert not bucket.take(50.0)
    assert bucket.take(50.2)


def test_a_bucket_may_be_charged_with_more_than_is_left() -> None:
    bucket = TokenBucket(RateLimit(10, 20), now_s=0.0)
    assert not bucket.is_empty(0.0)
    bucket.charge(50)
    assert bucket.is_empty(0.0) and bucket.is_empty(3.0)
    assert not bucket.is_empty(3.1)


def test_each_key_has_a_bucket_and_only_so_many_are_kept() -> None:
    buckets = TokenBuckets(RateLimit(1, 2), max_keys=2)
    assert [buckets.take("a", 0.0) for _ in range(3)] == [True, True, False]
    assert buckets.take("b", 0.0)
    assert not buckets.take("a", 0.5)
    assert buckets.take("c", 0.5)  # b was used longest ago
    assert len(buckets) == 2
    assert not buckets.take("a", 0.5)

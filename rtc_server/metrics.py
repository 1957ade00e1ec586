"""What an operator can see: Prometheus counters, and the event loop's lag."""

from __future__ import annotations

import asyncio
import threading
from collections import deque

import numpy as np
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

PROBE_S = 0.02
REMEMBERED = 3000  # probes: one minute


def session_threads() -> int:
    """Threads that aiortc has begun for sessions."""
    return sum(thread.name.endswith("-decoder") for thread in threading.enumerate())


class Metrics:
    """One registry per application, so that nothing is shared between tests."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.sessions = Gauge("tandem_sessions", "Learners connected now", registry=self.registry)
        self.started = self._counter("tandem_sessions_started", "Sessions begun")
        self.ended = Counter(
            *("tandem_sessions_ended", "Sessions ended", ["how"]), registry=self.registry
        )
        self.resumed = self._counter("tandem_sessions_resumed", "Sessions gone on with by another")
        self.refused = self._counter("tandem_sessions_refused", "Offers refused for lack of room")
        self.scores = self._counter("tandem_scores_sent", "Score messages sent")
        self.scores_dropped = self._counter(
            "tandem_scores_dropped", "Score messages not sent because the channel was backed up"
        )
        self.ticks_missed = self._counter(
            "tandem_samples_missed", "Samples that came due and were not looked at"
        )
        self.frames = self._counter("tandem_webcam_frames", "Webcam frames received")
        self.frames_replaced = self._counter(
            "tandem_webcam_frames_replaced", "Webcam frames that a newer one took the place of"
        )
        self.frames_skipped = self._counter(
            "tandem_webcam_frames_skipped", "Webcam frames not decoded: damaged, or too many"
        )
        self.frames_too_old = self._counter(
            "tandem_webcam_frames_too_old", "Webcam frames not looked at: they had waited too long"
        )
        self.pose_failures = self._counter(
            "tandem_pose_failures", "Webcam frames that the estimator failed on"
        )
        self.bad_messages = self._counter("tandem_messages_refused", "Messages answered by error")
        self.unsent = self._counter(
            "tandem_messages_unsent", "Packets of SCTP to learners who were gone"
        )
        self.results_kept = self._counter("tandem_results_kept", "Results written to the history")
        self.results_lost = self._counter("tandem_results_lost", "Results that were not written")
        self.results_waiting = Gauge(
            "tandem_results_waiting", "Results that wait to be written", registry=self.registry
        )
        self.history_failures = self._counter(
            "tandem_history_failures", "Times that the database of results did not answer"
        )
        self.history = Histogram(
            *("tandem_history_seconds", "Time of one question to the history, waiting included"),
            buckets=(0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5),
            registry=self.registry,
        )
        self.jobs = Gauge(
            *("tandem_jobs", "Videos being uploaded, waiting or being prepared"),
            registry=self.registry,
        )
        self.uploads_ended = Counter(
            *("tandem_uploads_ended", "Uploaded videos by what came of them", ["how"]),
            registry=self.registry,
        )
        self.uploads_refused = self._counter(
            "tandem_uploads_refused",
            "Uploads that were not begun: too large, too many, taken",
        )
        self.inference = Histogram(
            *("tandem_pose_seconds", "Time of one pose estimate, waiting excluded"),
            buckets=(0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1),
            registry=self.registry,
        )
        self.waiting = Histogram(
            *("tandem_pose_wait_seconds", "How long a session waited for its turn"),
            buckets=(0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1),
            registry=self.registry,
        )
        self.lag = Histogram(
            *("tandem_event_loop_lag_seconds", "How late the event loop woke a timer"),
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1),
            registry=self.registry,
        )
        self.tasks = Gauge("tandem_tasks", "asyncio tasks alive", registry=self.registry)
        threads = Gauge("tandem_threads", "Threads alive", ["of"], registry=self.registry)
        threads.labels(of="all").set_function(threading.active_count)
        threads.labels(of="sessions").set_function(session_threads)
        ProcessCollector(registry=self.registry)  # memory, file descriptors, processor time
        self._recent_lag: deque[float] = deque(maxlen=REMEMBERED)
        p99 = Gauge(
            *("tandem_event_loop_lag_p99_ms", "99th percentile over the last minute"),
            registry=self.registry,
        )
        p99.set_function(self.lag_p99_ms)

    def _counter(self, name: str, text: str) -> Counter:
        return Counter(name, text, registry=self.registry)

    def text(self) -> bytes:
        """The metrics in Prometheus' text format; on any thread."""
        return generate_latest(self.registry)

    def count_tasks(self) -> None:
        """Note how many tasks there are; on the event loop."""
        self.tasks.set(len(asyncio.all_tasks()))

    def lag_p99_ms(self) -> float:
        """The event loop's lag over the last minute; 0 before the first probe."""
        lags = list(self._recent_lag)
        return 1000 * float(np.percentile(lags, 99)) if lags else 0.0

    async def watch_loop(self) -> None:
        """Measure the lag until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due_s = loop.time() + PROBE_S
            await asyncio.sleep(PROBE_S)
            late_s = max(0.0, loop.time() - due_s)
            self.lag.observe(late_s)
            self._recent_lag.append(late_s)

"""What an operator can observe: Prometheus metrics, among them the event loop's lag."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable

import numpy as np
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

LAG_INTERVAL_S = 0.02
RECENT_LAGS = 3000  # measurements: one minute


class Metrics:
    """One registry for each application, so that tests share nothing.

    An attribute is the name of its metric without `tandem_`.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._recent_lags: deque[float] = deque(maxlen=RECENT_LAGS)
        self._add_places()
        self._add_sessions()
        self._add_classes()
        self._add_network()
        self._add_webcam()
        self._add_history()
        self._add_uploads()
        self._add_access()
        self._add_http()
        self._add_cluster()
        self._add_process()

    def _add_places(self) -> None:
        self.places = self._gauge("places", "How many learners may be connected at once now")
        self.learner_cores = self._gauge(
            *("learner_cores", "Processors that a learner takes: estimated, measured, assumed"),
            "how",
        )
        self.look_delay_seconds = self._gauge(
            "look_delay_seconds", "How long the learner who waits the longest waits for a pose"
        )
        self.places_lost = self._gauge(
            "places_lost",
            "Places that are taken though no session uses them: a defect of the server",
        )

    def _add_sessions(self) -> None:
        self.sessions = self._gauge("sessions", "Sessions that are open now")
        self.sessions_started = self._counter("sessions_started", "Sessions that were opened")
        self.sessions_ended = self._counter("sessions_ended", "Sessions ended, by reason", "how")
        self.sessions_resumed = self._counter(
            "sessions_resumed", "Sessions that another session resumed"
        )
        self.session_failures = self._counter(
            "session_failures", "Sessions that ended because of an error in the server"
        )
        self.connections_cut_off = self._counter(
            "connections_cut_off", "Connections that did not close in time and were cut off"
        )
        self.sessions_refused = self._counter(
            "sessions_refused", "Offers refused because the server was full"
        )
        self.scores_sent = self._counter("scores_sent", "Score messages sent")
        self.scores_dropped = self._counter(
            "scores_dropped", "Score messages not sent because the channel's buffer was full"
        )
        self.samples_missed = self._counter(
            "samples_missed", "Samples that were due and for which no pose was estimated"
        )
        self.messages_refused = self._counter(
            "messages_refused", "Control messages answered with an error"
        )
        self.messages_dropped = self._counter(
            "messages_dropped", "Control messages that were not handled, by reason", "reason"
        )
        self.messages_unsent = self._counter(
            "messages_unsent", "SCTP packets that could not be sent because the learner was gone"
        )
        self.phones = self._counter(
            "phones", "Phones that became the camera of a session, and how they went", "how"
        )
        self.pairings = self._counter(
            "pairings", "Codes that let a phone in: opened, used, and why others did not", "how"
        )

    def _add_classes(self) -> None:
        self.classes = self._gauge("classes", "Classes that are open now")
        self.classes_opened = self._counter("classes_opened", "Classes that were opened", "kind")
        self.class_failures = self._counter("class_failures", "Classes that ended by an error here")
        self.class_refusals = self._counter(
            "class_refusals", "Requests to classes that were refused, by the error's code", "reason"
        )
        self.live_media = self._counter("live_media", "What became of live teachers' media", "what")
        self.class_guests = self._gauge("class_guests", "Learners of other hosts' classes")
        self.class_clock_error = self._gauge(
            "class_clock_error_seconds", "By how much the clock of another host's class may be off"
        )
        self.class_relay_lost = self._counter("class_relay_lost", "Lost between hosts", "what")
        self.class_codes_missed = self._counter("class_codes_missed", "Codes that are no class's")

    def _add_network(self) -> None:
        self.sessions_cut_off = self._counter(
            "sessions_cut_off", "Sessions ended because of what the client sent", "reason"
        )
        self.aiortc_failures = self._counter(
            "aiortc_failures", "Failures of aiortc that are logged in one line", "error"
        )
        self.offers_refused = self._counter(
            "offers_refused", "Offers that were refused, by the error's code", "reason"
        )
        self.claims_evicted = self._counter(
            "claims_evicted",
            "Sessions without a connection, ended for another learner, by how far they were",
            "stage",
        )
        self.packets_refused = self._counter(
            "packets_refused", "Packets of learners that were not handled, by reason", "reason"
        )
        self.retransmissions_refused = self._counter(
            "retransmissions_refused", "Packets that were not sent again, by reason", "reason"
        )
        self.candidates_refused = self._counter(
            "candidates_refused", "ICE candidates that were not checked, by reason", "reason"
        )
        self.udp_packets_lost = self._counter(
            "udp_packets_lost", "Datagrams that a shared UDP port could not send", "reason"
        )
        self.udp_overflows = self._gauge(
            "udp_overflows", "Datagrams to the shared UDP port that the system lost, so far"
        )
        self.stun_unanswered = self._counter(
            "stun_unanswered", "Requests that the STUN server did not answer in time"
        )
        self.ice_restarts = self._counter(
            "ice_restarts", "ICE restarts of learners whose network changed, by outcome", "how"
        )
        self.ice_refused = self._counter(
            "ice_refused", "Datagrams to ICE sockets that were dropped, by reason", "reason"
        )

    def _add_webcam(self) -> None:
        self.webcam_frames = self._counter("webcam_frames", "Webcam frames received")
        self.webcam_frames_replaced = self._counter(
            "webcam_frames_replaced", "Webcam frames replaced by a newer one before they were used"
        )
        self.webcam_frames_skipped = self._counter(
            "webcam_frames_skipped", "Webcam frames not decoded: damaged, or too many"
        )
        self.webcam_frames_refused = self._counter(
            *(
                "webcam_frames_refused",
                "Webcam frames over a limit, or that are no frames",
                "reason",
            )
        )
        self.webcam_frames_too_old = self._counter(
            "webcam_frames_too_old", "Webcam frames not used because they had waited too long"
        )
        self.pose_failures = self._counter(
            "pose_failures", "Webcam frames on which the pose estimator failed"
        )
        self.pose_seconds = self._histogram(
            *("pose_seconds", "Time of one pose estimate, without waiting"),
            (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1),
        )
        self.pose_wait_seconds = self._histogram(
            *("pose_wait_seconds", "How long a webcam frame waited for its pose estimate"),
            (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1),
        )

    def _add_history(self) -> None:
        self.results_kept = self._counter("results_kept", "Results written to the history")
        self.results_lost = self._counter("results_lost", "Results that were not written")
        self.results_waiting = self._gauge("results_waiting", "Results that wait to be written")
        self.history_failures = self._counter(
            "history_failures", "Queries that the database of results did not answer"
        )
        self.history_seconds = self._histogram(
            *("history_seconds", "Time of one query of the history, including waiting"),
            (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5),
        )

    def _add_uploads(self) -> None:
        self.jobs = self._gauge("jobs", "Videos being uploaded, waiting or being prepared")
        self.uploads_ended = self._counter("uploads_ended", "Uploads ended, by outcome", "how")
        self.uploads_failed = self._counter(
            *("uploads_failed", "Uploads refused or failed, by the code of the error"), "reason"
        )
        self.uploads_refused = self._counter(
            "uploads_refused", "Uploads that were refused: too large, too many, id taken"
        )

    def _add_access(self) -> None:
        self.requests_refused = self._counter(
            "requests_refused", "Requests that their sender may not make, by reason", "reason"
        )

    def _add_http(self) -> None:
        self.http_connections = self._gauge(
            "http_connections", "HTTP connections that are open now"
        )
        self.http_connections_refused = self._counter(
            *(
                "http_connections_refused",
                "HTTP connections refused: too many of an address or in all",
            ),
            "reason",
        )
        self.http_connections_cut = self._counter(
            *("http_connections_cut", "HTTP connections closed because their client was too slow"),
            "reason",
        )
        self.requests_delayed = self._counter(
            *("requests_delayed", "Requests delayed or refused: too many a second of one address"),
            "how",
        )
        self.requests_malformed = self._counter(
            "requests_malformed", "Requests that were no HTTP, or whose body broke its own rules"
        )

    def _add_cluster(self) -> None:
        self.hosts_lost = self._counter(
            "hosts_lost", "Session hosts (--workers) that died or did not answer"
        )

    def _add_process(self) -> None:
        self.event_loop_lag_seconds = self._histogram(
            *("event_loop_lag_seconds", "How late the event loop ran a timer"),
            (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1),
        )
        self.event_loop_stalls = self._counter(
            "event_loop_stalls", "How often the event loop stood still for 10 s"
        )
        p99 = self._gauge(
            "event_loop_lag_p99_ms", "99th percentile of the event loop's lag over the last minute"
        )
        p99.set_function(self.lag_p99_ms)
        self.tasks = self._gauge("tasks", "asyncio tasks")
        threads = self._gauge("threads", "Threads", "of")
        threads.labels(of="all").set_function(threading.active_count)
        threads.labels(of="sessions").set_function(count_session_threads)
        ProcessCollector(registry=self.registry)  # memory, file descriptors, processor time

    def counting(self, name: str) -> Callable[[str], None]:
        """A function that counts one more of a reason, in the counter of that name."""
        counter: Counter = getattr(self, name)

        def count(reason: str) -> None:
            counter.labels(reason=reason).inc()

        return count

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"tandem_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"tandem_{name}", text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"tandem_{name}", text, buckets=buckets, registry=self.registry)

    def text(self) -> bytes:
        """The metrics in Prometheus' text format; may be called in any thread."""
        return generate_latest(self.registry)

    def count_tasks(self) -> None:
        """Update the number of tasks; must be called in the event loop's thread."""
        self.tasks.set(len(asyncio.all_tasks()))

    def lag_p99_ms(self) -> float:
        """99th percentile of the event loop's lag over the last minute; 0 before a measurement."""
        lags = list(self._recent_lags)
        return 1000 * float(np.percentile(lags, 99)) if lags else 0.0

    async def measure_loop_lag(self) -> None:
        """Measure the event loop's lag until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due_s = loop.time() + LAG_INTERVAL_S
            await asyncio.sleep(LAG_INTERVAL_S)
            lag_s = max(0.0, loop.time() - due_s)
            self.event_loop_lag_seconds.observe(lag_s)
            self._recent_lags.append(lag_s)


def count_session_threads() -> int:
    """The threads that aiortc has started for sessions."""
    return sum(thread.name.endswith("-decoder") for thread in threading.enumerate())

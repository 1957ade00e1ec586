"""A server that decides itself how many learners it takes."""

from __future__ import annotations

from collections.abc import Callable

from rtc_server.config import AUTO, Config
from rtc_server.http.app_keys import METRICS
from rtc_server.session.places.capacity import PACKETS_CORES
from tests.integration.conftest import serving
from tests.integration.scripted_learner import ScriptedLearner
from tests.waiting import wait_until


async def test_a_server_measures_how_many_learners_it_takes(
    configured: Callable[..., Config],
) -> None:
    async with serving(configured(max_sessions=AUTO)) as server:
        registry = server.app[METRICS].registry

        def metric(name: str, **labels: str) -> float:
            return registry.get_sample_value(f"tandem_{name}", labels) or 0.0

        assert metric("places") >= 1
        assert metric("learner_cores", how="estimated") > PACKETS_CORES
        async with ScriptedLearner(server.url):
            await wait_until(lambda: metric("look_delay_seconds") > 0)  # once a second

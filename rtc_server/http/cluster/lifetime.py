"""Opens session hosts (`--workers`) in place of the sessions of this process."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import time
from collections.abc import AsyncIterator

from aiohttp import web

from rtc_server.classes.live.recording.studio import UploadedRecordings
from rtc_server.cluster.classes.front_classes import ClusterClasses
from rtc_server.cluster.directory import ClusterDirectory
from rtc_server.cluster.machines.settings import find_cluster_settings
from rtc_server.cluster.ray_environment import set_ray_environment
from rtc_server.errors import BadConfig, TandemError
from rtc_server.http.app_keys import (
    CLASSES,
    CLUSTER,
    CONFIG,
    HISTORY,
    LESSONS,
    METRICS,
    READINESS,
    SECTION_RUNNER,
    SESSIONS,
    UPLOADS,
    Readiness,
)
from rtc_server.http.cluster.lessons import ClusterLessonStore

logger = logging.getLogger(__name__)


def require_ray() -> None:
    """
    :raises BadConfig: Ray is not installed.
    """
    if importlib.util.find_spec("ray") is None:
        raise BadConfig(
            "workers: expected the package ray, it is not installed; `make cluster` installs it, "
            "and without --workers it is not needed"
        )


async def open_cluster(app: web.Application) -> AsyncIterator[None]:
    """The hosts; the first is awaited while the server already listens.

    :raises BadConfig: Ray is not installed, or the cluster cannot be joined.
    """
    require_ray()
    config = app[CONFIG]
    settings = await asyncio.to_thread(find_cluster_settings, config) if config.cluster else None
    set_ray_environment(settings.token if settings else "", has_others=settings is not None)
    from rtc_server.cluster.ray_runtime import (  # imports Ray, which few servers need
        RaySections,
        open_ray,
    )

    metrics = app[METRICS]
    app[READINESS] = Readiness()
    async with open_ray(settings) as runtime, asyncio.TaskGroup() as tasks:
        app[SECTION_RUNNER] = RaySections()
        lag = tasks.create_task(metrics.measure_loop_lag())
        maker = UploadedRecordings(lambda: app[UPLOADS])
        directory = ClusterDirectory(
            *(config, runtime, metrics, app[HISTORY], time.monotonic, maker)
        )
        async with directory as app[CLUSTER]:
            app[SESSIONS] = app[CLUSTER]
            app[CLASSES] = ClusterClasses(directory, metrics, time.monotonic)
            lessons = None
            running = [tasks.create_task(_settle(app[READINESS], directory))]
            if runtime.finder is not None:
                machine = runtime.machine.label
                app[LESSONS] = lessons = ClusterLessonStore(config, machine, directory)
                running.append(tasks.create_task(lessons.keep_published()))
            yield
            for task in running:
                task.cancel()
            if lessons is not None:
                lessons.close()
        lag.cancel()


async def _settle(readiness: Readiness, directory: ClusterDirectory) -> None:
    try:
        await asyncio.shield(directory.pool.started)
    except TandemError as error:
        readiness.settle(False, f"no session host could be started: {error}")
        return
    readiness.settle(True)
    logger.info("ready: the first of the session hosts takes learners")

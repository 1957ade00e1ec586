"""Ray on this machine, alone or in a cluster: starts it, and runs searches of videos as its tasks.

Its files are in a folder of their own, which is removed at the end. See `ray_environment`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayError
from ray.experimental.internal_kv import _internal_kv_get, _internal_kv_put
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from rtc_server import __version__
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.cluster.handle import HostRuntime, Machine
from rtc_server.cluster.machines.daemon_threads import in_daemon_thread
from rtc_server.cluster.machines.ray_node import OBJECT_STORE_BYTES, running_ray_node
from rtc_server.cluster.machines.settings import ClusterSettings
from rtc_server.cluster.ray_host import RayHosts, launch
from rtc_server.errors import BadConfig, PreparationFailed, TandemError
from rtc_server.uploads.section_searches import search_in_sandbox
from rtc_server.uploads.worker_process import BuildRefused

# Fronts and hosts of another version of the program do not see each other.
NAMESPACE = f"tandem-{__version__}"
KV_NAMESPACE = b"tandem"
SHUTDOWN_TIMEOUT_S = 10.0


@contextlib.asynccontextmanager
async def open_ray(settings: ClusterSettings | None = None) -> AsyncIterator[HostRuntime]:
    """Ray on this machine, with what starts hosts, until the block is left.

    :param settings: of a cluster of several machines; None: this one is alone.
    :raises BadConfig: nobody leads at the cluster's address, or Ray does not start.
    """
    logging.getLogger("ray").setLevel(logging.ERROR)  # it warns that SIGTERM stays ours
    folder = tempfile.mkdtemp(prefix="tandem-")  # short: sockets in it have long names
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if settings is not None:
            await stack.enter_async_context(running_ray_node(settings, folder))
        try:
            # In a thread: it takes seconds, and in the main one it would take over SIGTERM.
            await asyncio.to_thread(_start_ray, folder, settings)
            if settings is None:
                yield HostRuntime(launch)
            else:
                prefix = await asyncio.to_thread(_take_number)
                machine = Machine(address=settings.own_address, prefix=prefix)
                yield HostRuntime(launch, machine, RayHosts())
        finally:
            with contextlib.suppress(TimeoutError):
                await asyncio.shield(in_daemon_thread(ray.shutdown, SHUTDOWN_TIMEOUT_S))


def _start_ray(folder: str, settings: ClusterSettings | None) -> None:
    """
    :raises BadConfig: Ray runs here, and does not answer.
    """
    options: dict[str, Any] = {"configure_logging": False, "log_to_driver": False}
    options |= {"namespace": NAMESPACE, "_temp_dir": folder}
    if settings is None:
        ray.init(
            num_cpus=os.cpu_count(),
            include_dashboard=False,
            object_store_memory=OBJECT_STORE_BYTES,
            **options,
        )
        return
    head = f"{settings.leader}:{settings.port}"
    try:
        ray.init(address=head, _node_ip_address=settings.own_address, **options)
    except ConnectionError as error:
        raise BadConfig(f"cluster: expected Ray to answer at {head}: {error!s:.300}") from error


def _take_number() -> str:
    """What the names of this machine's hosts begin with: the first that no live machine has."""
    here = ray.get_runtime_context().get_node_id()
    for number in itertools.count(1):
        key = f"machine-{number}".encode()
        if not _internal_kv_put(key, here.encode(), overwrite=False, namespace=KV_NAMESPACE):
            return f"m{number}"
        owner = _internal_kv_get(key, namespace=KV_NAMESPACE)
        alive = {node["NodeID"] for node in ray.nodes() if node["Alive"]}
        if owner is not None and owner.decode() not in alive:
            _internal_kv_put(key, here.encode(), overwrite=True, namespace=KV_NAMESPACE)
            return f"m{number}"
    raise AssertionError


@dataclass(frozen=True, slots=True)
class RefusedSection:
    """Why a section of a video cannot be searched."""

    code: str
    sentence: str


class RaySections:
    """The `SectionRunner` that searches sections of videos as Ray tasks on this machine.

    Each task takes a core of those that Ray counts, so that no more run than there are; hosts take
    none. The work itself is done by a sandboxed process of the task, which makes room for learners.
    """

    def __init__(self) -> None:
        node = ray.get_runtime_context().get_node_id()  # the video is on its disk
        self._task = ray.remote(num_cpus=1, max_retries=1)(_search_section).options(
            scheduling_strategy=NodeAffinitySchedulingStrategy(node_id=node, soft=False)
        )

    async def search(self, build: BuildRequest, number: int, folder: Path) -> bytes:
        answer = self._task.remote(build, number, folder)
        try:
            found: bytes | RefusedSection = await answer
        except RayError as error:
            raise PreparationFailed(
                f"expected the poses in section {number + 1} of the video, the task was lost"
            ) from error
        finally:
            with contextlib.suppress(Exception):  # Ray has ended
                ray.cancel(answer, force=True)  # if it still runs; its process ends with it
        if isinstance(found, RefusedSection):
            raise BuildRefused(found.code, found.sentence)
        return found


def _search_section(build: BuildRequest, number: int, folder: Path) -> bytes | RefusedSection:
    try:
        return search_in_sandbox(build, number, folder)
    except TandemError as error:
        return RefusedSection(error.code, str(error))

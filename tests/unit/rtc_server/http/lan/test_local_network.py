"""What is known of the network follows it, and so does the certificate."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from rtc_server.config import Config
from rtc_server.http.lan import local_network
from rtc_server.http.lan.local_network import LocalNetwork
from rtc_server.http.tls.certificate import Certificate

NOW = datetime.now(UTC)


def named(network: LocalNetwork) -> set[str]:
    assert network.own is not None
    certificate = x509.load_pem_x509_certificate(network.own.file.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(one.value) for one in names}


def test_a_new_address_comes_into_the_certificate_and_a_running_server_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = ["192.168.1.5"]
    monkeypatch.setattr(local_network, "list_local_addresses", lambda: list(addresses))
    monkeypatch.setattr(local_network, "find_host_names", lambda: ("laptop.local",))
    declared = ("dance.lan", "dance.example")
    network = LocalNetwork(Config(lan=True, host="", tls_folder=tmp_path, public_hosts=declared))
    loopback = {"127.0.0.1", "::1", "localhost"}
    assert named(network) == {"192.168.1.5", "laptop.local", "dance.lan", *loopback}
    assert network.own is not None
    served = Certificate(network.own.file, network.own.file)
    addresses[:] = ["10.0.0.4"]
    network.refresh(NOW)
    assert network.addresses == ["10.0.0.4"]
    assert "10.0.0.4" in named(network)
    assert served.refresh()


def test_with_a_certificate_of_the_operators_nothing_is_made(tmp_path: Path) -> None:
    config = Config(lan=True, host="", tls_folder=tmp_path, tls_cert="cert.pem", tls_key="key.pem")
    network = LocalNetwork(config)
    assert network.authority is None
    assert list(tmp_path.iterdir()) == []

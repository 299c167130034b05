"""The processes of `up --full` serve their metrics, and a file lists them for Prometheus."""

import json
import socket
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from tests.service.processes import free_port

from indelible_service.instance.listening import CannotListen
from indelible_service.instance.record import Claim
from indelible_service.monitoring.metrics import MetricsServer, choose_metrics_ports, targets_file
from indelible_service.settings.service import Settings


@pytest.fixture
def claim(tmp_path: Path) -> Claim:
    return Claim(tmp_path, previous=None)


@pytest.fixture
def used_port() -> Generator[int]:
    """Return a port at which another program listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


def test_a_chosen_port_stays_with_its_host(claim: Claim) -> None:
    settings = Settings(host="0.0.0.0", metrics_port=9_100)  # noqa: S104 - not listened at

    assert choose_metrics_ports(settings, claim, 3, ()) is settings


def test_a_free_port_of_the_loopback_is_chosen_and_kept(claim: Claim, used_port: int) -> None:
    settings = Settings(host="0.0.0.0")  # noqa: S104 - not listened at
    free = free_port()

    chosen = choose_metrics_ports(settings, claim, 1, (used_port, free))
    again = choose_metrics_ports(settings, claim, 1, (used_port,))

    assert (chosen.host, chosen.metrics_port) == ("127.0.0.1", free)
    assert again == chosen


def test_without_a_free_port_nothing_is_started(claim: Claim, used_port: int) -> None:
    with pytest.raises(CannotListen):
        choose_metrics_ports(Settings(), claim, 1, (used_port,))


def test_the_targets_have_addresses_of_this_machine_while_they_are_served(tmp_path: Path) -> None:
    path = tmp_path / "targets.json"
    servers = {
        "web": MetricsServer("0.0.0.0", 8_000),  # noqa: S104 - not listened at
        "worker 1": MetricsServer("::1", 9_100),
    }

    with targets_file(path, servers):
        groups = json.loads(path.read_text())

    assert groups == [
        {"targets": ["127.0.0.1:8000"], "labels": {"process": "web"}},
        {"targets": ["[::1]:9100"], "labels": {"process": "worker 1"}},
    ]
    assert servers["worker 1"].url == "http://[::1]:9100/metrics"
    assert not path.exists()

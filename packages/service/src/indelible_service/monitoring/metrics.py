"""Serve the metrics of each process, and tell Prometheus where they are."""

import json
import logging
import socket
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Final

from attrs import evolve, frozen
from prometheus_client import CollectorRegistry, start_http_server

from indelible.kernel.store_measures import MeasuredStore
from indelible_service.files.access import atomic_file
from indelible_service.instance.listening import CannotListen
from indelible_service.instance.record import Claim
from indelible_service.monitoring.disk_metrics import DiskCollector
from indelible_service.monitoring.store_metrics import StoreCollector
from indelible_service.settings.service import Settings

TARGETS_NAME: Final = "prometheus-targets.json"
METRICS: Final = "metrics"  # the name of a saved port
LOOPBACK: Final = "127.0.0.1"
# The addresses at which a server that listens everywhere is reached from the same machine.
LOCAL_HOSTS: Final = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 - not listened at
logger = logging.getLogger("indelible.service")


def local_host(host: str) -> str:
    """Return the host at which a server that listens at `host` is reached from this machine."""
    return LOCAL_HOSTS.get(host, host)


@frozen
class MetricsServer:
    """The address at which a process serves its metrics."""

    host: str
    port: int

    @property
    def target(self) -> str:
        """Return the address as Prometheus writes it."""
        host = local_host(self.host)
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the address of the metrics."""
        return f"http://{self.target}/metrics"


def register_contexts(settings: Settings, registry: CollectorRegistry) -> None:
    """Add the metrics that the stages of the contexts that are on count in this process."""
    for context in settings.built_in_contexts:
        for metrics in context.registries():
            registry.register(metrics)


def register_process(settings: Settings, registry: CollectorRegistry, store: MeasuredStore) -> None:
    """Add the metrics that every process has: of its store, and of the disk that it writes to."""
    registry.register(StoreCollector(store))
    registry.register(DiskCollector(settings.data_dir))


@contextmanager
def served_metrics(settings: Settings, registry: CollectorRegistry) -> Generator[None]:
    """Serve a registry at the configured port, if there is one, until the block ends.

    A process works without its metrics where it cannot listen.
    """
    if not settings.metrics_port:
        yield
        return

    try:
        server, thread = start_http_server(settings.metrics_port, settings.host, registry)
    except OSError as error:
        logger.warning("metrics are not served at port %s: %s", settings.metrics_port, error)
        yield
        return

    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def choose_metrics_ports(
    settings: Settings, claim: Claim, processes: int, candidates: Iterable[int]
) -> Settings:
    """Return the settings of processes whose metrics have consecutive ports.

    They are those that the settings choose; otherwise those of the last start, or the first free
    ones of the candidates, at the loopback. Raises: CannotListen.
    """
    if settings.metrics_port:
        return settings

    last_port = claim.port(METRICS)
    ports = candidates if last_port is None else chain((last_port,), candidates)
    first = _first_free(ports, processes)
    claim.save_port(METRICS, first)
    return evolve(settings, host=LOOPBACK, metrics_port=first)


def _first_free(candidates: Iterable[int], number: int) -> int:
    """Return the first candidate that begins as many free ports.

    Raises: CannotListen.
    """
    for first in candidates:
        with suppress(OSError):
            for port in range(first, first + number):
                socket.create_server((LOOPBACK, port)).close()
            return first

    raise CannotListen(LOOPBACK, 0, "there are no free ports for the metrics")


@contextmanager
def targets_file(path: Path, servers: Mapping[str, MetricsServer]) -> Generator[None]:
    """Write the targets for Prometheus (`file_sd_configs`), and remove the file after the block."""
    groups: list[dict[str, object]] = []
    for process, server in servers.items():
        groups.append({"targets": [server.target], "labels": {"process": process}})

    with atomic_file(path) as out:
        out.write(json.dumps(groups, indent=2).encode())
    try:
        yield
    finally:
        path.unlink(missing_ok=True)

"""What Prometheus is told; the labels of commands and transitions come from the lifecycles."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum
from typing import Final

from attrs import frozen
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from indelible.kernel import Lifecycle
from indelible.kernel.config import SystemConfigCache

CAPTURED: Final = ("artifact", "capture")  # a signal is no step of a lifecycle
METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT"})
SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


@frozen
class ConfigCollector:
    """What Prometheus is told of the settings, asked for when it asks."""

    _config: SystemConfigCache

    def collect(self) -> Iterator[Metric]:
        """How often a setting fell back and why, and how old the settings are, once they were read."""
        fallbacks = CounterMetricFamily(
            "indelible_config_fallback", "Settings that fell back.", labels=("key", "reason")
        )
        for labels, number in self._config.fallbacks.copy().items():
            fallbacks.add_metric(labels, number)
        age = GaugeMetricFamily("indelible_config_age_seconds", "Time since the settings were read.")
        age_seconds = self._config.snapshot().age_seconds
        if age_seconds is not None:
            age.add_metric((), age_seconds)
        yield from (fallbacks, age)


class Metrics:
    """The counters of one application, in a registry of its own."""

    def __init__(self, lifecycles: Iterable[Lifecycle[StrEnum]], config: SystemConfigCache | None = None) -> None:
        self.registry = CollectorRegistry()
        if config is not None:
            self.registry.register(ConfigCollector(config))
        self._requests = Counter(
            "indelible_requests", "Answers given.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "indelible_request_seconds", "Time to answer.", ("route",), registry=self.registry, buckets=SECONDS
        )
        self._commands = Counter(
            "indelible_commands", "Commands, by outcome.", ("lifecycle", "action", "code"), registry=self.registry
        )
        self._transitions = Counter(
            "indelible_transitions", "Changes made.", ("lifecycle", "action"), registry=self.registry
        )
        known = {(lifecycle.name, edge.action) for lifecycle in lifecycles for edge in lifecycle.edges}
        for name, action in known | {CAPTURED}:
            self._commands.labels(name, action, "OK")
            self._transitions.labels(name, action)

    def requested(self, method: str, route: str, status: int, took: timedelta) -> None:
        """Count an answer; a method that nobody knows is no label."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(took.total_seconds())

    def commanded(self, lifecycle: str, action: str, code: str) -> None:
        """Count a command and what came of it."""
        self._commands.labels(lifecycle, action, code).inc()

    def changed(self, lifecycle: str, action: str) -> None:
        """Count a change that was made, and not merely answered again."""
        self._transitions.labels(lifecycle, action).inc()

"""What Prometheus is told; the labels of commands and transitions come from the lifecycles."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from indelible.kernel import Lifecycle

METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT"})
SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Metrics:
    """The counters of one application, in a registry of its own."""

    def __init__(self, lifecycles: Iterable[Lifecycle[StrEnum]]) -> None:
        self.registry = CollectorRegistry()
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
        for lifecycle in lifecycles:
            for action in {edge.action for edge in lifecycle.edges}:
                self._commands.labels(lifecycle.name, action, "OK")
                self._transitions.labels(lifecycle.name, action)

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

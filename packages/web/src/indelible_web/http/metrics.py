"""What Prometheus is told; the labels of commands and transitions come from the lifecycles."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Final

from attrs import frozen
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from indelible.app import AppContext
from indelible.kernel import IndelibleError, Lifecycle
from indelible.kernel.settings import SystemConfigCache

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
        age = GaugeMetricFamily(
            "indelible_config_age_seconds", "Time since the settings were read."
        )
        age_seconds = self._config.snapshot().age_seconds
        if age_seconds is not None:
            age.add_metric((), age_seconds)
        yield from (fallbacks, age)


@frozen(eq=False)  # a registry tells collectors apart by what they are, not by what they know
class WorkCollector:
    """What Prometheus is told of work, asked for when it asks; nothing while the store does not answer."""

    _app_context: AppContext

    def collect(self) -> Iterator[Metric]:
        """Of every stage how much is due, in hand and dead, and how long the oldest has been due."""
        named = {
            name: GaugeMetricFamily(f"indelible_work_{name}", says, labels=("stage",))
            for name, says in (
                ("due", "Work that is due and in nobody's hands."),
                ("running", "Work that is in somebody's hands."),
                ("dead", "Work that waits for an operator."),
                ("oldest_seconds", "Time since the longest waiting work became due."),
            )
        }
        now = self._app_context.clock.now()
        try:
            found = self._app_context.store.read(lambda tx: tx.tasks.backlogs(now))
        except IndelibleError:
            return
        for each in found:
            oldest_seconds = (now - each.oldest).total_seconds() if each.oldest else 0.0
            values = {
                "due": each.due,
                "running": each.running,
                "dead": each.dead,
                "oldest_seconds": oldest_seconds,
            }
            for name, value in values.items():
                named[name].add_metric((each.stage,), value)
        yield from named.values()


def command_labels(command_name: str) -> tuple[str, str]:
    """Return the lifecycle and the action of a command name, such as `create_concept`."""
    action, _, lifecycle = command_name.partition("_")
    return lifecycle, action


class Metrics:
    """The counters of one application, in a registry of its own."""

    def __init__(
        self,
        app_context: AppContext,
        lifecycles: Iterable[Lifecycle[Any]],
        commands: Iterable[str] = (),
        webhook_outcomes: Iterable[str] = (),
    ) -> None:
        self.registry = CollectorRegistry()
        if app_context.config is not None:
            self.registry.register(ConfigCollector(app_context.config))
        self.registry.register(WorkCollector(app_context))
        self._requests = Counter(
            "indelible_requests",
            "Answers given.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "indelible_request_seconds",
            "Time to answer.",
            ("route",),
            registry=self.registry,
            buckets=SECONDS,
        )
        self._commands = Counter(
            "indelible_commands",
            "Commands, by outcome.",
            ("lifecycle", "action", "code"),
            registry=self.registry,
        )
        self._transitions = Counter(
            "indelible_transitions",
            "Changes made.",
            ("lifecycle", "action"),
            registry=self.registry,
        )
        self._webhooks = Counter(
            "indelible_webhooks", "Webhooks, by outcome.", ("outcome",), registry=self.registry
        )
        for outcome in webhook_outcomes:
            self._webhooks.labels(outcome)
        known = {
            (lifecycle.name, edge.action) for lifecycle in lifecycles for edge in lifecycle.edges
        }
        for command in commands:
            known.add(command_labels(command))
        for name, action in known:
            self._commands.labels(name, action, "OK")
            self._transitions.labels(name, action)

    def observe_request(self, method: str, route: str, status: int, took: timedelta) -> None:
        """Count an answer; a method that nobody knows is no label."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(took.total_seconds())

    def count_webhook(self, outcome: str) -> None:
        """Count a webhook and what became of it."""
        self._webhooks.labels(outcome).inc()

    def count_command(self, lifecycle: str, action: str, code: str) -> None:
        """Count a command and what came of it."""
        self._commands.labels(lifecycle, action, code).inc()

    def changed(self, lifecycle: str, action: str) -> None:
        """Count a change that was made, and not merely answered again."""
        self._transitions.labels(lifecycle, action).inc()

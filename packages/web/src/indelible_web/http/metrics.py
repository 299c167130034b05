"""Metrics for Prometheus; the labels of commands and transitions come from the lifecycles."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import frozen
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from indelible.app import AppContext, ReadTx
from indelible.kernel import IndelibleError, Lifecycle
from indelible.kernel.breaker_commands import open_breakers
from indelible.kernel.feed_delays import feed_delays
from indelible.kernel.open_writers import OpenWriter
from indelible.kernel.settings import SystemConfigCache
from indelible.kernel.silence import silent_of, subject_states
from indelible.kernel.subscribers import subscriber_lags
from indelible.kernel.tasks import StageStats
from indelible_web.http.deletion_metrics import DeletionCollector
from indelible_web.http.request import LoginOutcome

METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
BUCKETS_SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
TASK_GAUGES: Final = {
    "due": "Tasks that are due and not claimed.",
    "running": "Tasks that a worker has claimed.",
    "dead": "Dead tasks, which wait for an operator.",
    "oldest_seconds": "Time since the oldest due task became due.",
}


@frozen
class ConfigCollector:
    """The metrics of the settings, read at each scrape."""

    _config: SystemConfigCache

    def collect(self) -> Iterator[Metric]:
        """Yield the fallbacks by reason, and the age of the settings once they were read."""
        fallbacks = CounterMetricFamily(
            "indelible_config_fallback", "Settings that fell back.", labels=("key", "reason")
        )
        for labels, number in self._config.fallbacks.copy().items():
            fallbacks.add_metric(labels, number)
        yield fallbacks

        age = GaugeMetricFamily(
            "indelible_config_age_seconds", "Time since the settings were read."
        )
        age_seconds = self._config.snapshot().age_seconds
        if age_seconds is not None:
            age.add_metric((), age_seconds)
        yield age


@frozen(eq=False)  # A registry tells collectors apart by identity.
class TaskCollector:
    """The metrics of tasks by stage, read at each scrape."""

    _app_context: AppContext

    def collect(self) -> Iterator[Metric]:
        """Yield a gauge for each number of a stage; nothing if the store does not answer."""
        now = self._app_context.clock.now()
        try:
            stages = self._app_context.store.read(lambda tx: tx.tasks.backlogs(now))
        except IndelibleError:
            return

        for name, description in TASK_GAUGES.items():
            gauge = GaugeMetricFamily(f"indelible_tasks_{name}", description, labels=("stage",))
            for stage in stages:
                gauge.add_metric((stage.stage,), _gauge_value(name, stage, now))
            yield gauge


@frozen(eq=False)  # A registry tells collectors apart by identity.
class SubscriberCollector:
    """The lags of the subscribers of the feed, read at each scrape."""

    _app_context: AppContext

    def collect(self) -> Iterator[Metric]:
        """Yield the lag of each subscriber, the longest, which have stopped, and what delays all.

        Nothing if the store is silent.
        """
        now = self._app_context.clock.now()
        try:
            lags = self._app_context.store.read(subscriber_lags, now)
            delays = self._app_context.store.read(feed_delays, now)
        except IndelibleError:
            return

        by_subscriber = GaugeMetricFamily(
            "indelible_subscriber_lag_seconds",
            "Age of the first change that a subscriber of the feed has not handled.",
            labels=("subscriber",),
        )
        for lag in lags:
            by_subscriber.add_metric((lag.name,), lag.seconds)
        yield by_subscriber

        stopped = GaugeMetricFamily(
            "indelible_subscriber_stopped",
            "1 for a subscriber of the feed that has stopped: its task is dead, canceled or put"
            " off, or has not succeeded within its longest silence.",
            labels=("subscriber",),
        )
        for lag in lags:
            stopped.add_metric((lag.name,), float(lag.problem is not None))
        yield stopped

        longest = GaugeMetricFamily(
            "indelible_outbox_lag_seconds", "Longest lag of all subscribers of the feed."
        )
        longest.add_metric((), max((lag.seconds for lag in lags), default=0.0))
        yield longest

        yield _delay_gauge(delays, now)


def _delay_gauge(delays: Sequence[OpenWriter], now: datetime) -> Metric:
    """Return the ages of the transactions that the feed waits for."""
    gauge = GaugeMetricFamily(
        "indelible_feed_delay_seconds",
        "Age of each transaction that has written and stays open: the feed waits for it. Shown"
        " after a minute.",
        labels=("database", "transaction"),
    )
    for writer in delays:
        gauge.add_metric((writer.database, writer.name), writer.seconds(now))

    return gauge


@frozen(kw_only=True)
class ContextGauge:
    """A gauge of a context with one label; `read` returns its value for each of the labels."""

    name: str
    description: str
    label: str
    read: Callable[[ReadTx], Mapping[str, float]]


BREAKER_GAUGE: Final = ContextGauge(
    name="indelible_stage_breaker_open",
    description="1 while a stage is paused by its circuit breaker, of each that had an outage.",
    label="stage",
    read=open_breakers,
)


@frozen(eq=False)  # A registry tells collectors apart by identity.
class SubjectCollector:
    """The subjects of silence, read at each scrape."""

    _app_context: AppContext

    def collect(self) -> Iterator[Metric]:
        """Yield which subjects are silent, and when each succeeded; nothing without the store."""
        now = self._app_context.clock.now()
        try:
            states = self._app_context.store.read(subject_states)
        except IndelibleError:
            return

        silent = GaugeMetricFamily(
            "indelible_subject_silent",
            "1 for a stage, recurring task, subscriber or backup that has not succeeded within its"
            " longest silence.",
            labels=("kind", "subject"),
        )
        successes = GaugeMetricFamily(
            "indelible_subject_last_success_timestamp_seconds",
            "Time of the last success of a stage, recurring task, subscriber or backup, in seconds"
            " since 1970.",
            labels=("kind", "subject"),
        )
        silent_keys = {one.state.subject.key for one in silent_of(states, now)}
        for state in states:
            subject = state.subject
            labels = (subject.kind.value, subject.name)
            if subject.longest_silence_seconds is not None:
                silent.add_metric(labels, float(subject.key in silent_keys))
            if state.succeeded_at is not None:
                successes.add_metric(labels, state.succeeded_at.timestamp())
        yield silent
        yield successes


@frozen(eq=False)  # A registry tells collectors apart by identity.
class ContextCollector:
    """The gauges of contexts, read at each scrape."""

    _app_context: AppContext
    _gauges: Sequence[ContextGauge]

    def collect(self) -> Iterator[Metric]:
        """Yield each gauge; nothing if the store does not answer."""
        for declared in self._gauges:
            try:
                values = self._app_context.store.read(declared.read)
            except IndelibleError:
                return

            gauge = GaugeMetricFamily(declared.name, declared.description, labels=(declared.label,))
            for label, value in values.items():
                gauge.add_metric((label,), value)
            yield gauge


def _gauge_value(name: str, stage: StageStats, now: datetime) -> float:
    if name != "oldest_seconds":
        return float(getattr(stage, name))
    if stage.oldest is None:
        return 0.0
    return (now - stage.oldest).total_seconds()


class CommandLabels(dict[str, tuple[str, str]]):
    """The lifecycle and the action of each command by its name, such as `create_concept`.

    A name that ends with no known lifecycle is split at its first underscore.
    """

    def __init__(self, lifecycles: Iterable[str]) -> None:
        super().__init__()
        # The longest first: `close_payout_job` is a command of `payout_job`, and not of `job`.
        self._lifecycles = sorted(lifecycles, key=len, reverse=True)

    def __missing__(self, command_name: str) -> tuple[str, str]:
        """Return the labels of a command that is counted for the first time."""
        action, _, lifecycle = command_name.partition("_")
        for known in self._lifecycles:
            if command_name.endswith(f"_{known}"):
                lifecycle, action = known, command_name.removesuffix(f"_{known}")
                break
        self[command_name] = lifecycle, action
        return lifecycle, action


class Metrics:
    """The metrics of one application, in a registry of its own."""

    def __init__(
        self,
        app_context: AppContext,
        lifecycles: Iterable[Lifecycle[Any]],
        commands: Iterable[str] = (),
        webhook_outcomes: Iterable[str] = (),
        gauges: Sequence[ContextGauge] = (),
    ) -> None:
        self.registry = CollectorRegistry()
        if app_context.config is not None:
            self.registry.register(ConfigCollector(app_context.config))
        self.registry.register(TaskCollector(app_context))
        self.registry.register(DeletionCollector(app_context))
        self.registry.register(SubscriberCollector(app_context))
        self.registry.register(SubjectCollector(app_context))
        self.registry.register(ContextCollector(app_context, gauges))

        self._create_request_metrics()
        self._create_command_metrics()
        known = tuple(lifecycles)
        self.command_labels = CommandLabels(lifecycle.name for lifecycle in known)
        self._start_at_zero(known, commands, webhook_outcomes)

    def _create_request_metrics(self) -> None:
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
            buckets=BUCKETS_SECONDS,
        )

        self._authentications = Counter(
            "indelible_authentications",
            "Requests with a credential: accepted, refused, or failed because nothing decided.",
            ("outcome",),
            registry=self.registry,
        )
        for outcome in LoginOutcome:
            self._authentications.labels(outcome.value)

        # As many as `_requests` has labels; finding a series by its labels takes longer.
        self._request_series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def _create_command_metrics(self) -> None:
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
        self._idempotency_hits = Counter(
            "indelible_idempotency_hits",
            "Repeated requests that were answered with the first result of their key.",
            ("lifecycle", "action"),
            registry=self.registry,
        )
        self._webhooks = Counter(
            "indelible_webhooks", "Webhooks, by outcome.", ("outcome",), registry=self.registry
        )
        self._webhook_requests = Counter(
            "indelible_webhook_requests",
            "Requests to signed webhooks, by the code of their error; OK for accepted ones.",
            ("endpoint", "code"),
            registry=self.registry,
        )
        self._webhook_rejections = Counter(
            "indelible_webhook_rejections",
            "Refused requests to signed webhooks: stored, over_limit, or failed to be stored.",
            ("endpoint", "result"),
            registry=self.registry,
        )

    def _start_at_zero(
        self,
        lifecycles: Iterable[Lifecycle[Any]],
        commands: Iterable[str],
        webhook_outcomes: Iterable[str],
    ) -> None:
        """Create every known label, so that a rate is defined from the first scrape on."""
        known = {self.command_labels[command] for command in commands}
        for lifecycle in lifecycles:
            known.update((lifecycle.name, edge.action) for edge in lifecycle.known_edges)

        for name, action in known:
            self._commands.labels(name, action, "OK")
            self._transitions.labels(name, action)
            self._idempotency_hits.labels(name, action)
        for outcome in webhook_outcomes:
            self._webhooks.labels(outcome)

    def observe_request(self, method: str, route: str, status: int, took: timedelta) -> None:
        """Count an answer; unknown methods share one label, so that callers cannot add labels."""
        label = method if method in METHODS else "other"
        series = self._request_series.get((label, route, status))
        if series is None:
            series = (
                self._requests.labels(label, route, str(status)),
                self._seconds.labels(route),
            )
            self._request_series[label, route, status] = series

        requests, seconds = series
        requests.inc()
        seconds.observe(took.total_seconds())

    def count_login(self, outcome: LoginOutcome) -> None:
        """Count a request that has a credential."""
        self._authentications.labels(outcome.value).inc()

    def count_webhook(self, outcome: str) -> None:
        """Count a webhook by its outcome."""
        self._webhooks.labels(outcome).inc()

    def count_webhook_request(self, endpoint: str, code: str) -> None:
        """Count a request to a signed webhook by its error code, `OK` being none."""
        self._webhook_requests.labels(endpoint, code).inc()

    def count_webhook_rejection(self, endpoint: str, result: str) -> None:
        """Count what became of the record of a refused request."""
        self._webhook_rejections.labels(endpoint, result).inc()

    def count_command(self, lifecycle: str, action: str, code: str) -> None:
        """Count a command by its error code, `OK` being none."""
        self._commands.labels(lifecycle, action, code).inc()

    def count_idempotency_hit(self, lifecycle: str, action: str) -> None:
        """Count a request that was answered with the first result of its key."""
        self._idempotency_hits.labels(lifecycle, action).inc()

    def count_transition(self, lifecycle: str, action: str) -> None:
        """Count a change that this command made, and not one that it answered again."""
        self._transitions.labels(lifecycle, action).inc()

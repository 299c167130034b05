"""The metrics that a web server, a worker and a scheduler export."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import cast

from attrs import field, frozen
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.registry import Collector

from indelible.app import AppContext
from indelible.kernel import Clock, Store, SystemClock
from indelible.kernel.lost_races import LostRaces
from indelible.kernel.settings import SystemConfigCache
from indelible.kernel.stages import TasksRead, TasksWrite
from indelible.kernel.standbys import StandbyCounts
from indelible.kernel.store_measures import PoolUse
from indelible.memory import MemoryStore
from indelible_service.monitoring.metrics import register_process
from indelible_service.processes.workers import build_worker
from indelible_service.settings.service import Settings
from indelible_web.app import create_metrics
from indelible_web.context import WebContext
from indelible_workers import SchedulerMetrics


@frozen
class _UnusedStore:
    """A store that no transaction has used."""

    lost_races: LostRaces = field(factory=LostRaces)
    clock: Clock = field(factory=SystemClock)
    standby_counts: StandbyCounts = field(factory=StandbyCounts)

    def pool_uses(self) -> dict[str, PoolUse]:
        """Return no pools."""
        return {}

    def database_time(self) -> datetime:
        """Return the time of the process."""
        return self.clock.now()


def registries(settings: Settings, contexts: Sequence[WebContext]) -> dict[str, CollectorRegistry]:
    """Return the registries of a web server, a worker and a scheduler that have served nothing."""
    store = MemoryStore()
    app_context = AppContext(store=store, config=SystemConfigCache(fetch=dict))
    tasks = cast("Store[TasksRead, TasksWrite]", store)
    result = {
        "web": create_metrics(app_context, contexts).registry,
        "worker": build_worker(settings, tasks).registry,
        "scheduler": SchedulerMetrics().registry,
    }
    for registry in result.values():
        register_process(settings, registry, _UnusedStore())
    return result


def declared_metrics(registry: CollectorRegistry) -> Iterator[tuple[Metric, Sequence[str]]]:
    """Yield each metric with its labels, also of one that has no samples yet."""
    # prometheus_client has no public names for the collectors and for the labels without samples.
    for collector in cast("dict[Collector, object]", vars(registry)["_collector_to_names"]):
        if isinstance(collector, CollectorRegistry):
            yield from declared_metrics(collector)
            continue

        for metric in collector.collect():
            source = metric if hasattr(metric, "_labelnames") else collector
            yield metric, getattr(source, "_labelnames", ())


def full_name(metric: Metric) -> str:
    """Return the name under which a query finds the metric."""
    return f"{metric.name}_total" if metric.type == "counter" else metric.name

"""The page of metrics."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import cast

from attrs import field, frozen
from docs.generators.markdown import coded, page, table
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.registry import Collector

from indelible.app import AppContext
from indelible.kernel import Lifecycle, Store
from indelible.kernel.lost_races import LostRaces
from indelible.kernel.settings import SystemConfigCache
from indelible.kernel.stages import STAGE, TasksRead, TasksWrite
from indelible.memory import MemoryStore
from indelible_service.monitoring.store_metrics import StoreCollector
from indelible_service.processes.workers import build_worker
from indelible_service.settings.service import Settings
from indelible_web.app import create_metrics
from indelible_web.contexts import CONTEXTS
from indelible_workers import SchedulerMetrics

LEAD = """
Each process has a registry of its own, which it serves at `/metrics` in the format of Prometheus.
No key is needed: let only the machines that watch the process reach the port.
"""
WEB_PART = "[of the web server](#the-web-server)"
WORKER_PART = "[of the workers](#the-workers)"
SCHEDULER_PART = "[of the scheduler](#the-scheduler)"
API = "the address of the API"
PORT = "[`INDELIBLE_METRICS_PORT`](settings.md)"
PROCESSES = (
    ("`up`", "all of this page", API),
    ("`up --full`: web", WEB_PART, API),
    ("`up --full`: worker 1", WORKER_PART, f"{PORT}, by default a free port of 127.0.0.1"),
    ("`up --full`: worker 2", WORKER_PART, "the next port"),
    ("`up --full`: scheduler", SCHEDULER_PART, "the port after those of the workers"),
    ("`serve`", WEB_PART, API),
    ("`work`", WORKER_PART, f"{PORT}, by default none; further processes use the next ports"),
    ("`schedule`", SCHEDULER_PART, f"{PORT}, by default none"),
)
PROMETHEUS = """
`up` and `up --full` print these addresses. While `up --full` runs, `prometheus-targets.json` in the
data directory lists them for Prometheus, which must be allowed to read it:

```yaml
scrape_configs:
  - job_name: indelible
    file_sd_configs:
      - files: [/srv/indelible/indelible-data/prometheus-targets.json]
```

Each target has the label `process`: `web`, `worker 1`, `worker 2` or `scheduler`. Where
`INDELIBLE_TRUSTED_HOSTS` is set, it must contain the host of the web's target. With
`INDELIBLE_METRICS_PORT`, `up` also serves the metrics of its workers at that port. A counter and a
histogram also have a series that ends in `_created`, the time at which it began. No label contains
an id, an actor or a text; that of a transaction has the number of the server's process.

[money-alerts.yml](money-alerts.yml) has alert rules for the metrics of money, in the format of
Prometheus (`rule_files`).
"""
WEB = """
## The web server

In your own process, `indelible_web.app.metrics_registry(app)` is the registry. Every action of a
lifecycle is exported from the start, with the value 0.
"""
LABELS = """
`code` is `OK` or an error code ([errors](errors.md)). `route` is a pattern such as
`/v1/concepts/<concept_id>`, or `none`. A capture is counted as the command `capture` of
`artifact`, and as a transition if it was stored. The metrics of settings are exported if the host
sets `AppContext.config`.
"""
WORKERS = """
## The workers

In your own process, `Worker.registry` is the registry. The metrics of contests, money, jobs and the
Git host are those of the tasks that this process has processed.
"""
SCHEDULER = """
## The scheduler

In your own process, pass `run_scheduler` a `SchedulerMetrics` and serve its `registry`.
"""
COLUMNS = ("metric", "type", "labels", "meaning")


def metrics_page() -> str:
    """Return the page with every metric, its labels, and the actions of every lifecycle."""
    app_context = _example_context()
    store = cast("Store[TasksRead, TasksWrite]", MemoryStore())
    web = create_metrics(app_context, CONTEXTS).registry
    of_store = StoreCollector(_NoRaces())
    web.register(of_store)
    workers = build_worker(Settings(), store).registry
    workers.register(of_store)
    scheduler = SchedulerMetrics().registry
    scheduler.register(of_store)
    actions = table(("lifecycle", "actions"), _lifecycle_rows())

    return page(
        "Metrics",
        LEAD.lstrip(),
        table(("process", "its metrics", "served at"), PROCESSES),
        PROMETHEUS.lstrip(),
        WEB.lstrip(),
        table(COLUMNS, _rows(web)),
        LABELS.lstrip(),
        actions,
        WORKERS.lstrip(),
        table(COLUMNS, _rows(workers)),
        SCHEDULER.lstrip(),
        table(COLUMNS, _rows(scheduler)),
    )


@frozen
class _NoRaces:
    """The count of a store that has lost no race."""

    lost_races: LostRaces = field(factory=LostRaces)


def _rows(registry: CollectorRegistry) -> Iterator[tuple[str, ...]]:
    for metric, labels in declared_metrics(registry):
        label_text = ", ".join(coded(label) for label in labels)
        yield coded(full_name(metric)), metric.type, label_text, metric.documentation


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


def _example_context() -> AppContext:
    """Return a context with settings, so that their metrics are exported."""
    return AppContext(store=MemoryStore(), config=SystemConfigCache(fetch=dict))


def full_name(metric: Metric) -> str:
    """Return the name under which a query finds the metric."""
    return f"{metric.name}_total" if metric.type == "counter" else metric.name


def _lifecycle_rows() -> Iterator[tuple[str, str]]:
    lifecycles: list[Lifecycle[StrEnum]] = [STAGE]
    for context in CONTEXTS:
        lifecycles += context.lifecycles
    for lifecycle in lifecycles:
        actions = dict.fromkeys(edge.action for edge in lifecycle.edges)
        yield coded(lifecycle.name), ", ".join(f"`{action}`" for action in actions)

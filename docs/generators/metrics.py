"""The page of metrics."""

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from typing import cast

from docs.generators.markdown import coded, page, table
from prometheus_client import Metric

from indelible.app import AppContext
from indelible.kernel import Actor, Lifecycle, Store
from indelible.kernel.rates import RateLimit
from indelible.kernel.settings import SystemConfigCache
from indelible.kernel.stages import STAGE, TasksRead, TasksWrite
from indelible.memory import MemoryStore
from indelible_service.contexts.project_metrics import JobMetrics
from indelible_web.app import create_metrics
from indelible_web.contexts import CONTEXTS
from indelible_workers import Worker

LEAD = """
No label contains an id, an actor or a text.

## The web server

`/metrics` serves these metrics in the format of Prometheus, with one registry per application.
Every action of a lifecycle is exported from the start, with the value 0.
"""
LABELS = """
`code` is `OK` or an error code ([errors](errors.md)). `route` is a pattern such as
`/v1/concepts/<concept_id>`, or `none`. A capture is counted as the command `capture` of
`artifact`, and as a transition if it was stored. The metrics of settings are exported if the host
sets `AppContext.config`.
"""
WORKERS = """
## The workers

Each process of `indelible work` and of `indelible up` has a registry of its own, at the port that
[`INDELIBLE_METRICS_PORT`](settings.md) decides. In your own process it is `Worker.registry`. The
metrics of jobs and of the Git host are those of the jobs that this process has processed.
"""
COLUMNS = ("metric", "type", "labels", "meaning")


def metrics_page() -> str:
    """Return the page with every metric, its labels, and the actions of every lifecycle."""
    metrics = table(COLUMNS, _metric_rows())
    actions = table(("lifecycle", "actions"), _lifecycle_rows())
    worker_metrics = table(COLUMNS, _worker_metric_rows())

    return page(
        "Metrics",
        LEAD.lstrip(),
        metrics,
        LABELS.lstrip(),
        actions,
        WORKERS.lstrip(),
        worker_metrics,
    )


def _worker_metric_rows() -> Iterator[tuple[str, ...]]:
    store = cast("Store[TasksRead, TasksWrite]", MemoryStore())
    worker = Worker(store=store, actor=Actor.system("docs"))
    # A labelled metric has no sample, and so no visible labels, before its first observation.
    worker.count("detect", "claimed")
    worker.delay_claims("detect", RateLimit(tasks=1))
    worker.stage_threads.set_limit("detect", 2)
    worker.registry.register(JobMetrics().registry)
    for metric in worker.registry.collect():
        yield coded(full_name(metric)), metric.type, labels(metric), metric.documentation


def _metric_rows() -> Iterator[tuple[str, ...]]:
    metrics = create_metrics(_example_context(), CONTEXTS)
    exported_from_the_start = {metric.name for metric in metrics.registry.collect()}
    # A labelled metric has no sample, and so no visible labels, before its first observation.
    metrics.observe_request("GET", "/v1/concepts", 200, timedelta())
    metrics.count_command("concept", "create", "OK")

    for metric in metrics.registry.collect():
        if metric.name in exported_from_the_start:
            yield coded(full_name(metric)), metric.type, labels(metric), metric.documentation


def _example_context() -> AppContext:
    """Return a context with one task and one fallback, so that every metric has a sample."""
    config = SystemConfigCache(fetch=dict)
    config.fallbacks["a key", "a reason"] = 1
    store = MemoryStore()
    with store.transaction(actor=Actor.system("docs"), reason="an example") as tx:
        tx.tasks.enqueue("detect", {"chain": tx.clock.now()})

    return AppContext(store=store, config=config)


def full_name(metric: Metric) -> str:
    """Return the name under which a query finds the metric."""
    return f"{metric.name}_total" if metric.type == "counter" else metric.name


def labels(metric: Metric) -> str:
    """Return the labels of the metric, except the bucket of a histogram."""
    names: list[str] = []
    for sample in metric.samples:
        for name in sample.labels:
            if name != "le" and name not in names:
                names.append(name)

    return ", ".join(f"`{name}`" for name in names)


def _lifecycle_rows() -> Iterator[tuple[str, str]]:
    lifecycles: list[Lifecycle[StrEnum]] = [STAGE]
    for context in CONTEXTS:
        lifecycles += context.lifecycles
    for lifecycle in lifecycles:
        actions = dict.fromkeys(edge.action for edge in lifecycle.edges)
        yield coded(lifecycle.name), ", ".join(f"`{action}`" for action in actions)

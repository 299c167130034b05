"""The page of metrics."""

from collections.abc import Iterator
from enum import StrEnum

from docs.generators.exported_metrics import declared_metrics, full_name, registries
from docs.generators.markdown import coded, page, table
from prometheus_client import CollectorRegistry

from indelible.kernel import Lifecycle
from indelible.kernel.stages import STAGE
from indelible_service.settings.service import Settings
from indelible_web.contexts import CONTEXTS

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

`indelible alerts` prints [alert rules](alerts.md) for these metrics
([how to](../../how-to/watch-with-prometheus.md)). A worker exports a number about the whole
database, such as contests by state, for 5 minutes after it has read it; then another worker does.
"""
WEB = """
## The web server

In your own process, `indelible_web.app.metrics_registry(app)` is the registry. Every action of a
lifecycle is exported from the start, with the value 0.
"""
LABELS = """
`code` is `OK` or an error code ([errors](errors.md)). `route` is a pattern such as
`/v1/concepts/<concept_id>`, or `none`. A capture is counted as the command `capture` of
`artifact`, and as a transition if it was stored; an embedding that the server computes is counted
as the command `embed`. The metrics of settings are exported if the host
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
    registry = registries(Settings(), CONTEXTS)
    web, workers, scheduler = registry["web"], registry["worker"], registry["scheduler"]
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


def _rows(registry: CollectorRegistry) -> Iterator[tuple[str, ...]]:
    for metric, labels in declared_metrics(registry):
        label_text = ", ".join(coded(label) for label in labels)
        yield coded(full_name(metric)), metric.type, label_text, metric.documentation


def _lifecycle_rows() -> Iterator[tuple[str, str]]:
    lifecycles: list[Lifecycle[StrEnum]] = [STAGE]
    for context in CONTEXTS:
        lifecycles += context.lifecycles
    for lifecycle in lifecycles:
        actions = dict.fromkeys(edge.action for edge in lifecycle.edges)
        yield coded(lifecycle.name), ", ".join(f"`{action}`" for action in actions)

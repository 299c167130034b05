"""Requirements of an expression of PromQL: metrics, and labels with the values it asks for."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from attrs import field, frozen
from docs.generators.exported_metrics import declared_metrics, full_name, registries
from tests.runbooks.rules import documents

from indelible.contests.rules import tasks as contest_stages
from indelible.kernel.errors import error_types
from indelible.kernel.silence import SubjectKind
from indelible.money.rules import payouts, stages
from indelible.projects.rules import tasks as project_stages
from indelible.tokens.rules import tasks as token_stages
from indelible_service.settings.service import Settings
from indelible_web.contexts import CONTEXTS
from indelible_web.money.webhooks import ENDPOINT

SELECTOR: Final = re.compile(r"\b(indelible_\w+|up|ALERTS)\b(?:\{([^}]*)\})?")
MATCHER: Final = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')
GROUPING: Final = re.compile(r"\b(?:by|on)\s*\(([\w, ]*)\)")
RECORDED: Final = re.compile(r"\bindelible:[\w:]+")
SUFFIX: Final = re.compile(r"_(bucket|count|sum)$")
OF_TARGETS: Final = frozenset({"instance", "job"})
OF_PROMETHEUS: Final = {
    "up": OF_TARGETS,
    "ALERTS": OF_TARGETS | {"alertname", "alertstate", "severity"},
}
STAGE_MODULES: Final = (contest_stages, stages, payouts, project_stages, token_stages)
# Labels whose values appear with their first event, and what they can be.
LATE_VALUES: Final = {
    ("indelible_worker_tasks_total", "outcome"): {"completed", "retried"},
    ("indelible_requests_total", "status"): {"5.."},
    ("indelible_webhook_requests_total", "endpoint"): {ENDPOINT},
    ("indelible_subject_silent", "kind"): {kind.value for kind in SubjectKind},
    # The scan of an instance with a chain.
    ("indelible_subject_silent", "subject"): {"detect/chain"},
    ("ALERTS", "alertstate"): {"firing"},
    ("up", "job"): {"indelible"},
}


@frozen
class Known:
    """The labels of a metric, and the values that a process exports before any event."""

    labels: frozenset[str]
    values: dict[str, set[str]] = field(factory=dict[str, set[str]])


@cache
def known_metrics() -> dict[str, Known]:
    """Return all metrics of web servers, workers and schedulers, and Prometheus's own."""
    known = {name: Known(frozenset(labels)) for name, labels in OF_PROMETHEUS.items()}
    for registry in registries(Settings(), CONTEXTS).values():
        for metric, labels in declared_metrics(registry):
            entry = known.setdefault(full_name(metric), Known(OF_TARGETS | {*labels, "le"}))
            for sample in metric.samples:
                for label, value in sample.labels.items():
                    entry.values.setdefault(label, set()).add(value)
    return known


@cache
def recorded_names() -> frozenset[str]:
    """Return the names of the rules that record a value."""
    return frozenset(rule["record"] for _, rule in documents() if "record" in rule)


def metrics_of(expression: str) -> set[str]:
    """Return the metrics of an expression under the names that a scrape declares."""
    return {SUFFIX.sub("", name) for name, _ in SELECTOR.findall(expression)}


def problems_of(expression: str) -> Iterator[str]:
    """Yield each metric, label and value in an expression that nothing exports."""
    for name in RECORDED.findall(expression):
        if name not in recorded_names():
            yield f"no rule records {name}"

    labels = set(OF_TARGETS)
    for text, matchers in SELECTOR.findall(expression):
        name = SUFFIX.sub("", text)
        metric = known_metrics().get(name)
        if metric is None:
            yield f"nothing exports {text}"
            continue
        labels |= metric.labels
        yield from _problems_of_matchers(name, matchers)

    for group in GROUPING.findall(expression):
        for label in set(re.findall(r"\w+", group)) - labels:
            yield f"no metric has the label {label}, by which is grouped"


def _problems_of_matchers(metric: str, matchers: str) -> Iterator[str]:
    for label, values in MATCHER.findall(matchers):
        if label not in known_metrics()[metric].labels:
            yield f"{metric} has no label {label}"
            continue
        for value in set(values.split("|")) - _values(metric, label):
            yield f"{label} of {metric} is never {value}"


def _values(name: str, label: str) -> set[str]:
    values = known_metrics()[name].values.get(label, set()) | LATE_VALUES.get((name, label), set())
    if label == "stage":
        return values | _stage_names()
    if label == "code":
        return values | {error.code for error in error_types()}
    return values


@cache
def _stage_names() -> frozenset[str]:
    names: set[str] = set()
    for module in STAGE_MODULES:
        for name, value in vars(module).items():
            if name.endswith("_STAGE") and isinstance(value, str):
                names.add(value)
    return frozenset(names)

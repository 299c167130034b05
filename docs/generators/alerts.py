"""The page of alerts: the rules of each context, and the failures that no alert reports."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import yaml
from docs.generators.markdown import cell, coded, page, table

from indelible.failure_modes import FAILURE_MODES

FOLDER: Final = Path(str(files("indelible_service.alerts")))
LEAD: Final = """
`indelible alerts` prints these rules for Prometheus, those of operations and of the contexts that
are on ([how to](../../how-to/watch-with-prometheus.md)). An alert that is *critical* cannot wait
until the morning. Its annotations are `summary`, one sentence, and `runbook`, the page that ends
the failure. It fires once its expression holds for the time in the column *after*.
"""
RECORDED: Final = """
These rules record values that no process can know alone:
"""
WITHOUT: Final = """
## Failures without an alert

These failures have a runbook too.
"""


def alerts_page() -> str:
    """Return the page with every alert by context."""
    parts: list[str] = []
    for file in sorted(FOLDER.glob("*.yml")):
        (group,) = yaml.safe_load(file.read_text("utf-8"))["groups"]
        parts += [f"## {file.stem.capitalize()}\n", *_group_parts(group["rules"])]

    reasons = table(("failure", "runbook", "why"), _rows_without_alert())
    return page("Alerts", LEAD.lstrip(), *parts, WITHOUT.lstrip(), reasons)


def _group_parts(rules: list[dict[str, Any]]) -> Iterator[str]:
    recorded = [rule for rule in rules if "record" in rule]
    if recorded:
        rows = [(coded(rule["record"]), coded(rule["expr"])) for rule in recorded]
        yield RECORDED.lstrip()
        yield table(("value", "expression"), rows)

    columns = ("alert", "severity", "after", "what is wrong", "expression", "runbook")
    yield table(columns, (_row(rule) for rule in rules if "alert" in rule))


def _row(rule: dict[str, Any]) -> tuple[str, ...]:
    notes = rule["annotations"]
    return (
        coded(rule["alert"]),
        rule["labels"]["severity"],
        rule.get("for", "at once"),
        cell(notes["summary"]),
        coded(rule["expr"]),
        _linked(Path(notes["runbook"]).stem),
    )


def _linked(name: str) -> str:
    return f"[{name}](../../runbooks/{name}.md)"


def _rows_without_alert() -> Iterator[tuple[str, ...]]:
    for mode in FAILURE_MODES:
        if not mode.alerts:
            yield cell(mode.title), _linked(mode.name), cell(mode.without_alert)

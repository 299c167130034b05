"""The rule files that are shipped, as the tests read them."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import yaml
from attrs import frozen

FOLDER: Final = Path(str(files("indelible_service.alerts")))
METRIC: Final = re.compile(r"\b(?:indelible_\w+|up)\b")
UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


@frozen(kw_only=True)
class AlertRule:
    """An alert with its expression, and for how long that holds before the alert fires."""

    name: str
    context: str
    expression: str
    for_seconds: int
    severity: str
    annotations: dict[str, str]

    @property
    def metrics(self) -> set[str]:
        """Return the names of the metrics in the expression, without those of recorded rules."""
        return set(METRIC.findall(self.expression))


def rule_files() -> tuple[Path, ...]:
    """Return the rule files in order of name."""
    return tuple(sorted(FOLDER.glob("*.yml")))


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each rule with the context of its file."""
    for file in rule_files():
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]:
            for rule in group["rules"]:
                yield file.stem, rule


def alert_rules() -> tuple[AlertRule, ...]:
    """Return the alerts of all rule files."""
    rules: list[AlertRule] = []
    for context, rule in documents():
        if "alert" in rule:
            rules.append(
                AlertRule(
                    name=rule["alert"],
                    context=context,
                    expression=rule["expr"],
                    for_seconds=seconds_of(rule.get("for", "0s")),
                    severity=rule["labels"]["severity"],
                    annotations=rule["annotations"],
                )
            )
    return tuple(rules)


def used_metrics() -> set[str]:
    """Return the names of the metrics in the expressions of all rules, the recorded ones too."""
    names: set[str] = set()
    for _, rule in documents():
        names.update(METRIC.findall(rule["expr"]))
    return names


def seconds_of(duration: str) -> int:
    """Return the seconds of a duration such as `5m`."""
    return int(duration[:-1]) * UNITS[duration[-1]]

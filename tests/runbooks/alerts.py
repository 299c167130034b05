"""Find out which alerts of the shipped rule files fire on real scrapes of `/metrics`.

The scrapes become the input series of a unit test of promtool. Before the first scrape its values
have lasted for 20 minutes, longer than any window, so that what it shows is not new. Each value
lasts until the next scrape of its process, and the last one until an alert that is pending has
become firing. So a counter needs a scrape before the fault and one after it.

    before = scrape(...), after = scrape(...)
    assert "DeadTasks" in firing([before, after])
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml
from attrs import frozen
from prometheus_client.parser import text_string_to_metric_families
from tests.promtool import promtool
from tests.runbooks.rules import alert_rules, rule_files, used_metrics

STEP_SECONDS: Final = 60
HISTORY_SECONDS: Final = 1_200
HISTORY_STEPS: Final = HISTORY_SECONDS // STEP_SECONDS
JOB: Final = "indelible"
UP: Final = "up"
FAILED: Final = re.compile(r"alertname: ?(\w+), time:")
PROBLEM: Final = re.compile(r"(?i)\berror\b|parse|invalid")
Key = tuple[str, tuple[tuple[str, str], ...]]  # a series: its name and its labels


@frozen(kw_only=True)
class Scrape:
    """The text of `/metrics` of a process at a time, None if the process did not answer."""

    at: datetime
    process: str
    text: str | None


def firing(scrapes: Iterable[Scrape], *, later: timedelta = timedelta()) -> frozenset[str]:
    """Return the names of the alerts that fire after the last scrape.

    Each alert is looked at when its `for:` has passed since the last scrape. `later` adds a time
    in which nothing changes: an alert about a counter ends when its window has passed.
    """
    ordered = sorted(scrapes, key=lambda scrape: scrape.at)
    assert ordered, "no scrape is given"
    steps = _steps([scrape.at for scrape in ordered])
    end = max(steps.values())
    rules = alert_rules()
    tests: list[dict[str, Any]] = []
    for rule in rules:
        seconds = end * STEP_SECONDS + rule.for_seconds + int(later.total_seconds())
        # promtool reports each alert that fires, because none is expected.
        tests.append({"alertname": rule.name, "eval_time": f"{seconds}s", "exp_alerts": []})

    longest_seconds = max(rule.for_seconds for rule in rules) + later.total_seconds()
    last_step = end + int(longest_seconds // STEP_SECONDS) + 1
    return _reported(_series(ordered, steps, last_step), tests)


def _steps(times: Sequence[datetime]) -> dict[datetime, int]:
    """Return the step of each time after the history; different times differ."""
    steps: dict[datetime, int] = {}
    for at in times:
        if at in steps:
            continue
        step = HISTORY_STEPS + round((at - times[0]).total_seconds() / STEP_SECONDS)
        steps[at] = max(step, max(steps.values(), default=step - 1) + 1)
    return steps


def _series(
    scrapes: Sequence[Scrape], steps: Mapping[datetime, int], last_step: int
) -> list[dict[str, str]]:
    """Return the input series: of each process, what the rules use of its scrapes."""
    result: list[dict[str, str]] = []
    for process in dict.fromkeys(scrape.process for scrape in scrapes):
        # Of scrapes at one time the last one counts.
        own = list({one.at: one for one in scrapes if one.process == process}.values())
        starts = [steps[scrape.at] for scrape in own]
        # The values of the first scrape have lasted since step 0, those of the last one go on.
        bounds = [*starts[1:], last_step + 1]
        lengths = [bounds[0], *(b - a for a, b in zip(starts[1:], bounds[1:], strict=True))]
        samples = [_samples(scrape) for scrape in own]
        for key in dict.fromkeys(key for one in samples for key in one):
            values = _values([one.get(key) for one in samples], lengths)
            result.append({"series": _series_text(key, process), "values": values})
    return result


def _samples(scrape: Scrape) -> dict[Key, float]:
    """Return the samples of a scrape that the rules use, with Prometheus's own one, `up`."""
    samples: dict[Key, float] = {(UP, ()): float(scrape.text is not None)}
    names = used_metrics()
    for family in text_string_to_metric_families(scrape.text or ""):
        for sample in family.samples:
            if sample.name in names:
                samples[sample.name, tuple(sorted(sample.labels.items()))] = sample.value
    return samples


def _values(values: Sequence[float | None], lengths: Sequence[int]) -> str:
    """Return the values in the notation of promtool, each for a number of steps."""
    parts: list[str] = []
    was_present = False
    for value, length in zip(values, lengths, strict=True):
        if value is not None and value == value:  # noqa: PLR0124 - a NaN differs from itself
            parts.append(f"{Decimal(repr(value)):f}+0x{length - 1}")
            was_present = True
            continue

        # Prometheus marks a series that is no longer exported; otherwise it would last 5 minutes.
        missing = length - int(was_present)
        parts += ["stale"] if was_present else []
        parts += [f"_x{missing}"] if missing else []
        was_present = False
    return " ".join(parts)


def _series_text(key: Key, process: str) -> str:
    name, labels = key
    pairs = (*labels, ("instance", process), ("job", JOB))
    text = ",".join(f"{label}={json.dumps(value)}" for label, value in pairs)
    return f"{name}{{{text}}}"


def _reported(series: list[dict[str, str]], tests: list[dict[str, Any]]) -> frozenset[str]:
    """Return the alerts that promtool reports as firing; none is expected."""
    document = {
        "rule_files": [str(file) for file in rule_files()],
        "evaluation_interval": f"{STEP_SECONDS}s",
        "tests": [
            {
                "interval": f"{STEP_SECONDS}s",
                "input_series": series,
                "alert_rule_test": tests,
            }
        ],
    }
    with TemporaryDirectory() as folder:
        file = Path(folder, "scrapes.yml")
        file.write_text(yaml.safe_dump(document), "utf-8")
        result = promtool("test", "rules", file)

    names = frozenset(FAILED.findall(result.stdout))
    known = {test["alertname"] for test in tests}
    # Another failure than an alert that fires, such as a series that promtool cannot read.
    if bool(names) != bool(result.returncode) or not names <= known:
        raise AssertionError(result.stdout)
    return names

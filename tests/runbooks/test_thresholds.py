"""Each alert fires at its threshold, not before, and ends after the fault: promtool decides."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tests.promtool import promtool
from tests.runbooks.cases import CASES, Case, Kind, Series
from tests.runbooks.rules import AlertRule, alert_rules, rule_files

RULES: Final = {rule.name: rule for rule in alert_rules()}
START: Final = 100.0  # of each counter


class Timeline:
    """The steps of a case: all is well, the fault begins, and it is over."""

    def __init__(self, case: Case, rule: AlertRule) -> None:
        step = case.step_seconds
        self.window = case.window_seconds // step
        self.hold = rule.for_seconds // step
        # Any window has passed before the first look, and again after what is no fault yet.
        self.well = 2 * self.window + 8
        self.ill = max(self.window, self.hold) + self.hold + 2
        self.end = self.well + self.ill + 2 * self.window + 2

    def values(self, series: Series) -> str:
        """Return the values of a series in the notation of promtool."""
        if series.kind is Kind.LEVEL:
            parts = [(series.well, self.well), (series.ill, self.ill)]
            parts.append((series.well, self.end - self.well - self.ill))
            return " ".join(_level(value, length) for value, length in parts)

        well, ill = series.well or 0.0, series.ill or 0.0
        if series.kind is Kind.FLOW:
            middle = START + well * self.well
            last = middle + ill * self.ill
            rest = self.end - self.well - self.ill
            return (
                f"{START:f}+{well:f}x{self.well - 1} {middle:f}+{ill:f}x{self.ill - 1}"
                f" {last:f}+{well:f}x{rest}"
            )

        # What stays below the threshold happens once, so early that its window passes.
        before = self.well - self.window - 4
        return (
            f"{START:f}+0x{before - 1} {START + well:f}+0x{self.well - before - 1}"
            f" {START + well + ill:f}+0x{self.end - self.well}"
        )

    def expected(self, case: Case) -> dict[int, bool]:
        """Return whether the alert fires, by the step."""
        kinds = {series.kind for series in case.series if series.well != series.ill}
        if kinds == {Kind.JUMP}:
            below = self.well - self.window - 4
            over = self.well + self.window + 1
            looks = {below: False, below + 1: False, self.well - 1: False}
            begin = self.well
        elif kinds == {Kind.FLOW}:
            over = self.well + self.ill + 2 * self.window
            looks = {self.well - 1: False}
            begin = self.well + self.window
        else:
            over = self.well + self.ill
            looks = {self.well - 1: False}
            begin = self.well
        if self.hold and kinds != {Kind.FLOW}:
            looks[begin + self.hold - 1] = False
        looks[begin + self.hold] = True
        looks[over] = False
        return looks


def _level(value: float | None, length: int) -> str:
    if value is None:
        return f"stale _x{length - 1}"
    return f"{value:f}+0x{length - 1}"


def group_of(case: Case) -> dict[str, Any]:
    """Return the test of a case, as promtool reads it."""
    timeline = Timeline(case, RULES[case.alert])
    alerts = f'ALERTS{{alertname="{case.alert}",alertstate="firing"}}'
    looks: list[dict[str, Any]] = []
    for step, is_firing in timeline.expected(case).items():
        look = {
            "expr": f"count({alerts}) > bool 0 or vector(0)",
            "eval_time": f"{step * case.step_seconds}s",
            "exp_samples": [{"labels": "{}", "value": int(is_firing)}],
        }
        looks.append(look)
    series = [{"series": one.text, "values": timeline.values(one)} for one in case.series]
    return {
        "name": case.alert,
        "interval": f"{case.step_seconds}s",
        "input_series": series,
        "promql_expr_test": looks,
    }


def result_of(cases: Iterable[Case], folder: Path, files: Iterable[Path]) -> tuple[int, str]:
    """Run the cases, which have the same step, and return the exit status and the output."""
    groups = [group_of(case) for case in cases]
    document = {
        "rule_files": [str(file) for file in files],
        "evaluation_interval": groups[0]["interval"],
        "tests": groups,
    }
    file = folder / "cases.yml"
    file.write_text(yaml.safe_dump(document), "utf-8")
    result = promtool("test", "rules", file)
    return result.returncode, result.stdout


def test_every_alert_has_a_case() -> None:
    assert {case.alert for case in CASES} == set(RULES)


@pytest.mark.dose
@pytest.mark.parametrize("context", sorted({rule.context for rule in RULES.values()}))
def test_alerts_fire_at_their_threshold_and_end_after_the_fault(
    tmp_path: Path, context: str
) -> None:
    files = [file for file in rule_files() if file.stem == context]
    of_context = [case for case in CASES if RULES[case.alert].context == context]

    for step in {case.step_seconds for case in of_context}:
        cases = [case for case in of_context if case.step_seconds == step]
        status, output = result_of(cases, tmp_path, files)
        assert status == 0, output


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("> 3600", "> 3601"), ("> 3600", ">= 3600"), ("for: 1m", "for: 2m"), ("for: 1m", "for: 30s")],
)
def test_a_rule_with_another_threshold_or_time_is_noticed(
    tmp_path: Path, right: str, wrong: str
) -> None:
    (file,) = (file for file in rule_files() if file.stem == "contests")
    head, alert, tail = file.read_text("utf-8").partition("- alert: IngestionStopped")
    changed = tmp_path / "contests.yml"
    changed.write_text(head + alert + tail.replace(right, wrong, 1), "utf-8")
    case = next(case for case in CASES if case.alert == "IngestionStopped")

    assert result_of([case], tmp_path, [file])[0] == 0
    assert result_of([case], tmp_path, [changed])[0] != 0

"""The summary of several absences: autonomy, times to recover, and executions of runbooks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from indelible_service.simulation.absence.episodes import joined_figures

if TYPE_CHECKING:
    from indelible_service.simulation.many import SeedResult

MIN_MINUTES_SECONDS: Final = 300
Report = Mapping[str, Any]


def report_document(results: "Sequence[SeedResult]") -> dict[str, Any]:
    """Return the reports of the seeds and their summary as a JSON object."""
    seeds: list[dict[str, Any]] = []
    for result in results:
        seeds.append(
            {
                "seed": result.seed,
                "changes_digest": result.changes_digest,
                "trace_digest": result.trace_digest,
                "violation": result.violation or None,
                **(result.absence or {}),
            }
        )
    reports = [result.absence for result in results if result.absence is not None]
    return {"summary": summary(reports), "seeds": seeds}


def summary(reports: Sequence[Report]) -> dict[str, Any]:
    """Return the figures of several reports as those of one."""
    executions: Counter[str] = Counter()
    for report in reports:
        executions.update(report["runbooks"])
    return {
        "autonomy": {
            name: _middle([report["autonomy"][name] for report in reports])
            for name in ("contests_percent", "transfers_percent")
        },
        "recovery": joined_figures(report["recovery"] for report in reports),
        "runbooks": dict(sorted(executions.items())),
    }


def _middle(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def summary_lines(reports: Sequence[Report]) -> list[str]:
    """Return the summary in lines for persons."""
    if not reports:
        return []
    figures = summary(reports)
    autonomy = figures["autonomy"]
    contests, transfers = autonomy["contests_percent"], autonomy["transfers_percent"]
    lines = [f"Without an operator: {contests} % of contests, {transfers} % of transfers (median)."]
    for name, number in figures["runbooks"].items():
        lines.append(f"runbook {name}: executed {number} times")
    return [*lines, *recovery_lines(figures["recovery"])]


def recovery_lines(figures: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the times to recover in lines for persons."""
    lines: list[str] = []
    for name, figure in figures.items():
        lines.append(
            f"time to recover, {name}: {figure['count']} times,"
            f" median {_time(figure['median_seconds'])}, worst {_time(figure['worst_seconds'])}"
        )
    return lines


def _time(seconds: int) -> str:
    """Return a duration in hours and minutes, a short one in seconds."""
    if seconds < MIN_MINUTES_SECONDS:
        return f"{seconds} s"
    hours, rest = divmod(seconds, 3_600)
    return f"{hours}:{rest // 60:02} h"

"""The summary of several absences: autonomy, times to recover, and executions of runbooks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from indelible_service.simulation.absence.episodes import RECOVERY_KINDS, joined_figures

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
    for_all: Counter[str] = Counter()
    for report in reports:
        executions.update(report["runbooks"])
        for_all.update(report["commands_for_all"])
    return {
        "autonomy": {
            name: _middle([report["autonomy"][name] for report in reports])
            for name in ("contests_percent", "transfers_percent")
        },
        "commands_for_all": dict(sorted(for_all.items())),
        "recovery": {
            kind: joined_figures(report["recovery"][kind] for report in reports)
            for kind in RECOVERY_KINDS
        },
        "never_seen": sum(len(report["never_seen"]) for report in reports),
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
    for name, number in figures["commands_for_all"].items():
        lines.append(f"{name}: sent {number} times, for all contests and transfers")
    for name, number in figures["runbooks"].items():
        lines.append(f"runbook {name}: executed {number} times")
    if figures["never_seen"]:
        lines.append(f"{figures['never_seen']} planned faults were never seen.")
    return [*lines, *recovery_lines(figures["recovery"])]


def recovery_lines(recovery: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> list[str]:
    """Return the times to recover in lines for persons, by how they are taken."""
    lines: list[str] = []
    for kind, figures in recovery.items():
        for name, figure in figures.items():
            lines.append(
                f"time to recover {RECOVERY_KINDS[kind]}, {name}: {figure['count']} times,"
                f" median {_time(figure['median_seconds'])}, worst {_time(figure['worst_seconds'])}"
            )
    return lines


def _time(seconds: int) -> str:
    """Return a duration in hours and minutes, a short one in seconds."""
    if seconds < MIN_MINUTES_SECONDS:
        return f"{seconds} s"
    hours, rest = divmod(seconds, 3_600)
    return f"{hours}:{rest // 60:02} h"

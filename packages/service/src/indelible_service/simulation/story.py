"""Tell the story of a failing simulation in at most 20 lines."""

from typing import Final

from indelible_service.simulation.plan import Plan, PlannedRestore, PlannedUpgrade
from indelible_service.simulation.running import SimulationReport
from indelible_service.simulation.world import time_text

MAX_LINES: Final = 20
MAX_FAULTS: Final = 6
MAX_ENTRIES: Final = 4
MAX_HOST_STEPS: Final = 3
MAX_JOBS: Final = 2


def story_of(report: SimulationReport) -> list[str]:
    """Return the failure, the plan and the last steps before the failure."""
    plan = report.plan
    lines = [f"Seed {plan.seed}, {report.database}: {report.violation}", _summary(plan)]
    for fault in plan.faults[:MAX_FAULTS]:
        lines.append(f"{time_text(fault.at)} {fault.text()}")
    operations: list[PlannedRestore | PlannedUpgrade] = [*plan.restores, *plan.upgrades]
    for operation in operations:
        lines.append(f"{time_text(operation.at)} {operation.text()}")
    for entry in plan.entries[:MAX_ENTRIES]:
        lines.append(f"{time_text(entry.at)} {entry.user} enters {entry.contest}: {entry.fate}")
    for step in plan.host_steps[:MAX_HOST_STEPS]:
        lines.append(f"{time_text(step.at)} {step.text()}")
    for job in plan.jobs[:MAX_JOBS]:
        lines.append(f"{time_text(job.at)} {job.name} is created: {', '.join(job.parts)}")
    for blocks in plan.chain[:MAX_JOBS]:
        lines.append(f"{time_text(blocks.at)} {blocks.text()}")
    left = MAX_LINES - len(lines) - 1
    lines.append("The last steps:")
    lines.extend(report.trace[-left:])
    return lines[:MAX_LINES]


def _summary(plan: Plan) -> str:
    return (
        f"Plan: {plan.days} days, {len(plan.contests)} contests, {len(plan.entries)} entries,"
        f" {len(plan.jobs)} jobs, {len(plan.faults)} faults, {len(plan.host_steps)} steps of hosts."
    )

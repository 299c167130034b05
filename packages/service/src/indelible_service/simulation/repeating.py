"""Run a plan again, and compare: the same plan must be the same story."""

import os
from typing import Final

from indelible_service.independent_work import HASH_SEED, new_processes
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.plan import Plan
from indelible_service.simulation.running import SimulationReport, run_plan

# The processes of many seeds have the first one, and those that repeat a seed the second one.
HASH_SEEDS: Final = (0, 1)
END: Final = "the end"


def run_again(plan: Plan, database: DatabaseKind) -> SimulationReport:
    """Run a plan in a new process, whose hash seed is not that of this process."""
    own, other = (str(hash_seed) for hash_seed in HASH_SEEDS)
    hash_seed = own if os.environ.get(HASH_SEED) == other else other
    with new_processes(1, int(hash_seed)) as executor:
        return executor.submit(run_plan, plan, database).result()


def difference(first: SimulationReport, second: SimulationReport) -> str | None:
    """Return where two runs of a plan begin to differ, None if they are the same."""
    if first.trace != second.trace:
        return _first_step(first.trace, second.trace)
    if first.changes_digest != second.changes_digest:
        digests = f"{first.changes_digest} and {second.changes_digest}"
        return f"the steps are the same, and the committed changes are {digests}"
    if first.violation != second.violation:
        return f"it ends with {first.violation}, and then with {second.violation}"
    return None


def _first_step(first: list[str], second: list[str]) -> str:
    """Return the first step that differs."""
    number = 0
    while first[number : number + 1] == second[number : number + 1]:
        number += 1
    one = first[number] if number < len(first) else END
    other = second[number] if number < len(second) else END
    return f"step {number + 1} is `{one}`, and then `{other}`"

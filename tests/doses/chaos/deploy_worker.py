"""A worker of the installed release, as a process; its arguments are those of `worker_process`.

Beside the common stages each release has a stage of its own, which the other one does not know. A
task of such a stage enqueues one of the other release's, so each finishes what the other enqueued.
"""

import sys
from collections.abc import Sequence
from typing import Any, Final

from attrs import evolve
from tests.doses.chaos.worker_process import (
    COUNT,
    AnyStage,
    build_stages,
    count_slowly,
    insert_units,
    run,
)

from indelible.kernel.stages import Stage
from indelible_sql.schema.migrate import newest

RELAYED: Final = "relayed"
INSERT_NOTE: Final = "INSERT INTO indelible.release_notes (id, note) VALUES (%s, 'finished')"


def stage_of(revision: str) -> str:
    """Return the stage that only the release of a revision has."""
    return f"only-{revision}"


def build_all_stages(outside: str, lease_seconds: int) -> dict[str, AnyStage]:
    """Return the common stages, and the one that only this release has."""
    stages = build_stages(outside, lease_seconds)
    name = stage_of(newest()[0])
    own: Stage[Any, Any, Any] = Stage(
        name=name,
        batch=10,
        acts_outside=False,
        lifecycle=None,
        perform=count_slowly,
        finish=finish_own,
    )
    stages[name] = evolve(own, lease_seconds=lease_seconds, max_attempts=stages[COUNT].max_attempts)
    return stages


def finish_own(tx: Any, results: Sequence[tuple[str, str]]) -> None:  # noqa: ANN401 - any transaction
    """Write what shows that a unit was finished, and enqueue one for the other release."""
    revision = newest()[0]
    insert_units(tx, stage_of(revision), [unit for unit, _ in results])
    for unit, _ in results:
        if unit.startswith(RELAYED):
            continue

        # A unit begins with the revision of the other release.
        tx.tasks.enqueue(stage_of(unit.partition("-")[0]), {f"{RELAYED}-{unit}": tx.clock.now()})
        if unit.partition("-")[0] < revision:
            tx.connection.exec_driver_sql(INSERT_NOTE, (unit,))


if __name__ == "__main__":
    run(sys.argv[1:], build_all_stages)

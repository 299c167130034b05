"""A worker process that kills itself at a failpoint of its stage."""

import os
import signal
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from attrs import frozen
from tests.workers.bakery import COMPLETED, WORKER, TaskStore, get_task

from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Postpone, RetryLater, Stage, TasksWrite
from indelible.kernel.task_errors import TaskNotFound
from indelible.kernel.tasks import Leases
from indelible_sql import open_store
from indelible_workers import Worker, process_batch
from indelible_workers.processing.failpoints import StageFailpoint

BRIEF_SECONDS: Final = 0.05
RELEASING: Final = (StageFailpoint.BEFORE_RELEASE, StageFailpoint.AFTER_RELEASE)


@frozen
class Journal:
    """A file outside of the database, into which each step of a task is written."""

    path: Path

    def add(self, step: str, name: str) -> None:
        """Write that a task has reached a step."""
        with self.path.open("a") as out:
            out.write(f"{step} {name}\n")

    def count(self, step: str, name: str) -> int:
        """Return how often a task has reached a step."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return lines.count(f"{step} {name}")


@frozen
class JournaledStage:
    """A stage whose tasks write into the journal; some fail or are postponed the first time."""

    journal: Journal

    def stage(self, batch: int) -> Stage[TasksWrite, str, str]:
        return Stage(
            name="bake",
            batch=batch,
            acts_outside=batch == 1,
            lifecycle=None,
            claim=self.claim,
            perform=self.perform,
            finish=self.finish,
            lease_seconds=1,
        )

    def claim(self, _: TasksWrite, leases: Leases) -> Sequence[str]:
        return [lease.entity_id for lease in leases]

    def perform(self, name: str, _: LeaseHandle) -> str:
        self.journal.add("performed", name)
        is_first = self.journal.count("performed", name) == 1
        if is_first and name.startswith("postpone-"):
            raise Postpone(BRIEF_SECONDS, "the oven is occupied")
        if is_first and name.startswith("retry-"):
            raise RetryLater("the oven is cold", BRIEF_SECONDS)

        return name

    def finish(self, tx: TasksWrite, outcomes: Sequence[tuple[str, str]]) -> None:
        """Enqueue a task for each that is finished, and note one that was finished before."""
        for name, _ in outcomes:
            try:
                tx.tasks.get(COMPLETED, name)
            except TaskNotFound:
                tx.tasks.enqueue(COMPLETED, {name: tx.clock.now()})
            else:
                self.journal.add("finished again", name)


def die_at(wanted: StageFailpoint, reached: StageFailpoint) -> None:
    """Kill this process at the failpoint, as the kernel or an operator would."""
    if reached is wanted:
        os.kill(os.getpid(), signal.SIGKILL)


def stop_after_perform(worker: Worker, reached: StageFailpoint) -> None:
    """Stop the worker after its first task, so that it releases the others."""
    if reached is StageFailpoint.AFTER_PERFORM:
        worker.stop()


def work_and_die(url: str, point_name: str, batch: int, path: Path) -> None:
    """Process tasks until the failpoint is reached, which ends the process."""
    store = open_store(url)
    wanted = StageFailpoint[point_name]
    worker = Worker(store=store, actor=WORKER, at_failpoint=partial(die_at, wanted))
    if wanted in RELEASING:

        def stop_and_die(reached: StageFailpoint) -> None:
            stop_after_perform(worker, reached)
            die_at(wanted, reached)

        worker.at_failpoint = stop_and_die

    with worker.heartbeat():
        process_until_empty(store, worker, JournaledStage(Journal(path)).stage(batch))


def process_until_empty(
    store: TaskStore, worker: Worker, stage: Stage[TasksWrite, str, str]
) -> None:
    """Process batches while there are any."""
    while process_batch(store, stage, actor=WORKER, worker=worker):
        pass


def is_done(store: TaskStore, name: str) -> bool:
    """Return True once the task is completed."""
    return get_task(store, name).is_completed

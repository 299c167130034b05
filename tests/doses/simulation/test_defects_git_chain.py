"""Defects of jobs that are planted into the program: a simulation finds each by its invariant."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve

from indelible.kernel import Head
from indelible.projects.commands import StartJob
from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.values import NO_OUTPUT
from indelible.projects.handlers.jobs import lock_with_project
from indelible.projects.handlers.saving import save_job
from indelible.projects.repositories import ProjectsWrite
from indelible.projects.tasks import process_job
from indelible.projects.tasks.janitor import Janitor
from indelible.projects.tasks.process_job import ProcessJob
from indelible.projects.tasks.pushing import Pushing
from indelible.projects.tasks.runs import JobRun
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.nemesis import Nemesis
from indelible_service.simulation.plan import HOUR, MINUTE, FaultKind, Plan, PlannedFault, Profile
from indelible_service.simulation.planning import make_plan
from indelible_service.simulation.running import run_plan

SILENCE: Final = PlannedFault(kind=FaultKind.GIT_SILENCE, at=MINUTE, seconds=23 * HOUR, rate=0.5)
OUTAGE: Final = PlannedFault(kind=FaultKind.GIT_OUTAGE, at=3 * HOUR, seconds=20 * MINUTE, rate=1.0)
JOBS: Final = 4
Faults = tuple[PlannedFault, ...]
Plant = Callable[[pytest.MonkeyPatch], None]


def do_nothing(*_: object) -> None:
    """Take the place of a method that is left out."""


def plant_blind_search(patch: pytest.MonkeyPatch) -> None:
    """Let no attempt find the commit that an earlier one has pushed."""

    def find_nothing(_: Pushing, run: JobRun, checkout: Any) -> bool:  # noqa: ANN401 - a port
        run.searched_tip = checkout.tip
        return False

    patch.setattr(Pushing, "_find", find_nothing)


def plant_second_run(patch: pytest.MonkeyPatch) -> None:
    """Let a running job forbid no other job of its project to run, and drop the guards of it."""
    begin = Nemesis.begin

    def begin_with_defect(self: Nemesis) -> None:
        begin(self)
        file = Path(self.around.database.url.removeprefix("sqlite:///"))

        def drop_guards() -> str:
            with closing(sqlite3.connect(file, isolation_level=None)) as connection:
                connection.execute("DROP INDEX jobs_one_running")
                for event in ("insert", "update"):
                    connection.execute(f"DROP TRIGGER jobs_one_running_on_{event}")
            return "done"

        # Everybody has compared the schema by then: at the first connection another one is refused.
        self.world.at(2 * HOUR, "defect", "drop guards", drop_guards)

    def start_beside(tx: ProjectsWrite, command: StartJob) -> Head[Job]:
        head = lock_with_project(tx, command.job_id)[1]
        job = head.entity.started(now=tx.clock.now())
        return save_job(tx, head, job, "start", NO_OUTPUT)

    patch.setattr(Nemesis, "begin", begin_with_defect)
    patch.setattr(process_job, "start_job", start_beside)


def plant_lost_latest_job(patch: pytest.MonkeyPatch) -> None:
    """Let a project name the first job that has succeeded for ever."""

    def is_first_success(self: Project, _: int) -> bool:
        return self.latest_successful_job_id is None

    patch.setattr(Project, "is_newer_success", is_first_success)


def plant_left_workspaces(patch: pytest.MonkeyPatch) -> None:
    """Let nobody delete a workspace."""
    patch.setattr(ProcessJob, "_clean_up", do_nothing)
    patch.setattr(Janitor, "_remove", do_nothing)


def plant_endless_retry(patch: pytest.MonkeyPatch) -> None:
    """Let a job whose task is dead go on for ever."""
    patch.setattr(ProcessJob, "on_dead", do_nothing)


# The number of jobs comes last: while a job runs for ever, others look every two seconds.
DEFECTS: Final[dict[str, tuple[Plant, str, Faults, int]]] = {
    "a blind search": (plant_blind_search, "one-commit", (SILENCE,), JOBS),
    "a second run": (plant_second_run, "one-running-job", (OUTAGE,), JOBS),
    "a lost latest job": (plant_lost_latest_job, "latest-job", (), JOBS),
    "left workspaces": (plant_left_workspaces, "workspaces-end", (), 1),
    "an endless retry": (plant_endless_retry, "all-jobs-ended", (OUTAGE,), 1),
}


def day_of_jobs(*faults: PlannedFault, number: int = JOBS) -> Plan:
    """Return a plan of one day with jobs and no contests."""
    plan = make_plan(1, 1, Profile.GIT)
    jobs = tuple(evolve(job, cancel_after_seconds=None, at=3 * HOUR) for job in plan.jobs[:number])
    return evolve(plan, contests=(), tournaments=(), entries=(), jobs=jobs, faults=faults)


@pytest.mark.parametrize("faults", [(), (SILENCE,), (OUTAGE,)])
def test_without_a_defect_no_invariant_is_broken(faults: Faults) -> None:
    report = run_plan(day_of_jobs(*faults), DatabaseKind.SQLITE)

    assert report.violation is None
    assert report.edges["job.complete"] > 0


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_breaks_its_invariant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, invariant, faults, number = DEFECTS[name]
    plant(monkeypatch)

    violation = run_plan(day_of_jobs(*faults, number=number), DatabaseKind.SQLITE).violation

    assert violation is not None
    assert violation.invariant == invariant, str(violation)

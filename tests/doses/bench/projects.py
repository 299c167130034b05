"""Measure how many jobs one worker processes in a minute, and what each phase takes."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

from attrs import define, evolve, field
from tests.conftest import folder
from tests.doses.bench.rounds import MILLISECONDS, Dose, Measured, Table, seconds_of
from tests.doses.chaos.testbed import Testbed
from tests.project_jobs import AheadClock, JobSetup

from indelible.projects import Project
from indelible.projects.entities.values import Phase
from indelible.projects.rules.generation import generate_files
from indelible.projects.tasks.observers import SilentObserver
from indelible_sql import SqlStore, open_store

WHOLE_JOB: Final = "a whole job"
BASELINE: Final = "SQLite"
SECONDS_PER_MINUTE: Final = 60
MAX_ROUNDS: Final = 5
MAX_JOBS: Final = 20  # in a round
DESCRIPTION: Final = (
    "One worker processes one job after the other: four nodes, 27 files of the shipped templates,"
    " and a bare repository on the same disk that grows by one commit with each job. The phases"
    " leave out the claim, the completion of the task, and what the worker does between them."
)


@define
class PhaseSeconds(SilentObserver):
    """Adds up the seconds of each phase."""

    seconds: dict[Phase, float] = field(factory=lambda: dict.fromkeys(Phase, 0.0))

    def phase_ended(self, phase: Phase, seconds: float) -> None:
        """Add the seconds of a phase."""
        self.seconds[phase] += seconds


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure both databases."""
    fewer = evolve(dose, rounds=min(dose.rounds, MAX_ROUNDS), times=min(dose.times, MAX_JOBS))
    phases: list[Measured] = []
    rates: list[Measured] = []
    for database, url in (("PostgreSQL", bed.postgresql().url), (BASELINE, bed.sqlite())):
        store = open_store(url)
        with folder() as directory:
            rows = measure(store, directory, fewer, database)
        store.dispose()
        phases += rows
        milliseconds = rows[0].values
        per_minute = tuple(SECONDS_PER_MINUTE * MILLISECONDS / value for value in milliseconds)
        rates.append(Measured(name=database, unit="jobs/min", values=per_minute))

    yield Table(
        name="jobs",
        title="A job of a project, and its phases",
        description=DESCRIPTION,
        rows=tuple(phases),
        baseline=WHOLE_JOB,
    )
    yield Table(
        name="jobs-per-minute",
        title="Jobs that one worker processes in a minute",
        description="The same jobs, as a rate of one worker in one process.",
        rows=tuple(rates),
        baseline=BASELINE,
    )


def measure(store: SqlStore, directory: Path, dose: Dose, database: str) -> tuple[Measured, ...]:
    """Measure the milliseconds of a whole job and of its phases, by round."""
    setup = JobSetup(store=store, folder=directory, clock=AheadClock())
    project = setup.project()
    numbers = count()
    rows: dict[str, list[float]] = {name: [] for name in (WHOLE_JOB, *Phase)}
    for number in range(dose.rounds + 1):
        observer = PhaseSeconds()
        whole = _process(setup, project, observer, numbers, dose.times)
        if not number:  # the first round fills caches
            continue
        rows[WHOLE_JOB].append(whole / dose.times * MILLISECONDS)
        for phase, seconds in observer.seconds.items():
            rows[phase].append(seconds / dose.times * MILLISECONDS)

    measured: list[Measured] = []
    for name, values in rows.items():
        measured.append(Measured(name=str(name), group=database, unit="ms", values=tuple(values)))
    return tuple(measured)


def _process(
    setup: JobSetup, project: Project, observer: PhaseSeconds, numbers: Iterator[int], times: int
) -> float:
    """Process new jobs, and return the seconds that all of them took.

    Raises:
        AssertionError: A job was not pushed.
    """
    jobs = [setup.job(project, name=f"Fruit Shop {next(numbers)}") for _ in range(times)]
    seconds = seconds_of(lambda: setup.process(generate=generate_files, observer=observer))
    for job in jobs:
        result = setup.details(job).job.result
        assert result is not None
        assert result.commit is not None

    return seconds

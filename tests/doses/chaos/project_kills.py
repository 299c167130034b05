"""Kill the worker of a job at each failpoint or at a random moment, and let another one go on."""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from random import Random
from signal import SIGKILL
from typing import Final

from tests.doses.chaos.project_site import (
    ProjectReport,
    ProjectSite,
    check_end,
    finish_job,
    work_and_die,
)
from tests.forks import start_child

from indelible.projects.tasks.failpoints import JobFailpoint

MAX_WAIT_SECONDS: Final = 120
MAX_MOMENT_SECONDS: Final = 0.5  # a job of a few files takes less
NO_FAILPOINT: Final = ""


def kill_at(site: ProjectSite, failpoints: Iterable[JobFailpoint]) -> ProjectReport:
    """Kill a worker at each of the failpoints, in a job of its own."""
    report = ProjectReport()
    for failpoint in failpoints:
        _kill(site, report, failpoint.name, None)

    return report


def kill_at_random(site: ProjectSite, kills: int, chance: Random) -> ProjectReport:
    """Kill workers at failpoints and at moments that chance decides."""
    report = ProjectReport()
    for _ in range(kills):
        failpoint = chance.choice(list(JobFailpoint))
        if chance.random() < 0.5:
            _kill(site, report, failpoint.name, None)
        else:
            _kill(site, report, NO_FAILPOINT, chance.uniform(0, MAX_MOMENT_SECONDS))

    return report


def _kill(
    site: ProjectSite, report: ProjectReport, failpoint: str, moment_seconds: float | None
) -> None:
    """Kill the worker of a new job, finish the job, and check how it ended."""
    setup = site.setup
    project = setup.project(f"Fruit Shop {report.broken}")
    job = setup.job(project)
    child = start_child(work_and_die, site.address, failpoint)
    if moment_seconds is not None:
        time.sleep(moment_seconds)
        with suppress(ProcessLookupError):
            os.kill(child.pid or 0, SIGKILL)
    child.join(MAX_WAIT_SECONDS)
    report.broken += 1
    if moment_seconds is None and child.exitcode != -SIGKILL:
        report.problems.append(f"the worker was not killed at {failpoint}: {child.exitcode}")

    finish_job(setup, job)
    check_end(site, project, job, report)

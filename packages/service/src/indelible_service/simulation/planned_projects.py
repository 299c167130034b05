"""Plan projects and their jobs."""

from collections.abc import Iterator, Sequence
from typing import Final

from indelible_service.simulation.draws import Draws, Seed
from indelible_service.simulation.plan import (
    DAY,
    HOUR,
    MINUTE,
    PlannedJob,
    PlannedProject,
    Profile,
)

ACTOR: Final = "plan"
PROFILES: Final = (Profile.GIT, Profile.STORM)
BUILDERS: Final = 3
FIRST_PROJECT: Final = (10 * MINUTE, 2 * HOUR)
FIXED_PARTS: Final = ("shop", "api", "login", "orders")
MORE_PARTS: Final = ("stock", "mail", "files")
FIRST_JOB: Final = 5 * MINUTE  # after the project
LAST_JOB_OF_ONE_DAY: Final = 14 * HOUR
CALM: Final = 30 * HOUR  # at the end, in which the jobs before it end
UNCHANGED: Final = 0.2  # the share of jobs that want what the job before them wanted
AT_ONCE: Final = 0.3  # the share of jobs that are created while the one before them may run
CANCELED: Final = 0.15
MAX_CANCEL_SECONDS: Final = 90


def _numbers(days: int) -> tuple[int, int]:
    """Return the number of projects, and of the jobs of each."""
    if days == 1:
        return 1, 4
    return 2 + days // 5, 4 + days // 5


def planned_projects(seed: Seed, days: int, profile: Profile) -> Iterator[PlannedProject]:
    """Yield the projects of a profile that has any."""
    if profile not in PROFILES:
        return
    projects, _ = _numbers(days)
    for number in range(1, projects + 1):
        name = f"project-{number}"
        draws = seed.draws(ACTOR, name)
        yield PlannedProject(
            name=name,
            user=f"builder-{draws.whole(1, BUILDERS)}",
            at=draws.whole(*FIRST_PROJECT),
        )


def planned_jobs(seed: Seed, days: int, projects: Sequence[PlannedProject]) -> Iterator[PlannedJob]:
    """Yield the jobs of the projects, each of which builds on the one before it."""
    _, jobs = _numbers(days)
    last = max(LAST_JOB_OF_ONE_DAY, days * DAY - CALM)
    for project in projects:
        before: PlannedJob | None = None
        for number in range(1, jobs + 1):
            draws = seed.draws(ACTOR, f"{project.name} job {number}")
            before = _job(draws, project, number, before, last)
            yield before


def _job(
    draws: Draws, project: PlannedProject, number: int, before: PlannedJob | None, last: int
) -> PlannedJob:
    at = draws.whole(project.at + FIRST_JOB, last)
    if before is not None and draws.happens(AT_ONCE):
        at = before.at + draws.whole(0, MINUTE)
    more = draws.shuffled(MORE_PARTS)[: draws.whole(0, len(MORE_PARTS))]
    parts = (*FIXED_PARTS, *sorted(more))
    revision = number
    if before is not None and draws.happens(UNCHANGED):
        parts, revision = before.parts, before.revision
    cancel_after = draws.whole(0, MAX_CANCEL_SECONDS)

    return PlannedJob(
        name=f"{project.name}-job-{number}",
        project=project.name,
        at=at,
        parts=parts,
        revision=revision,
        cancel_after_seconds=cancel_after if draws.happens(CANCELED) else None,
    )

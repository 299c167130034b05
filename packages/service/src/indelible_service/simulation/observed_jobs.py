"""The jobs and repositories that a simulation has checked before."""

from pathlib import Path

from attrs import define, field


@define(eq=False)
class ObservedJobs:
    """The jobs that were seen, and the commits of the repositories as last read."""

    projects: dict[str, str] = field(factory=dict[str, str])  # by job
    running: dict[str, str] = field(factory=dict[str, str])  # by project: its running job
    succeeded: set[str] = field(factory=set[str])  # the jobs
    tips: dict[Path, str] = field(factory=dict[Path, str])
    commits: dict[Path, dict[str, list[str]]] = field(
        factory=dict[Path, dict[str, list[str]]]
    )  # by repository and job

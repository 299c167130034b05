"""Observers of jobs: what a host counts and measures; none of it decides anything."""

from enum import StrEnum
from typing import Protocol

from indelible.projects.entities.values import Phase
from indelible.projects.lifecycle import JobStatus


class PushOutcome(StrEnum):
    """The outcomes of the attempt to push the commit of a job."""

    PUSHED = "pushed"
    PUSHED_BEFORE = "pushed_before"  # by an earlier attempt; its commit is on the branch
    REJECTED = "rejected"  # another push came first; the commit is rebuilt on the new tip
    UNCHANGED = "unchanged"  # the repository has these files already
    SKIPPED = "skipped"  # no host is configured
    FAILED = "failed"  # the host did not take it, or its answer is unknown
    UNREACHABLE = "unreachable"  # the host did not answer before a push could be tried


class JobObserver(Protocol):
    """Receives what happens to jobs in this process."""

    def job_ended(self, outcome: JobStatus, phase: Phase) -> None:
        """Count a job by its terminal state and the phase in which it was decided."""
        ...

    def phase_ended(self, phase: Phase, seconds: float) -> None:
        """Measure a phase that ended without an error."""
        ...

    def workspace_created(self) -> None:
        """Count one more workspace that is in use."""
        ...

    def workspace_left(self) -> None:
        """Count one workspace less that is in use."""
        ...

    def cleanup_failed(self) -> None:
        """Count a workspace that could not be deleted."""
        ...

    def pushed(self, outcome: PushOutcome) -> None:
        """Count the outcome of a push."""
        ...

    def remaining_requests(self, number: int | None) -> None:
        """Show how many requests the host's rate limit leaves, None where it is not known."""
        ...


class SilentObserver:
    """Counts nothing."""

    def job_ended(self, outcome: JobStatus, phase: Phase) -> None:
        """Do nothing."""

    def phase_ended(self, phase: Phase, seconds: float) -> None:
        """Do nothing."""

    def workspace_created(self) -> None:
        """Do nothing."""

    def workspace_left(self) -> None:
        """Do nothing."""

    def cleanup_failed(self) -> None:
        """Do nothing."""

    def pushed(self, outcome: PushOutcome) -> None:
        """Do nothing."""

    def remaining_requests(self, number: int | None) -> None:
        """Do nothing."""

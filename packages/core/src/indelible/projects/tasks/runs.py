"""One attempt to process a job: what its phases hand on to each other."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from attrs import Factory, define, field, frozen

from indelible.kernel import Actor, Store
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.tasks import AttemptOutcome
from indelible.projects.entities.jobs import Job
from indelible.projects.entities.values import ArchitectureSpec, GeneratedFile, Phase, Repository
from indelible.projects.ports import Checkout, Workspace
from indelible.projects.repositories import ProjectsRead, ProjectsWrite
from indelible.projects.rules.plan import Plan
from indelible.projects.tasks.job_log import JobLog

RECORDS_OF_TWO: Final = 4  # Of two attempts: of each its start and its failure.

Generate = Callable[[ArchitectureSpec, Plan], Sequence[GeneratedFile]]
ProjectStore = Store[ProjectsRead, ProjectsWrite]
Command = TypeVar("Command")
R = TypeVar("R")


@frozen(kw_only=True)
class JobWork:
    """A job as the claim read it; one that has ended only needs its workspace deleted.

    `searched_tip` is a commit that cannot contain the job's commit, None if every commit may. A
    pending job has pushed nothing, or a restored database has forgotten its push: a push that is
    forgotten came after every commit that the database knows.
    """

    job: Job
    spec: ArchitectureSpec
    warnings: frozenset[str]  # of earlier attempts
    is_ended: bool = False
    searched_tip: str | None = None


@define(kw_only=True, eq=False)
class JobRun:
    """The state of one attempt; each phase fills in what the next ones need."""

    work: JobWork
    handle: LeaseHandle
    store: ProjectStore
    actor: Actor
    output: JobLog
    phase: Phase = field(default=Phase.RUNNING, init=False)
    workspace: Workspace | None = field(default=None, init=False)
    plan: Plan | None = field(default=None, init=False)
    files: tuple[GeneratedFile, ...] = field(default=(), init=False)
    repository: Repository | None = field(default=None, init=False)
    checkout: Checkout | None = field(default=None, init=False)
    # It does not contain the commit.
    searched_tip: str | None = field(
        default=Factory(lambda self: self.work.searched_tip, takes_self=True), init=False
    )
    commit: str | None = field(default=None, init=False)
    is_on_host: bool = field(default=False, init=False)  # the commit

    @property
    def job(self) -> Job:
        """Return the job as it was claimed."""
        return self.work.job

    def failure_before(self) -> str | None:
        """Return the reason of the attempt before this one, or None if it left no result."""
        lease = self.handle.lease
        attempts = self.store.read(
            lambda tx: tx.tasks.attempts_of(lease.stage, lease.entity_id, limit=RECORDS_OF_TWO)
        )
        for attempt in attempts:
            if attempt.fence == lease.fence - 1 and attempt.outcome is AttemptOutcome.FAILED:
                return attempt.reason

        return None

    def write(self, handler: Callable[[ProjectsWrite, Command], R], command: Command) -> R:
        """Run a handler in a transaction that no worker without this lease can commit.

        Raises: LeaseLost.
        """

        def guarded(tx: ProjectsWrite, guarded_command: Command) -> R:
            tx.tasks.require_lease(self.handle.lease)
            return handler(tx, guarded_command)

        reason = f"processing of job {self.job.number}"
        return self.store.run(guarded, command, actor=self.actor, reason=reason)

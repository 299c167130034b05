"""Claims and completions that are whole transactions: no other write goes with them."""

from datetime import timedelta
from typing import ClassVar

from attrs import field, frozen

from indelible.kernel.stages import LEASE_SECONDS, TasksWrite
from indelible.kernel.tasks import Lease, Leases
from indelible.kernel.transaction import single_update
from indelible.kernel.values import COUNT, IDENTIFIER, bounded_int, is_identifier


@frozen(kw_only=True)
class ClaimTasks:
    """Lease the free tasks of a stage that have been due longest, behind a lease where given."""

    command_name: ClassVar[str] = "claim_tasks"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    limit: int = field(validator=bounded_int, metadata=COUNT)
    lease_seconds: int = field(default=60, validator=bounded_int, metadata=LEASE_SECONDS)
    after: Lease | None = None


@frozen(kw_only=True)
class CompleteTasks:
    """Mark the tasks of leases as done, all of one stage."""

    command_name: ClassVar[str] = "complete_tasks"
    leases: Leases


@single_update
def claim_tasks(tx: TasksWrite, command: ClaimTasks) -> tuple[Lease, ...]:
    """Lease tasks and return the leases, in the order in which they were due."""
    until = tx.clock.now() + timedelta(seconds=command.lease_seconds)
    return tx.tasks.claim(command.stage, limit=command.limit, until=until, after=command.after)


@single_update
def complete_tasks(tx: TasksWrite, command: CompleteTasks) -> None:
    """Mark the tasks as done, except those that were enqueued during their lease.

    Raises:
        LeaseLost: One of the leases has ended; no task is marked.
    """
    tx.tasks.complete(command.leases)

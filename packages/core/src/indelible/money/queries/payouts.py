"""Queries on payouts, payees, the switch and reconciliations; none of them writes."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from attrs import field, frozen

from indelible.kernel import Head
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.task_errors import TaskNotFound
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.reconciliations import Discrepancy
from indelible.money.errors.gateway import PAYEE_REASONS, PROGRAM_REASONS, ParkReason
from indelible.money.lifecycle.payouts import OPEN_TRANSFER, TERMINAL_TRANSFER, TransferStatus
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.repositories.reads import payee_of, payments_switch, requester_of
from indelible.money.repositories.transactions import MoneyRead
from indelible.money.rules.ledger.payouts import settlement_of_key
from indelible.money.rules.payouts import (
    SEND_TRANSFER_STAGE,
    UNCLAIMED_AFTER,
    is_destination_approved,
    is_unclaimed,
    may_try_payee,
    needs_new_approval,
)

PAGE_SIZE = 50

E_co = TypeVar("E_co", bound=Aggregate, covariant=True)


class Page(Protocol[E_co]):
    """A list of heads in order of id, at most `MAX_ROWS_PER_PAGE` of them."""

    def __call__(self, *, after: str) -> tuple[Head[E_co], ...]:
        """Return the next heads after an id."""
        ...


@frozen(kw_only=True)
class JobProgress:
    """The progress of a payout job: the number of its transfers in each state."""

    job: PayoutJob
    states: Mapping[TransferStatus, int]

    @property
    def ended(self) -> int:
        """Return the number of transfers that have ended."""
        return sum(self.states.get(status, 0) for status in TERMINAL_TRANSFER)


@frozen(kw_only=True)
class FoundTransfer:
    """A transfer that a sweep moves; `job` is the settlement of a transfer without a job."""

    id: str
    job: str
    status: str
    amount_minor: int
    currency: str


@frozen(kw_only=True)
class SweepWork:
    """The work of a sweep: settlements without a job, jobs to complete, unclaimed transfers."""

    unplanned: tuple[str, ...]
    jobs: tuple[str, ...]
    unclaimed: tuple[FoundTransfer, ...]
    states: Mapping[TransferStatus, int]
    oldest_seconds: Mapping[TransferStatus, float]


@frozen(kw_only=True)
class OpenTransfers:
    """The transfers that could go on: by a task, or once there is money.

    `parked` counts those that wait, by their reason; None stands for an operator's.
    """

    to_wake: tuple[FoundTransfer, ...] = ()
    unfunded: tuple[FoundTransfer, ...] = field(default=())
    parked: Mapping[ParkReason | None, int] = field(factory=dict[ParkReason | None, int])


def stuck_transfers(
    tx: MoneyRead, now: datetime, *, minutes: int = 30, limit: int = PAGE_SIZE
) -> tuple[Head[Transfer], ...]:
    """Return transfers that have not ended and did not change for some minutes, oldest first."""
    return tx.money.transfers.stuck_since(now - timedelta(minutes=minutes), limit=limit)


def job_progress(tx: MoneyRead, job_id: str) -> JobProgress:
    """Return how far a payout job is, or raise PayoutJobNotFound."""
    job = tx.money.payout_jobs.get(job_id).entity
    return JobProgress(job=job, states=tx.money.transfers.count_of_job(job_id))


def list_discrepancies(
    tx: MoneyRead, reconciliation_id: str, *, after: int = 0, limit: int = PAGE_SIZE
) -> tuple[Discrepancy, ...]:
    """Return the next discrepancies of a reconciliation after a number, in order."""
    return tx.money.reconciliations.joins.discrepancies(reconciliation_id, after=after, limit=limit)


def find_sweep_work(tx: MoneyRead, now: datetime, *, limit: int) -> SweepWork:
    """Return the settlements to plan, the jobs to complete and the unclaimed transfers."""
    unplanned: list[str] = []
    for settlement in tx.money.movements.joins.unplanned_settlements(limit=limit):
        unplanned.append(settlement_of_key(settlement.entity.key))

    oldest_seconds: dict[TransferStatus, float] = {}
    for status in OPEN_TRANSFER:
        oldest = tx.money.transfers.find({"status": status}, order=("updated_at", "id"), limit=1)
        for head in oldest:
            oldest_seconds[status] = (now - head.entity.updated_at).total_seconds()
    return SweepWork(
        unplanned=tuple(unplanned),
        jobs=_finished_jobs(tx, limit),
        unclaimed=_unclaimed(tx, now, limit),
        states=tx.money.transfers.count_by_status(),
        oldest_seconds=oldest_seconds,
    )


def find_open_transfers(
    tx: MoneyRead, now: datetime, *, stuck_after: timedelta, limit: int
) -> OpenTransfers:
    """Return the transfers that could go on, and do not."""
    to_wake = _unsent_without_task(tx, now - stuck_after, limit)
    unfunded: list[FoundTransfer] = []
    parked: dict[ParkReason | None, int] = {}
    for head in _all_after(partial(tx.money.transfers.parked, limit=MAX_ROWS_PER_PAGE)):
        transfer = head.entity
        reason = _park_reason(transfer)
        parked[reason] = parked.get(reason, 0) + 1
        if reason is ParkReason.BALANCE_INSUFFICIENT:
            unfunded.append(_to_move(transfer))
        elif len(to_wake) < limit and _can_go_on(tx, transfer, now):
            to_wake.append(_to_move(transfer))
    return OpenTransfers(to_wake=tuple(to_wake), unfunded=tuple(unfunded), parked=parked)


def _park_reason(transfer: Transfer) -> ParkReason | None:
    """Return the program's reason for which a transfer waits, None for an operator's."""
    if transfer.failure_code in PROGRAM_REASONS:
        return ParkReason(transfer.failure_code)
    return None


def find_unapproved(tx: MoneyRead, *, limit: int) -> tuple[FoundTransfer, ...]:
    """Return the transfers that the program has planned and nobody has approved."""
    unapproved: list[FoundTransfer] = []
    for head in _all_after(partial(tx.money.transfers.unapproved, limit=MAX_ROWS_PER_PAGE)):
        if requester_of(tx, head) is None:
            unapproved.append(_to_move(head.entity))
        if len(unapproved) == limit:
            break
    return tuple(unapproved)


def _unsent_without_task(tx: MoneyRead, until: datetime, limit: int) -> list[FoundTransfer]:
    """Return the transfers that nothing will send, and that changed last before a time."""
    unsent: list[FoundTransfer] = []
    page = partial(tx.money.transfers.unsent_since, until, limit=MAX_ROWS_PER_PAGE)
    for head in _all_after(page):
        if _has_no_task(tx, head.entity.id):
            unsent.append(_to_move(head.entity))
        if len(unsent) == limit:
            break
    return unsent


def _unclaimed(tx: MoneyRead, now: datetime, limit: int) -> tuple[FoundTransfer, ...]:
    """Return the transfers that their payees have not claimed in time."""
    unclaimed: list[FoundTransfer] = []
    until = now - UNCLAIMED_AFTER
    page = partial(tx.money.transfers.parked_since, until, limit=MAX_ROWS_PER_PAGE)
    for head in _all_after(page):
        if is_unclaimed(head.entity, payee_of(tx, head.entity), now=now):
            unclaimed.append(_to_move(head.entity))
        if len(unclaimed) == limit:
            break
    return tuple(unclaimed)


def _finished_jobs(tx: MoneyRead, limit: int) -> tuple[str, ...]:
    """Return the incomplete jobs whose transfers have all ended."""
    finished: list[str] = []
    for head in _all_after(partial(tx.money.payout_jobs.incomplete, limit=MAX_ROWS_PER_PAGE)):
        states = tx.money.transfers.count_of_job(head.entity.id)
        progress = JobProgress(job=head.entity, states=states)
        if progress.ended == progress.job.transfer_count:
            finished.append(head.entity.id)
        if len(finished) == limit:
            break
    return tuple(finished)


def _all_after(page: Page[E_co]) -> Iterator[Head[E_co]]:
    """Yield the heads of all pages; `page` returns those after an id."""
    after = ""
    while True:
        heads = page(after=after)
        yield from heads
        if len(heads) < MAX_ROWS_PER_PAGE:
            return
        after = heads[-1].entity.id


def _can_go_on(tx: MoneyRead, transfer: Transfer, now: datetime) -> bool:
    """Return True if what a parked transfer waits for has come, and nothing is due about it."""
    if _is_due(tx, transfer.id, now):
        return False
    if transfer.failure_code == ParkReason.PAYMENTS_HALTED:
        switch = payments_switch(tx)
        return switch is None or not switch.is_halted
    if transfer.failure_code == ParkReason.TRANSFER_UNKNOWN:
        return _has_no_task(tx, transfer.id)
    payee = payee_of(tx, transfer)
    if needs_new_approval(transfer):
        return payee is not None and is_destination_approved(transfer, payee)
    if transfer.failure_code not in PAYEE_REASONS:
        return False
    return may_try_payee(transfer, payee, now=now)


def _is_due(tx: MoneyRead, transfer_id: str, now: datetime) -> bool:
    """Return True if a worker will take the transfer now."""
    try:
        task = tx.tasks.get(SEND_TRANSFER_STAGE, transfer_id)
    except TaskNotFound:
        return False
    return task.due_at is not None and task.due_at <= now


def _has_no_task(tx: MoneyRead, transfer_id: str) -> bool:
    """Return True if nothing will work on a transfer; a canceled task waits for an operator."""
    try:
        task = tx.tasks.get(SEND_TRANSFER_STAGE, transfer_id)
    except TaskNotFound:
        return True
    return task.cancel_reason is None and task.due_at is None


def _to_move(transfer: Transfer) -> FoundTransfer:
    return FoundTransfer(
        id=transfer.id,
        job=transfer.job_id or transfer.settlement_id,
        status=transfer.status,
        amount_minor=transfer.amount_minor,
        currency=transfer.currency,
    )

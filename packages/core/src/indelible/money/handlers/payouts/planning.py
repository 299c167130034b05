"""Plan payouts: the job of a settlement, and its transfers in steps of limited size."""

from collections.abc import Iterable, Mapping, Sequence

from indelible.kernel import Head
from indelible.kernel.births import Birth
from indelible.kernel.bulk import Bulk
from indelible.kernel.execution import execute
from indelible.money.commands.payouts import PlanPayouts, PlanTransfers
from indelible.money.commands.results import PayoutJobSaved
from indelible.money.entities.ids import movement_id, transfer_id
from indelible.money.entities.ledger import Movement
from indelible.money.entities.lines import OwedLine
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer, TransferLine
from indelible.money.errors.ledger import MovementNotFound
from indelible.money.handlers.payouts.approving import approve_planned
from indelible.money.handlers.saving import birth_of, save_births
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.repositories.transactions import MoneyRead, MoneyWrite
from indelible.money.rules.ledger.payouts import settlement_key
from indelible.money.rules.payouts import MANUAL, PLAN_TRANSFERS_STAGE, PayoutPolicy


def plan_payouts(
    tx: MoneyWrite, command: PlanPayouts, *, policy: PayoutPolicy = MANUAL
) -> PayoutJobSaved:
    """Create the payout job of a settlement with a transfer for each party that it owes.

    The ids follow from the settlement and the party. A settlement that is planned keeps its job.
    A task plans the transfers that are too many for one transaction.

    Raises:
        MovementNotFound: The settlement is not posted.
    """
    key = settlement_key(command.settlement_id)
    settlement = tx.money.movements.of_key(key)
    if settlement is None:
        raise MovementNotFound(movement_id(key))
    known = tx.money.payout_jobs.find({"id": command.settlement_id}, limit=1)
    if known:
        return _saved(known[0], is_new=False)

    lines = lines_by_party(tx, settlement.entity.id)
    head = _save_job(tx, command.settlement_id, settlement.entity, lines)
    parties = in_order_of_transfers(head.entity.id, lines)
    first = parties[: policy.transfers_per_step]
    _plan(tx, head.entity, {party: lines[party] for party in first}, policy)
    if len(parties) > len(first):
        tx.tasks.enqueue(PLAN_TRANSFERS_STAGE, {head.entity.id: tx.clock.now()})
    return _saved(head, is_new=True)


def plan_transfers(
    tx: MoneyWrite, command: PlanTransfers, *, policy: PayoutPolicy = MANUAL
) -> None:
    """Create the next transfers of a payout job, in the name of the one who has planned it.

    Raises:
        PayoutJobNotFound: The settlement has no payout job.
        Stale: One of the transfers exists.
    """
    job = tx.money.payout_jobs.get(command.job_id).entity
    _plan(tx, job, command.lines, policy)


def in_order_of_transfers(job_id: str, parties: Iterable[str]) -> list[str]:
    """Return the parties in the order of the ids of their transfers."""
    return sorted(parties, key=lambda party: transfer_id(job_id, party))


def transfer_lines(lines: Sequence[OwedLine]) -> Bulk[TransferLine]:
    """Return the owed lines that a transfer pays, numbered from 1."""
    rows: list[TransferLine] = []
    for number, line in enumerate(lines, start=1):
        row = TransferLine(
            number=number,
            owed_movement_id=line.movement_id,
            owed_number=line.number,
            amount_minor=line.amount_minor,
        )
        rows.append(row)
    return Bulk.of(TransferLine, rows)


def lines_by_party(tx: MoneyRead, settlement_movement_id: str) -> dict[str, list[OwedLine]]:
    """Return the unpaid owed lines of a settlement by party, each party's in order."""
    by_party: dict[str, list[OwedLine]] = {}
    after = ("", 0)
    while True:
        page = tx.money.movements.joins.owed_lines(
            movement_id=settlement_movement_id, unpaid=True, after=after, limit=MAX_ROWS_PER_PAGE
        )
        for line in page:
            by_party.setdefault(line.party, []).append(line)
        if len(page) < MAX_ROWS_PER_PAGE:
            return by_party
        after = page[-1].name


def _save_job(
    tx: MoneyWrite,
    settlement_id: str,
    settlement: Movement,
    lines: Mapping[str, Sequence[OwedLine]],
) -> Head[PayoutJob]:
    """Save the job; one without a transfer is complete."""
    total_minor = 0
    for party_lines in lines.values():
        total_minor += sum(line.amount_minor for line in party_lines)
    plan = PayoutJob.plan(
        id=settlement_id,
        reference=settlement.reference or "",  # every settlement has one
        currency=settlement.currency,
        transfer_count=len(lines),
        total_minor=total_minor,
    )
    head = execute(tx, tx.money.payout_jobs, plan)
    if lines:
        return head
    return execute(tx, tx.money.payout_jobs, PayoutJob.complete(head))


def _plan(
    tx: MoneyWrite,
    job: PayoutJob,
    lines: Mapping[str, Sequence[OwedLine]],
    policy: PayoutPolicy,
) -> None:
    """Save the transfers of some parties, and approve them if the setting says so."""
    births: list[Birth[Transfer]] = []
    for party in in_order_of_transfers(job.id, lines):
        births.append(_new_transfer(tx, job, party, lines[party]))
    planned = save_births(tx.money.transfers, births)
    if policy.automatic_approval:
        approve_planned(tx, planned)


def _new_transfer(
    tx: MoneyWrite, job: PayoutJob, party: str, lines: Sequence[OwedLine]
) -> Birth[Transfer]:
    entity = Transfer.create(
        "plan",
        now=tx.clock.now(),
        id=transfer_id(job.id, party),
        job_id=job.id,
        settlement_id=job.id,
        reference=job.reference,
        party=party,
        amount_minor=sum(line.amount_minor for line in lines),
        currency=job.currency,
        line_count=len(lines),
        reissue_of=None,
    )
    return birth_of(tx, entity, "plan", bulk=(transfer_lines(lines),))


def _saved(head: Head[PayoutJob], *, is_new: bool) -> PayoutJobSaved:
    return PayoutJobSaved(job=head.entity, seq=head.revision.seq, is_new=is_new)

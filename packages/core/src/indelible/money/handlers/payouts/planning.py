"""Plan payouts: the job of a settlement and its transfers, in one transaction."""

from collections.abc import Mapping, Sequence

from indelible.kernel import Head
from indelible.kernel.bulk import Bulk
from indelible.kernel.history import Birth
from indelible.money import commands, errors
from indelible.money.commands import PayoutJobSaved
from indelible.money.entities import (
    Movement,
    OwedLine,
    PayoutJob,
    Transfer,
    TransferLine,
    movement_id,
    transfer_id,
)
from indelible.money.handlers.payouts.approving import approve_planned
from indelible.money.handlers.saving import birth_of, save, save_births
from indelible.money.ports import MAX_ROWS_PER_PAGE, MoneyWrite
from indelible.money.rules.ledger import settlement_key
from indelible.money.rules.payouts import MANUAL, PayoutPolicy


def plan_payouts(
    tx: MoneyWrite, command: commands.PlanPayouts, *, policy: PayoutPolicy = MANUAL
) -> PayoutJobSaved:
    """Create the payout job of a settlement with a transfer for each party that it owes.

    The ids follow from the settlement and the party. A settlement that is planned keeps its job.

    Raises:
        MovementNotFound: The settlement is not posted.
    """
    key = settlement_key(command.settlement_id)
    settlement = tx.money.movements.of_key(key)
    if settlement is None:
        raise errors.MovementNotFound(movement_id(key))
    known = tx.money.payout_jobs.find({"id": command.settlement_id}, limit=1)
    if known:
        return _saved(known[0], is_new=False)

    lines = _lines_by_party(tx, settlement.entity)
    head = _save_job(tx, command.settlement_id, settlement.entity, lines)
    transfers: dict[str, str] = {}
    for party in lines:
        transfers[transfer_id(command.settlement_id, party)] = party
    births: list[Birth[Transfer]] = []
    for transfer in sorted(transfers):
        party = transfers[transfer]
        births.append(_new_transfer(tx, transfer, head.entity, party, lines[party]))
    planned = save_births(tx.money.transfers, births)
    if policy.automatic_approval:
        approve_planned(tx, planned)
    return _saved(head, is_new=True)


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


def _lines_by_party(tx: MoneyWrite, settlement: Movement) -> dict[str, list[OwedLine]]:
    """Return the owed lines of a settlement by party, each party's in order."""
    by_party: dict[str, list[OwedLine]] = {}
    after = ("", 0)
    while True:
        page = tx.money.movements.owed_lines(
            movement_id=settlement.id, unpaid=True, after=after, limit=MAX_ROWS_PER_PAGE
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
    job = PayoutJob.create(
        "plan",
        now=tx.clock.now(),
        id=settlement_id,
        reference=settlement.reference,
        currency=settlement.currency,
        transfer_count=len(lines),
        total_minor=total_minor,
    )
    head = save(tx, tx.money.payout_jobs, None, job, "plan")
    if lines:
        return head
    return save(tx, tx.money.payout_jobs, head, job.completed(now=tx.clock.now()), "complete")


def _new_transfer(
    tx: MoneyWrite, transfer: str, job: PayoutJob, party: str, lines: Sequence[OwedLine]
) -> Birth[Transfer]:
    entity = Transfer.create(
        "plan",
        now=tx.clock.now(),
        id=transfer,
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

"""Issue a transfer again: a failed one, or one whose money has come back."""

from indelible.kernel.execution import execute
from indelible.kernel.history import Head
from indelible.money.commands.payouts import ReissueTransfer
from indelible.money.entities.ids import reissue_id
from indelible.money.entities.lines import OwedLine
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.values import AccountKind
from indelible.money.errors.payouts import TransferNotReissuable
from indelible.money.handlers.payouts.planning import transfer_lines
from indelible.money.handlers.saving import save
from indelible.money.lifecycle.payouts import PayoutJobStatus
from indelible.money.repositories.reads import lines_owed_again
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.ledger.drafts import AccountKey
from indelible.money.rules.payouts import may_try_again


def reissue_transfer(tx: MoneyWrite, command: ReissueTransfer) -> Head[Transfer]:
    """Try a failed transfer again, or pay the lines of a reversed one by a new transfer.

    Either needs the approval of somebody else, and a look-up before its request. A transfer whose
    unclaimed money was kept is issued again after two operators have reversed the movement.

    Raises:
        TransferNotReissuable: No line is owed that has no transfer.
    """
    transfer = tx.money.transfers.get(command.transfer_id).entity
    if may_try_again(transfer):
        return _try_again(tx, transfer)

    head = tx.money.transfers.lock(command.transfer_id)
    # Nobody posts a mirror that pays these lines meanwhile: a mirror locks this account too.
    payable = AccountKey(AccountKind.WINNER_PAYABLE, transfer.reference, transfer.currency)
    tx.money.accounts.lock(payable.id)
    lines = [again.line for again in lines_owed_again(tx, transfer) if again.is_open]
    if not lines:
        raise TransferNotReissuable(transfer.id, head.entity.status)
    return _new_transfer(tx, head.entity, lines)


def _try_again(tx: MoneyWrite, transfer: Transfer) -> Head[Transfer]:
    job = None
    if transfer.job_id is not None:
        job = tx.money.payout_jobs.lock(transfer.job_id)
    head = tx.money.transfers.lock(transfer.id)
    now = tx.clock.now()
    head = save(tx, tx.money.transfers, head, head.entity.reissued(now=now), "reissue")
    if job is not None and job.entity.status is PayoutJobStatus.COMPLETE:
        execute(tx, tx.money.payout_jobs, PayoutJob.reopen(job), now=now)
    return head


def _new_transfer(tx: MoneyWrite, transfer: Transfer, lines: list[OwedLine]) -> Head[Transfer]:
    reissued = Transfer.create(
        "plan",
        now=tx.clock.now(),
        id=reissue_id(lines[0].movement_id, lines[0].number),
        job_id=None,
        settlement_id=transfer.settlement_id,
        reference=transfer.reference,
        party=transfer.party,
        amount_minor=sum(line.amount_minor for line in lines),
        currency=transfer.currency,
        line_count=len(lines),
        reissue_of=transfer.id,
        must_look_up=True,
    )
    return save(tx, tx.money.transfers, None, reissued, "plan", bulk=(transfer_lines(lines),))

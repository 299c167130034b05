"""Post the settlements of contests in the ledger, and plan the payouts that follow.

The lines of a settlement are read and prepared without a transaction. One transaction posts them.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from attrs import define, evolve

from indelible.app import ReadTx, WriteTx
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.records import SettlementLine
from indelible.contests.entities.runs import SettlementRun
from indelible.contests.lifecycle import EntryStatus
from indelible.contests.ports import MAX_RECORDS_PER_PAGE, EntryFilter
from indelible.kernel import Change, Store
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage
from indelible.kernel.waking import wake
from indelible.money.commands.ledger import Settle
from indelible.money.commands.payments import BookResidue
from indelible.money.commands.payouts import PlanPayouts
from indelible.money.entities.charges import PAID, Charge
from indelible.money.handlers.disputes import book_residue
from indelible.money.handlers.ledger import settle
from indelible.money.handlers.payouts.planning import plan_payouts
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.rules.ledger import drafts
from indelible.money.rules.ledger.payouts import settlement_key, settlement_of_key
from indelible.money.rules.payouts import MANUAL, PayoutPolicy
from indelible.money.rules.refunds import has_succeeded, is_running
from indelible.reactions.rests import return_rest

POST_SETTLEMENT_STAGE: Final = "post_settlement"  # the id of a task is the contest's
LEASE_SECONDS: Final = 600
MAX_ATTEMPTS: Final = 12
MAX_UNPAID_AGE: Final = timedelta(days=1)  # of a settlement without fees that is posted
NAMESPACE: Final[UUID] = uuid5(NAMESPACE_URL, "indelible:settlements")
# The money of these has left the escrow, whole or in part.
LEAVING: Final = frozenset(
    {
        ChargeStatus.REFUND_PENDING,
        ChargeStatus.PARTIALLY_REFUNDED,
        ChargeStatus.REFUNDED,
        ChargeStatus.DISPUTED,
        ChargeStatus.CHARGED_BACK,
    }
)

logger = logging.getLogger("indelible.money")


def settlement_id(contest_id: str) -> str:
    """Return the id of a contest's settlement in the ledger.

    It follows from the contest alone: a contest that is settled again after a restore pays nobody
    a second time.
    """
    return str(uuid5(NAMESPACE, contest_id))


def enqueue_settlement(tx: WriteTx, contest_id: str) -> None:
    """Let the stage post the settlement of a contest, unless it was posted before."""
    if not _is_posted(tx, contest_id):
        wake(tx.tasks, POST_SETTLEMENT_STAGE, contest_id, tx.clock.now())


def plan_settled_payouts(tx: WriteTx, change: Change, *, policy: PayoutPolicy = MANUAL) -> None:
    """Create the payout job of a posted settlement; one that is planned keeps it."""
    movement = tx.money.movements.get(change.entity_id).entity
    command = PlanPayouts(settlement_id=settlement_of_key(movement.key))
    plan_payouts(tx, command, policy=policy)


@define(kw_only=True)
class PostSettlement:
    """Posts the settlement of a contest: what winners are owed, and what the platform keeps."""

    store: Store[ReadTx, WriteTx]

    def stage(self) -> Stage[WriteTx, str, Settle | None]:
        """Return the stage; its tasks stay in the database."""
        return Stage(
            name=POST_SETTLEMENT_STAGE,
            batch=1,
            acts_outside=False,
            lifecycle=None,
            perform=self.perform,
            finish=self.finish,
            lease_seconds=LEASE_SECONDS,
            max_attempts=MAX_ATTEMPTS,
        )

    def perform(self, contest_id: str, handle: LeaseHandle) -> Settle | None:
        """Read the lines of a contest's settlement; None where there is nothing to post."""
        run = self.store.read(_unposted_run, contest_id)
        if run is None:
            return None

        lines: list[SettlementLine] = []
        while len(lines) < (run.line_count or 0):
            handle.check()
            lines.extend(self.store.read(_next_lines, run.id, len(lines)))

        command = settle_command(run, lines)
        has_payments = self.store.read(_has_payments, contest_id)
        if run.pool_minor and not has_payments:
            logger.warning("[Payout] contest %s was paid without charges", contest_id)
            return None

        return command if command.draft.steps or has_payments else None

    def finish(self, tx: WriteTx, performed: Sequence[tuple[str, Settle | None]]) -> None:
        """Post the settlement, and what ended disputes have left in the escrow."""
        for contest_id, command in performed:
            if command is None or _is_posted(tx, contest_id):
                continue
            contest = tx.contests.contests.lock(contest_id).entity
            if not command.items and _is_old(tx, contest):
                logger.warning("[Payout] contest %s was settled long ago, without fees", contest_id)
                continue
            settle(tx, _filled_up(tx, command))
            _book_residues(tx, contest_id)
            _return_rests(tx, contest)
            logger.info("[Payout] the settlement of contest %s is posted", contest_id)


def _is_old(tx: WriteTx, contest: Contest) -> bool:
    """Return True if a contest was settled so long ago that its prizes may be paid by hand.

    Without fees no payment proves that it was held while there were payouts: the first start of
    the reactions on an existing store reads its whole history.
    """
    return contest.settle_time is None or tx.clock.now() - contest.settle_time > MAX_UNPAID_AGE


def settle_command(run: SettlementRun, lines: Sequence[SettlementLine]) -> Settle:
    """Return the command that posts a complete run; the paid entries are its items."""
    owed: list[drafts.SettlementLine] = []
    items: list[str] = []
    for line in lines:
        if line.payout_minor > 0:
            amount = line.payout_minor
            owed.append(drafts.SettlementLine(party=line.user_id, amount_minor=amount))
        if line.paid_minor > 0:
            items.append(line.entry_id)

    return Settle(
        settlement_id=settlement_id(run.contest_id),
        reference=run.contest_id,
        currency=run.currency,
        lines=tuple(owed),
        rake_minor=run.rake_minor or 0,
        rounding_minor=run.rounding_minor or 0,
        retained_minor=run.retained_minor or 0,
        top_up_minor=run.top_up_minor or 0,
        items=tuple(items),
    )


def _unposted_run(tx: ReadTx, contest_id: str) -> SettlementRun | None:
    """Return the run that has settled a contest, None if its settlement is posted."""
    contest: Contest = tx.contests.contests.get(contest_id).entity
    if contest.settlement_run_id is None or _is_posted(tx, contest_id):
        return None

    return tx.contests.runs.get(contest.settlement_run_id).entity


def _next_lines(tx: ReadTx, run_id: str, after: int) -> tuple[SettlementLine, ...]:
    return tx.contests.runs.joins.lines(run_id, after=after, limit=MAX_RECORDS_PER_PAGE)


def _is_posted(tx: ReadTx, contest_id: str) -> bool:
    key = settlement_key(settlement_id(contest_id))
    return tx.money.movements.of_key(key) is not None


def _has_payments(tx: ReadTx, contest_id: str) -> bool:
    paid = tx.money.charges.of_reference(contest_id, statuses=PAID, after="", limit=1)
    return bool(paid)


def _filled_up(tx: WriteTx, command: Settle) -> Settle:
    """Let the platform replace the money of counted entries that has left the escrow meanwhile."""
    missing = _missing_minor(tx, command)
    if not missing:
        return command

    return evolve(command, top_up_minor=command.top_up_minor + missing)


def _missing_minor(tx: WriteTx, command: Settle) -> int:
    """Return the money of counted entries that has left the escrow since they were counted."""
    items = frozenset(command.items)
    missing = 0
    after = ""
    while True:
        page = tx.money.charges.of_reference(
            command.reference, statuses=LEAVING, after=after, limit=MAX_RECORDS_PER_PAGE
        )
        for head in page:
            if head.entity.item in items:
                missing += _left_escrow_minor(tx, head.entity)
        if len(page) < MAX_RECORDS_PER_PAGE:
            return missing
        after = page[-1].entity.id


def _left_escrow_minor(tx: WriteTx, charge: Charge) -> int:
    """Return the money of a charge that refunds and a lost dispute have taken from the escrow."""
    taken = 0
    for head in tx.money.refunds.of_charge(charge.id):
        refund = head.entity
        if not refund.covered and (is_running(refund) or has_succeeded(refund)):
            taken += refund.amount_minor

    if charge.status is ChargeStatus.CHARGED_BACK:
        return charge.amount_minor
    return taken


def _book_residues(tx: WriteTx, contest_id: str) -> None:
    """Book what the ended disputes of entries that were not counted have left in the escrow."""
    after = ""
    where = {"contest_id": contest_id}
    matching = EntryFilter(status=EntryStatus.VOID)
    while True:
        page = tx.contests.entries.list_page(
            matching, where=where, after=after, limit=MAX_RECORDS_PER_PAGE
        )
        for head in page:
            charge = tx.money.charges.of_item(head.entity.id)
            if charge is not None and charge.entity.status is ChargeStatus.SUCCEEDED:
                _book_residue(tx, charge.entity)
        if len(page) < MAX_RECORDS_PER_PAGE:
            return
        after = page[-1].entity.id


def _return_rests(tx: WriteTx, contest: Contest) -> None:
    """Return what is left of partly refunded charges whose entries were not counted."""
    after = ""
    partly = frozenset({ChargeStatus.PARTIALLY_REFUNDED})
    while True:
        page = tx.money.charges.of_reference(
            contest.id, statuses=partly, after=after, limit=MAX_RECORDS_PER_PAGE
        )
        for head in page:
            return_rest(tx, contest, tx.money.charges.lock(head.entity.id).entity)
        if len(page) < MAX_RECORDS_PER_PAGE:
            return
        after = page[-1].entity.id


def _book_residue(tx: WriteTx, charge: Charge) -> None:
    for head in tx.money.disputes.of_charge(charge.id):
        if not head.entity.is_open:
            book_residue(tx, BookResidue(dispute_id=head.entity.id))

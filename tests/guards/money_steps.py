"""The legal next writes to the situation's money, and the rows in which a column has a value."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import evolve, frozen
from sqlalchemy import Executable, Table, insert
from tests.guards.contest_steps import with_record
from tests.guards.money_rows import (
    ACCOUNTS,
    BROKEN,
    COMPLETE,
    DEAD_EVENT,
    DISPUTED_CHARGE,
    EMPTY_SETTLEMENT,
    FAILED_REFUND,
    FAILED_TRANSFER,
    FEE,
    LATER_SETTLEMENT,
    NEW_EVENT,
    OPEN_CHARGE,
    OPEN_TRANSFER,
    OPERATOR,
    OTHER,
    PAID_CHARGE,
    PAID_TRANSFER,
    REFERENCE,
    REVERSED,
    RUNNING,
    RUNNING_REFUND,
    SETTLED,
    SETTLED_LATER,
    SETTLEMENT,
    UNPLANNED,
    UNPLANNED_SETTLEMENT,
    USD,
    WON,
    discrepancies,
    fee_of,
    job_of,
    line_of,
    mirror_of,
    mirrored_top_up,
    movement_of,
    own_top_up,
    payout_of,
    refund_with,
    reversal_of,
    transfer_to,
)
from tests.guards.writes import (
    AUDIT,
    Row,
    Step,
    following_change,
    insert_change,
    insert_head,
    later_than,
    update_head,
    with_digest,
)

from indelible.kernel import Head
from indelible.kernel.aggregates import Aggregate, change_data, change_for
from indelible.kernel.bulk import AnyBulk, Bulk
from indelible.kernel.history import Record
from indelible.kernel.values import field_values
from indelible.money.entities.charges import Charge
from indelible.money.entities.events import StripeEventAttempt
from indelible.money.entities.ids import movement_id, transfer_id
from indelible.money.entities.ledger import Account, CoveredItem, Movement, Posting
from indelible.money.entities.payouts import TransferAttempt, TransferLine
from indelible.money.entities.reconciliations import SWITCH_ID, Discrepancy, PaymentSwitch
from indelible.money.entities.refunds import RefundAttempt
from indelible.money.entities.values import AccountKind, AttemptKind, EventOutcome, MovementKind
from indelible.money.rules.ledger.drafts import (
    AccountKey,
    MovementDraft,
    OwedPayment,
    Proof,
    account_sums,
)
from indelible.money.rules.ledger.payments import entry_fee
from indelible.money.rules.ledger.payouts import payout_created
from indelible.testing.stores import BEGINNING
from indelible_sql import SqlReading
from indelible_sql.money.tables.inbox import DISCREPANCIES, EVENT_ATTEMPTS
from indelible_sql.money.tables.ledger import COVERED_ITEMS, POSTINGS
from indelible_sql.money.tables.payments import REFUND_ATTEMPTS
from indelible_sql.money.tables.payouts import TRANSFER_ATTEMPTS, TRANSFER_LINES

TABLE_OF_RECORD: Final[dict[type[Any], Table]] = {
    Posting: POSTINGS,
    CoveredItem: COVERED_ITEMS,
    RefundAttempt: REFUND_ATTEMPTS,
    StripeEventAttempt: EVENT_ATTEMPTS,
    Discrepancy: DISCREPANCIES,
    TransferLine: TRANSFER_LINES,
    TransferAttempt: TRANSFER_ATTEMPTS,
}
MONEY_RECORDS: Final = tuple(TABLE_OF_RECORD.values())
NEW_ITEM: Final = "new"
SECOND_REVERSED: Final = 100


@frozen(kw_only=True)
class MoneyStep:
    """A movement with the changes of its accounts, in the order in which they are written."""

    accounts: tuple[Step, ...]
    movement: Step


@frozen(kw_only=True)
class MoneySituation:
    """The legal next steps of money."""

    # Movements: a fee, the payout of Bob's line, the rest of the reversal of Ann's, the mirror of
    # a reversal, one that credits the rake instead, and an empty settlement with an item.
    fee: MoneyStep
    payout: MoneyStep
    reversal: MoneyStep
    mirror: MoneyStep
    wrong_mirror: MoneyStep
    own_mirror: MoneyStep  # by the one who has proposed it
    fee_mirror: MoneyStep  # of what Stripe has reported
    charge_fee: MoneyStep  # of the charge that is paid
    transfer_payout: MoneyStep  # of the transfer that is completed
    settlement: Step
    note: Step
    again: Step  # the second change of a stored movement, which no edge declares

    account: Step
    charge: Step
    succeeded: Step
    refund: Step
    attempted: Step
    processed: Step
    reconciled: Step
    switch: Step
    transfer: Step
    claimed: Step
    completed: Step
    approved: Step  # again, by the same one
    reissued: Step
    reversed: Step
    job: Step
    job_completed: Step
    job_completed_too_early: Step  # its transfer is not planned


def money_situation(tx: SqlReading) -> MoneySituation:
    """Return the legal next steps."""
    settlement = movement_of(tx, SETTLED)
    payout = movement_of(tx, f"payout:{PAID_TRANSFER}")
    return MoneySituation(
        fee=_movement_step(tx, fee_of("eve", OTHER)),
        payout=_movement_step(tx, payout_of(settlement, "bob")),
        reversal=_movement_step(tx, reversal_of(payout, "trr_2", SECOND_REVERSED)),
        mirror=_movement_step(tx, _mirror(tx)),
        wrong_mirror=_movement_step(tx, _wrong_mirror(tx)),
        own_mirror=_movement_step(tx, _own_mirror(tx)),
        fee_mirror=_movement_step(tx, _fee_mirror(tx)),
        charge_fee=_movement_step(tx, _charge_fee()),
        transfer_payout=_movement_step(tx, _transfer_payout(tx)),
        settlement=_step(
            None,
            _movement("settlement:new", MovementKind.SETTLEMENT),
            "settle",
            bulk=(
                Bulk.of(Posting, []),
                Bulk.of(CoveredItem, [CoveredItem(number=1, item=NEW_ITEM)]),
            ),
        ),
        note=_note(),
        again=_again(tx),
        account=_step(
            None, Account.opened(AccountKind.ESCROW, NEW_ITEM, USD, now=BEGINNING), "open"
        ),
        charge=_step(None, _charge(), "open"),
        succeeded=_succeeded(tx),
        refund=_step(None, refund_with(1, PAID_CHARGE), "request"),
        switch=_switch(),
        transfer=_transfer(movement_of(tx, SETTLED_LATER)),
        job=_job(),
        **_steps(tx),
    )


def money_births(s: MoneySituation) -> dict[str, Step]:
    """Return the births whose ids follow from their fields, by the name of the table."""
    return {
        "accounts": s.account,
        "movements": s.note,
        "charges": s.charge,
        "refunds": s.refund,
        "payment_switches": s.switch,
        "transfers": s.transfer,
        "payout_jobs": s.job,
    }


def money_steps(s: MoneySituation) -> dict[str, Step]:
    """Return the steps of heads that change with other heads, by the name of the table.

    A movement has no next step: its second change is refused.
    """
    transfer = evolve(s.reversed, before=tuple(movement_writes(s.reversal)))
    return {"accounts": account_step(s.fee), "movements": s.again, "transfers": transfer}


def account_step(step: MoneyStep) -> Step:
    """Return a movement as the step of its first account, which has all other writes as records."""
    first, *others = step.accounts
    records: list[Any] = []
    for account in others:
        records.append(update_head(account.change, **account.row))
    records.append(insert_head(step.movement.change, **step.movement.row))
    records += step.movement.records
    records.append(insert_change(step.movement.change))
    for account in others:
        records.append(insert_change(account.change))

    return Step(change=first.change, row=first.row, records=tuple(records))


def movement_writes(step: MoneyStep, /, **columns: object) -> Sequence[Executable]:
    """Return all writes of a movement, with some columns of its head changed."""
    writes: list[Executable] = [
        update_head(account.change, **account.row) for account in step.accounts
    ]
    writes.append(insert_head(step.movement.change, **{**step.movement.row, **columns}))
    writes += step.movement.records
    writes.append(insert_change(step.movement.change))
    writes += [insert_change(account.change) for account in step.accounts]

    return writes


def posting_writes(step: MoneyStep, /, **columns: object) -> Sequence[Executable]:
    """Return all writes of a movement, with some columns of its first posting changed."""
    return with_record(account_step(step), POSTINGS, **columns)


def money_record_with(s: MoneySituation, table: Table, columns: Row) -> Sequence[Executable]:
    """Return a legal write of a record, but with these columns in it."""
    if table is POSTINGS:
        return posting_writes(s.fee, **columns)

    step = {
        COVERED_ITEMS: s.settlement,
        REFUND_ATTEMPTS: s.attempted,
        EVENT_ATTEMPTS: s.processed,
        DISCREPANCIES: s.reconciled,
        TRANSFER_LINES: s.transfer,
        TRANSFER_ATTEMPTS: s.claimed,
    }[table]
    return with_record(step, table, **columns)


def _step(
    head: Head[Any] | None,
    entity: Aggregate,
    action: str,
    *records: Record,
    bulk: Sequence[AnyBulk] = (),
) -> Step:
    """Return a step with the inserts of its records, one for each row."""
    change = change_for(AUDIT, head, entity, action, records=records, bulk=bulk)
    inserts = [
        insert(TABLE_OF_RECORD[type(record)]).values(field_values(record)) for record in records
    ]
    for item in bulk:
        table = TABLE_OF_RECORD[item.record_type]
        owner = {"entity_id": change.entity_id, "seq": change.seq}
        inserts += [insert(table).values({**field_values(row), **owner}) for row in item.rows]

    return Step(change=change, row=dict(change_data(entity)), records=tuple(inserts))


def _movement(key: str, kind: MovementKind, **fields: Any) -> Movement:  # noqa: ANN401 - of any type
    values: dict[str, Any] = {
        "posting_count": 0,
        "total_minor": 0,
        "reference": OTHER,
        "source": "operator",
        **fields,
    }
    action = "settle" if kind is MovementKind.SETTLEMENT else "note"
    return Movement.create(
        values.pop("action", action),
        now=later_than(BEGINNING),
        id=movement_id(key),
        kind=kind,
        key=key,
        currency=USD,
        occurred_at=BEGINNING,
        **values,
    )


def _note() -> Step:
    """Return the note of the last attempt of the transfer that has failed."""
    movement = _movement(
        f"ledger:payout:{FAILED_TRANSFER}:2",
        MovementKind.PAYOUT_FAILED,
        reference=REFERENCE,
        source=f"transfer:{FAILED_TRANSFER}",
    )
    return _step(None, movement, "note")


def _again(tx: SqlReading) -> Step:
    """Return the second change of the mirror."""
    mirror = movement_of(tx, f"reversal_of:{mirrored_top_up()}")
    (birth,) = tx.history.of("movement", mirror.id)
    change = following_change(birth, action="post", to_state="POSTED")
    return Step(change=change, row=dict(change_data(mirror)))


def _movement_step(tx: SqlReading, draft: MovementDraft) -> MoneyStep:
    sums = account_sums(draft.postings.rows)
    heads = {name: tx.money.accounts.get(name) for name in sorted(sums)}
    now = later_than(max(head.entity.updated_at for head in heads.values()))
    movement = _movement(
        draft.key,
        draft.kind,
        action="post",
        fact_key=draft.fact_key,
        reference=draft.reference,
        reverses=draft.reverses,
        posting_count=len(draft.steps),
        total_minor=draft.total_minor,
    )
    accounts: list[Step] = []
    for name, head in heads.items():
        posted = head.entity.posted(
            movement,
            debited_minor=sums[name].debited_minor,
            credited_minor=sums[name].credited_minor,
            now=now,
        )
        accounts.append(_step(head, posted, "post"))
    return MoneyStep(
        accounts=tuple(accounts),
        movement=_step(None, movement, draft.action, bulk=draft.bulk),
    )


def _mirror(tx: SqlReading) -> MovementDraft:
    """Return the mirror of the stored reversal: the platform's money is in the escrow again."""
    return mirror_of(tx, movement_of(tx, f"reversal_of:{mirrored_top_up()}"))


def _own_mirror(tx: SqlReading) -> MovementDraft:
    """Return the mirror of the movement whose reversal the same person has proposed."""
    return mirror_of(tx, movement_of(tx, own_top_up().key))


def _fee_mirror(tx: SqlReading) -> MovementDraft:
    """Return the mirror of a fee, which Stripe has reported."""
    return mirror_of(tx, movement_of(tx, fee_of("dan", OTHER).key))


def _wrong_mirror(tx: SqlReading) -> MovementDraft:
    """Return the mirror with the platform's rake in place of its goodwill."""
    draft = _mirror(tx)
    rake = AccountKey(AccountKind.PLATFORM_RAKE, None, USD)
    return evolve(draft, steps=tuple(evolve(step, debit=rake) for step in draft.steps))


def _charge_fee() -> MovementDraft:
    return entry_fee(
        charge_id=OPEN_CHARGE,
        reference=REFERENCE,
        party="ann",
        amount_minor=FEE,
        currency=USD,
        proof=Proof.by_event("evt-open"),
    )


def _transfer_payout(tx: SqlReading) -> MovementDraft:
    """Return the payout of the line that is owed again."""
    line = OwedPayment(
        movement_id=movement_of(tx, "reversal:trr_1").id,
        number=1,
        party="ann",
        amount_minor=REVERSED,
    )
    return payout_created(
        transfer_id=OPEN_TRANSFER,
        reference=REFERENCE,
        currency=USD,
        lines=[line],
        proof=OPERATOR,
    )


def _charge() -> Charge:
    return Charge.opened(
        reference=REFERENCE,
        party="bob",
        item=NEW_ITEM,
        amount_minor=FEE,
        currency=USD,
        expires_at=BEGINNING,
        now=BEGINNING,
    )


def _succeeded(tx: SqlReading) -> Step:
    head = tx.money.charges.get(OPEN_CHARGE)
    now = later_than(head.entity.updated_at)
    paid = head.entity.transition(
        "succeed",
        now=now,
        last_event_at=now,
        received_minor=FEE,
        received_currency=USD,
        paid_at=now,
    )
    return _step(head, paid, "succeed")


def _switch() -> Step:
    """Return the birth of another switch: only the domain knows that there is one."""
    switch = PaymentSwitch.create(
        "halt", now=BEGINNING, id=SWITCH_ID, reason_code="DISCREPANCY", halted_at=BEGINNING
    )
    step = _step(None, switch, "halt")
    return Step(change=with_digest(step.change, entity_id=NEW_ITEM), row=step.row)


def _transfer(settlement: Movement) -> Step:
    """Return the plan of the transfer to Cat."""
    planned = transfer_to(
        "cat",
        transfer_id(LATER_SETTLEMENT, "cat"),
        WON["cat"],
        job_id=LATER_SETTLEMENT,
        settlement_id=LATER_SETTLEMENT,
    )
    return _step(None, planned, "plan", bulk=(line_of(settlement, 1, WON["cat"]),))


def _job() -> Step:
    """Return the plan of the job of the settlement that has none."""
    job = job_of(UNPLANNED_SETTLEMENT, transfer_count=1, total_minor=UNPLANNED)
    return _step(None, job, "plan")


def _ended(tx: SqlReading, job_id: str) -> Step:
    """Return the end of a job."""
    job = tx.money.payout_jobs.get(job_id)
    end = later_than(job.entity.updated_at)
    return _step(job, job.entity.transition("complete", now=end, completed_at=end), "complete")


def _steps(tx: SqlReading) -> dict[str, Step]:
    """Return the steps of stored heads by their names in the situation."""
    refund = tx.money.refunds.get(RUNNING_REFUND)
    attempted = refund.entity.attempted(generation=1, now=later_than(refund.entity.updated_at))
    event = tx.money.events.get(NEW_EVENT)
    processed = event.entity.transition("process", now=later_than(event.entity.updated_at))
    running = tx.money.reconciliations.get(RUNNING)
    end = later_than(running.entity.updated_at)
    reconciled = running.entity.transition(
        "complete", now=end, finished_at=end, checked=("R1",), discrepancy_count=2
    )
    transfer = tx.money.transfers.get(OPEN_TRANSFER)
    now = later_than(transfer.entity.updated_at)
    claimed = transfer.entity.transition(
        "claim", now=now, destination=ACCOUNTS["ann"], first_attempt_at=now
    )
    adopted = transfer.entity.transition(
        "adopt", now=now, stripe_transfer_id="tr_2", completed_at=now
    )
    failed = tx.money.transfers.get(FAILED_TRANSFER)
    reissued = failed.entity.reissued(now=later_than(failed.entity.updated_at))
    paid = tx.money.transfers.get(PAID_TRANSFER)
    taken_back = paid.entity.reversed(SECOND_REVERSED, now=later_than(paid.entity.updated_at))
    return {
        "attempted": _step(refund, attempted, "attempt", attempted.new_attempt(AttemptKind.CALL)),
        "processed": _step(
            event, processed, "process", processed.new_attempt(EventOutcome.PROCESSED)
        ),
        "reconciled": _step(running, reconciled, "complete", bulk=(discrepancies(),)),
        "claimed": _step(transfer, claimed, "claim", claimed.new_attempt(AttemptKind.CALL)),
        "completed": _step(transfer, adopted, "adopt"),
        "approved": _step(transfer, transfer.entity.transition("approve", now=now), "approve"),
        "reissued": _step(failed, reissued, "reissue"),
        "reversed": _step(paid, taken_back, "record_reversal"),
        "job_completed": _ended(tx, SETTLEMENT),
        "job_completed_too_early": _ended(tx, LATER_SETTLEMENT),
    }


def money_id_of_column(table: str, column: str) -> str | None:
    """Return the id of a stored head of money with a value in the column, None for others."""
    if table == "transfers":
        if column == "reissue_of":
            return OPEN_TRANSFER
        is_failure = column.startswith("failure_") or column == "parked_at"
        return FAILED_TRANSFER if is_failure else PAID_TRANSFER
    if table == "reconciliations":
        return BROKEN if column.startswith("error_") else COMPLETE
    if table == "movements":
        return _movement_id_of_column(column)

    return {
        "accounts": f"escrow:{REFERENCE}:{USD}",
        "charges": DISPUTED_CHARGE,
        "refunds": FAILED_REFUND,
        "stripe_events": DEAD_EVENT,
        "payout_jobs": EMPTY_SETTLEMENT if column == "completed_at" else SETTLEMENT,
    }.get(table)


def _movement_id_of_column(column: str) -> str:
    if column == "reverses":
        return movement_id(f"reversal_of:{mirrored_top_up()}")
    return movement_id(fee_of("ann").key)


def money_row_of_column(table: str, column: str) -> tuple[str, str] | None:
    """Return the condition of a stored record with a value in the column, and its head's id."""
    if table == "postings":
        key = SETTLED
        if column.startswith("owed_"):
            key = f"payout:{PAID_TRANSFER}"
        elif column.startswith("revers"):
            key = "reversal:trr_1"
        movement = movement_id(key)
        return f"entity_id = '{movement}' AND number = 1", movement

    settlement = movement_id(SETTLED)
    rows = {
        "covered_items": (f"entity_id = '{settlement}' AND number = 2", settlement),
        "refund_attempts": (f"refund_id = '{FAILED_REFUND}' AND number = 2", FAILED_REFUND),
        "stripe_event_attempts": (f"event_id = '{DEAD_EVENT}' AND number = 2", DEAD_EVENT),
        "discrepancies": (f"entity_id = '{COMPLETE}' AND number = 2", COMPLETE),
        "transfer_lines": (f"entity_id = '{PAID_TRANSFER}' AND number = 1", PAID_TRANSFER),
        "transfer_attempts": (f"transfer_id = '{PAID_TRANSFER}' AND number = 2", PAID_TRANSFER),
    }
    return rows.get(table)

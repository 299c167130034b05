"""Illegal writes to charges, refunds, disputes, events, reconciliations, transfers and jobs.

Those that are generated for every head, column and record come in addition.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Table, delete, update
from tests.guards.attack_parts import Kind, Write, further_step
from tests.guards.contest_steps import with_record
from tests.guards.contest_values import CREATED
from tests.guards.money_rows import (
    DISPUTED_CHARGE,
    EMPTY_SETTLEMENT,
    FEE,
    RUNNING_CHARGE,
    SETTLED,
    SETTLEMENT,
)
from tests.guards.money_steps import MoneySituation, movement_writes
from tests.guards.project_rows import record_of
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import NULL, by_rowid, raw
from tests.guards.situation import Situation
from tests.guards.writes import (
    Step,
    following_change,
    following_step,
    forged_step,
    head_write,
    insert_change,
    step_writes,
    update_head,
)

from indelible.money.entities.ids import movement_id
from indelible.testing.stores import MAYA
from indelible_sql.money.tables.inbox import DISCREPANCIES, EVENT_ATTEMPTS
from indelible_sql.money.tables.ledger import COVERED_ITEMS, POSTINGS
from indelible_sql.money.tables.payments import CHARGES, REFUND_ATTEMPTS
from indelible_sql.money.tables.payouts import JOBS, TRANSFER_ATTEMPTS, TRANSFER_LINES, TRANSFERS

StepOf = Callable[[MoneySituation], Step]
SETTLEMENT_ID = movement_id(SETTLED)


def _changed(step_of: StepOf, **columns: object) -> Write:
    """Return a legal step with some columns of its head changed."""
    return lambda s: step_writes(step_of(s.money), **columns)


def _recorded(step_of: StepOf, table: Table, **columns: object) -> Write:
    """Return a legal step with some columns of its first record of a table changed."""
    return lambda s: with_record(step_of(s.money), table, **columns)


def _alone(step_of: StepOf, table: Table, **columns: object) -> Write:
    """Return the insert of a legal step into one table, without the rest of the step."""
    return lambda s: (record_of(step_of(s.money), table, **columns),)


def _added_twice(step_of: StepOf, table: Table, **columns: object) -> Write:
    """Return a legal step that adds one of its records again, with some columns changed."""
    return lambda s: (
        *step_writes(step_of(s.money)),
        record_of(step_of(s.money), table, **columns),
    )


def _by_rowid(step_of: StepOf, table: Table) -> Write:
    """Return the record of a step, written by INSERT OR REPLACE with a chosen rowid."""

    def write(s: Situation) -> Sequence[Statement]:
        row = record_of(step_of(s.money), table).compile().params
        return (by_rowid(table, row, 1),)

    return write


def _stepped(head: str, **columns: object) -> Write:
    """Return the next step of a head's sample, with some columns changed."""
    return lambda s: step_writes(s.steps[head], **columns)


def _born(head: str, **columns: object) -> Write:
    """Return the birth in a head, with some columns changed."""
    return lambda s: step_writes(s.births[head], **columns)


def _charged(s: MoneySituation) -> Step:
    return s.charge


def _paid(s: MoneySituation) -> Step:
    return s.succeeded


def _attempted(s: MoneySituation) -> Step:
    return s.attempted


def _processed(s: MoneySituation) -> Step:
    return s.processed


def _reconciled(s: MoneySituation) -> Step:
    return s.reconciled


def _transfer(s: MoneySituation) -> Step:
    return s.transfer


def _claimed(s: MoneySituation) -> Step:
    return s.claimed


def _completed(s: MoneySituation) -> Step:
    return s.completed


def _job(s: MoneySituation) -> Step:
    return s.job_completed


def _approved(s: MoneySituation) -> Step:
    return s.approved


def _reissued(s: MoneySituation) -> Step:
    return s.reissued


def _approved_again(**columns: object) -> Write:
    """Return the approval of a failed transfer that is issued again."""

    def write(s: Situation) -> Sequence[Statement]:
        step = s.money.reissued
        approval = {
            "approved_by": str(MAYA),
            "approved_at": step.change.at,
            "approval_reason": "checked",
            **columns,
        }
        approved = following_step(step, action="approve", to_state="pending", columns=approval)
        return *step_writes(step), *step_writes(approved)

    return write


def _taken_back(s: MoneySituation) -> Step:
    return s.reversed


def _reversed(s: Situation, **columns: object) -> Sequence[Statement]:
    """Return the movement of a reversal and its transfer, with some columns changed."""
    return *movement_writes(s.money.reversal), *step_writes(s.money.reversed, **columns)


def _reversal_taken_back(s: Situation) -> Sequence[Statement]:
    """Return a reversal of a part, and another one after which nothing is reversed."""
    step = s.money.reversed
    following = following_change(step.change)
    return *_reversed(s), update_head(following, reversed_minor=0), insert_change(following)


def _refunded(s: Situation) -> Sequence[Statement]:
    """Return a paid charge that is refunded without a refund."""
    requested = following_step(
        s.money.succeeded,
        action="request_refund",
        to_state="REFUND_PENDING",
        columns={"outcome_code": "REQUESTED"},
    )
    refunded = following_step(
        requested, action="refund", to_state="REFUNDED", columns={"refunded_minor": FEE}
    )
    return *_paid_writes(s), *step_writes(requested), *step_writes(refunded)


def _requested_with_other_intent(s: Situation) -> Sequence[Statement]:
    """Return the request of a refund that replaces the intent of the paid charge."""
    requested = following_step(
        s.money.succeeded,
        action="request_refund",
        to_state="REFUND_PENDING",
        columns={"intent_id": "pi_9", "outcome_code": "REQUESTED"},
    )
    return *_paid_writes(s), *step_writes(requested)


def _paid_writes(s: Situation) -> Sequence[Statement]:
    return *step_writes(s.money.succeeded), *movement_writes(s.money.charge_fee)


def _approved_for(approver: str) -> Write:
    """Return a new transfer with its approval, which names this approver."""

    def write(s: Situation) -> Sequence[Statement]:
        columns = {
            "approved_by": approver,
            "approved_at": s.money.transfer.change.at,
            "approval_reason": "checked",
        }
        approved = following_step(
            s.money.transfer, action="approve", to_state="pending", columns=columns
        )
        return *step_writes(s.money.transfer), *step_writes(approved)

    return write


def _left(step_of: StepOf, action: str, state: str, **columns: object) -> Write:
    """Return a step with some columns changed, and another one after it."""

    def write(s: Situation) -> Sequence[Statement]:
        step = step_of(s.money)
        following = further_step(step.change, action=action, to_state=state)
        return *step_writes(step, **columns), *following

    return write


def _attached(s: Situation, setter: str) -> Sequence[Statement]:
    """Return another account of a payee, which this one is said to have set."""
    attached = following_step(
        s.steps["payees"],
        action="attach",
        to_state="RESTRICTED",
        columns={"destination": "acct_9", "destination_set_by": setter},
    )
    return *step_writes(s.steps["payees"]), *step_writes(attached)


LEGAL_ON_PAYMENTS: Kind = {
    "an account of a payee is set": lambda s: _attached(s, str(MAYA)),
    "a charge is paid": lambda s: (
        *step_writes(s.money.succeeded),
        *movement_writes(s.money.charge_fee),
    ),
    "a refund is attempted": _changed(_attempted),
    "an event is processed": _changed(_processed),
    "a reconciliation is complete": _changed(_reconciled),
    "a transfer is claimed": _changed(_claimed),
    "a transfer is adopted": lambda s: (
        *step_writes(s.money.completed),
        *movement_writes(s.money.transfer_payout),
    ),
    "a transfer is approved": _approved_for(str(MAYA)),
    "a transfer is issued again": _changed(_reissued),
    "a transfer that is issued again is approved": _approved_again(approved_destination="acct_2"),
    "a job is complete": _changed(_job),
}

# Well-formed but wrong values, which no database can refuse.
LIES_ON_PAYMENTS: Kind = {
    "a charge that is paid without a movement": _changed(_paid),
    "a transfer that is completed without a movement": _changed(_completed),
    "an attempt with another message": _recorded(_processed, EVENT_ATTEMPTS, message="a lie"),
    "a discrepancy of another subject": _recorded(_reconciled, DISCREPANCIES, subject="pi_9"),
    "a transfer that failed more often": _changed(_claimed, failure_count=7),
}

ON_PAYMENTS: Mapping[str, Kind] = {
    "a rule of charges broken": {
        "a charge of nothing": _changed(_charged, amount_minor=0),
        "a charge that is born paid": _changed(_charged, received_minor=FEE),
        "a charge that is born with a refund": _changed(_charged, refunded_minor=1),
        "a charge that is born disputed": _changed(_charged, disputed_from="SUCCEEDED"),
        "a charge with an unknown outcome": _changed(_charged, outcome_code="FINE"),
        "a charge with the intent of another": _changed(_charged, intent_id="pi_1"),
        "a charge with the session of another": _changed(_charged, session_id="cs_1"),
        "a charge that is paid with nothing": _changed(_paid, received_minor=NULL),
        "a charge that is paid at no time": _changed(_paid, paid_at=NULL),
        "a charge that is paid in no currency": _changed(_paid, received_currency=NULL),
        "a charge that is paid in part": _changed(_paid, received_minor=FEE - 1),
        "a charge that is paid with a negative amount": _changed(
            _paid, received_minor=-1, outcome_code="AMOUNT_MISMATCH"
        ),
        "a charge that is paid in another currency": _changed(_paid, received_currency="EUR"),
        "a charge that is paid and quarantined": _changed(
            _paid, received_minor=FEE - 1, outcome_code="AMOUNT_MISMATCH"
        ),
        "a charge that is paid and refunded": _changed(_paid, refunded_minor=1),
        "a charge that gives back more than it has": _changed(_paid, refunded_minor=FEE + 1),
        "a charge with an earlier generation": _stepped("charges", generation=0),
        "a charge that falls back by a generation": _left(
            _paid, "request_refund", "REFUND_PENDING", generation=-1
        ),
        "a charge that is paid again": _stepped("charges", paid_at=CREATED),
        "a charge that is won and still disputed": _stepped("charges", disputed_from="SUCCEEDED"),
        "a charge for another party": _changed(_paid, party="eve"),
        "a request of a refund with another intent": _requested_with_other_intent,
        "a charge that is refunded without a refund": _refunded,
        "a charge that is paid by another intent": _changed(_paid, intent_id="pi_9"),
        "charges of another amount": lambda _: (update(CHARGES).values(amount_minor=1),),
        "charges, deleted": lambda _: (delete(CHARGES),),
    },
    "a rule of refunds and disputes broken": {
        "a refund of nothing": _born("refunds", amount_minor=0),
        "a refund for an unknown reason": _born("refunds", reason_code="FINE"),
        "a refund with a failure": _born("refunds", failure_code="FAULT"),
        "a refund under a stored number": _born("refunds", charge_id=DISPUTED_CHARGE),
        "a second running refund": _born("refunds", charge_id=RUNNING_CHARGE, number=2),
        "a refund with another id of Stripe": _stepped("refunds", stripe_refund_id="re_9"),
        "a refund with the id of another": _changed(_attempted, stripe_refund_id="re_1"),
        "a refund with an earlier generation": _stepped("refunds", generation=0),
        "a pending refund without an id": lambda s: (
            head_write(s.steps["refunds"], status="pending", stripe_refund_id=NULL),
        ),
        "an attempt alone": _alone(_attempted, REFUND_ATTEMPTS),
        "an attempt under a number too high": _recorded(_attempted, REFUND_ATTEMPTS, number=9),
        "an attempt of another generation": _recorded(_attempted, REFUND_ATTEMPTS, generation=2),
        "an attempt under another key": _recorded(
            _attempted, REFUND_ATTEMPTS, idempotency_key="refund"
        ),
        "an attempt of an unknown kind": _recorded(_attempted, REFUND_ATTEMPTS, kind="GUESS"),
        "an attempt, added twice": _added_twice(_attempted, REFUND_ATTEMPTS),
        "attempts, deleted": lambda _: (delete(REFUND_ATTEMPTS),),
        "a dispute of nothing": _born("disputes", amount_minor=0),
        "a dispute with a negative fee": _born("disputes", fee_minor=-1),
        "a dispute that is born closed": _born("disputes", closed_at=CREATED),
        "a dispute that is given back before it is withdrawn": _born(
            "disputes", reinstated_at=CREATED
        ),
    },
    "a rule of the inbox broken": {
        "an event of an unknown origin": _born("stripe_events", origin="rumor"),
        "an event without its payload": _left(
            lambda s: s.processed, "replay", "RECEIVED", payload_digest="b" * 64
        ),
        "an event that is processed without an attempt": lambda s: (
            head_write(s.money.processed, attempt_number=0),
        ),
        "an outcome alone": _alone(_processed, EVENT_ATTEMPTS),
        "an outcome under a number too high": _recorded(_processed, EVENT_ATTEMPTS, number=9),
        "an outcome of another state": _recorded(_processed, EVENT_ATTEMPTS, outcome="FAILED"),
        "an outcome that is ignored": _recorded(_processed, EVENT_ATTEMPTS, outcome="IGNORED"),
        "an unknown outcome": _recorded(_processed, EVENT_ATTEMPTS, outcome="FINE"),
        "an outcome with a long message": _recorded(
            _processed, EVENT_ATTEMPTS, message="x" * 1_001
        ),
        "an outcome at another time": _recorded(_processed, EVENT_ATTEMPTS, at=CREATED),
        "an outcome, added twice": _added_twice(_processed, EVENT_ATTEMPTS),
        "outcomes, deleted": lambda _: (delete(EVENT_ATTEMPTS),),
    },
    "a rule of reconciliations broken": {
        "a reconciliation of an unknown scope": _born("reconciliations", scope="ALL"),
        "a second running reconciliation": _born("reconciliations", scope="CHEAP"),
        "a reconciliation that is born with a result": _born(
            "reconciliations", discrepancy_count=0
        ),
        "a reconciliation that is born ended": _born("reconciliations", finished_at=CREATED),
        "a reconciliation that is born with an error": _born("reconciliations", error_code="FAULT"),
        "a failed reconciliation with a long message": _stepped(
            "reconciliations", error_message="x" * 1_001
        ),
        "a reconciliation that counts more": _changed(_reconciled, discrepancy_count=3),
        "a reconciliation that counts none": _changed(_reconciled, discrepancy_count=0),
        "a discrepancy of an unknown rule": _recorded(_reconciled, DISCREPANCIES, rule="R13"),
        "a discrepancy with a long text": _recorded(
            _reconciled, DISCREPANCIES, expected="x" * 1_001
        ),
        "a discrepancy alone": _alone(_reconciled, DISCREPANCIES),
        "a discrepancy, added twice": _added_twice(_reconciled, DISCREPANCIES),
        "a halt without a reason": _born("payment_switches", reason_code=NULL),
        "a resumption with a reason": _stepped("payment_switches", reason_code="FINE"),
    },
    "a rule of payees and jobs broken": {
        "a new payee with an account": _born("payees", destination="acct_9"),
        "a restricted payee without an account": _stepped("payees", destination=NULL),
        "a payee with an account that nobody has set": _stepped("payees", destination_set_by=NULL),
        "a payee with the account of another": lambda s: (
            head_write(s.births["payees"], status="READY", destination="acct_1"),
        ),
        "an account in another name than its actor's": lambda s: _attached(s, "user:eve"),
        "a restriction in which another has set the account": lambda s: step_writes(
            forged_step(s.steps["payees"], destination_set_by="user:eve")
        ),
        "a restriction with another account": lambda s: step_writes(
            forged_step(s.steps["payees"], destination="acct_9")
        ),
        "a job with less money than transfers": _born(
            "payout_jobs", transfer_count=2, total_minor=1
        ),
        "a job that is born complete": _born("payout_jobs", completed_at=CREATED),
        "a complete job at no time": _changed(_job, completed_at=NULL),
        "a complete job with more transfers": lambda _: (
            update(TRANSFERS).values(job_id=EMPTY_SETTLEMENT),
        ),
        "a job that is complete before a transfer": lambda s: (
            *step_writes(s.money.transfer),
            *step_writes(s.money.job_completed_too_early),
        ),
    },
    "a rule of transfers broken": {
        "a transfer of less than its lines": _changed(_transfer, amount_minor=0),
        "a transfer of another sum": _changed(_transfer, amount_minor=1_001),
        "a transfer with more lines": _changed(_transfer, line_count=2),
        "a transfer of another reference than its job": _changed(_transfer, reference="other"),
        "a transfer of a job that is complete": _changed(
            _transfer, job_id=EMPTY_SETTLEMENT, settlement_id=EMPTY_SETTLEMENT
        ),
        "a transfer to another party than its line": _changed(_transfer, party="eve"),
        "a transfer that is born complete": _changed(_transfer, stripe_transfer_id="tr_9"),
        "a transfer that is born failed": _changed(_transfer, failure_reason="REJECTED"),
        "a transfer that is born reversed": _changed(_transfer, reversed_minor=1),
        "a transfer that is half approved": _changed(_transfer, approved_by="noor"),
        "a transfer that is born with an account": _changed(_transfer, destination="acct_9"),
        "an account that is approved by nobody": _changed(_transfer, approved_destination="acct_1"),
        "an approval by the one who has set the account": _approved_again(
            approved_by="user:bob", approved_destination="acct_2"
        ),
        "an approval of an account by a program": _approved_again(
            approved_by="system:payouts", approved_destination="acct_2"
        ),
        "an approval of an account that the payee does not have": _approved_again(
            approved_destination="acct_9"
        ),
        "an approval of another account": _changed(_approved, approved_destination="acct_9"),
        "a claim for an account that nobody has approved": _changed(_claimed, destination="acct_9"),
        "a transfer with a long failure": _changed(_transfer, failure_message="x" * 1_001),
        "a transfer without its line": lambda s: (
            head_write(s.money.transfer),
            *step_writes(s.money.transfer)[2:],
        ),
        "a line that a transfer has": _recorded(
            _transfer, TRANSFER_LINES, owed_movement_id=SETTLEMENT_ID, owed_number=1
        ),
        "a line of another party": _recorded(
            _transfer, TRANSFER_LINES, owed_movement_id=SETTLEMENT_ID, owed_number=2
        ),
        "a line of nothing": _recorded(_transfer, TRANSFER_LINES, amount_minor=0),
        "a line of another amount": _recorded(_transfer, TRANSFER_LINES, amount_minor=1),
        "a line that is not owed": _recorded(
            _transfer, TRANSFER_LINES, owed_movement_id=movement_id("nothing")
        ),
        "a line of another transfer's change": _alone(_transfer, TRANSFER_LINES, entity_id="x"),
        "a transfer line, added twice": _added_twice(_transfer, TRANSFER_LINES),
        "transfer lines, deleted": lambda _: (delete(TRANSFER_LINES),),
        "a claim without an approval": _changed(
            _claimed, approved_by=NULL, approved_at=NULL, approval_reason=NULL
        ),
        "a claim under another approval": _changed(_claimed, approved_by="eve"),
        "a claim at another time of its approval": _changed(_claimed, approved_at=CREATED),
        "a transfer that is adopted without its approval": _changed(
            _completed, approved_by=NULL, approved_at=NULL, approval_reason=NULL
        ),
        "an approval by somebody else": _changed(_approved, approved_by="eve"),
        "an approval in another name than its actor's": _approved_for("user:eve"),
        "a reversal without its movement": _changed(_taken_back),
        "a reversal of more than its movement": lambda s: _reversed(s, reversed_minor=2_000),
        "an approval by nobody": lambda s: (
            *step_writes(s.money.transfer),
            *further_step(s.money.transfer.change, action="approve"),
        ),
        "a transfer that is issued again with its approval": _changed(
            _reissued, approved_by="noor", approved_at=CREATED, approval_reason="checked"
        ),
        "a reversal that is taken back": _reversal_taken_back,
        "a claim without a destination": _changed(_claimed, destination=NULL),
        "a claim of an earlier generation": _changed(_claimed, generation=0),
        "a call alone": _alone(_claimed, TRANSFER_ATTEMPTS),
        "a call under a number too high": _recorded(_claimed, TRANSFER_ATTEMPTS, number=9),
        "a call under another key": _recorded(
            _claimed, TRANSFER_ATTEMPTS, idempotency_key="payout"
        ),
        "a call of another generation": _recorded(_claimed, TRANSFER_ATTEMPTS, generation=2),
        "a call of an unknown kind": _recorded(_claimed, TRANSFER_ATTEMPTS, kind="GUESS"),
        "a call, added twice": _added_twice(_claimed, TRANSFER_ATTEMPTS),
        "calls, deleted": lambda _: (delete(TRANSFER_ATTEMPTS),),
        "a transfer with the id of another": _changed(_completed, stripe_transfer_id="tr_1"),
        "a complete transfer without an id": _changed(_completed, stripe_transfer_id=NULL),
        "a complete transfer with another id": _stepped("transfers", stripe_transfer_id="tr_9"),
        "a complete transfer that gives back more": _stepped("transfers", reversed_minor=9_999),
        "a transfer that is parked at no time": lambda s: (
            head_write(s.money.completed, status="parked", stripe_transfer_id=NULL),
        ),
        "transfers to another account of Stripe": lambda _: (
            update(TRANSFERS).values(stripe_transfer_id=raw("id")),
        ),
    },
}

# OR REPLACE on SQLite silently deletes the rows that conflict with the new row.
REPLACED_PAYMENTS: Kind = {
    "a payout job, replaced by another": lambda _: (
        update(JOBS)
        .prefix_with("OR REPLACE")
        .where(JOBS.c.id == SETTLEMENT)
        .values(id=EMPTY_SETTLEMENT),
    ),
    "a posting, replaced by rowid": _by_rowid(lambda s: s.fee.movement, POSTINGS),
    "a covered item, replaced by rowid": _by_rowid(lambda s: s.settlement, COVERED_ITEMS),
    "a refund's attempt, replaced by rowid": _by_rowid(_attempted, REFUND_ATTEMPTS),
    "an outcome, replaced by rowid": _by_rowid(_processed, EVENT_ATTEMPTS),
    "a discrepancy, replaced by rowid": _by_rowid(_reconciled, DISCREPANCIES),
    "a transfer line, replaced by rowid": _by_rowid(_transfer, TRANSFER_LINES),
    "a call, replaced by rowid": _by_rowid(_claimed, TRANSFER_ATTEMPTS),
}

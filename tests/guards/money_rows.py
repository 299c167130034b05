"""The money of the situation: rows in every table of money, in the states that attacks start from.

Three parties have paid for `REFERENCE`, which is settled. Ann is paid, and a part of it is
reversed; Bob's transfer has failed, and Cat has none. `OTHER` has a fee and its mirror.
"""

from datetime import timedelta
from typing import Any, Final

from attrs import evolve
from tests.guards.contest_rows import save
from tests.guards.contest_values import CREATED, HOUR, payload_of

from indelible.kernel.bulk import Bulk
from indelible.money import post_movement
from indelible.money.entities import (
    SWITCH_ID,
    Account,
    Charge,
    Discrepancy,
    Dispute,
    EventOutcome,
    Movement,
    Payee,
    PaymentSwitch,
    PayoutJob,
    Reconciliation,
    ReconciliationRule,
    ReconciliationScope,
    Refund,
    RefundReason,
    StripeEvent,
    Transfer,
    TransferLine,
    movement_id,
)
from indelible.money.entities.ids import charge_id, refund_id, transfer_id
from indelible.money.entities.values import AttemptKind, EventOrigin, OutcomeCode, TransferFailure
from indelible.money.lifecycle import ChargeStatus
from indelible.money.rules import ledger
from indelible.money.rules.ledger import MovementDraft, OwedPayment, PayoutReversal, Proof
from indelible_sql import SqlTransaction

USD: Final = "USD"
FEE: Final = 2_501
REFERENCE: Final = "reference-1"
OTHER: Final = "reference-2"
SETTLEMENT: Final = "settlement-1"
EMPTY_SETTLEMENT: Final = "settlement-2"
PARTIES: Final = ("ann", "bob", "cat")
WON: Final = {"ann": 4_000, "bob": 2_000, "cat": 1_000}
RAKE: Final = 503
REVERSED: Final = 1_500
SETTLED: Final = ledger.settlement_key(SETTLEMENT)
OPERATOR: Final = Proof.by_operator("a story")

DISPUTED_CHARGE: Final = charge_id("disputed")
OPEN_CHARGE: Final = charge_id("open")
THIRD_CHARGE: Final = charge_id("third")
FAILED_REFUND: Final = refund_id(DISPUTED_CHARGE, 1)
PENDING_REFUND: Final = refund_id(DISPUTED_CHARGE, 2)
RUNNING_REFUND: Final = refund_id(OPEN_CHARGE, 1)
DISPUTE_ID: Final = "dp_1"
DEAD_EVENT: Final = "evt_dead"
NEW_EVENT: Final = "evt_new"
COMPLETE: Final = "reconciliation-1"
BROKEN: Final = "reconciliation-2"
RUNNING: Final = "reconciliation-3"
PAID_TRANSFER: Final = transfer_id(SETTLEMENT, "ann")
FAILED_TRANSFER: Final = transfer_id(SETTLEMENT, "bob")
OPEN_TRANSFER: Final = "transfer-3"
EVENT_BYTES: Final = b'{"id": "evt_1"}'
MINUTE: Final = timedelta(minutes=1)
LATER: Final = CREATED + HOUR


def add_money(tx: SqlTransaction) -> None:
    """Store the movements, the payments, the inbox and the payouts."""
    _add_movements(tx)
    _add_charges(tx)
    _add_refunds(tx)
    _add_events(tx)
    _add_reconciliations(tx)
    _add_payouts(tx)


def movement_of(tx: Any, key: str) -> Movement:  # noqa: ANN401 - a transaction of either kind
    """Return the stored movement with a key."""
    head = tx.money.movements.of_key(key)
    assert head is not None
    movement: Movement = head.entity
    return movement


def fee_of(party: str, reference: str = REFERENCE) -> MovementDraft:
    """Return the draft of a party's fee; Ann's is that of the disputed charge."""
    charge = DISPUTED_CHARGE if (party, reference) == ("ann", REFERENCE) else ""
    return ledger.entry_fee(
        charge_id=charge or f"charge-{reference}-{party}",
        reference=reference,
        party=party,
        amount_minor=FEE,
        currency=USD,
        proof=Proof.by_event(f"evt-{reference}-{party}"),
    )


def payout_of(settlement: Movement, party: str) -> MovementDraft:
    """Return the draft of the payout of a party's line of the settlement."""
    number = PARTIES.index(party) + 1
    payment = OwedPayment(
        movement_id=settlement.id, number=number, party=party, amount_minor=WON[party]
    )
    return ledger.payout_created(
        transfer_id=transfer_id(SETTLEMENT, party),
        reference=REFERENCE,
        currency=USD,
        lines=[payment],
        proof=OPERATOR,
    )


def reversal_of(payout: Movement, reversal_ref: str, amount_minor: int) -> MovementDraft:
    """Return the draft of the reversal of a part of Ann's payout."""
    line = PayoutReversal(movement_id=payout.id, number=1, party="ann", amount_minor=amount_minor)
    return ledger.payout_reversed(
        reversal_ref=reversal_ref,
        reference=REFERENCE,
        currency=USD,
        lines=[line],
        proof=Proof.by_event(f"evt-{reversal_ref}"),
    )


def mirrored_fee() -> str:
    """Return the id of the fee that has a mirror."""
    return movement_id(fee_of("dan", OTHER).key)


def _add_movements(tx: SqlTransaction) -> None:
    for party in PARTIES:
        post_movement(tx, fee_of(party))
    lines = [ledger.SettlementLine(party=party, amount_minor=WON[party]) for party in PARTIES]
    settled = ledger.settlement(
        settlement_id=SETTLEMENT,
        reference=REFERENCE,
        currency=USD,
        lines=lines,
        rake_minor=RAKE,
        rounding_minor=0,
        retained_minor=0,
        items=[f"{REFERENCE}-{party}" for party in PARTIES],
    )
    settlement = post_movement(tx, settled).movement
    payout = post_movement(tx, payout_of(settlement, "ann")).movement
    post_movement(tx, reversal_of(payout, "trr_1", REVERSED))

    fee = post_movement(tx, fee_of("dan", OTHER)).movement
    postings = tx.money.movements.postings(fee.id, after=0, limit=1)
    accounts: dict[str, Account] = {}
    for name in (postings[0].debit_account_id, postings[0].credit_account_id):
        accounts[name] = tx.money.accounts.get(name).entity
    mirror = ledger.mirror(fee, postings, accounts)
    post_movement(tx, evolve(mirror, fact_key="error:dan"))


def _opened(item: str) -> Charge:
    return Charge.opened(
        reference=REFERENCE,
        party="ann",
        item=item,
        amount_minor=FEE,
        currency=USD,
        expires_at=CREATED + 9 * HOUR,
        now=CREATED,
    )


def _add_charges(tx: SqlTransaction) -> None:
    """Store two charges that wait for their payments, and a disputed one in which all is set."""
    for item in ("open", "third", "disputed"):
        save(tx, tx.money.charges, None, _opened(item), "open")
    head = tx.money.charges.get(DISPUTED_CHARGE)
    charge = head.entity.transition(
        "succeed",
        now=LATER,
        intent_id="pi_1",
        session_id="cs_1",
        failure_code="card_declined",
        last_event_at=LATER,
        received_minor=FEE,
        received_currency=USD,
        paid_at=LATER,
        outcome_code=OutcomeCode.REQUESTED,
    )
    save(tx, tx.money.charges, head, charge, "succeed")
    head = tx.money.charges.get(DISPUTED_CHARGE)
    charge = head.entity.transition(
        "dispute", now=LATER + MINUTE, disputed_from=ChargeStatus.SUCCEEDED
    )
    save(tx, tx.money.charges, head, charge, "dispute")
    dispute = Dispute.create(
        "open",
        now=CREATED,
        id=DISPUTE_ID,
        charge_id=DISPUTED_CHARGE,
        amount_minor=FEE,
        currency=USD,
        fee_minor=1_500,
        reason_code="fraudulent",
        evidence_due_by=CREATED + 9 * HOUR,
        withdrawn_at=CREATED,
        reinstated_at=CREATED,
        covered=False,
    )
    save(tx, tx.money.disputes, None, dispute, "open")
    opened = tx.money.disputes.get(DISPUTE_ID)
    won = opened.entity.transition("win", now=LATER, closed_at=LATER)
    save(tx, tx.money.disputes, opened, won, "win")


def refund_with(number: int, charge: str = DISPUTED_CHARGE) -> Refund:
    """Return a new refund of a charge."""
    return Refund.create(
        "request",
        now=CREATED,
        id=refund_id(charge, number),
        charge_id=charge,
        number=number,
        amount_minor=FEE,
        currency=USD,
        reason_code=RefundReason.REQUESTED,
        covered=False,
    )


def _add_refunds(tx: SqlTransaction) -> None:
    """Store a refund that failed at its second attempt, a pending and a requested one."""
    refund = refund_with(1)
    save(tx, tx.money.refunds, None, refund, "request")
    for generation in (1, 2):
        head = tx.money.refunds.get(FAILED_REFUND)
        refund = head.entity.attempted(generation=generation, now=CREATED + generation * HOUR)
        attempt = refund.new_attempt(AttemptKind.CALL)
        save(tx, tx.money.refunds, head, refund, "attempt", records=(attempt,))
    head = tx.money.refunds.get(FAILED_REFUND)
    failed = head.entity.transition(
        "fail", now=CREATED + 3 * HOUR, stripe_refund_id="re_1", failure_code="lost_or_stolen_card"
    )
    save(tx, tx.money.refunds, head, failed, "fail")
    save(tx, tx.money.refunds, None, refund_with(2), "request")
    head = tx.money.refunds.get(PENDING_REFUND)
    accepted = head.entity.transition("accept", now=LATER, stripe_refund_id="re_2")
    save(tx, tx.money.refunds, head, accepted, "accept")
    save(tx, tx.money.refunds, None, refund_with(1, OPEN_CHARGE), "request")


def _add_events(tx: SqlTransaction) -> None:
    """Store an event whose processing ended after two attempts, and a new one."""
    payload = payload_of(EVENT_BYTES)
    tx.payloads.add(payload)
    for event_id in (DEAD_EVENT, NEW_EVENT):
        event = StripeEvent.create(
            "receive",
            now=CREATED,
            id=event_id,
            event_type="payment_intent.succeeded",
            api_version="2026-10-28.endive",
            livemode=False,
            created=CREATED,
            payload_digest=payload.digest,
            object_id="pi_1",
            account="acct_9",
            origin=EventOrigin.WEBHOOK,
        )
        save(tx, tx.money.events, None, event, "receive")
    for hours, action in enumerate(("fail", "bury"), start=1):
        head = tx.money.events.get(DEAD_EVENT)
        event = head.entity.transition(
            action, now=CREATED + hours * HOUR, last_code="CHARGE_NOT_FOUND"
        )
        attempt = event.new_attempt(EventOutcome.FAILED, "No charge has this intent.")
        save(tx, tx.money.events, head, event, action, records=(attempt,))


def discrepancies() -> Bulk[Discrepancy]:
    """Return the discrepancies of a reconciliation."""
    rows: list[Discrepancy] = []
    for number, rule in enumerate((ReconciliationRule.R1, ReconciliationRule.R2), start=1):
        rows.append(
            Discrepancy(
                number=number,
                rule=rule,
                subject="pi_1",
                currency=USD,
                expected="2501",
                actual="2500",
                difference_minor=1,
            )
        )
    return Bulk.of(Discrepancy, rows)


def _add_reconciliations(tx: SqlTransaction) -> None:
    """Store a complete reconciliation, a failed and a running one, and the switch."""
    scopes = {
        COMPLETE: ReconciliationScope.FULL,
        BROKEN: ReconciliationScope.FULL,
        RUNNING: ReconciliationScope.CHEAP,
    }
    for number, (name, scope) in enumerate(scopes.items()):
        at = CREATED + number * HOUR
        started = Reconciliation.create("start", now=at, id=name, scope=scope, started_at=at)
        save(tx, tx.money.reconciliations, None, started, "start")
        if name == RUNNING:
            continue
        head = tx.money.reconciliations.get(name)
        end = at + MINUTE
        if name == BROKEN:
            failed = head.entity.transition(
                "fail",
                now=end,
                finished_at=end,
                error_code="STRIPE_UNAVAILABLE",
                error_message="Stripe did not answer.",
            )
            save(tx, tx.money.reconciliations, head, failed, "fail")
            continue
        complete = head.entity.transition(
            "complete", now=end, finished_at=end, checked=("R1", "R2"), discrepancy_count=2
        )
        bulk = (discrepancies(),)
        save(tx, tx.money.reconciliations, head, complete, "complete", bulk=bulk)
    switch = PaymentSwitch.create(
        "halt", now=CREATED, id=SWITCH_ID, reason_code="DISCREPANCY", halted_at=CREATED
    )
    save(tx, tx.money.switches, None, switch, "halt")


def job_of(settlement_id: str, *, transfer_count: int, total_minor: int) -> PayoutJob:
    """Return a new payout job."""
    return PayoutJob.create(
        "plan",
        now=CREATED,
        id=settlement_id,
        reference=REFERENCE,
        currency=USD,
        transfer_count=transfer_count,
        total_minor=total_minor,
    )


def line_of(movement: Movement, number: int, amount_minor: int) -> Bulk[TransferLine]:
    """Return the only line of a transfer."""
    line = TransferLine(
        number=1,
        owed_movement_id=movement.id,
        owed_number=number,
        amount_minor=amount_minor,
    )
    return Bulk.of(TransferLine, [line])


def transfer_to(party: str, transfer: str, amount_minor: int, **fields: object) -> Transfer:
    """Return a new transfer."""
    values: dict[str, Any] = {"job_id": SETTLEMENT, **fields}
    return Transfer.create(
        "plan",
        now=CREATED,
        id=transfer,
        settlement_id=SETTLEMENT,
        reference=REFERENCE,
        party=party,
        amount_minor=amount_minor,
        currency=USD,
        line_count=1,
        **values,
    )


def _add_payouts(tx: SqlTransaction) -> None:
    """Store a job with a paid and a failed transfer, an empty job, and a transfer of a reversal."""
    payee = Payee.create("register", now=CREATED, id="ann")
    save(tx, tx.money.payees, None, payee, "register")
    for action in ("attach", "enable"):
        head = tx.money.payees.get("ann")
        hours = head.revision.seq
        payee = head.entity.transition(action, now=CREATED + hours * HOUR, destination="acct_1")
        save(tx, tx.money.payees, head, payee, action)

    job = job_of(SETTLEMENT, transfer_count=2, total_minor=WON["ann"] + WON["bob"])
    save(tx, tx.money.payout_jobs, None, job, "plan")
    empty = job_of(EMPTY_SETTLEMENT, transfer_count=0, total_minor=0)
    save(tx, tx.money.payout_jobs, None, empty, "plan")
    planned = tx.money.payout_jobs.get(EMPTY_SETTLEMENT)
    ended = planned.entity.transition("complete", now=LATER, completed_at=LATER)
    save(tx, tx.money.payout_jobs, planned, ended, "complete")

    settlement = movement_of(tx, SETTLED)
    for number, party in enumerate(("ann", "bob"), start=1):
        name = transfer_id(SETTLEMENT, party)
        transfer = transfer_to(party, name, WON[party])
        line = line_of(settlement, number, WON[party])
        save(tx, tx.money.transfers, None, transfer, "plan", bulk=(line,))
        _approve(tx, name)
        for hours in (2, 3):
            _claim(tx, name, hours)
    _end_transfers(tx)
    reversal = movement_of(tx, "reversal:trr_1")
    again = transfer_to("ann", OPEN_TRANSFER, REVERSED, job_id=None, reissue_of=PAID_TRANSFER)
    line = line_of(reversal, 1, REVERSED)
    save(tx, tx.money.transfers, None, again, "plan", bulk=(line,))
    _approve(tx, OPEN_TRANSFER)


def _approve(tx: SqlTransaction, transfer: str) -> None:
    head = tx.money.transfers.get(transfer)
    approved = head.entity.transition(
        "approve",
        now=LATER,
        approved_by="noor",
        approved_at=LATER,
        approval_reason="checked",
        destination="acct_1",
    )
    save(tx, tx.money.transfers, head, approved, "approve")


def _claim(tx: SqlTransaction, transfer: str, hours: int) -> None:
    head = tx.money.transfers.get(transfer)
    now = CREATED + hours * HOUR
    claimed = head.entity.transition(
        "claim", now=now, first_attempt_at=now, retry_until=now + 72 * HOUR
    )
    attempt = claimed.new_attempt(AttemptKind.CALL)
    save(tx, tx.money.transfers, head, claimed, "claim", records=(attempt,))


def _end_transfers(tx: SqlTransaction) -> None:
    end = CREATED + 4 * HOUR
    head = tx.money.transfers.get(PAID_TRANSFER)
    paid = head.entity.transition("complete", now=end, stripe_transfer_id="tr_1", completed_at=end)
    save(tx, tx.money.transfers, head, paid, "complete")
    head = tx.money.transfers.get(FAILED_TRANSFER)
    failed = head.entity.transition(
        "fail",
        now=end,
        failure_code="account_closed",
        failure_message="The account is closed.",
        failure_count=2,
        failure_reason=TransferFailure.REJECTED,
        parked_at=end,
    )
    save(tx, tx.money.transfers, head, failed, "fail")

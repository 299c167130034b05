"""The money of the situation: rows in every table of money, in the states that attacks start from.

Three parties have paid for `REFERENCE`, which is settled. Ann is paid, and a part of it is
reversed; Bob's transfer has failed. A second settlement owes Cat, who has no transfer, and a third
one has no job. `OTHER` has a fee, and what the platform has
added and taken back; that it was taken back is proposed to be reversed.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from attrs import evolve
from tests.guards.contest_rows import save
from tests.guards.contest_values import CREATED, HOUR, payload_of

from indelible.kernel import Actor
from indelible.kernel.bulk import Bulk
from indelible.kernel.execution import changed, created
from indelible.money import ProposeReversal, post_movement, propose_reversal
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.events import StripeEvent
from indelible.money.entities.ids import charge_id, refund_id, transfer_id
from indelible.money.entities.ledger import Account, Movement
from indelible.money.entities.payees import Payee
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer, TransferLine
from indelible.money.entities.reconciliations import (
    SWITCH_ID,
    Discrepancy,
    PaymentSwitch,
    Reconciliation,
)
from indelible.money.entities.refunds import Refund
from indelible.money.entities.values import (
    AttemptKind,
    EventOrigin,
    EventOutcome,
    OutcomeCode,
    ReconciliationRule,
    ReconciliationScope,
    RefundReason,
    Remedy,
    TransferFailure,
)
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.rules.ledger.drafts import (
    MovementDraft,
    OwedPayment,
    PayoutReversal,
    Proof,
    SettlementLine,
)
from indelible.money.rules.ledger.payments import dispute_opened, dispute_won, entry_fee
from indelible.money.rules.ledger.payouts import (
    guarantee_topup,
    mirror,
    payout_created,
    payout_reversed,
    settlement,
    settlement_key,
)
from indelible.testing.stores import MAYA, NOOR
from indelible_sql import SqlStore, SqlTransaction

USD: Final = "USD"
FEE: Final = 2_501
REFERENCE: Final = "reference-1"
OTHER: Final = "reference-2"
SETTLEMENT: Final = "settlement-1"
EMPTY_SETTLEMENT: Final = "settlement-2"
LATER_SETTLEMENT: Final = "settlement-5"
UNPLANNED_SETTLEMENT: Final = "settlement-6"
PARTIES: Final = ("ann", "bob", "cat")
ACCOUNTS: Final = {"ann": "acct_1", "bob": "acct_2"}
WON: Final = {"ann": 4_000, "bob": 2_000, "cat": 1_000}
RAKE: Final = 403
UNPLANNED: Final = 100
REVERSED: Final = 1_500
DISPUTE_FEE: Final = 1_500
SETTLED: Final = settlement_key(SETTLEMENT)
SETTLED_LATER: Final = settlement_key(LATER_SETTLEMENT)
OPERATOR: Final = Proof.by_operator("a story")

DISPUTED_CHARGE: Final = charge_id("disputed")
OPEN_CHARGE: Final = charge_id("open")
RUNNING_CHARGE: Final = charge_id("running")
PAID_CHARGE: Final = charge_id("paid")
CHARGES: Final = {"ann": DISPUTED_CHARGE, "bob": RUNNING_CHARGE, "cat": PAID_CHARGE}
FAILED_REFUND: Final = refund_id(DISPUTED_CHARGE, 1)
PENDING_REFUND: Final = refund_id(DISPUTED_CHARGE, 2)
RUNNING_REFUND: Final = refund_id(RUNNING_CHARGE, 1)
DISPUTE_ID: Final = "dp_1"
DEAD_EVENT: Final = "evt_dead"
NEW_EVENT: Final = "evt_new"
COMPLETE: Final = "reconciliation-1"
BROKEN: Final = "reconciliation-2"
RUNNING: Final = "reconciliation-3"  # stored by its sample
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
    """Return the draft of a party's fee; that of `REFERENCE` has a charge."""
    charge = CHARGES.get(party) if reference == REFERENCE else None
    return entry_fee(
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
    return payout_created(
        transfer_id=transfer_id(SETTLEMENT, party),
        reference=REFERENCE,
        currency=USD,
        lines=[payment],
        proof=OPERATOR,
    )


def reversal_of(payout: Movement, reversal_ref: str, amount_minor: int) -> MovementDraft:
    """Return the draft of the reversal of a part of Ann's payout."""
    line = PayoutReversal(movement_id=payout.id, number=1, party="ann", amount_minor=amount_minor)
    return payout_reversed(
        reversal_ref=reversal_ref,
        reference=REFERENCE,
        currency=USD,
        lines=[line],
        proof=Proof.by_event(f"evt-{reversal_ref}"),
    )


def mirrored_top_up() -> str:
    """Return the id of the movement that has a mirror."""
    return top_up().id


def top_up() -> MovementDraft:
    """Return the draft of what the platform adds to the escrow of `OTHER`."""
    return guarantee_topup(
        settlement_id="settlement-3", reference=OTHER, amount_minor=FEE, currency=USD
    )


def mirror_of(tx: Any, movement: Movement) -> MovementDraft:  # noqa: ANN401 - of either kind
    """Return the draft of the mirror of a stored movement with one posting."""
    postings = tx.money.movements.postings(movement.id, after=0, limit=1)
    accounts: dict[str, Account] = {}
    for name in (postings[0].debit_account_id, postings[0].credit_account_id):
        accounts[name] = tx.money.accounts.get(name).entity
    return mirror(movement, postings, accounts)


def add_reversals(store: SqlStore) -> None:
    """Reverse a movement by two persons, and propose to reverse that reversal."""
    propose(store, mirrored_top_up(), NOOR)
    with store.transaction(actor=MAYA, reason="a story", request_id="request-1") as tx:
        draft = mirror_of(tx, movement_of(tx, top_up().key))
        reversal = post_movement(tx, evolve(draft, fact_key="error:other")).movement
    propose(store, reversal.id, NOOR)
    # A reversal that is not reversed yet, although it was proposed by the one who attacks.
    with store.transaction(actor=MAYA, reason="a story", request_id="request-1") as tx:
        second = post_movement(tx, own_top_up()).movement
    propose(store, second.id, MAYA)


def own_top_up() -> MovementDraft:
    """Return the draft of the movement whose reversal Maya has proposed herself."""
    return guarantee_topup(
        settlement_id="settlement-4", reference=OTHER, amount_minor=FEE, currency=USD
    )


def propose(store: SqlStore, movement: str, actor: Actor) -> None:
    """Note that a person proposes to reverse a movement."""
    with store.transaction(actor=actor, reason="a story", request_id="request-1") as tx:
        propose_reversal(tx, ProposeReversal(movement_id=movement))


def _add_movements(tx: SqlTransaction) -> None:
    for party in PARTIES:
        post_movement(tx, fee_of(party))
    items = [f"{REFERENCE}-{party}" for party in PARTIES]
    paid = _settle(tx, SETTLEMENT, {"ann": WON["ann"], "bob": WON["bob"]}, RAKE, items)
    _settle(tx, EMPTY_SETTLEMENT, {})
    _settle(tx, LATER_SETTLEMENT, {"cat": WON["cat"]})
    _settle(tx, UNPLANNED_SETTLEMENT, {"cat": UNPLANNED})
    payout = post_movement(tx, payout_of(paid, "ann")).movement
    post_movement(tx, reversal_of(payout, "trr_1", REVERSED))
    _add_dispute_movements(tx)

    post_movement(tx, fee_of("dan", OTHER))
    post_movement(tx, top_up())


def _settle(
    tx: SqlTransaction,
    settlement_id: str,
    won: Mapping[str, int],
    rake_minor: int = 0,
    items: Sequence[str] = (),
) -> Movement:
    """Post a settlement of `REFERENCE`."""
    lines: list[SettlementLine] = []
    for party, amount_minor in won.items():
        lines.append(SettlementLine(party=party, amount_minor=amount_minor))
    draft = settlement(
        settlement_id=settlement_id,
        reference=REFERENCE,
        currency=USD,
        lines=lines,
        rake_minor=rake_minor,
        rounding_minor=0,
        retained_minor=0,
        items=items,
    )
    return post_movement(tx, draft).movement


def _add_dispute_movements(tx: SqlTransaction) -> None:
    """Book the money that Stripe has taken for the dispute, and has given back."""
    values: dict[str, Any] = {
        "dispute_id": DISPUTE_ID,
        "reference": REFERENCE,
        "party": "ann",
        "amount_minor": FEE,
        "currency": USD,
        "proof": Proof.by_event("evt-dispute"),
    }
    post_movement(tx, dispute_opened(fee_minor=DISPUTE_FEE, **values))
    post_movement(tx, dispute_won(**values))


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
    """Store a charge that waits for its payment, two paid ones, and one in which all is set."""
    for item in ("open", "paid", "running", "disputed"):
        save(tx, tx.money.charges, None, _opened(item), "open")
    _move_charge(tx, "attach_session", intent_id="pi_1", session_id="cs_1")
    _move_charge(tx, "fail", failure_code="card_declined", last_event_at=LATER)
    for charge in CHARGES.values():
        payment = {"received_minor": FEE, "received_currency": USD, "paid_at": LATER}
        _move_charge(tx, "succeed", charge, **payment)


def _add_dispute(tx: SqlTransaction) -> None:
    """Store the dispute of the charge whose refund has failed."""
    _move_charge(tx, "dispute", disputed_from=ChargeStatus.SUCCEEDED)
    dispute = Dispute.create(
        "open",
        now=CREATED,
        id=DISPUTE_ID,
        charge_id=DISPUTED_CHARGE,
        amount_minor=FEE,
        currency=USD,
        reason_code="fraudulent",
        evidence_due_by=CREATED + 9 * HOUR,
        covered=False,
    )
    save(tx, tx.money.disputes, None, dispute, "open")
    steps: Mapping[str, Mapping[str, Any]] = {
        "withdraw": {"withdrawn_at": LATER, "fee_minor": DISPUTE_FEE},
        "reinstate": {"reinstated_at": LATER},
        "win": {"closed_at": LATER},
    }
    for action, fields in steps.items():
        head = tx.money.disputes.get(DISPUTE_ID)
        moved = head.entity.transition(action, now=LATER, **fields)
        save(tx, tx.money.disputes, head, moved, action)


def _move_charge(
    tx: SqlTransaction,
    action: str,
    charge_id: str = DISPUTED_CHARGE,
    **fields: Any,  # noqa: ANN401 - of a charge
) -> None:
    head = tx.money.charges.get(charge_id)
    charge = head.entity.transition(action, now=LATER, **fields)
    save(tx, tx.money.charges, head, charge, action)


def refund_with(
    number: int, charge: str = DISPUTED_CHARGE, action: str = "request", **fields: object
) -> Refund:
    """Return a new refund of a charge."""
    return Refund.create(
        action,
        now=CREATED,
        id=refund_id(charge, number),
        charge_id=charge,
        number=number,
        amount_minor=FEE,
        currency=USD,
        reason_code=RefundReason.REQUESTED,
        covered=False,
        **fields,
    )


def _add_refunds(tx: SqlTransaction) -> None:
    """Store a refund that failed at its second attempt, one made outside and a requested one."""
    refund = refund_with(1)
    save(tx, tx.money.refunds, None, refund, "request")
    _move_charge(tx, "request_refund", outcome_code=OutcomeCode.REQUESTED)
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
    _move_charge(tx, "fail_refund")
    _add_dispute(tx)
    adopted = refund_with(2, action="adopt", stripe_refund_id="re_2")
    save(tx, tx.money.refunds, None, adopted, "adopt")
    save(tx, tx.money.refunds, None, refund_with(1, RUNNING_CHARGE), "request")
    outcome = {"outcome_code": OutcomeCode.REQUESTED}
    _move_charge(tx, "request_refund", RUNNING_CHARGE, **outcome)


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
                remedy=Remedy.AWAITED,
            )
        )
    return Bulk.of(Discrepancy, rows)


def _add_reconciliations(tx: SqlTransaction) -> None:
    """Store a complete reconciliation and a failed one, and the switch."""
    for number, name in enumerate((COMPLETE, BROKEN)):
        at = CREATED + number * HOUR
        started = Reconciliation.create(
            "start", now=at, id=name, scope=ReconciliationScope.FULL, started_at=at
        )
        save(tx, tx.money.reconciliations, None, started, "start")
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
    values: dict[str, Any] = {"job_id": SETTLEMENT, "settlement_id": SETTLEMENT, **fields}
    return Transfer.create(
        "plan",
        now=CREATED,
        id=transfer,
        reference=REFERENCE,
        party=party,
        amount_minor=amount_minor,
        currency=USD,
        line_count=1,
        **values,
    )


def add_payees(store: SqlStore) -> None:
    """Store payees that have set their account themselves, and can receive transfers."""
    for party, account in ACCOUNTS.items():
        owner = Actor.user(party)
        with store.transaction(actor=owner, reason="a story", request_id="request-1") as tx:
            payee = created(Payee.register(id=party), now=CREATED, actor=owner)
            save(tx, tx.money.payees, None, payee, "register")
            head = tx.money.payees.get(party)
            attach = Payee.attach(head, destination=account)
            payee = changed(attach, payee, now=CREATED + HOUR, actor=owner)
            save(tx, tx.money.payees, head, payee, "attach")
            head = tx.money.payees.get(party)
            payee = changed(Payee.enable(head), payee, now=CREATED + 2 * HOUR, actor=owner)
            save(tx, tx.money.payees, head, payee, "enable")


def _add_payouts(tx: SqlTransaction) -> None:
    """Store a job with a paid and a failed transfer, one without its transfer and an empty one.

    A transfer of a reversal has no job.
    """
    job = job_of(SETTLEMENT, transfer_count=2, total_minor=WON["ann"] + WON["bob"])
    save(tx, tx.money.payout_jobs, None, job, "plan")
    later = job_of(LATER_SETTLEMENT, transfer_count=1, total_minor=WON["cat"])
    save(tx, tx.money.payout_jobs, None, later, "plan")
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
        approved_by=str(tx.actor),
        approved_at=LATER,
        approval_reason="checked",
        approved_destination=ACCOUNTS[head.entity.party],
    )
    save(tx, tx.money.transfers, head, approved, "approve")


def _claim(tx: SqlTransaction, transfer: str, hours: int) -> None:
    head = tx.money.transfers.get(transfer)
    now = CREATED + hours * HOUR
    claimed = head.entity.transition(
        "claim",
        now=now,
        destination=ACCOUNTS[head.entity.party],
        first_attempt_at=now,
        retry_until=now + 72 * HOUR,
    )
    attempt = claimed.new_attempt(AttemptKind.CALL)
    save(tx, tx.money.transfers, head, claimed, "claim", records=(attempt,))


def _end_transfers(tx: SqlTransaction) -> None:
    end = CREATED + 4 * HOUR
    head = tx.money.transfers.get(PAID_TRANSFER)
    paid = head.entity.transition("complete", now=end, stripe_transfer_id="tr_1", completed_at=end)
    save(tx, tx.money.transfers, head, paid, "complete")
    head = tx.money.transfers.get(FAILED_TRANSFER)
    parked = head.entity.transition(
        "park",
        now=end,
        parked_at=end,
        failure_code="account_closed",
        failure_message="The account is closed.",
        failure_count=2,
    )
    save(tx, tx.money.transfers, head, parked, "park")
    head = tx.money.transfers.get(FAILED_TRANSFER)
    failed = head.entity.transition("unclaim", now=end, failure_reason=TransferFailure.UNCLAIMED)
    save(tx, tx.money.transfers, head, failed, "unclaim")
    head = tx.money.transfers.get(PAID_TRANSFER)
    reversed_in_part = head.entity.reversed(REVERSED, now=end)
    save(tx, tx.money.transfers, head, reversed_in_part, "record_reversal")

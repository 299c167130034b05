"""The handlers of charges: opened for an item, paid by events of Stripe, canceled when expired."""

from datetime import datetime

from indelible.kernel import Head
from indelible.kernel.waking import wake
from indelible.money.commands.payments import (
    AttachIntent,
    AttachSession,
    CancelCharge,
    ExtendCharge,
    OpenCharge,
    RecordFee,
    StartPayment,
)
from indelible.money.commands.results import ChargeSaved
from indelible.money.entities.charges import Charge
from indelible.money.entities.stripe_objects import Intent
from indelible.money.entities.values import OutcomeCode
from indelible.money.errors.payments import (
    ChargeNotFound,
    DuplicateIntent,
    OrganizerDoesNotPay,
    PaymentIntentNotFound,
)
from indelible.money.handlers.ledger import post_movement
from indelible.money.handlers.refunds import start_refund
from indelible.money.handlers.saving import save
from indelible.money.repositories.reads import is_settled, payments_switch
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.charges import (
    CHARGE_METADATA,
    PAYMENT_FAILED,
    STALE,
    Decision,
    IntentMove,
    belongs_to_charge,
    canceled_outcome,
    check_metadata,
    decide_intent,
    late_reason,
    move_of,
    payment_mismatch,
)
from indelible.money.rules.events import ParsedEvent
from indelible.money.rules.evidence import EventEvidence
from indelible.money.rules.ledger.drafts import Proof
from indelible.money.rules.ledger.payments import entry_fee, payment_quarantined, processing_fee
from indelible.money.rules.refunds import quarantine_reason
from indelible.money.rules.stages import EXPIRE_CHARGE_STAGE, RECORD_FEE_STAGE

UNKNOWN_FAILURE = "unknown"


def open_charge(tx: MoneyWrite, command: OpenCharge) -> ChargeSaved:
    """Open the charge of an item, or return the one that it has.

    Raises:
        OrganizerDoesNotPay: The party organizes the reference.
        Stale: Another transaction has opened it at the same moment.
    """
    if command.party == command.organizer:
        raise OrganizerDoesNotPay(command.party, command.reference)
    existing = tx.money.charges.of_item(command.item)
    if existing is not None:
        return _charge_saved(existing)

    charge = Charge.opened(
        reference=command.reference,
        party=command.party,
        item=command.item,
        amount_minor=command.amount_minor,
        currency=command.currency,
        expires_at=command.expires_at,
        now=tx.clock.now(),
    )
    head = save(tx, tx.money.charges, None, charge, "open")
    tx.tasks.enqueue(EXPIRE_CHARGE_STAGE, {charge.id: charge.expires_at})
    return ChargeSaved(charge=charge, seq=head.revision.seq, is_new=True)


def require_payable(tx: MoneyWrite, command: StartPayment) -> ChargeSaved:
    """Return a charge of a party that takes a payment now.

    Raises:
        ChargeNotFound: It does not exist, or belongs to another party.
        AlreadyPaid: It takes no payment, or none any more.
        PaymentsHalted: An operator has to resume payments first.
    """
    head = tx.money.charges.get(command.charge_id)
    charge = head.entity.require_party(command.party)
    charge.require_payable(tx.clock.now())
    switch = payments_switch(tx)
    if switch is not None:
        switch.require_open()

    return _charge_saved(head)


def attach_intent(tx: MoneyWrite, command: AttachIntent) -> ChargeSaved:
    """Store the payment intent of a charge; the one that it has changes nothing.

    An intent of a later generation replaces the one before, which Stripe has canceled.

    Raises:
        DuplicateIntent: The charge has another intent, or a checkout session.
        InvalidTransition: The charge takes no payment.
    """
    head = tx.money.charges.lock(command.charge_id)
    charge = head.entity
    if charge.intent_id == command.intent_id:
        return _charge_saved(head)
    is_replaced = command.generation > charge.generation
    if charge.session_id is not None or (charge.intent_id is not None and not is_replaced):
        raise DuplicateIntent(command.intent_id)

    return _charge_saved(_attach(tx, head, command.intent_id, command.generation))


def attach_session(tx: MoneyWrite, command: AttachSession) -> ChargeSaved:
    """Store the checkout session of a charge; the one that it has changes nothing.

    Raises:
        DuplicateIntent: The charge has an intent, or another session than the replaced one.
        InvalidTransition: The charge takes no payment.
    """
    head = tx.money.charges.lock(command.charge_id)
    charge = head.entity
    if charge.session_id == command.session_id:
        return _charge_saved(head)
    has_own_intent = charge.session_id is None and charge.intent_id is not None
    if has_own_intent or charge.session_id != command.replaces_session_id:
        raise DuplicateIntent(command.session_id)

    attached = charge.transition(
        "attach_session",
        now=tx.clock.now(),
        session_id=command.session_id,
        intent_id=command.intent_id,
    )
    return _charge_saved(save(tx, tx.money.charges, head, attached, "attach_session"))


def extend_charge(tx: MoneyWrite, command: ExtendCharge) -> ChargeSaved:
    """Move the time until which a charge may be paid; a charge that is paid keeps its own."""
    head = tx.money.charges.lock(command.charge_id)
    charge = head.entity
    if not charge.is_unpaid or charge.expires_at == command.expires_at:
        return _charge_saved(head)

    extended = charge.transition("extend", now=tx.clock.now(), expires_at=command.expires_at)
    head = save(tx, tx.money.charges, head, extended, "extend")
    # The stage looks at the charge again: a task that is early postpones itself.
    wake(tx.tasks, EXPIRE_CHARGE_STAGE, charge.id, command.expires_at)
    return _charge_saved(head)


def cancel_charge(tx: MoneyWrite, command: CancelCharge) -> ChargeSaved:
    """Cancel an unpaid charge; one that cannot be canceled any more stays as it is.

    Call it after Stripe has canceled the intent: `ExpireCharge` does.
    """
    head = tx.money.charges.lock(command.charge_id)
    if not head.entity.is_cancelable:
        return _charge_saved(head)

    outcome = command.outcome_code
    canceled = head.entity.transition("cancel", now=tx.clock.now(), outcome_code=outcome)
    return _charge_saved(save(tx, tx.money.charges, head, canceled, "cancel"))


def record_fee(tx: MoneyWrite, command: RecordFee) -> None:
    """Post Stripe's fee of a payment, once for each balance transaction.

    It occurred when Stripe charged it, however late it is posted.
    """
    if command.fee_minor == 0:
        return
    draft = processing_fee(
        transaction_id=command.transaction_id,
        fee_minor=command.fee_minor,
        currency=command.currency,
        proof=Proof(command.transaction_id, f"fee:{command.transaction_id}"),
    )
    post_movement(tx, draft, occurred_at=command.charged_at)


def apply_intent(
    tx: MoneyWrite, event: ParsedEvent, facts: Intent, evidence: EventEvidence
) -> Decision:
    """Move the charge of a payment intent as an event of Stripe says.

    Raises:
        PaymentIntentNotFound: No charge has the intent yet.
        IntentInDoubt: Only Stripe knows the state of the intent.
        InvalidTransition: The charge was canceled, and the money has arrived nevertheless.
    """
    intent = evidence.intent or facts
    is_read = evidence.intent is not None
    move = move_of(event.type, intent, is_read=is_read)
    head = _locked_charge(tx, intent)
    check_metadata(head.entity, intent)
    if head.entity.intent_id is None:
        if not belongs_to_charge(head.entity, move, intent, evidence):
            return STALE
        head = _attach(tx, head, intent.id, head.entity.generation)

    decision = decide_intent(head.entity, move, event.created, intent, is_read=is_read)
    for action in decision.actions:
        head = _move(tx, head, action, event, intent)
    return _with_code(decision, move, head.entity)


def _with_code(decision: Decision, move: IntentMove, charge: Charge) -> Decision:
    """Return a decision with the code of a payment that failed, or whose money is kept apart."""
    if not decision.actions:
        return decision
    if move is IntentMove.FAIL:
        return Decision(decision.actions, PAYMENT_FAILED)
    if charge.is_quarantined:
        return Decision(decision.actions, charge.outcome_code)
    return decision


def succeed_charge(
    tx: MoneyWrite, head: Head[Charge], intent: Intent, paid_at: datetime, proof: Proof
) -> Head[Charge]:
    """Book a received payment; refund it at once if it is another one, or too late.

    Only the processor of events calls it.
    """
    mismatch = payment_mismatch(head.entity, intent)
    if mismatch is not None:
        return _quarantine(tx, head, intent, paid_at, proof, mismatch)

    charge = _received(tx, head.entity, "succeed", intent, paid_at)
    head = save(tx, tx.money.charges, head, charge, "succeed")
    draft = entry_fee(
        charge_id=charge.id,
        reference=charge.reference,
        party=charge.party,
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        proof=proof,
    )
    post_movement(tx, draft, occurred_at=paid_at)
    tx.tasks.enqueue(RECORD_FEE_STAGE, {charge.id: tx.clock.now()})
    reason = late_reason(charge, paid_at, is_settled=is_settled(tx, charge.reference))
    if reason is None:
        return head
    return start_refund(tx, head, reason, charge.left_minor, proof).charge


def _quarantine(
    tx: MoneyWrite,
    head: Head[Charge],
    intent: Intent,
    paid_at: datetime,
    proof: Proof,
    mismatch: OutcomeCode,
) -> Head[Charge]:
    """Store money that is not the charge's, and refund it; the escrow does not see it."""
    charge = _received(tx, head.entity, "quarantine", intent, paid_at, outcome_code=mismatch)
    head = save(tx, tx.money.charges, head, charge, "quarantine")
    draft = payment_quarantined(
        charge_id=charge.id,
        reference=charge.reference,
        party=charge.party,
        amount_minor=intent.amount_received_minor,
        currency=intent.currency,
        proof=proof,
    )
    post_movement(tx, draft, occurred_at=paid_at)
    tx.tasks.enqueue(RECORD_FEE_STAGE, {charge.id: tx.clock.now()})
    reason = quarantine_reason(mismatch)

    return start_refund(tx, head, reason, charge.left_minor, proof).charge


def _received(
    tx: MoneyWrite,
    charge: Charge,
    action: str,
    intent: Intent,
    paid_at: datetime,
    *,
    outcome_code: OutcomeCode | None = None,
) -> Charge:
    return charge.with_event(
        action,
        paid_at,
        now=tx.clock.now(),
        received_minor=intent.amount_received_minor,
        received_currency=intent.currency,
        paid_at=paid_at,
        failure_code=None,
        outcome_code=outcome_code,
    )


def _move(
    tx: MoneyWrite, head: Head[Charge], action: str, event: ParsedEvent, intent: Intent
) -> Head[Charge]:
    """Apply one action of an event."""
    created = event.created
    if action == IntentMove.SUCCEED:
        return succeed_charge(tx, head, intent, created, Proof.by_event(event.id))

    fields: dict[str, object] = {}
    if action == IntentMove.FAIL:
        fields["failure_code"] = intent.failure_code or UNKNOWN_FAILURE
    if action == IntentMove.CANCEL:
        fields["outcome_code"] = canceled_outcome(head.entity, created)
    charge = head.entity.with_event(action, created, now=tx.clock.now(), **fields)
    return save(tx, tx.money.charges, head, charge, action)


def _locked_charge(tx: MoneyWrite, intent: Intent) -> Head[Charge]:
    """Lock the charge that has an intent, or the one that the intent names and that has none."""
    named_id = intent.metadata.get(CHARGE_METADATA)
    owner, head = tx.read_together(
        lambda: tx.money.charges.of_intent(intent.id),
        lambda: None if named_id is None else _lock_if_known(tx, named_id),
    )
    if owner is not None and owner.entity.id != named_id:
        head = tx.money.charges.lock(owner.entity.id)
    if head is None or head.entity.intent_id not in (None, intent.id):
        raise PaymentIntentNotFound(intent.id)

    return head


def _lock_if_known(tx: MoneyWrite, charge_id: str) -> Head[Charge] | None:
    try:
        return tx.money.charges.lock(charge_id)
    except ChargeNotFound:
        return None


def _attach(tx: MoneyWrite, head: Head[Charge], intent_id: str, generation: int) -> Head[Charge]:
    charge = head.entity.transition(
        "attach_intent", now=tx.clock.now(), intent_id=intent_id, generation=generation
    )
    return save(tx, tx.money.charges, head, charge, "attach_intent")


def _charge_saved(head: Head[Charge]) -> ChargeSaved:
    return ChargeSaved(charge=head.entity, seq=head.revision.seq)

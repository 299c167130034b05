"""The inbox: Stripe's events are stored as they were received, and processed later.

A received event is stored before it has any effect. Each attempt to process it is stored: with its
effect if it succeeds, in a transaction of its own if it fails.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from indelible.kernel import Head
from indelible.kernel.payloads import Payload
from indelible.money.commands.payments import (
    ApplyEvent,
    BuryEvent,
    FailEvent,
    IgnoreEvent,
    ReceiveEvent,
    ReplayEvent,
)
from indelible.money.commands.results import EventApplied, StripeEventSaved
from indelible.money.entities.events import StripeEvent
from indelible.money.entities.stripe_objects import (
    AccountObject,
    ChargeObject,
    DisputeObject,
    Intent,
    RefundObject,
    TransferObject,
)
from indelible.money.entities.values import EventOutcome
from indelible.money.handlers.charges import apply_intent
from indelible.money.handlers.disputes import apply_dispute
from indelible.money.handlers.payees import apply_account
from indelible.money.handlers.payouts.ending import apply_transfer
from indelible.money.handlers.refunds import apply_refund, apply_refunded_charge
from indelible.money.handlers.saving import save
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.charges import (
    IGNORED_BY_OPERATOR,
    STALE_EVENT,
    UNHANDLED_EVENT,
    Decision,
)
from indelible.money.rules.events import EventFacts, ParsedEvent
from indelible.money.rules.evidence import EventEvidence
from indelible.money.rules.inbox import STRIPE_EVENT_DUPLICATE, birth_action
from indelible.money.rules.stages import PROCESS_STRIPE_EVENT_STAGE

JSON_TYPE: Final = "application/json"
Applier = Callable[[MoneyWrite, ParsedEvent, Any, EventEvidence], Decision]

# What applies an event, by the type of its object.
APPLIERS: Final[Mapping[type, Applier]] = {
    Intent: apply_intent,
    ChargeObject: apply_refunded_charge,
    RefundObject: apply_refund,
    DisputeObject: apply_dispute,
    TransferObject: apply_transfer,
    AccountObject: apply_account,
}


def receive_event(tx: MoneyWrite, command: ReceiveEvent) -> StripeEventSaved:
    """Store an event's bytes and enqueue its processing; a known event changes nothing.

    Raises:
        Stale: Another transaction has stored the event at the same moment.
    """
    if not tx.money.events.joins.unknown([command.event_id]):
        known = tx.money.events.get(command.event_id)
        return StripeEventSaved(event=known.entity, seq=known.revision.seq, is_duplicate=True)

    now = tx.clock.now()
    payload = Payload.of(command.body, content_type=JSON_TYPE, received_at=now)
    action = birth_action(command.origin)
    event = StripeEvent.create(
        action,
        now=now,
        id=command.event_id,
        event_type=command.event_type,
        api_version=command.api_version,
        livemode=command.livemode,
        created=command.created,
        payload_digest=tx.payloads.add(payload).digest,
        object_id=command.object_id,
        account=command.account,
        origin=command.origin,
    )
    head = save(tx, tx.money.events, None, event, action)
    tx.tasks.enqueue(PROCESS_STRIPE_EVENT_STAGE, {event.id: now})
    return StripeEventSaved(event=event, seq=head.revision.seq)


def apply_event(tx: MoneyWrite, command: ApplyEvent) -> EventApplied:
    """Apply a received event and store the attempt, in one transaction.

    Raises:
        PaymentIntentNotFound: No charge has the event's intent yet.
        IntentInDoubt: The processor has to read the intent at Stripe first.
        IndelibleError: Another error for which nothing is applied.
    """
    return apply_locked_event(tx, command, tx.money.events.lock(command.event.id))


def apply_locked_event(
    tx: MoneyWrite, command: ApplyEvent, head: Head[StripeEvent]
) -> EventApplied:
    """Apply an event as `apply_event` does, whose head the caller has locked."""
    if not head.entity.is_received:
        return EventApplied(
            event=head.entity, outcome=EventOutcome.DUPLICATE, code=STRIPE_EVENT_DUPLICATE
        )

    facts = command.event.facts
    applier = _applier_of(facts)
    if applier is None:
        return _ignore(tx, head, UNHANDLED_EVENT)
    decision = applier(tx, command.event, facts, command.evidence)
    if decision.is_stale:
        return _ignore(tx, head, STALE_EVENT)

    event = head.entity.processed(decision.code, now=tx.clock.now())
    _save_attempt(tx, head, event, "process", EventOutcome.PROCESSED)
    return EventApplied(event=event, outcome=EventOutcome.PROCESSED, code=decision.code)


def _applier_of(facts: EventFacts | None) -> Applier | None:
    return APPLIERS.get(type(facts))


def fail_event(tx: MoneyWrite, command: FailEvent) -> StripeEventSaved:
    """Store an attempt that failed; an event that has an outcome by now stays as it is."""
    head = tx.money.events.lock(command.event_id)
    if not head.entity.is_received:
        return _event_saved(head)

    event = head.entity.failed(command.code, now=tx.clock.now())
    outcome = EventOutcome.FAILED
    return _event_saved(_save_attempt(tx, head, event, "fail", outcome, command.problem))


def bury_event(tx: MoneyWrite, command: BuryEvent) -> StripeEventSaved:
    """Make an event a dead letter; one that has an outcome by now stays as it is."""
    head = tx.money.events.lock(command.event_id)
    if not head.entity.is_received:
        return _event_saved(head)

    event = head.entity.buried(command.code, now=tx.clock.now())
    outcome = EventOutcome.FAILED
    return _event_saved(_save_attempt(tx, head, event, "bury", outcome, command.problem))


def replay_event(tx: MoneyWrite, command: ReplayEvent) -> StripeEventSaved:
    """Process a dead letter again.

    Raises:
        InvalidTransition: The event is no dead letter.
    """
    return _event_saved(_replay(tx, tx.money.events.lock(command.event_id)))


def ignore_event(tx: MoneyWrite, command: IgnoreEvent) -> StripeEventSaved:
    """End an event that waits or is a dead letter, as an operator has decided.

    Raises:
        InvalidTransition: The event has an outcome already.
    """
    head = tx.money.events.lock(command.event_id)
    if head.entity.is_dead:
        head = _replay(tx, head)
    return _event_saved(_save_ignored(tx, head, IGNORED_BY_OPERATOR))


def _replay(tx: MoneyWrite, head: Head[StripeEvent]) -> Head[StripeEvent]:
    event = head.entity.transition("replay", now=tx.clock.now())
    head = save(tx, tx.money.events, head, event, "replay")
    tx.tasks.requeue(PROCESS_STRIPE_EVENT_STAGE, event.id)
    return head


def _ignore(tx: MoneyWrite, head: Head[StripeEvent], code: str) -> EventApplied:
    event = _save_ignored(tx, head, code).entity
    return EventApplied(event=event, outcome=EventOutcome.IGNORED, code=code)


def _save_ignored(tx: MoneyWrite, head: Head[StripeEvent], code: str) -> Head[StripeEvent]:
    event = head.entity.ignored(code, now=tx.clock.now())
    return _save_attempt(tx, head, event, "ignore", EventOutcome.IGNORED)


def _save_attempt(
    tx: MoneyWrite,
    head: Head[StripeEvent],
    event: StripeEvent,
    action: str,
    outcome: EventOutcome,
    problem: str | None = None,
) -> Head[StripeEvent]:
    attempt = event.new_attempt(outcome, problem)
    return save(tx, tx.money.events, head, event, action, records=(attempt,))


def _event_saved(head: Head[StripeEvent]) -> StripeEventSaved:
    return StripeEventSaved(event=head.entity, seq=head.revision.seq)

"""Objects of Stripe that the processor has read about an event, before its transaction."""

from attrs import frozen

from indelible.money.entities.stripe_objects import (
    AccountObject,
    DisputeObject,
    Intent,
    RefundObject,
    ReversalObject,
    Session,
)


@frozen(kw_only=True)
class EventEvidence:
    """Objects of Stripe that an event does not hold itself.

    `intent` is the intent of a doubtful event, `session` its charge's checkout session. `refunds`
    are all refunds of a refunded charge. `dispute` is a dispute with its fee, `intent_id` the
    intent of its charge. `reversals` are those of a reversed transfer. `account` is the account as
    Stripe has it now, and `payee_seq` the seq of its payee before it was read.
    """

    intent: Intent | None = None
    session: Session | None = None
    intent_id: str | None = None
    refunds: tuple[RefundObject, ...] = ()
    dispute: DisputeObject | None = None
    reversals: tuple[ReversalObject, ...] = ()
    account: AccountObject | None = None
    payee_seq: int | None = None


NO_EVIDENCE = EventEvidence()

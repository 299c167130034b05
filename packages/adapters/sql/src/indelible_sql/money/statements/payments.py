"""The statements of charges, refunds, disputes, events and reconciliations."""

from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    ColumnElement,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from indelible.money.entities.values import MovementKind
from indelible.money.lifecycle.payments import (
    OPEN_DISPUTE,
    REPLACING_REFUND,
    ChargeStatus,
    RefundStatus,
)
from indelible_sql.engine.session import Query
from indelible_sql.kernel.payload_tables import PAYLOADS
from indelible_sql.money.statements.parts import in_states, number, total
from indelible_sql.money.tables.inbox import (
    DISCREPANCIES,
    RECONCILIATIONS,
    STRIPE_EVENTS,
)
from indelible_sql.money.tables.ledger import MOVEMENTS
from indelible_sql.money.tables.payments import CHARGES, DISPUTES, REFUNDS
from indelible_sql.schema.columns import IDENTIFIER, INSTANT
from indelible_sql.schema.expressions import in_json_list
from indelible_sql.schema.tables import page_by

_limit: BindParameter[Any] = bindparam("limit")
_one: ColumnClause[Any] = literal_column("1")
_until = bindparam("until", type_=INSTANT)

# Which paid charges has no movement booked?
_PAYMENT_KINDS: Final = (MovementKind.ENTRY_FEE, MovementKind.PAYMENT_QUARANTINED)
_prefix = literal_column("'payment:'").op("||")(CHARGES.c.id)
_is_booked = (
    select(_one)
    .where(or_(*(MOVEMENTS.c.fact_key == _prefix.op("||")(f":{kind}") for kind in _PAYMENT_KINDS)))
    .exists()
)
_is_unbooked = and_(CHARGES.c.paid_at.is_not(None), ~_is_booked)
WITHOUT_MOVEMENT: Final[Query] = (
    select(CHARGES).where(_is_unbooked).order_by(CHARGES.c.id).limit(_limit)
)
UNBOOKED_CHARGES: Final[Query] = (
    select(CHARGES.c.id, CHARGES.c.seq).where(_is_unbooked).order_by(CHARGES.c.id)
)

# Which refunded charges have another sum of refunds?
_REFUNDED: Final = (ChargeStatus.PARTIALLY_REFUNDED, ChargeStatus.REFUNDED)
_of_charge = REFUNDS.c.charge_id == CHARGES.c.id
_refunded = (
    select(total(REFUNDS.c.amount_minor))
    .where(_of_charge, REFUNDS.c.status == RefundStatus.SUCCEEDED.value)
    .scalar_subquery()
)
MISCOUNTED_REFUNDS: Final[Query] = (
    select(CHARGES.c.id, CHARGES.c.seq)
    .where(
        in_states(CHARGES.c.status, _REFUNDED),
        number(CHARGES.c.refunded_minor) != _refunded,
    )
    .order_by(CHARGES.c.id)
)
# Which refunds has no payment of their charge allowed?
_paid_back = REFUNDS.alias("paid_back")
_paid_back_sum = (
    select(total(_paid_back.c.amount_minor))
    .where(
        _paid_back.c.charge_id == REFUNDS.c.charge_id,
        in_states(_paid_back.c.status, REPLACING_REFUND),
    )
    .scalar_subquery()
)
REFUNDS_WITHOUT_PAYMENT: Final[Query] = (
    select(REFUNDS.c.id, REFUNDS.c.seq)
    .join(CHARGES, CHARGES.c.id == REFUNDS.c.charge_id)
    .where(
        or_(
            CHARGES.c.received_minor.is_(None),
            CHARGES.c.received_currency != REFUNDS.c.currency,
            number(CHARGES.c.received_minor) < REFUNDS.c.amount_minor,
            and_(
                in_states(REFUNDS.c.status, REPLACING_REFUND),
                number(CHARGES.c.received_minor) < _paid_back_sum,
            ),
        )
    )
    .order_by(REFUNDS.c.id)
)

# Which refunds skip a number of their charge?
_previous = REFUNDS.alias("previous")
_follows = (
    select(_one)
    .where(
        _previous.c.charge_id == REFUNDS.c.charge_id,
        number(_previous.c.number) == number(REFUNDS.c.number) - _one,
    )
    .exists()
)
REFUNDS_OUT_OF_ORDER: Final[Query] = (
    select(REFUNDS.c.id, REFUNDS.c.seq)
    .where(REFUNDS.c.number > _one, ~_follows)
    .order_by(REFUNDS.c.id)
)

# Which disputes have taken or given back money that no movement has booked?
_dispute_prefix = literal_column("'dispute:'").op("||")(DISPUTES.c.id)
_withdrawn = number(DISPUTES.c.amount_minor) + number(DISPUTES.c.fee_minor)


def _books(kind: MovementKind, suffix: str, minor: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that a movement has booked an amount of a dispute."""
    return (
        select(_one)
        .where(
            MOVEMENTS.c.key == _dispute_prefix.op("||")(literal_column(f"'{suffix}'")),
            MOVEMENTS.c.kind == kind.value,
            MOVEMENTS.c.total_minor == minor,
        )
        .exists()
    )


_is_withdrawal_booked = _books(MovementKind.DISPUTE_OPENED, ":OPEN", _withdrawn)
_is_return_booked = _books(MovementKind.DISPUTE_WON, ":WON", number(DISPUTES.c.amount_minor))
UNBOOKED_DISPUTES: Final[Query] = (
    select(DISPUTES.c.id, DISPUTES.c.seq)
    .where(
        or_(
            and_(DISPUTES.c.withdrawn_at.is_not(None), ~_is_withdrawal_booked),
            and_(DISPUTES.c.reinstated_at.is_not(None), ~_is_return_booked),
        )
    )
    .order_by(DISPUTES.c.id)
)

# Which failed refunds does no later one of the charge replace?
_later = REFUNDS.alias("later")
_is_replaced = (
    select(_one)
    .where(
        _later.c.charge_id == REFUNDS.c.charge_id,
        _later.c.number > REFUNDS.c.number,
        in_states(_later.c.status, REPLACING_REFUND),
    )
    .exists()
)
FAILED_FOR_GOOD: Final[Query] = (
    select(REFUNDS)
    .where(REFUNDS.c.status == RefundStatus.FAILED.value, ~_is_replaced)
    .order_by(REFUNDS.c.id)
    .limit(_limit)
)

# Which open disputes has a reference?
OPEN_DISPUTES_OF_REFERENCE: Final[Query] = (
    select(DISPUTES)
    .join(CHARGES, CHARGES.c.id == DISPUTES.c.charge_id)
    .where(
        in_states(DISPUTES.c.status, OPEN_DISPUTE),
        CHARGES.c.reference == bindparam("reference", type_=IDENTIFIER),
    )
    .order_by(DISPUTES.c.id)
)

# Which of these ids of events are known?
KNOWN_EVENTS: Final[Query] = (
    select(STRIPE_EVENTS.c.id)
    .where(in_json_list(STRIPE_EVENTS.c.id, "ids"))
    .order_by(STRIPE_EVENTS.c.id)
)
NEWEST_CREATED: Final[Query] = (
    select(STRIPE_EVENTS.c.created)
    .order_by(STRIPE_EVENTS.c.created.desc())
    .limit(literal_column("1"))
)

# Which events name bytes that are not stored?
EVENTS_WITHOUT_PAYLOAD: Final[Query] = (
    select(STRIPE_EVENTS.c.id, STRIPE_EVENTS.c.seq)
    .join(PAYLOADS, PAYLOADS.c.digest == STRIPE_EVENTS.c.payload_digest, isouter=True)
    .where(PAYLOADS.c.digest.is_(None))
    .order_by(STRIPE_EVENTS.c.id)
)

# Which discrepancies of a reconciliation follow a number? Its last change has added them.
_last_change = (
    select(RECONCILIATIONS.c.seq)
    .where(RECONCILIATIONS.c.id == DISCREPANCIES.c.entity_id)
    .scalar_subquery()
)
PAGE_DISCREPANCIES: Final = page_by(DISCREPANCIES, ("entity_id",), ("number",)).where(
    DISCREPANCIES.c.seq == _last_change
)

# Which rules have found a discrepancy without a remedy since a time?
RULES_WITHOUT_REMEDY: Final[Query] = (
    select(DISCREPANCIES.c.rule)
    .join(RECONCILIATIONS, RECONCILIATIONS.c.id == DISCREPANCIES.c.entity_id)
    .where(
        RECONCILIATIONS.c.updated_at >= bindparam("since", type_=INSTANT),
        DISCREPANCIES.c.remedy.is_(None),
    )
    .distinct()
    .order_by(DISCREPANCIES.c.rule)
)

# Which reconciliations count other discrepancies than they have?
_discrepancy_count = (
    select(func.count()).where(DISCREPANCIES.c.entity_id == RECONCILIATIONS.c.id).scalar_subquery()
)
MISCOUNTED_RECONCILIATIONS: Final[Query] = (
    select(RECONCILIATIONS.c.id, RECONCILIATIONS.c.seq)
    .where(
        and_(
            RECONCILIATIONS.c.discrepancy_count.is_not(None),
            RECONCILIATIONS.c.discrepancy_count != _discrepancy_count,
        )
    )
    .order_by(RECONCILIATIONS.c.id)
)

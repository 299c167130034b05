"""Charges: money that a party pays for an item."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, NoReturn, Self

from attrs import frozen

from indelible.kernel import Lifecycle
from indelible.kernel.aggregate_errors import FieldNotOfState
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import Present, WithinKind, present_in, required_in
from indelible.kernel.conditions import AnyCondition, Condition, FixedIf, Rising
from indelible.kernel.field_rules import field
from indelible.kernel.kinds import Count, Currency, Identifier, Instant, kinds
from indelible.money.entities.ids import charge_id
from indelible.money.entities.values import (
    MAX_KEYS_PER_REQUEST,
    Amount,
    AmountOrZero,
    OutcomeCode,
    Reference,
    Sum,
)
from indelible.money.errors.payments import (
    AlreadyPaid,
    ChargeExists,
    ChargeNotFound,
    DuplicateIntent,
    RefundNotAllowed,
)
from indelible.money.lifecycle.payments import (
    CANCELABLE_CHARGE,
    CHARGE,
    UNPAID_CHARGE,
    ChargeStatus,
)

PAYMENT_FIELDS: Final = ("received_minor", "received_currency", "paid_at")
PAID: Final = (
    ChargeStatus.SUCCEEDED,
    ChargeStatus.REFUND_PENDING,
    ChargeStatus.PARTIALLY_REFUNDED,
    ChargeStatus.REFUNDED,
    ChargeStatus.DISPUTED,
    ChargeStatus.CHARGED_BACK,
)
# Money of another amount or currency than the charge's: it is only refunded.
QUARANTINED: Final = frozenset({OutcomeCode.AMOUNT_MISMATCH, OutcomeCode.CURRENCY_MISMATCH})
REFUNDABLE: Final = frozenset({ChargeStatus.SUCCEEDED, ChargeStatus.PARTIALLY_REFUNDED})
REFUND_STATES: Final = frozenset(
    {ChargeStatus.REFUND_PENDING, ChargeStatus.PARTIALLY_REFUNDED, ChargeStatus.REFUNDED}
)
DISPUTE_ACTIONS: Final[Mapping[ChargeStatus, str]] = {
    ChargeStatus.REFUNDED: "dispute_refunded",
    ChargeStatus.PARTIALLY_REFUNDED: "dispute_part_refunded",
}


@frozen(kw_only=True, field_transformer=kinds)
class Charge(Aggregate):
    """The payment of an item by a party; its id follows from the item.

    `generation` numbers the keys of its payment intents. `last_event_at` is the time of the newest
    event of Stripe that was applied. `received_minor` and `received_currency` are what Stripe has
    received, set once it is paid or quarantined. `disputed_from` is the state before the dispute.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = CHARGE
    missing_error = ChargeNotFound
    fixed: ClassVar[tuple[str, ...]] = ("reference", "party", "item", "amount_minor", "currency")
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("amounts_positive", WithinKind(("amount_minor", "received_minor"))),
        Condition("payment_of_status", required_in(PAYMENT_FIELDS, *PAID)),
        Condition(
            "dispute_of_status",
            required_in("disputed_from", ChargeStatus.DISPUTED, ChargeStatus.CHARGED_BACK),
            WithinKind(("disputed_from",)),
        ),
        Condition(
            "outcome_of_status",
            present_in("outcome_code", ChargeStatus.CANCELED),
            WithinKind(("outcome_code",)),
        ),
        FixedIf("paid_once", Present("paid_at"), PAYMENT_FIELDS),
        Rising(name="generation_forward", field="generation", most=MAX_KEYS_PER_REQUEST),
    )

    status: ChargeStatus
    reference: Reference
    party: Identifier
    item: Identifier = field(unique=ChargeExists)
    amount_minor: Amount
    currency: Currency
    expires_at: Instant
    intent_id: Identifier | None = field(unique=DuplicateIntent, unique_name="one_intent")
    generation: Count = 1
    session_id: Identifier | None = field(unique=DuplicateIntent, unique_name="one_session")
    failure_code: Identifier | None = None
    last_event_at: Instant | None = None
    received_minor: AmountOrZero | None = None
    received_currency: Currency | None = None
    paid_at: Instant | None = None
    refunded_minor: Sum = 0
    disputed_from: ChargeStatus | None = None
    outcome_code: OutcomeCode | None = None

    def __attrs_post_init__(self) -> None:
        """Check that the id follows from the item, the claims, and what was received."""
        if self.id != charge_id(self.item):
            self._refuse("id", charge_id(self.item))
        super().__attrs_post_init__()
        self._check_amounts()

    @classmethod
    def opened(
        cls,
        *,
        reference: str,
        party: str,
        item: str,
        amount_minor: int,
        currency: str,
        expires_at: datetime,
        now: datetime,
    ) -> Self:
        """Return a new charge of an item."""
        return cls.create(
            "open",
            now=now,
            id=charge_id(item),
            reference=reference,
            party=party,
            item=item,
            amount_minor=amount_minor,
            currency=currency,
            expires_at=expires_at,
        )

    @property
    def is_unpaid(self) -> bool:
        """Return True if the charge may still be paid."""
        return self.status in UNPAID_CHARGE

    @property
    def is_quarantined(self) -> bool:
        """Return True if the money that arrived is not that of the charge."""
        return self.outcome_code in QUARANTINED

    @property
    def is_cancelable(self) -> bool:
        """Return True if the charge can be canceled; Stripe refuses it while it processes one."""
        return self.status in CANCELABLE_CHARGE

    @property
    def is_refundable(self) -> bool:
        """Return True if a refund can be requested."""
        return self.status in REFUNDABLE

    @property
    def is_disputed(self) -> bool:
        """Return True while a dispute is open."""
        return self.status is ChargeStatus.DISPUTED

    @property
    def left_minor(self) -> int:
        """Return the received money that is not refunded."""
        return (self.received_minor or 0) - self.refunded_minor

    @property
    def refund_currency(self) -> str:
        """Return the currency of the charge's refunds: that of the received money."""
        return self.received_currency or self.currency

    def require_payable(self, now: datetime) -> Self:
        """Return the charge, or raise AlreadyPaid if it takes no payment, or none any more."""
        if not self.is_unpaid:
            raise AlreadyPaid(self.id, self.status)
        if now >= self.expires_at:
            raise AlreadyPaid(self.id, OutcomeCode.EXPIRED)
        return self

    def require_refundable(self, amount_minor: int) -> Self:
        """Return the charge, or raise the error that says why it cannot be refunded."""
        if not self.is_refundable:
            expected = " or ".join(sorted(REFUNDABLE))
            raise RefundNotAllowed(self.id, expected, self.status)
        if not 0 < amount_minor <= self.left_minor:
            expected = f"an amount from 1 to {self.left_minor}"
            raise RefundNotAllowed(self.id, expected, str(amount_minor))
        return self

    def with_event(
        self,
        action: str,
        created: datetime,
        *,
        now: datetime,
        **fields: Any,  # noqa: ANN401 - of the charge
    ) -> Self:
        """Return the charge after an event of Stripe that was created at a time."""
        newest = max(created, self.last_event_at or created)
        return self.transition(action, now=now, last_event_at=newest, **fields)

    def refund_action(self, refunded_minor: int, *, is_success: bool) -> str | None:
        """Return the action that a refund's end leads to, None if the charge stays as it is.

        `refunded_minor` is the sum of all refunds that have succeeded. A disputed charge stays:
        the end of its dispute counts its refunds.
        """
        if is_success:
            return self._success_action(is_whole=refunded_minor == self.received_minor)
        if self.is_quarantined and self.status in REFUND_STATES:
            return "retry_refund"
        is_pending = self.status is ChargeStatus.REFUND_PENDING
        if not is_pending and refunded_minor == self.refunded_minor:
            return None
        if self.status not in REFUND_STATES:
            return None
        return "fail_part_refund" if refunded_minor > 0 else "fail_refund"

    def _success_action(self, *, is_whole: bool) -> str | None:
        """Return the action after a refund that has succeeded, ours or another one."""
        if self.status is ChargeStatus.REFUND_PENDING:
            return "refund" if is_whole else "refund_part"
        if self.status in REFUNDABLE:
            return "refund_outside" if is_whole else "refund_part_outside"
        return None

    @property
    def dispute_action(self) -> str | None:
        """Return the action that a dispute leads to, None if the charge stays as it is.

        A charge with a refund under way is disputed when the refund has ended.
        """
        if self.status in (ChargeStatus.REFUND_PENDING, ChargeStatus.DISPUTED):
            return None
        if self.status is ChargeStatus.CHARGED_BACK:
            return None
        return DISPUTE_ACTIONS.get(self.status, "dispute")

    def win_action(self, refunded_minor: int) -> str:
        """Return the action after a dispute that is not lost, by what was refunded."""
        if refunded_minor == 0:
            return "win"
        return "win_refunded" if refunded_minor == self.received_minor else "win_part_refunded"

    def require_party(self, party: str) -> Self:
        """Return the charge, or raise ChargeNotFound where it is another party's."""
        if self.party != party:
            raise ChargeNotFound(self.id)
        return self

    def _check_amounts(self) -> None:
        """Raise an error for a paid charge with other money, or with refunds above it."""
        if self.received_minor is None:
            self._check_refunded(0)
            return

        is_exact = (self.received_minor, self.received_currency) == (
            self.amount_minor,
            self.currency,
        )
        if self.is_quarantined == is_exact:
            expected = "another payment" if is_exact else f"{self.amount_minor} {self.currency}"
            self._refuse("received_minor", expected)
        if self.is_quarantined and self.status is ChargeStatus.SUCCEEDED:
            self._refuse("outcome_code", "empty")
        self._check_refunded(self.received_minor)

    def _check_refunded(self, most_minor: int) -> None:
        if self.refunded_minor > most_minor:
            self._refuse("refunded_minor", f"at most {most_minor}")
        is_whole = self.refunded_minor == most_minor
        if self.status is ChargeStatus.REFUNDED and not is_whole:
            self._refuse("refunded_minor", str(most_minor))
        if self.status is ChargeStatus.PARTIALLY_REFUNDED and (
            is_whole or self.refunded_minor == 0
        ):
            self._refuse("refunded_minor", f"above 0 and below {most_minor}")
        if self.status is ChargeStatus.SUCCEEDED and self.refunded_minor > 0:
            self._refuse("refunded_minor", "0")

    def _refuse(self, name: str, expected: str) -> NoReturn:
        raise FieldNotOfState(CHARGE.name, self.id, name, expected, str(self.status))

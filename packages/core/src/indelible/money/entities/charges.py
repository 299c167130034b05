"""Charges: money that a party pays for an item."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, NoReturn, Self

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.money import is_currency
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.state_fields import FieldNotOfState, check_presence
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    bounded_int,
    instance_of,
    is_identifier,
    is_instant,
)
from indelible.money import errors
from indelible.money.entities.ids import charge_id
from indelible.money.entities.values import (
    CURRENCY,
    REFERENCE,
    OutcomeCode,
    amount_field,
    identifier_field,
    optional_amount_field,
    sum_field,
)
from indelible.money.lifecycle import CHARGE, UNPAID_CHARGE, ChargeStatus

PAYMENT_FIELDS: Final = ("received_minor", "paid_at")
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
ALL_STATES: Final = tuple(ChargeStatus)
ONE_PER_ITEM: Final = OnePerParent(
    name="one_item", parent_field="item", states=ALL_STATES, error=errors.ChargeExists
)
ONE_PER_INTENT: Final = OnePerParent(
    name="one_intent", parent_field="intent_id", states=ALL_STATES, error=errors.DuplicateIntent
)
ONE_PER_SESSION: Final = OnePerParent(
    name="one_session", parent_field="session_id", states=ALL_STATES, error=errors.DuplicateIntent
)


@frozen(kw_only=True)
class Charge(Aggregate):
    """The payment of an item by a party; its id follows from the item.

    `generation` numbers the keys of its payment intents. `last_event_at` is the time of the newest
    event of Stripe that was applied. `received_minor` and `received_currency` are what Stripe has
    received, set once it is paid or quarantined. `disputed_from` is the state before the dispute.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = CHARGE
    fixed: ClassVar[tuple[str, ...]] = ("reference", "party", "item", "amount_minor", "currency")
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (
        ONE_PER_ITEM,
        ONE_PER_INTENT,
        ONE_PER_SESSION,
    )

    status: ChargeStatus = field(validator=instance_of(ChargeStatus))
    reference: str = field(validator=is_identifier, metadata=REFERENCE)
    party: str = field(validator=is_identifier, metadata=IDENTIFIER)
    item: str = field(validator=is_identifier, metadata=IDENTIFIER)
    amount_minor: int = amount_field()
    currency: str = field(validator=is_currency, metadata=CURRENCY)
    expires_at: datetime = field(validator=is_instant)
    intent_id: str | None = identifier_field()
    generation: int = field(default=1, validator=bounded_int, metadata=COUNT)
    session_id: str | None = identifier_field()
    failure_code: str | None = identifier_field()
    last_event_at: datetime | None = field(default=None, validator=optional(is_instant))
    received_minor: int | None = optional_amount_field()
    received_currency: str | None = field(
        default=None, validator=optional(is_currency), metadata=CURRENCY
    )
    paid_at: datetime | None = field(default=None, validator=optional(is_instant))
    refunded_minor: int = sum_field()
    disputed_from: ChargeStatus | None = field(
        default=None, validator=optional(instance_of(ChargeStatus))
    )
    outcome_code: OutcomeCode | None = field(
        default=None, validator=optional(instance_of(OutcomeCode))
    )

    def __attrs_post_init__(self) -> None:
        if self.id != charge_id(self.item):
            self._refuse("id", charge_id(self.item))
        is_paid = self.status in PAID
        check_presence(self, (*PAYMENT_FIELDS, "received_currency"), is_present=is_paid)
        is_disputed = self.status in (ChargeStatus.DISPUTED, ChargeStatus.CHARGED_BACK)
        check_presence(self, ("disputed_from",), is_present=is_disputed)
        if self.status is ChargeStatus.CANCELED:
            check_presence(self, ("outcome_code",), is_present=True)
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
    def intent_key(self) -> str:
        """Return the idempotency key of the payment intent."""
        return f"pi:{self.id}:g{self.generation}"

    def require_party(self, party: str) -> Self:
        """Return the charge, or raise ChargeNotFound where it is another party's."""
        if self.party != party:
            raise errors.ChargeNotFound(self.id)
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

"""Reconciliations with their discrepancies, and the switch that halts payments."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel import Lifecycle
from indelible.kernel.aggregate_errors import FieldNotOfState
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord, BulkTypes
from indelible.kernel.money import is_currency
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.state_fields import check_presence
from indelible.kernel.values import (
    IDENTIFIER,
    LINE,
    bounded_int,
    instance_of,
    is_identifier,
    is_instant,
    is_text,
    text_tuple,
)
from indelible.money.entities.values import (
    CURRENCY,
    NATURAL,
    SIGNED_SUM,
    ReconciliationRule,
    ReconciliationScope,
    Remedy,
    identifier_field,
    message_field,
)
from indelible.money.errors.payments import PaymentsHalted
from indelible.money.errors.payouts import ReconciliationRunning
from indelible.money.lifecycle.reconciliations import (
    PAYMENT_SWITCH,
    RECONCILIATION,
    ReconciliationStatus,
    SwitchStatus,
)

RULES: Final = {"max_length": 3, "max_items": len(ReconciliationRule)}
ONE_RUNNING: Final = OnePerParent(
    parent_field="scope",
    states=(ReconciliationStatus.STARTED,),
    error=ReconciliationRunning,
)
SWITCH_ID: Final = "payments"


@frozen(kw_only=True)
class Discrepancy(BulkRecord):
    """A difference between the books and Stripe, or within the books, under the rule's number.

    One without a remedy halts new payments and transfers.
    """

    record_name: ClassVar[str] = "discrepancies"

    rule: ReconciliationRule = field(validator=instance_of(ReconciliationRule))
    subject: str = field(validator=is_identifier, metadata=IDENTIFIER)
    currency: str | None = field(default=None, validator=optional(is_currency), metadata=CURRENCY)
    expected: str = field(validator=is_text, metadata=LINE)
    actual: str = field(validator=is_text, metadata=LINE)
    difference_minor: int | None = field(
        default=None, validator=optional(bounded_int), metadata=SIGNED_SUM
    )
    remedy: Remedy | None = field(default=None, validator=optional(instance_of(Remedy)))


@frozen(kw_only=True)
class Reconciliation(Aggregate):
    """One comparison of the books with Stripe; `checked` names the rules that it has applied."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = RECONCILIATION
    fixed: ClassVar[tuple[str, ...]] = ("scope", "started_at")
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (ONE_RUNNING,)
    bulk_records: ClassVar[BulkTypes] = {"complete": (Discrepancy,)}

    status: ReconciliationStatus = field(validator=instance_of(ReconciliationStatus))
    scope: ReconciliationScope = field(validator=instance_of(ReconciliationScope))
    started_at: datetime = field(validator=is_instant)
    checked: tuple[str, ...] = field(default=(), validator=text_tuple, metadata=RULES)
    discrepancy_count: int | None = field(
        default=None, validator=optional(bounded_int), metadata=NATURAL
    )
    finished_at: datetime | None = field(default=None, validator=optional(is_instant))
    error_code: str | None = identifier_field()
    error_message: str | None = message_field()

    def __attrs_post_init__(self) -> None:
        is_complete = self.status is ReconciliationStatus.COMPLETE
        is_failed = self.status is ReconciliationStatus.FAILED
        check_presence(self, ("discrepancy_count",), is_present=is_complete)
        check_presence(self, ("finished_at",), is_present=is_complete or is_failed)
        check_presence(self, ("error_code", "error_message"), is_present=is_failed)
        if is_complete != bool(self.checked):
            expected = "set" if is_complete else "empty"
            raise FieldNotOfState(RECONCILIATION.name, self.id, "checked", expected, self.status)

    @property
    def has_ended(self) -> bool:
        """Return True if the reconciliation has a result or has failed."""
        return self.finished_at is not None

    @property
    def has_passed(self) -> bool:
        """Return True if the reconciliation has found no difference."""
        return self.discrepancy_count == 0


@frozen(kw_only=True)
class PaymentSwitch(Aggregate):
    """The switch that halts new payments and transfers; the first halt creates it."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = PAYMENT_SWITCH

    status: SwitchStatus = field(validator=instance_of(SwitchStatus))
    reason_code: str | None = identifier_field()
    halted_at: datetime | None = field(default=None, validator=optional(is_instant))

    def __attrs_post_init__(self) -> None:
        if self.id != SWITCH_ID:
            raise FieldNotOfState(PAYMENT_SWITCH.name, self.id, "id", SWITCH_ID, self.status)
        check_presence(self, ("reason_code", "halted_at"), is_present=self.is_halted)

    @property
    def is_halted(self) -> bool:
        """Return True if new payments and transfers are refused."""
        return self.status is SwitchStatus.HALTED

    def require_open(self) -> None:
        """Raise PaymentsHalted while new payments are refused."""
        if self.is_halted:
            raise PaymentsHalted(self.reason_code or "an operator")

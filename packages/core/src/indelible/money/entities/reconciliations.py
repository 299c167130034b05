"""Reconciliations with their discrepancies, and the switch that halts payments."""

from enum import StrEnum
from typing import ClassVar, Final

from attrs import field, frozen

from indelible.kernel import Lifecycle
from indelible.kernel.actions import action, creates
from indelible.kernel.aggregate_errors import FieldNotOfState
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord, BulkTypes
from indelible.kernel.claims import WithinKind, required_in, required_outside
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.kinds import Currency, Identifier, Instant, Natural, ShortText, kinds
from indelible.kernel.lifecycle import MAX_CLOCK_LEAD
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.values import (
    text_tuple,
)
from indelible.money.entities.values import (
    Message,
    ReconciliationRule,
    ReconciliationScope,
    Remedy,
    SignedSum,
)
from indelible.money.errors.payments import PaymentsHalted
from indelible.money.errors.payouts import (
    ReconciliationNotFound,
    ReconciliationRunning,
    SwitchNotFound,
)
from indelible.money.lifecycle.reconciliations import (
    PAYMENT_SWITCH,
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


@frozen(kw_only=True, field_transformer=kinds)
class Discrepancy(BulkRecord):
    """A difference between the books and Stripe, or within the books, under the rule's number.

    One without a remedy halts new payments and transfers.
    """

    record_name: ClassVar[str] = "discrepancies"
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("rule_known", WithinKind(("rule",))),
        Condition("remedy_known", WithinKind(("remedy",))),
        Condition("texts_short", WithinKind(("expected", "actual"))),
    )

    rule: ReconciliationRule
    subject: Identifier
    currency: Currency | None = None
    expected: ShortText
    actual: ShortText
    difference_minor: SignedSum | None = None
    remedy: Remedy | None = None


@frozen(kw_only=True, field_transformer=kinds)
class Reconciliation(Aggregate):
    """One comparison of the books with Stripe; `checked` names the rules that it has applied."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(
        name="reconciliation",
        latest={"started_at": MAX_CLOCK_LEAD, "finished_at": MAX_CLOCK_LEAD},
    )
    missing_error = ReconciliationNotFound
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (ONE_RUNNING,)
    bulk_records: ClassVar[BulkTypes] = {"complete": (Discrepancy,)}

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("scope_known", WithinKind(("scope",))),
        Condition(
            "result_of_status",
            required_in("discrepancy_count", ReconciliationStatus.COMPLETE),
            required_outside("finished_at", ReconciliationStatus.STARTED),
        ),
        Condition(
            "error_of_status",
            required_in(("error_code", "error_message"), ReconciliationStatus.FAILED),
        ),
        Condition("message_short", WithinKind(("error_message",))),
    )

    status: ReconciliationStatus
    scope: ReconciliationScope
    started_at: Instant
    checked: tuple[str, ...] = field(default=(), validator=text_tuple, metadata=RULES)
    discrepancy_count: Natural | None = None
    finished_at: Instant | None = None
    error_code: Identifier | None = None
    error_message: Message | None = None

    @creates(ReconciliationStatus.STARTED, time_field="started_at")
    def start(self, id: Identifier, scope: ReconciliationScope) -> None:
        """Begin to compare the books with Stripe."""

    @action(
        ReconciliationStatus.STARTED,
        to=ReconciliationStatus.COMPLETE,
        time_field="finished_at",
    )
    def complete(self, checked: tuple[str, ...], discrepancy_count: Natural) -> None:
        """Store how many differences the rules have found."""

    @action(
        ReconciliationStatus.STARTED,
        to=ReconciliationStatus.FAILED,
        time_field="finished_at",
    )
    def fail(self, error_code: Identifier, error_message: Message) -> None:
        """Store that it could not be finished."""

    def __attrs_post_init__(self) -> None:
        """Check the claims, and that a complete reconciliation names its rules."""
        super().__attrs_post_init__()
        is_complete = self.status is ReconciliationStatus.COMPLETE
        if is_complete != bool(self.checked):
            expected = "set" if is_complete else "empty"
            raise FieldNotOfState(self.lifecycle.name, self.id, "checked", expected, self.status)

    @property
    def has_ended(self) -> bool:
        """Return True if the reconciliation has a result or has failed."""
        return self.finished_at is not None

    @property
    def has_passed(self) -> bool:
        """Return True if the reconciliation has found no difference."""
        return self.discrepancy_count == 0


RECONCILIATION: Final = Reconciliation.lifecycle


@frozen(kw_only=True, field_transformer=kinds)
class PaymentSwitch(Aggregate):
    """The switch that halts new payments and transfers; the first halt creates it."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = PAYMENT_SWITCH
    missing_error = SwitchNotFound

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("halt_of_status", required_in(("reason_code", "halted_at"), SwitchStatus.HALTED)),
    )

    status: SwitchStatus
    reason_code: Identifier | None = None
    halted_at: Instant | None = None

    def __attrs_post_init__(self) -> None:
        """Check the id and the claims."""
        if self.id != SWITCH_ID:
            raise FieldNotOfState(PAYMENT_SWITCH.name, self.id, "id", SWITCH_ID, self.status)
        super().__attrs_post_init__()

    @property
    def is_halted(self) -> bool:
        """Return True if new payments and transfers are refused."""
        return self.status is SwitchStatus.HALTED

    def require_open(self) -> None:
        """Raise PaymentsHalted while new payments are refused."""
        if self.is_halted:
            raise PaymentsHalted(self.reason_code or "an operator")

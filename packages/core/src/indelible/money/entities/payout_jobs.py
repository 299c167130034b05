"""Payout jobs: the payouts of settlements."""

from enum import StrEnum
from typing import ClassVar, Final

from attrs import frozen

from indelible.kernel import Lifecycle
from indelible.kernel.actions import action, creates
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import Compared
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.field_rules import field
from indelible.kernel.kinds import Currency, Identifier, Instant, Natural, kinds
from indelible.kernel.lifecycle import MAX_CLOCK_LEAD
from indelible.money.entities.values import Reference, Sum
from indelible.money.errors.payouts import PayoutJobNotFound
from indelible.money.lifecycle.payouts import PayoutJobStatus


@frozen(kw_only=True, field_transformer=kinds)
class PayoutJob(Aggregate):
    """The payout of a settlement; its id is the settlement's.

    It is complete once all its transfers are terminal.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(
        name="payout_job", latest={"completed_at": MAX_CLOCK_LEAD}
    )
    missing_error = PayoutJobNotFound
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("total", Compared("total_minor", ">=", "transfer_count")),
    )

    status: PayoutJobStatus
    reference: Reference
    currency: Currency
    transfer_count: Natural
    total_minor: Sum
    completed_at: Instant | None = field(
        required_in=(PayoutJobStatus.COMPLETE,), condition_name="end_of_status"
    )

    @creates(PayoutJobStatus.PENDING)
    def plan(
        self,
        id: Identifier,
        reference: Reference,
        currency: Currency,
        transfer_count: Natural,
        total_minor: Sum,
    ) -> None:
        """Plan the transfers of a settlement."""

    @action(PayoutJobStatus.PENDING, to=PayoutJobStatus.PROCESSING)
    def start(self) -> None:
        """Begin to send the transfers."""

    @action(
        PayoutJobStatus.PENDING,
        PayoutJobStatus.PROCESSING,
        to=PayoutJobStatus.COMPLETE,
        time_field="completed_at",
    )
    def complete(self) -> None:
        """End the job: all its transfers have ended, or there is none."""

    @action(PayoutJobStatus.COMPLETE, to=PayoutJobStatus.PROCESSING, empties=("completed_at",))
    def reopen(self) -> None:
        """Wait for one of its failed transfers, which is issued again."""


PAYOUT_JOB: Final = PayoutJob.lifecycle

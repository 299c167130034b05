"""The stage that makes refunds at Stripe, each exactly once."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from attrs import define, evolve, field, frozen

from indelible.kernel import Actor, Clock, SystemClock
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage
from indelible.kernel.task_failures import TaskFailure
from indelible.kernel.tasks import Lease, Leases
from indelible.money.commands.payments import BeginRefundAttempt, RecordRefund, RejectRefund
from indelible.money.entities.refunds import Refund, RefundAttempt
from indelible.money.entities.stripe_objects import RefundObject
from indelible.money.entities.values import AttemptKind
from indelible.money.errors.gateway import (
    GatewayObjectNotFound,
    GatewayRejected,
    IdempotencyMismatch,
)
from indelible.money.errors.payments import RefundFailed
from indelible.money.handlers.refunds import (
    begin_refund_attempt,
    record_refund,
    reject_refund,
    save_attempt,
)
from indelible.money.lifecycle.payments import REFUND, RefundStatus
from indelible.money.ports.gateway import StripeGateway
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.charges import CHARGE_METADATA, REFUND_METADATA
from indelible.money.rules.refunds import UNKNOWN_FAILURE, is_failure
from indelible.money.rules.stages import SEND_REFUND_STAGE
from indelible.money.tasks.failpoints import (
    AtPaymentFailpoint,
    PaymentFailpoint,
    no_payment_failpoint,
)
from indelible.money.tasks.observers import PaymentObserver, SilentPaymentObserver
from indelible.money.tasks.outages import BREAKER, RETRY_SECONDS, RETRY_WAITS, outages
from indelible.money.tasks.states import MoneyStore

REFUNDER: Final = Actor.system("refunds")
LEASE_SECONDS: Final = 120
# Stripe may forget an idempotency key after 24 hours.
LOOKUP_AFTER: Final = timedelta(hours=20)
# Stripe repeats the answer that it has stored under a key, also an error.
MAX_CALLS_PER_GENERATION: Final = 5

logger = logging.getLogger("indelible.money")


@frozen(kw_only=True)
class RefundWork:
    """A refund to make, with the attempt that was stored for it."""

    refund: Refund
    attempt: RefundAttempt
    intent_id: str

    @property
    def metadata(self) -> dict[str, str]:
        """Return the metadata by which the refund is found again."""
        return {CHARGE_METADATA: self.refund.charge_id, REFUND_METADATA: self.refund.id}


@frozen(kw_only=True)
class RefundAnswer:
    """Stripe's answer: its refund, or the code of its refusal."""

    reported: RefundObject | None = None
    rejected_code: str | None = None

    @property
    def failure_code(self) -> str | None:
        """Return the reason for which no money is refunded, None if it is or may be."""
        if self.reported is not None and is_failure(self.reported.status):
            return self.reported.failure_code or UNKNOWN_FAILURE
        return self.rejected_code


@define(kw_only=True)
class SendRefund:
    """Makes refunds at Stripe.

    The claim stores an attempt with its key, and is committed before the request. The same key is
    used until Stripe may have forgotten it, knows it with other parameters, or keeps repeating an
    error. Then the refunds of the intent are looked up: ours is adopted, and only if there is none
    a key of the next generation follows.
    """

    store: MoneyStore
    gateway: StripeGateway
    clock: Clock = field(factory=SystemClock)
    observer: PaymentObserver = field(factory=SilentPaymentObserver)
    at_failpoint: AtPaymentFailpoint = no_payment_failpoint
    lease_seconds: int = LEASE_SECONDS
    retry_seconds: int = RETRY_SECONDS

    def stage(self) -> Stage[MoneyWrite, RefundWork, RefundAnswer]:
        """Return the stage; its tasks belong to refunds and act outside the database."""
        return Stage(
            name=SEND_REFUND_STAGE,
            batch=1,
            acts_outside=True,
            lifecycle=REFUND,
            claim=self.claim,
            perform=self.perform,
            finish=self.finish,
            on_dead=self.on_dead,
            lease_seconds=self.lease_seconds,
            retry_seconds=self.retry_seconds,
            retry_waits=RETRY_WAITS,
            breaker=BREAKER,
        )

    def claim(self, tx: MoneyWrite, leases: Leases) -> Sequence[RefundWork | None]:
        """Store an attempt of each refund that Stripe does not have; None for any other."""
        works: list[RefundWork | None] = []
        for lease in leases:
            head = tx.money.refunds.lock(lease.entity_id)
            if head.entity.status is not RefundStatus.REQUESTED:
                works.append(None)
                continue
            kind = _next_kind(tx, head.entity)
            refund = save_attempt(tx, head, head.entity.generation, kind).entity
            self.at_failpoint(PaymentFailpoint.REFUND_AFTER_CLAIM)
            intent_id = tx.money.charges.get(refund.charge_id).entity.intent_id or ""
            attempt = refund.new_attempt(kind)
            works.append(RefundWork(refund=refund, attempt=attempt, intent_id=intent_id))

        return works

    def perform(self, work: RefundWork, handle: LeaseHandle) -> RefundAnswer:
        """Make the refund, or find the one that was made.

        Raises: Outage if the request may succeed later.
        """
        self.at_failpoint(PaymentFailpoint.REFUND_BEFORE_REQUEST)
        with outages():
            if work.attempt.kind is AttemptKind.LOOKUP:
                answer = self._look_up(work, handle)
            else:
                answer = self._call(work, handle)

        if answer.failure_code is not None:
            logger.error("[Payment] %s", RefundFailed(work.refund.id, answer.failure_code))
            self.observer.refund_failed(answer.failure_code)
        return answer

    def finish(self, tx: MoneyWrite, performed: Sequence[tuple[RefundWork, RefundAnswer]]) -> None:
        """Apply the answers: refund, charge and postings in one transaction."""
        for work, answer in performed:
            self.at_failpoint(PaymentFailpoint.REFUND_BEFORE_WRITE)
            if answer.reported is not None:
                record = RecordRefund(refund_id=work.refund.id, reported=answer.reported)
                record_refund(tx, record)
            if answer.rejected_code is not None:
                code = answer.rejected_code
                reject_refund(tx, RejectRefund(refund_id=work.refund.id, failure_code=code))
            self.at_failpoint(PaymentFailpoint.REFUND_AFTER_WRITE)

    def on_dead(
        self,
        tx: MoneyWrite,  # noqa: ARG002 - it writes nothing
        lease: Lease,
        failure: TaskFailure,
    ) -> None:
        """Report a refund that was not made in time; it may exist at Stripe, so nothing moves."""
        logger.error("[Payment] %s", RefundFailed(lease.entity_id, failure.reason))
        self.observer.refund_failed("BUDGET_SPENT")

    def _call(self, work: RefundWork, handle: LeaseHandle) -> RefundAnswer:
        try:
            reported = self.gateway.create_refund(
                intent_id=work.intent_id,
                amount_minor=work.refund.amount_minor,
                metadata=work.metadata,
                idempotency_key=work.attempt.idempotency_key,
            )
        except IdempotencyMismatch:
            return self._look_up(work, handle)
        except GatewayObjectNotFound as error:
            return RefundAnswer(rejected_code=error.code)
        except GatewayRejected as error:
            # An earlier request may have made the refund that this one is refused for.
            existing = self._find(work)
            if existing is None:
                return RefundAnswer(rejected_code=error.stripe_code)
            return RefundAnswer(reported=existing)
        self.at_failpoint(PaymentFailpoint.REFUND_AFTER_REQUEST)
        return RefundAnswer(reported=reported)

    def _look_up(self, work: RefundWork, handle: LeaseHandle) -> RefundAnswer:
        """Return the refund that was made; if there is none, call with the next generation."""
        existing = self._find(work)
        if existing is not None:
            return RefundAnswer(reported=existing)

        def begin(tx: MoneyWrite, command: BeginRefundAttempt) -> Refund:
            tx.tasks.require_lease(handle.lease)
            return begin_refund_attempt(tx, command).refund

        command = BeginRefundAttempt(
            refund_id=work.refund.id,
            generation=work.refund.generation + 1,
            kind=AttemptKind.CALL,
        )
        refund = self.store.run(begin, command, actor=REFUNDER, reason="no refund was found")
        attempt = refund.new_attempt(AttemptKind.CALL)
        return self._call(evolve(work, refund=refund, attempt=attempt), handle)

    def _find(self, work: RefundWork) -> RefundObject | None:
        for reported in self.gateway.list_refunds(work.intent_id):
            if reported.metadata.get(REFUND_METADATA) == work.refund.id:
                return reported
        return None


def _next_kind(tx: MoneyWrite, refund: Refund) -> AttemptKind:
    """Return LOOKUP if the key of the present generation is used up, otherwise CALL.

    A restored backup may have forgotten all attempts of an old refund, and Stripe their key.
    """
    attempts = tx.money.refunds.attempts(refund.id, after=0, limit=MAX_ROWS_PER_PAGE)
    of_generation = [one for one in attempts if one.generation == refund.generation]
    known_since = refund.created_at
    if of_generation:
        known_since = of_generation[0].started_at

    age = tx.clock.now() - known_since
    is_old = age >= LOOKUP_AFTER
    is_used_up = len(of_generation) >= MAX_CALLS_PER_GENERATION
    return AttemptKind.LOOKUP if is_old or is_used_up else AttemptKind.CALL

"""The stage that processes received events of Stripe: each has its effect once, or waits."""

import logging
from typing import Final

from attrs import define, field

from indelible.kernel import Actor, Clock, IndelibleError, Invalid, SystemClock
from indelible.kernel.lease_handles import LeaseHandle, PerformStopped
from indelible.kernel.stages import PermanentFailure, RetryLater, Stage
from indelible.kernel.task_errors import LeaseLost
from indelible.kernel.task_failures import TaskFailure
from indelible.kernel.tasks import Lease
from indelible.kernel.transaction import single_statement
from indelible.money.commands.payments import ApplyEvent, BuryEvent, FailEvent
from indelible.money.commands.results import EventApplied
from indelible.money.entities.charges import QUARANTINED
from indelible.money.entities.events import StripeEvent
from indelible.money.errors.payments import IntentInDoubt
from indelible.money.handlers.inbox import apply_locked_event, bury_event, fail_event
from indelible.money.lifecycle.reconciliations import STRIPE_EVENT
from indelible.money.ports.gateway import StripeGateway
from indelible.money.repositories.transactions import MoneyRead, MoneyWrite
from indelible.money.rules.events import ParsedEvent, parse_event
from indelible.money.rules.evidence import EventEvidence
from indelible.money.rules.refunds import REFUND_FAILED
from indelible.money.rules.stages import PROCESS_STRIPE_EVENT_STAGE
from indelible.money.tasks.evidence import EvidenceReader
from indelible.money.tasks.failpoints import (
    AtPaymentFailpoint,
    PaymentFailpoint,
    no_payment_failpoint,
)
from indelible.money.tasks.observers import PaymentObserver, SilentPaymentObserver
from indelible.money.tasks.outages import (
    BREAKER,
    RETRY_SECONDS,
    UNEXPECTED,
    code_of,
    one_line,
    outages,
)
from indelible.money.tasks.states import MoneyStore

PROCESSOR: Final = Actor.system("payments")
# An event can overtake the row of its charge by seconds.
EVENT_WAITS: Final = (5, 30, 60, 300, 900, 3_600)
LEASE_SECONDS: Final = 60
# The worker decides what becomes of these.
STOPS: Final = (PerformStopped, LeaseLost, PermanentFailure)

logger = logging.getLogger("indelible.money")


@define(kw_only=True)
class ProcessStripeEvent:
    """Processes each received event once.

    `perform` parses the stored bytes, reads at Stripe what they lack, and applies the event under
    the lease of its task. An error rolls all of that back; the failed attempt is stored in a
    transaction of its own. An event whose budget is spent is a dead letter.
    """

    store: MoneyStore
    gateway: StripeGateway
    clock: Clock = field(factory=SystemClock)
    observer: PaymentObserver = field(factory=SilentPaymentObserver)
    at_failpoint: AtPaymentFailpoint = no_payment_failpoint
    lease_seconds: int = LEASE_SECONDS
    retry_seconds: int = RETRY_SECONDS

    def stage(self) -> Stage[MoneyWrite, str, None]:
        """Return the stage; its tasks belong to events and only read at Stripe."""
        return Stage(
            name=PROCESS_STRIPE_EVENT_STAGE,
            batch=1,
            acts_outside=False,
            lifecycle=STRIPE_EVENT,
            perform=self.perform,
            on_dead=self.on_dead,
            lease_seconds=self.lease_seconds,
            retry_seconds=self.retry_seconds,
            retry_waits=EVENT_WAITS,
            breaker=BREAKER,
        )

    def perform(self, event_id: str, handle: LeaseHandle) -> None:
        """Process an event; one that has an outcome is left alone.

        Raises: RetryLater, Outage, and PermanentFailure for bytes that can never be read.
        """
        self.at_failpoint(PaymentFailpoint.EVENT_BEFORE_READ)
        event = self.store.read(read_event, event_id)
        if not event.is_received:
            return

        body = self.store.read(read_body, event.payload_digest)
        try:
            applied = self._process(body, handle)
        except STOPS:
            raise
        except Exception as error:
            self._fail(event, handle, error)
            raise
        self.at_failpoint(PaymentFailpoint.EVENT_AFTER_COMMIT)
        self._observe(applied)

    def on_dead(self, tx: MoneyWrite, lease: Lease, failure: TaskFailure) -> None:
        """Make the event of a task that will not be tried again a dead letter."""
        code = failure.code or UNEXPECTED
        command = BuryEvent(event_id=lease.entity_id, code=code, problem=failure.reason)
        event = bury_event(tx, command).event
        logger.error(
            "[Payment] event %s of type %s is a dead letter: %s", event.id, event.event_type, code
        )
        self.observer.event_buried(event.event_type, code)

    def _process(self, body: bytes, handle: LeaseHandle) -> EventApplied:
        """Apply an event, and once more with its intent as Stripe has it if that is in doubt."""
        event = parse_event(body)
        self.at_failpoint(PaymentFailpoint.EVENT_AFTER_READ)
        reader = EvidenceReader(self.gateway, self.store)
        with outages():
            evidence = reader.read(event)
        self.at_failpoint(PaymentFailpoint.EVENT_AFTER_EVIDENCE)
        try:
            return self._apply(event, evidence, handle)
        except IntentInDoubt as doubt:
            with outages():
                evidence = reader.read_intent(evidence, doubt)

        return self._apply(event, evidence, handle)

    def _apply(
        self, event: ParsedEvent, evidence: EventEvidence, handle: LeaseHandle
    ) -> EventApplied:
        handle.check()

        def apply(tx: MoneyWrite, command: ApplyEvent) -> EventApplied:
            _, head = tx.read_together(
                lambda: tx.tasks.require_lease(handle.lease),
                lambda: tx.money.events.lock(command.event.id),
            )
            self.at_failpoint(PaymentFailpoint.EVENT_BEFORE_APPLY)
            applied = apply_locked_event(tx, command, head)
            self.at_failpoint(PaymentFailpoint.EVENT_AFTER_APPLY)
            return applied

        command = ApplyEvent(event=event, evidence=evidence)
        return self.store.run(apply, command, actor=PROCESSOR, reason=f"event {event.type}")

    def _fail(self, event: StripeEvent, handle: LeaseHandle, error: Exception) -> None:
        """Store the failed attempt, and raise what the worker needs to know.

        Raises: RetryLater, or PermanentFailure for an error that the same bytes lead to again.
        """
        problem = one_line(str(error))
        code = code_of(error)
        logger.warning("[Payment] event %s: attempt failed: %s", event.id, problem)
        self.observer.event_processed(event.event_type, "FAILED", self._latency(event))
        if isinstance(error, Invalid):
            raise PermanentFailure(problem) from error

        def fail(tx: MoneyWrite, command: FailEvent) -> None:
            tx.tasks.require_lease(handle.lease)
            fail_event(tx, command)

        command = FailEvent(event_id=event.id, code=code, problem=problem)
        self.store.run(fail, command, actor=PROCESSOR, reason="failed attempt")
        self.at_failpoint(PaymentFailpoint.EVENT_AFTER_FAILURE)
        if isinstance(error, IndelibleError) and not isinstance(error, RetryLater):
            raise RetryLater(problem) from error

    def _observe(self, applied: EventApplied) -> None:
        event = applied.event
        logger.info(
            "[Payment] event %s of type %s about %s: %s, %s",
            event.id,
            event.event_type,
            event.object_id,
            applied.outcome,
            applied.code or "applied",
        )
        self.observer.event_processed(event.event_type, applied.outcome, self._latency(event))
        if applied.code in QUARANTINED:
            self.observer.payment_quarantined()
        if applied.code == REFUND_FAILED:
            logger.error(
                "[Payment] %s: refund %s, as event %s reports",
                REFUND_FAILED,
                event.object_id,
                event.id,
            )
            self.observer.refund_failed(REFUND_FAILED)

    def _latency(self, event: StripeEvent) -> float:
        return max(0.0, (self.clock.now() - event.created_at).total_seconds())


@single_statement
def read_event(tx: MoneyRead, event_id: str) -> StripeEvent:
    """Return a received event."""
    return tx.money.events.get(event_id).entity


@single_statement
def read_body(tx: MoneyRead, digest: str) -> bytes:
    """Return the bytes of an event, which never change."""
    return tx.payloads.get(digest).content

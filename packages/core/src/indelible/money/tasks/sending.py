"""The stage that makes transfers at Stripe, each exactly once."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import define, field, frozen

from indelible.kernel import Actor, Clock, IndelibleError, SystemClock
from indelible.kernel.history import Head
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Outage, Postpone, Stage
from indelible.kernel.task_failures import TaskFailure
from indelible.kernel.tasks import Lease, Leases
from indelible.money.commands.payouts import (
    BeginTransfer,
    RecordTransferFailure,
    RecordTransferSent,
)
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.stripe_objects import TransferObject
from indelible.money.entities.values import TransferFailure
from indelible.money.errors.gateway import (
    GatewayObjectNotFound,
    GatewayOutage,
    GatewayParked,
    GatewayRejected,
    IdempotencyMismatch,
    OutageOutcome,
    ParkReason,
)
from indelible.money.errors.payouts import TransferMismatch
from indelible.money.handlers.payouts.sending import (
    SendWork,
    begin_call,
    begin_transfer,
    record_transfer_failure,
    record_transfer_sent,
)
from indelible.money.lifecycle.payouts import TRANSFER, TransferStatus
from indelible.money.ports.gateway import StripeGateway
from indelible.money.repositories.transactions import MoneyRead, MoneyWrite
from indelible.money.rules.ledger.drafts import Proof
from indelible.money.rules.payouts import (
    SEND_TRANSFER_STAGE,
    TRANSFER_METADATA,
    FailureDecision,
    SendStep,
    check_reported,
    decide_failure,
    is_undone,
    park_seconds,
    retry_seconds,
    transfer_group,
    transfer_metadata,
)
from indelible.money.tasks.outages import BREAKER, RETRY_SECONDS, RETRY_WAITS, one_line
from indelible.money.tasks.payout_failpoints import (
    AtPayoutFailpoint,
    PayoutFailpoint,
    no_payout_failpoint,
)
from indelible.money.tasks.payout_observers import PayoutObserver, SilentPayoutObserver
from indelible.money.tasks.states import MoneyStore

PAYOUTS: Final = Actor.system("payouts")
LEASE_SECONDS: Final = 600
MAX_KNOWN_REFERENCES: Final = 10_000  # a forgotten one costs one more question
TIMEOUT_SECONDS: Final = 300
PARKED: Final = "park"
GATEWAY_ERRORS: Final = (
    GatewayOutage,
    GatewayRejected,
    GatewayParked,
    IdempotencyMismatch,
    GatewayObjectNotFound,
    TransferMismatch,
)

logger = logging.getLogger("indelible.money")


@frozen(kw_only=True)
class SendAnswer:
    """The answer to a request: Stripe's transfer, None where nothing is left to store."""

    reported: TransferObject | None = None


@define
class KnownReferences:
    """The references about whose transfers a process has asked Stripe since its start.

    A database may have been restored to an earlier time before the process started, and then
    Stripe has transfers, also under keys of later generations, that the database does not know.
    """

    _references: set[str] = field(factory=set[str], init=False)

    def __contains__(self, reference: str) -> bool:
        return reference in self._references

    def add(self, reference: str) -> None:
        """Keep a reference about which Stripe has answered."""
        if len(self._references) >= MAX_KNOWN_REFERENCES:
            self._references.clear()
        self._references.add(reference)


@define(kw_only=True)
class SendTransfer:
    """Makes transfers at Stripe.

    The claim stores an attempt with its key, and is committed before the request. The same key is
    used until Stripe has to be asked for an existing transfer, which is adopted. Only if there is
    none a key of the next generation follows. A failure is stored under the lease in a transaction
    of its own, before the task waits.
    """

    store: MoneyStore
    gateway: StripeGateway
    clock: Clock = field(factory=SystemClock)
    observer: PayoutObserver = field(factory=SilentPayoutObserver)
    at_failpoint: AtPayoutFailpoint = no_payout_failpoint
    known_references: KnownReferences = field(factory=KnownReferences)
    lease_seconds: int = LEASE_SECONDS
    retry_seconds: int = RETRY_SECONDS

    def stage(self) -> Stage[MoneyWrite, SendWork, SendAnswer]:
        """Return the stage; its tasks belong to transfers and act outside the database."""
        return Stage(
            name=SEND_TRANSFER_STAGE,
            batch=1,
            acts_outside=True,
            lifecycle=TRANSFER,
            claim=self.claim,
            perform=self.perform,
            finish=self.finish,
            on_dead=self.on_dead,
            lease_seconds=self.lease_seconds,
            timeout_seconds=TIMEOUT_SECONDS,
            retry_seconds=self.retry_seconds,
            retry_waits=RETRY_WAITS,
            breaker=BREAKER,
        )

    def claim(self, tx: MoneyWrite, leases: Leases) -> Sequence[SendWork | None]:
        """Store the next attempt of each transfer; None for one that has ended or is stopped."""
        works: list[SendWork | None] = []
        for lease in leases:
            works.append(begin_transfer(tx, self._begin_command(tx, lease.entity_id)))
            self.at_failpoint(PayoutFailpoint.SEND_AFTER_CLAIM)
        return works

    def perform(self, work: SendWork, handle: LeaseHandle) -> SendAnswer:
        """Make the transfer, or find the one that was made.

        Raises: Outage if the request may succeed later, Postpone while the transfer is parked.
        """
        if work.step is SendStep.PARK:
            self._park(work, handle)
        self.at_failpoint(PayoutFailpoint.SEND_BEFORE_REQUEST)
        try:
            if work.step is SendStep.LOOK_UP:
                return self._look_up(work, handle)
            return self._call(work.transfer)
        except GATEWAY_ERRORS as error:
            return self._fail(work.transfer, error, handle)

    def finish(self, tx: MoneyWrite, performed: Sequence[tuple[SendWork, SendAnswer]]) -> None:
        """Store the answers: Stripe's id, the state and the posting in one transaction."""
        for work, answer in performed:
            if answer.reported is None:
                continue
            self.at_failpoint(PayoutFailpoint.SEND_BEFORE_WRITE)
            record_transfer_sent(tx, sent_command(work.transfer.id, answer.reported))
            self.at_failpoint(PayoutFailpoint.SEND_AFTER_WRITE)

    def on_dead(self, tx: MoneyWrite, lease: Lease, failure: TaskFailure) -> None:
        """End a transfer whose time is over; the sweep tries any other again."""
        transfer = tx.money.transfers.get(lease.entity_id).entity
        is_over = transfer.retry_until is not None and tx.clock.now() >= transfer.retry_until
        if transfer.status is not TransferStatus.PROCESSING or not is_over:
            return
        decision = FailureDecision(
            action="fail",
            code="BUDGET_SPENT",
            message=failure.reason,
            must_look_up=True,
            failure=TransferFailure.BUDGET_SPENT,
        )
        record_transfer_failure(tx, failure_command(transfer, decision))
        logger.error("[Payout] transfer %s has failed: %s", transfer.id, failure.reason)

    # Requests

    def _call(self, transfer: Transfer) -> SendAnswer:
        reported = self.gateway.create_transfer(
            amount_minor=transfer.amount_minor,
            currency=transfer.currency,
            destination=transfer.destination or "",
            transfer_group=transfer_group(transfer.reference),
            metadata=transfer_metadata(transfer),
            idempotency_key=transfer.idempotency_key,
        )
        self.at_failpoint(PayoutFailpoint.SEND_AFTER_REQUEST)
        check_reported(transfer, reported)
        self.observer.transfer_attempted("sent")
        return SendAnswer(reported=reported)

    def _look_up(self, work: SendWork, handle: LeaseHandle) -> SendAnswer:
        """Return the transfer that was made; if there is none, make it under a new key.

        Raises: GatewayParked while Stripe has a transfer of the reference that we do not have.
        """
        reported = self._list_named(work.transfer.reference)
        reported_by_id = _first_by_id(reported)
        self.at_failpoint(PayoutFailpoint.SEND_AFTER_LOOK_UP)
        are_adopted = True
        unknown: list[TransferObject] = []
        if work.adopts_others:
            are_adopted = self._adopt_others(work.transfer, reported_by_id)
            unknown = self.store.read(_find_unknown, reported)
        if are_adopted and not unknown:
            self.known_references.add(work.transfer.reference)
        own = _made_for(work.transfer, reported)
        if own is not None:
            self.observer.transfer_attempted("found")
            check_reported(work.transfer, own)
            return SendAnswer(reported=own)
        if unknown:
            stripe_ids = ", ".join(one.id for one in unknown)
            logger.error(
                "[Payout] transfer %s waits: the store lacks %s", work.transfer.id, stripe_ids
            )
            raise GatewayParked(ParkReason.TRANSFER_UNKNOWN)

        handle.check()
        following = self._begin_call(work.transfer, handle)
        if following is None:
            return SendAnswer()
        if following.step is SendStep.PARK:
            self._park(following, handle)
        try:
            return self._call(following.transfer)
        except GATEWAY_ERRORS as error:
            return self._fail(following.transfer, error, handle)

    def _list_named(self, reference: str) -> list[TransferObject]:
        """Return Stripe's transfers of a reference that name an id of ours; others are foreign.

        A transfer that somebody has taken back completely was made, too.
        """
        named: list[TransferObject] = []
        for reported in self.gateway.list_transfers(transfer_group(reference)):
            if TRANSFER_METADATA in reported.metadata:
                named.append(reported)
        return named

    def _adopt_others(
        self, transfer: Transfer, reported_by_id: Mapping[str, TransferObject]
    ) -> bool:
        """Complete the other transfers of a job that Stripe has, as after a restored backup.

        Return False if one was not stored: it has to be looked up before its own request.
        """
        are_adopted = True
        for transfer_id, reported in reported_by_id.items():
            if transfer_id == transfer.id or not self.store.read(_is_open, transfer_id):
                continue
            command = sent_command(transfer_id, reported)
            try:
                self.store.run(
                    record_transfer_sent, command, actor=PAYOUTS, reason="found at Stripe"
                )
            except IndelibleError as error:
                logger.error(  # noqa: TRY400 - the code says all
                    "[Payout] transfer %s was not adopted: %s", transfer_id, error.code
                )
                are_adopted = False
        return are_adopted

    # Transactions

    def _begin_command(self, tx: MoneyRead, transfer_id: str) -> BeginTransfer:
        reference = tx.money.transfers.get(transfer_id).entity.reference
        return BeginTransfer(
            transfer_id=transfer_id, is_reference_known=reference in self.known_references
        )

    def _begin_call(self, transfer: Transfer, handle: LeaseHandle) -> SendWork | None:
        def begin(tx: MoneyWrite, command: BeginTransfer) -> SendWork | None:
            tx.tasks.require_lease(handle.lease)
            return begin_call(tx, command)

        command = BeginTransfer(transfer_id=transfer.id, is_reference_known=True)
        return self.store.run(begin, command, actor=PAYOUTS, reason="no transfer was found")

    def _park(self, work: SendWork, handle: LeaseHandle) -> None:
        """Store what a transfer waits for, and wait without an attempt. Raises: Postpone."""
        reason = work.decision.park_reason
        code = "" if reason is None else reason.value
        decision = FailureDecision(action=PARKED, code=code, message=code)
        self._record(work.transfer, decision, handle)
        self._wait_parked(code)

    def _wait_parked(self, code: str) -> None:
        self.observer.transfer_attempted(PARKED)
        raise Postpone(park_seconds(code), f"parked: {code}")

    def _fail(self, transfer: Transfer, error: IndelibleError, handle: LeaseHandle) -> SendAnswer:
        """Store a failure, and let the task wait as its class wants.

        Raises: Outage, Postpone.
        """
        decision = decide_failure(transfer, error, now=self.clock.now())
        saved = self._record(transfer, decision, handle).entity
        if saved.status is TransferStatus.PARKED:
            self._wait_parked(decision.code)
        if saved.status is TransferStatus.RETRYABLE:
            is_unknown = isinstance(error, GatewayOutage) and (
                error.outcome is OutageOutcome.UNKNOWN
            )
            self.observer.transfer_attempted("unknown" if is_unknown else "retry")
            reason = one_line(decision.message)
            raise Outage(reason, retry_seconds(saved, decision)) from error
        if saved.status is TransferStatus.FAILED_TERMINAL:
            self.observer.transfer_attempted("fail")
            logger.error("[Payout] transfer %s has failed: %s", saved.id, decision.code)
        return SendAnswer()

    def _record(
        self, transfer: Transfer, decision: FailureDecision, handle: LeaseHandle
    ) -> Head[Transfer]:
        def record(tx: MoneyWrite, command: RecordTransferFailure) -> Head[Transfer]:
            tx.tasks.require_lease(handle.lease)
            return record_transfer_failure(tx, command)

        command = failure_command(transfer, decision)
        return self.store.run(record, command, actor=PAYOUTS, reason="a transfer has to wait")


def sent_command(transfer_id: str, reported: TransferObject) -> RecordTransferSent:
    """Return the command that completes a transfer after Stripe's answer."""
    source = f"transfer:{transfer_id}"
    return RecordTransferSent(
        transfer_id=transfer_id, reported=reported, proof=Proof(source, source)
    )


def failure_command(transfer: Transfer, decision: FailureDecision) -> RecordTransferFailure:
    """Return the command that stores the failure of a transfer's last attempt."""
    return RecordTransferFailure(
        transfer_id=transfer.id, attempt_number=transfer.attempt_number, decision=decision
    )


def _is_open(tx: MoneyRead, transfer_id: str) -> bool:
    """Return True if we have the transfer and do not know that Stripe has it."""
    heads = tx.money.transfers.find({"id": transfer_id}, limit=1)
    return bool(heads) and heads[0].entity.status is not TransferStatus.COMPLETED


def _made_for(transfer: Transfer, reported: Iterable[TransferObject]) -> TransferObject | None:
    """Return the first of Stripe's transfers that was made for ours, None if there is none."""
    for one in reported:
        if one.metadata[TRANSFER_METADATA] == transfer.id and not is_undone(transfer, one):
            return one
    return None


def _first_by_id(reported: Iterable[TransferObject]) -> dict[str, TransferObject]:
    """Return the first of Stripe's transfers for each of our ids that they name."""
    reported_by_id: dict[str, TransferObject] = {}
    for one in reported:
        reported_by_id.setdefault(one.metadata[TRANSFER_METADATA], one)
    return reported_by_id


def _find_unknown(tx: MoneyRead, reported: Iterable[TransferObject]) -> list[TransferObject]:
    """Return the transfers that we do not have, and that are not taken back completely."""
    unknown: list[TransferObject] = []
    for one in reported:
        named = one.metadata[TRANSFER_METADATA]
        if not one.is_taken_back and not tx.money.transfers.find({"id": named}, limit=1):
            unknown.append(one)
    return unknown

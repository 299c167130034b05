"""Payouts for tests of stages: a store, a clock, and a Stripe that remembers its transfers."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from attrs import Factory, define, evolve, field, frozen
from tests.contest_runs import TestClock

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Actor, Store
from indelible.kernel.tasks import Task
from indelible.memory import MemoryStore
from indelible.money.commands.ledger import Settle
from indelible.money.commands.payouts import (
    ApproveTransfer,
    AttachDestination,
    EnablePayee,
    PlanPayouts,
    RegisterPayee,
)
from indelible.money.entities.ledger import Movement
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.payouts import Transfer, TransferAttempt
from indelible.money.entities.stripe_objects import BalanceAmount, ReversalObject, TransferObject
from indelible.money.entities.values import MovementKind
from indelible.money.errors.gateway import (
    GatewayOutage,
    GatewayParked,
    GatewayRejected,
    IdempotencyMismatch,
    OutageOutcome,
    ParkReason,
)
from indelible.money.handlers.ledger import post_movement, settle
from indelible.money.handlers.payees import attach_destination, enable_payee, register_payee
from indelible.money.handlers.payouts.approving import approve_transfer
from indelible.money.handlers.payouts.planning import plan_payouts
from indelible.money.lifecycle.payouts import TransferStatus
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.ledger.drafts import Proof, SettlementLine
from indelible.money.rules.ledger.payments import entry_fee
from indelible.money.rules.payouts import (
    COMPLETE_PAYOUT_JOB_STAGE,
    MANUAL,
    SEND_TRANSFER_STAGE,
    PayoutPolicy,
)
from indelible.money.tasks.payout_failpoints import AtPayoutFailpoint, no_payout_failpoint
from indelible.money.tasks.payout_stages import PayoutStages
from indelible.money.tasks.sending import KnownReferences
from indelible_workers import ThreadClock, Worker, process_batch

WORKER: Final = Actor.system("worker")
OPERATOR: Final = Actor.user("olga")
SECOND: Final = Actor.user("otto")
REFERENCE: Final = "contest-1"
SETTLEMENT: Final = "settlement-1"
FEE: Final = 1
PRIZES: Final[Mapping[str, int]] = {"ann": 5_628, "bob": 2_813, "cem": 2_813}
KEY_LIFETIME: Final = timedelta(hours=24)
MoneyStore = Store[ReadTx, WriteTx]


class Fault(StrEnum):
    """The fault that the next request to make a transfer meets."""

    LOST_BEFORE = "the request is lost before its effect"
    LOST_AFTER = "the answer is lost after the effect"
    SERVER_ERROR = "an error that is stored under the key, without an effect"
    BUSY = "too many requests, without an effect"
    NO_MONEY = "the balance is short, which is stored under the key"
    RESTRICTED = "the account is restricted, which is stored under the key"
    REJECTED = "the request is refused"


class Killed(KeyboardInterrupt):
    """The process has died."""


def outage(outcome: OutageOutcome, problem: str, **headers: Any) -> GatewayOutage:  # noqa: ANN401 - of any type
    """Return an outage."""
    return GatewayOutage(problem=problem, outcome=outcome, **headers)


def error_of(fault: Fault) -> Exception:
    """Return the error by which a fault is reported."""
    errors: dict[Fault, Exception] = {
        Fault.LOST_BEFORE: outage(OutageOutcome.UNKNOWN, "timeout"),
        Fault.LOST_AFTER: outage(OutageOutcome.UNKNOWN, "timeout"),
        Fault.SERVER_ERROR: outage(OutageOutcome.UNKNOWN, "HTTP 500"),
        Fault.BUSY: outage(OutageOutcome.NOT_DONE, "HTTP 429"),
        Fault.NO_MONEY: GatewayParked(ParkReason.BALANCE_INSUFFICIENT),
        Fault.RESTRICTED: GatewayParked(ParkReason.ACCOUNT_RESTRICTED),
        Fault.REJECTED: GatewayRejected("parameter_invalid", "no such currency"),
    }
    return errors[fault]


STORED: Final = frozenset({Fault.SERVER_ERROR, Fault.NO_MONEY, Fault.RESTRICTED})


@frozen
class StoredAnswer:
    """The first answer to a key."""

    parameters: tuple[object, ...]
    answer: TransferObject | Exception
    at: datetime


@define
class RememberingStripe:
    """The requests of payouts to a Stripe that keeps transfers, and forgets keys after a day."""

    clock: TestClock
    transfers: dict[str, TransferObject] = field(factory=dict[str, TransferObject])
    answers: dict[str, StoredAnswer] = field(factory=dict[str, StoredAnswer])
    faults: list[Fault] = field(factory=list[Fault])
    lost_look_ups: int = 0
    available_minor: int = 10**9
    calls: list[str] = field(factory=list[str])
    look_ups: int = 0

    def create_transfer(
        self,
        *,
        amount_minor: int,
        currency: str,
        destination: str,
        transfer_group: str,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> TransferObject:
        """Make a transfer, or repeat the answer to its key."""
        self.calls.append(idempotency_key)
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None and fault in (Fault.LOST_BEFORE, Fault.BUSY, Fault.REJECTED):
            raise error_of(fault)
        parameters = (amount_minor, currency, destination, transfer_group)
        known = self.answers.get(idempotency_key)
        if known is not None and self.clock.now() - known.at < KEY_LIFETIME:
            if known.parameters != parameters:
                raise IdempotencyMismatch(idempotency_key)
            if isinstance(known.answer, Exception):
                raise known.answer
            return known.answer

        answer: TransferObject | Exception
        if fault in STORED and fault is not None:
            answer = error_of(fault)
        else:
            answer = TransferObject(
                id=f"tr_{len(self.transfers) + 1}",
                amount_minor=amount_minor,
                amount_reversed_minor=0,
                currency=currency,
                destination=destination,
                transfer_group=transfer_group,
                created=self.clock.now(),
                metadata=metadata,
            )
            self.transfers[answer.id] = answer
        self.answers[idempotency_key] = StoredAnswer(parameters, answer, self.clock.now())
        if isinstance(answer, Exception):
            raise answer
        if fault is Fault.LOST_AFTER:
            raise error_of(fault)
        return answer

    def list_transfers(self, transfer_group: str) -> Iterator[TransferObject]:
        """Yield the transfers of a group."""
        self.look_ups += 1
        if self.lost_look_ups:
            self.lost_look_ups -= 1
            raise error_of(Fault.LOST_BEFORE)
        for transfer in list(self.transfers.values()):
            if transfer.transfer_group == transfer_group:
                yield transfer

    def retrieve_balance(self) -> tuple[BalanceAmount, ...]:
        """Return the balance."""
        available = BalanceAmount(
            currency="USD", available_minor=self.available_minor, pending_minor=0
        )
        return (available,)

    def reverse(self, transfer_id: str, amount_minor: int, reversal_id: str) -> ReversalObject:
        """Take a part of a transfer back."""
        transfer = self.transfers[transfer_id]
        reversed_minor = transfer.amount_reversed_minor + amount_minor
        self.transfers[transfer_id] = evolve(transfer, amount_reversed_minor=reversed_minor)
        return ReversalObject(
            id=reversal_id,
            transfer=transfer_id,
            amount_minor=amount_minor,
            currency=transfer.currency,
            created=self.clock.now(),
        )


def _collect_fee(tx: MoneyWrite, settlement_id: str) -> None:
    draft = entry_fee(
        charge_id=f"charge-of-{settlement_id}",
        reference=REFERENCE,
        party="dora",
        amount_minor=FEE,
        currency="USD",
        proof=Proof(settlement_id, f"event:{settlement_id}"),
    )
    post_movement(tx, draft)


def _memory_store(run: "PayoutRun") -> MoneyStore:
    return MemoryStore(clock=run.clock)


def _remembering_stripe(run: "PayoutRun") -> RememberingStripe:
    return RememberingStripe(run.clock)


@define(kw_only=True)
class PayoutRun:
    """The payout of a settlement, moved by the stages of one process."""

    clock: TestClock = field(factory=TestClock)
    store: MoneyStore = field(default=Factory(_memory_store, takes_self=True))
    stripe: RememberingStripe = field(default=Factory(_remembering_stripe, takes_self=True))
    policy: PayoutPolicy = MANUAL
    at_failpoint: AtPayoutFailpoint = no_payout_failpoint
    known_references: KnownReferences = field(factory=KnownReferences)

    # Steps

    def attempts(self, transfer_id: str) -> tuple[TransferAttempt, ...]:
        """Return the attempts of a transfer, oldest first."""
        return self.store.read(
            lambda tx: tx.money.transfers.attempts(transfer_id, after=0, limit=50)
        )

    def execute(self, handler: Any, command: Any, actor: Actor = OPERATOR) -> Any:  # noqa: ANN401 - of any type
        """Run a handler."""
        return self.store.run(handler, command, actor=actor, reason="a test")

    def register(self, party: str, *, is_ready: bool = True) -> None:
        """Register a payee with an account."""
        self.execute(register_payee, RegisterPayee(party=party))
        attach = AttachDestination(party=party, destination=f"acct_{party}")
        self.execute(attach_destination, attach, Actor.user(party))
        if is_ready:
            self.execute(enable_payee, EnablePayee(party=party))

    def settle(
        self, prizes: Mapping[str, int] = PRIZES, settlement_id: str = SETTLEMENT
    ) -> Movement:
        """Settle a reference with one paid fee; the platform fills up its escrow."""
        self.execute(_collect_fee, settlement_id, WORKER)
        lines = [
            SettlementLine(party=party, amount_minor=amount) for party, amount in prizes.items()
        ]
        command = Settle(
            settlement_id=settlement_id,
            reference=REFERENCE,
            currency="USD",
            lines=tuple(lines),
            rake_minor=0,
            rounding_minor=0,
            retained_minor=0,
            top_up_minor=sum(prizes.values()) - FEE,
            items=(),
        )
        movement: Movement = self.execute(settle, command, WORKER).movement
        return movement

    def plan(self, settlement_id: str = SETTLEMENT) -> PayoutJob:
        """Plan the payouts of a settlement, as a reaction does."""
        command = PlanPayouts(settlement_id=settlement_id)
        job: PayoutJob = self.execute(plan_payouts, command, WORKER).job
        return job

    def approve_all(self) -> None:
        """Approve every transfer that waits for it."""
        for transfer in self.transfers():
            if transfer.status is TransferStatus.PENDING and not transfer.is_approved:
                self.approve(transfer)

    def approve(self, transfer: Transfer, actor: Actor = SECOND) -> None:
        """Approve a transfer."""
        command = ApproveTransfer(transfer_id=transfer.id, approval_reason="checked")
        self.execute(approve_transfer, command, actor)

    def prepare(self, prizes: Mapping[str, int] = PRIZES) -> None:
        """Bring a payout to the point at which its transfers are due."""
        for party in prizes:
            self.register(party)
        self.settle(prizes)
        self.plan()
        self.approve_all()

    # Stages

    def stages(self) -> PayoutStages:
        """Return the stages."""
        gateway: Any = self.stripe
        return PayoutStages(
            store=self.store,
            gateway=gateway,
            clock=self.clock,
            policy=self.policy,
            at_failpoint=self.at_failpoint,
            known_references=self.known_references,
        )

    def process(self, *names: str) -> int:
        """Process a batch of these stages, and return how many tasks were claimed."""
        stages = {stage.name: stage for stage in self.stages().stages()}
        claimed = 0
        worker = Worker(store=self.store, actor=WORKER, clock=ThreadClock(self.clock))
        with worker.heartbeat():
            for name in names:
                claimed += process_batch(self.store, stages[name], actor=WORKER, worker=worker)
        return claimed

    def process_all(self) -> None:
        """Process the stages of payouts until nothing is due now."""
        while self.process(SEND_TRANSFER_STAGE, COMPLETE_PAYOUT_JOB_STAGE):
            pass

    def finish(self, *, hours: int = 80) -> None:
        """Let time pass until the job is complete, at most for some hours."""
        for _ in range(hours * 2):
            self.process_all()
            if not self.open_transfers():
                return
            self.clock.advance(1_900)
            self.stages().sweep().run()

    # Facts

    def transfers(self) -> list[Transfer]:
        """Return all transfers, in order of id."""
        heads = self.store.read(lambda tx: tx.money.transfers.find({}, limit=1_000))
        return [head.entity for head in heads]

    def transfer(self, party: str) -> Transfer:
        """Return the transfer of a settlement's party."""
        (found,) = [one for one in self.transfers() if one.party == party and one.job_id]
        return found

    def open_transfers(self) -> list[Transfer]:
        """Return the transfers that have not ended."""
        return [transfer for transfer in self.transfers() if not transfer.is_terminal]

    def job(self, settlement_id: str = SETTLEMENT) -> PayoutJob:
        """Return the job of a settlement."""
        return self.store.read(lambda tx: tx.money.payout_jobs.get(settlement_id)).entity

    def task(self, transfer: Transfer) -> Task:
        """Return the task that sends a transfer."""
        return self.store.read(lambda tx: tx.tasks.get(SEND_TRANSFER_STAGE, transfer.id))

    def movements(self, kind: MovementKind) -> list[Movement]:
        """Return the movements of a kind."""
        heads = self.store.read(lambda tx: tx.money.movements.find({"kind": kind}, limit=1_000))
        return [head.entity for head in heads]

    def require_paid_once(self, prizes: Mapping[str, int] = PRIZES) -> None:
        """Require one transfer and one movement for each party to the cent, and a complete job."""
        paid = {one.destination: one.amount_minor for one in self.stripe.transfers.values()}
        assert paid == {f"acct_{party}": amount for party, amount in prizes.items()}
        assert len(self.stripe.transfers) == len(prizes)
        assert len(self.movements(MovementKind.PAYOUT_CREATED)) == len(prizes)
        assert {one.status for one in self.transfers()} == {TransferStatus.COMPLETED}
        assert self.job().status == "complete"

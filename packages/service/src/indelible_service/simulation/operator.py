"""The operator of a simulation, who follows docs/how-to/backup.md after a restore."""

from datetime import datetime, timedelta
from typing import Any, Final

from attrs import define, field

from indelible.contests.lifecycle import ContestStatus
from indelible.kernel import Actor, IndelibleError
from indelible.money import (
    ApproveTransfer,
    Discrepancy,
    HaltPayments,
    ReconciliationRule,
    ReconciliationScope,
    ReissueTransfer,
    ResumePayments,
    TransferStatus,
    approve_transfer,
    halt_payments,
    reissue_transfer,
    resume_payments,
)
from indelible.money.errors.payouts import ReconciliationRunning
from indelible.money.queries.payouts import list_discrepancies
from indelible.money.rules.events import EVENT_TYPES
from indelible.money.rules.payouts import SETTLEMENT_METADATA, TRANSFER_METADATA, transfer_group
from indelible.money.rules.reconciliation import ReconciliationResult
from indelible.money.tasks.receiving import WebhookHandler
from indelible.money.tasks.reconciling import Reconcile
from indelible_service.contexts.money import MoneySettings
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.losses import Json, Losses
from indelible_service.simulation.plan import DAY, HOUR, MINUTE
from indelible_service.simulation.processes import Surroundings
from indelible_service.simulation.world import World
from indelible_sql import SqlStore

ACTOR: Final = "operator"
PERSON: Final = Actor.user(ACTOR)
SECOND_PERSON: Final = Actor.user("approver")
REASON: Final = "after the restore"
CURRENCY: Final = "usd"
BACKFILL_AFTER: Final = MINUTE
BACKFILL_HOURS: Final = 72
RECONCILE_AFTER: Final = 10 * MINUTE
AGAIN: Final = HOUR
WATCH: Final = 2 * HOUR
WATCHED: Final = 5 * DAY  # what lost payments and transfers lead to has been seen then
MAX_LINES: Final = 500


@define(kw_only=True, eq=False)
class Operator:
    """Halts payments, backfills, reconciles, explains each difference, and resumes payments."""

    world: World
    around: Surroundings
    losses: Losses
    resumed: int = 0
    refunds: int = 0  # of payments that were lost
    reversals: int = 0  # of transfers that were lost
    reissues: int = 0  # of transfers whose parties had lost ones of other amounts
    is_at_work: bool = field(default=False, init=False)
    _began_at: int = field(default=0, init=False)
    _watches_until: int = field(default=-1, init=False)
    _store: SqlStore | None = field(default=None, init=False)

    def take_over(self) -> None:
        """Halt payments before the workers start, and plan the documented steps."""
        self.end()
        database = self.around.database
        self._store = database.open(self.around.ids, Mortality(self.around.clock))
        command = HaltPayments(reason_code="RESTORED")
        self._store.run(halt_payments, command, actor=PERSON, reason=REASON)
        self.is_at_work = True
        self._began_at = self.world.clock.seconds
        self.world.after(BACKFILL_AFTER, ACTOR, "backfill", self._backfill)

    def end(self) -> None:
        """Close the store."""
        if self._store is not None:
            self._store.dispose()

    @property
    def store(self) -> SqlStore:
        """Return the store of the restored database."""
        if self._store is None:
            raise RuntimeError("no database was restored")
        return self._store

    def explains_halts(self, at: datetime) -> bool:
        """Return True for a time at which a halt is expected, and somebody looks after it."""
        seconds = (at - self.around.clock.start_at).total_seconds()
        until = self.world.clock.seconds if self.is_at_work else self._watches_until
        return self._began_at <= seconds <= until

    # Steps

    def _backfill(self) -> str:
        """Store the events that the restored database has not received."""
        handler = self._handler()
        since = self.around.clock.now() - timedelta(hours=BACKFILL_HOURS)
        gateway = self.around.stripe.gateway(Mortality(self.around.clock))
        stored = 0
        try:
            for event in gateway.list_events(since=since, types=EVENT_TYPES):
                stored += not handler.backfill(event.body).is_duplicate
        except IndelibleError as error:
            self.world.after(AGAIN, ACTOR, "backfill", self._backfill)
            return error.code
        self.world.after(RECONCILE_AFTER, ACTOR, "reconcile", self._reconcile)
        return f"{stored} events"

    def _reconcile(self) -> str:
        """Compare everything; resume payments when each difference is explained."""
        differences = self._differences()
        if differences is None:
            self.world.after(AGAIN, ACTOR, "reconcile", self._reconcile)
            return "no proof"
        self.losses.find_again(self.store, self.around.stripe)
        unexplained = [one for one in differences if not self._is_explained(one)]
        if not unexplained:
            self._resume()
            return f"{len(differences)} explained differences"
        given_back = self._refund() + self._reverse(unexplained)
        if not given_back:
            self._balance(unexplained)
        self.world.after(AGAIN, ACTOR, "reconcile", self._reconcile)
        return ", ".join(sorted({one.rule.value for one in unexplained}))

    def _resume(self) -> None:
        if self._is_halted():
            command = ResumePayments()
            self.store.run(resume_payments, command, actor=PERSON, reason=REASON)
            self.resumed += 1
        if not self.is_at_work:
            return
        self.is_at_work = False
        self._watches_until = self.world.clock.seconds
        if any(self.losses.transactions(self.around.stripe)):
            self._watches_until += WATCHED
            self.world.after(WATCH, ACTOR, "watch", self._watch)

    def _watch(self) -> str:
        """Look whether a lost payment or transfer has halted payments again."""
        if self.world.clock.seconds < self._watches_until:
            self.world.after(WATCH, ACTOR, "watch", self._watch)
        outcome = self._reconcile() if self._is_halted() else ""
        self._issue_again()
        return outcome

    # What the steps need

    def _handler(self) -> WebhookHandler:
        money = self.around.settings.section(MoneySettings)
        return WebhookHandler(
            store=self.store, secrets=money.signing_secrets, environment=money.environment
        )

    def _differences(self) -> tuple[Discrepancy, ...] | None:
        """Return what a full reconciliation finds; None if it proves nothing."""
        reconcile = Reconcile(
            store=self.store,
            gateway=self.around.stripe.gateway(Mortality(self.around.clock)),
            backfill=self._handler().backfill,
            scope=ReconciliationScope.FULL,
            clock=self.around.clock,
        )
        try:
            report = reconcile.run(actor=PERSON, reason=REASON)
        except ReconciliationRunning:
            return None
        if report.result is ReconciliationResult.ERROR:
            return None
        reconciliation_id = report.saved.entity.id
        return tuple(self.store.read(list_discrepancies, reconciliation_id, limit=MAX_LINES))

    def _is_explained(self, difference: Discrepancy) -> bool:
        """Return True for what only losses lead to, until Stripe's events are given up."""
        if difference.rule is ReconciliationRule.R5:
            return self.losses.is_about_lost(difference.subject, self.around.stripe)
        if difference.rule is ReconciliationRule.R3:
            lost = self.losses.collected_minor(self.around.stripe, difference.subject)
            return abs(difference.difference_minor or 0) == lost
        return False

    def _refund(self) -> int:
        """Refund lost payments in Stripe's dashboard, and return how many."""
        stripe = self.around.stripe
        before = self.refunds
        for charge in self.losses.payments(stripe):
            if charge["amount_refunded"] < charge["amount"]:
                refund = stripe.try_control("refunds", payment_intent=charge["payment_intent"])
                self.refunds += refund is not None
        return self.refunds - before

    def _reverse(self, unexplained: list[Discrepancy]) -> int:
        """Reverse lost transfers in Stripe's dashboard, and return how many.

        One that the next settlement of its contest will adopt is left to it.
        """
        stripe = self.around.stripe
        named = {one.actual for one in unexplained if one.rule is ReconciliationRule.R9}
        before = self.reversals
        for transfer in list(self.losses.transfers(stripe)):
            if transfer["reversed"]:
                continue
            is_named = transfer["id"] in named
            if self.store.read(_is_left_over, transfer, is_named=is_named):
                reversal = stripe.try_control(f"transfers/{transfer['id']}/reverse")
                self.reversals += reversal is not None
        return self.reversals - before

    def _issue_again(self) -> None:
        """Issue failed transfers again whose parties had lost transfers of other amounts.

        They have one id in both settlements, so that the first request fails.
        """
        for lost in self.losses.transfers(self.around.stripe):
            transfer_id = lost["metadata"][TRANSFER_METADATA]
            if lost["reversed"] and self.store.read(_has_failed, transfer_id):
                issue = ReissueTransfer(transfer_id=transfer_id)
                self.store.run(reissue_transfer, issue, actor=PERSON, reason=REASON)
                approve = ApproveTransfer(transfer_id=transfer_id, approval_reason=REASON)
                self.store.run(approve_transfer, approve, actor=SECOND_PERSON, reason=REASON)
                self.reissues += 1

    def _balance(self, unexplained: list[Discrepancy]) -> None:
        """Pay what Stripe keeps of lost payments, such as its fees, into its balance.

        R2 counts a fee for three days as one that is posted soon, so it may differ only then. What
        lost transfers have taken comes back with their reversals.
        """
        stripe = self.around.stripe
        if not all(one["reversed"] for one in self.losses.transfers(stripe)):
            return
        expected = self.losses.difference_minor(stripe, self.around.clock.now())
        for difference in unexplained:
            is_lost = abs(difference.difference_minor or 0) == abs(expected)
            if difference.rule is ReconciliationRule.R2 and expected and is_lost:
                available = stripe.available_minor(CURRENCY)
                stripe.control("balance", **{CURRENCY: available - expected})

    def _is_halted(self) -> bool:
        return bool(self.store.read(is_halted))


def is_halted(tx: Any) -> bool:  # noqa: ANN401 - of the store
    """Return True while payments are halted."""
    head = tx.money.switches.current()
    return head is not None and bool(head.entity.is_halted)


def _is_left_over(tx: Any, transfer: Json, *, is_named: bool) -> bool:  # noqa: ANN401 - the store
    """Return True if no settlement will adopt a transfer that the store has lost.

    The settlement of its contest has planned all of its transfers, and R9 names this one as none of
    them, or there will be no settlement.
    """
    contest_id = transfer["transfer_group"].removeprefix(transfer_group(""))
    contests = tx.contests.contests.find({"id": contest_id}, limit=1)
    if not contests or contests[0].entity.status is ContestStatus.CANCELLED:
        return True
    jobs = tx.money.payout_jobs.find({"id": transfer["metadata"][SETTLEMENT_METADATA]}, limit=1)
    if not is_named or not jobs:
        return False
    planned = sum(tx.money.transfers.count_of_job(jobs[0].entity.id).values())
    return bool(planned == jobs[0].entity.transfer_count)


def _has_failed(tx: Any, transfer_id: str) -> bool:  # noqa: ANN401 - of the store
    """Return True if the store has a transfer that has failed."""
    status = TransferStatus.FAILED_TERMINAL
    return bool(tx.money.transfers.find({"id": transfer_id, "status": status}, limit=1))

"""Requirements on reconciliations and on the switch that halts payments."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from attrs import evolve

from indelible import money
from indelible.kernel import Change, verify_chain
from indelible.money import (
    PAYMENT_SWITCH,
    RECONCILIATION,
    SWITCH_ID,
    Discrepancy,
    HaltPayments,
    Reconciliation,
    ReconciliationRule,
    ReconciliationScope,
    ReconciliationStatus,
    Remedy,
    ResumePayments,
    StartReconciliation,
    SwitchStatus,
)
from indelible.money.commands.payouts import FailReconciliation, FinishReconciliation
from indelible.money.handlers.reconciliations import (
    fail_reconciliation,
    finish_reconciliation,
    start_reconciliation,
)
from indelible.money.handlers.switches import halt_payments, resume_payments
from indelible.testing.captures.scenarios import code
from indelible.testing.money.payments import open_charge
from indelible.testing.money.scenarios import USD
from indelible.testing.stores import AnyStore, do
from indelible.testing.suite import Suite

CHEAP: Final = ReconciliationScope.CHEAP
FULL: Final = ReconciliationScope.FULL
CHECKED: Final = ("R1", "R2")
HALT: Final = HaltPayments(reason_code="A_TEST")


def start(store: AnyStore, scope: ReconciliationScope = CHEAP) -> Reconciliation:
    """Start a reconciliation."""
    command = StartReconciliation(scope=scope)
    return do(store, start_reconciliation, command).entity


def finish(
    store: AnyStore, reconciliation: Reconciliation, *discrepancies: Discrepancy
) -> Reconciliation:
    """Finish a reconciliation."""
    command = FinishReconciliation(
        reconciliation_id=reconciliation.id, checked=CHECKED, discrepancies=discrepancies
    )
    return do(store, finish_reconciliation, command).entity


def fail(store: AnyStore, reconciliation: Reconciliation) -> Reconciliation:
    """End a reconciliation because Stripe did not answer."""
    command = FailReconciliation(
        reconciliation_id=reconciliation.id,
        error_code="STRIPE_API_ERROR",
        error_message="timeout",
    )
    return do(store, fail_reconciliation, command).entity


def newest_ended(store: AnyStore, scope: ReconciliationScope) -> Reconciliation | None:
    """Return the reconciliation of a scope that has ended last."""
    head = store.read(lambda tx: tx.money.reconciliations.newest_ended(scope))
    return None if head is None else head.entity


def difference(number: int, subject: str = "stripe_balance:-:USD") -> Discrepancy:
    """Return a difference of one minor unit."""
    return Discrepancy(
        number=number,
        rule=ReconciliationRule.R2,
        subject=subject,
        currency=USD,
        expected="2501",
        actual="2500",
        difference_minor=-1,
    )


def rules_without_remedy(store: AnyStore, since: datetime) -> frozenset[ReconciliationRule]:
    """Return the rules that have found what has no remedy since a time."""
    return store.read(lambda tx: tx.money.reconciliations.joins.rules_without_remedy(since))


def is_halted(store: AnyStore) -> bool:
    """Return True if new payments and transfers are refused."""
    head = store.read(lambda tx: tx.money.switches.current())
    return head is not None and head.entity.is_halted


class ReconciliationsConformance(Suite):
    """Requirements on comparisons of the books with Stripe."""

    def test_one_reconciliation_of_a_scope_is_under_way(self, store: AnyStore) -> None:
        cheap = start(store)
        full = start(store, FULL)

        assert code(partial(start, store)) == "RECONCILIATION_RUNNING"
        running = store.read(lambda tx: tx.money.reconciliations.started(CHEAP))
        assert running is not None
        assert running.entity == cheap
        finish(store, cheap)
        assert store.read(lambda tx: tx.money.reconciliations.started(CHEAP)) is None
        assert full.status is ReconciliationStatus.STARTED
        assert start(store).status is ReconciliationStatus.STARTED

    def test_a_reconciliation_without_a_difference_has_passed(self, store: AnyStore) -> None:
        finished = finish(store, start(store))

        assert finished.has_passed
        assert (finished.status, finished.checked) == (ReconciliationStatus.COMPLETE, CHECKED)
        stored = store.read(
            lambda tx: tx.money.reconciliations.joins.discrepancies(finished.id, after=0, limit=9)
        )
        assert stored == ()
        assert store.read(lambda tx: tx.money.switches.current()) is None
        changes = store.read(lambda tx: tx.history.of(RECONCILIATION.name, finished.id))
        assert [change.action for change in changes] == ["start", "complete"]
        verify_chain(RECONCILIATION, changes)

    def test_each_difference_is_stored_and_halts_payments(self, store: AnyStore) -> None:
        expected = tuple(difference(number) for number in (1, 2, 3))
        finished = finish(store, start(store), *expected)

        def pages(after: int, limit: int) -> tuple[Discrepancy, ...]:
            return store.read(
                lambda tx: tx.money.reconciliations.joins.discrepancies(
                    finished.id, after=after, limit=limit
                )
            )

        assert finished.discrepancy_count == len(expected)
        assert not finished.has_passed
        assert pages(0, 9) == expected
        assert pages(1, 1) == expected[1:2]
        switch = store.read(lambda tx: tx.money.switches.current())
        assert switch is not None
        assert switch.entity.is_halted
        assert switch.entity.reason_code == "RECONCILIATION_DISCREPANCY"

    def test_a_discrepancy_with_a_remedy_is_stored_and_halts_nothing(self, store: AnyStore) -> None:
        stored = evolve(difference(1), rule=ReconciliationRule.R12, remedy=Remedy.STORED)
        awaited = evolve(difference(2), remedy=Remedy.AWAITED)
        finished = finish(store, start(store), stored, awaited)

        reported = store.read(
            lambda tx: tx.money.reconciliations.joins.discrepancies(finished.id, after=0, limit=9)
        )
        assert reported == (stored, awaited)
        assert not finished.has_passed
        assert store.read(lambda tx: tx.money.switches.current()) is None
        assert rules_without_remedy(store, finished.started_at) == frozenset()

    def test_the_rules_without_a_remedy_are_read_since_a_time(self, store: AnyStore) -> None:
        awaited = evolve(difference(2), rule=ReconciliationRule.R3, remedy=Remedy.AWAITED)
        last = finish(store, start(store), difference(1), awaited)
        assert last.finished_at is not None

        assert rules_without_remedy(store, last.started_at) == {ReconciliationRule.R2}
        later = last.updated_at + timedelta(microseconds=1)
        assert rules_without_remedy(store, later) == frozenset()

    def test_a_clean_full_reconciliation_ends_a_halt_that_events_explain(
        self, store: AnyStore
    ) -> None:
        finish(store, start(store), difference(1))
        assert is_halted(store)
        finish(store, start(store))
        assert is_halted(store)
        finish(store, start(store, FULL))
        assert not is_halted(store)

        finish(store, start(store), evolve(difference(1), rule=ReconciliationRule.R9))
        finish(store, start(store, FULL))
        assert is_halted(store)

    def test_a_reconciliation_that_failed_halts_nothing(self, store: AnyStore) -> None:
        started = start(store)
        failed = fail(store, started)

        assert (failed.status, failed.error_code) == (
            ReconciliationStatus.FAILED,
            "STRIPE_API_ERROR",
        )
        assert store.read(lambda tx: tx.money.switches.current()) is None
        assert code(partial(finish, store, started)) == "INVALID_TRANSITION"
        assert start(store).id != started.id

    def test_the_newest_reconciliation_that_has_ended_is_read_by_scope(
        self, store: AnyStore
    ) -> None:
        assert newest_ended(store, FULL) is None
        full = start(store, FULL)
        assert newest_ended(store, FULL) is None
        full = finish(store, full, difference(1))
        first = finish(store, start(store))
        assert (newest_ended(store, FULL), newest_ended(store, CHEAP)) == (full, first)

        second = start(store)
        start(store, FULL)
        assert (newest_ended(store, FULL), newest_ended(store, CHEAP)) == (full, first)
        failed = fail(store, second)
        assert (newest_ended(store, FULL), newest_ended(store, CHEAP)) == (full, failed)

    def test_an_unknown_reconciliation_is_not_found(self, store: AnyStore) -> None:
        unknown = partial(store.read, lambda tx: tx.money.reconciliations.get("nothing"))

        assert code(unknown) == "RECONCILIATION_NOT_FOUND"


class SwitchConformance(Suite):
    """Requirements on the switch of payments."""

    def test_payments_are_halted_and_resumed_by_commands(self, store: AnyStore) -> None:
        resume = partial(do, store, resume_payments, ResumePayments())
        assert code(resume) == "PAYMENT_SWITCH_NOT_FOUND"

        halted = do(store, halt_payments, HALT).entity
        again = do(store, halt_payments, HaltPayments(reason_code="ANOTHER")).entity
        resumed = resume().entity

        assert (halted.id, halted.status) == (SWITCH_ID, SwitchStatus.HALTED)
        assert again == halted
        assert (resumed.status, resumed.reason_code, resumed.halted_at) == (
            SwitchStatus.OPEN,
            None,
            None,
        )
        assert code(resume) == "INVALID_TRANSITION"

        def changes_of(store: AnyStore) -> tuple[Change, ...]:
            return tuple(store.read(lambda tx: tx.history.of(PAYMENT_SWITCH.name, SWITCH_ID)))

        assert [change.action for change in changes_of(store)] == ["halt", "resume"]
        do(store, halt_payments, HALT)
        assert [change.action for change in changes_of(store)] == ["halt", "resume", "halt"]
        verify_chain(PAYMENT_SWITCH, changes_of(store))

    def test_a_halt_by_a_reconciliation_becomes_that_of_whoever_halts_next(
        self, store: AnyStore
    ) -> None:
        finish(store, start(store), difference(1))

        taken_over = do(store, halt_payments, HALT).entity
        finish(store, start(store), difference(1))
        finish(store, start(store, FULL))

        assert taken_over.reason_code == HALT.reason_code
        switch = store.read(lambda tx: tx.money.switches.current())
        assert switch is not None
        assert switch.entity == taken_over

    def test_a_halt_refuses_new_payments_and_charges_can_still_be_opened(
        self, store: AnyStore
    ) -> None:
        do(store, halt_payments, HALT)
        charge = open_charge(store).charge
        command = money.StartPayment(charge_id=charge.id, party="ann")
        start_payment = partial(do, store, money.require_payable, command)

        assert code(start_payment) == "PAYMENTS_HALTED"
        do(store, resume_payments, ResumePayments())
        assert code(start_payment) == ""

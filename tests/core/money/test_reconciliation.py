"""Reconciliations: each rule finds its planted discrepancy by number, and clean books pass."""

from datetime import timedelta
from typing import Final

import pytest
from attrs import evolve
from tests.core.money.gateway import FEE_MINOR
from tests.core.money.payments import FEE, event_body, intent_body, refund_body
from tests.core.money.weeks import HOURS, ITEMS, NOW, WORKER, Week

from indelible.money.commands.payouts import HaltPayments, ResumePayments
from indelible.money.commands.results import StripeEventSaved
from indelible.money.entities.lines import BalanceSum
from indelible.money.entities.stripe_objects import EventObject, Intent, TransferObject
from indelible.money.entities.values import AccountKind, EventOrigin, ReconciliationScope, Remedy
from indelible.money.errors.payments import PaymentsHalted, StripeEventNotFound
from indelible.money.handlers.reconciliations import FOLLOW_UP
from indelible.money.handlers.switches import DISCREPANCY, halt_payments, resume_payments
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.lifecycle.reconciliations import ReconciliationStatus
from indelible.money.repositories.reads import payments_switch
from indelible.money.rules import reconciliation as rules
from indelible.money.rules.reconciliation import RECONCILE_FULL_STAGE
from indelible.money.rules.stages import RECORD_FEE_STAGE


@pytest.fixture
def week() -> Week:
    """Return a week that has passed."""
    week = Week.empty()
    week.live()
    return week


@pytest.fixture
def open_week() -> Week:
    """Return a week whose contest is not settled, so that payments are still taken."""
    week = Week.empty()
    week.pay(ITEMS[0])
    return week


def test_nothing_is_found_in_a_clean_week(week: Week) -> None:
    reconciliation, discrepancies = week.reconcile()

    assert discrepancies == ()
    assert reconciliation.has_passed
    assert reconciliation.checked == tuple(f"R{number}" for number in range(1, 13))
    assert week.store.read(payments_switch) is None


def test_r2_finds_a_balance_that_differs(week: Week) -> None:
    week.books.change(1)
    week.clock.advance(2 * HOURS)

    assert week.found() == {"R2"}


def test_a_change_of_the_last_minutes_is_no_difference_of_the_balance(week: Week) -> None:
    week.books.change(1)

    assert week.found() == set()


def test_a_fee_that_is_posted_hours_late_is_no_difference_of_the_balance(week: Week) -> None:
    _, intent = week.opened_intent("late")
    week.books.change(FEE, FEE_MINOR, f"txn_{intent.id}")
    week.books.charge(intent.id, FEE)
    week.succeed(intent.id)
    week.clock.advance(3 * HOURS)
    assert "R2" not in week.found()

    week.process(RECORD_FEE_STAGE)
    week.clock.advance(HOURS / 2)
    assert "R2" not in week.found()
    assert week.balance(AccountKind.STRIPE_FEES) == (len(ITEMS) + 1) * FEE_MINOR


def test_a_fee_that_is_never_posted_is_found_after_its_budget(week: Week) -> None:
    _, intent = week.opened_intent("late")
    week.books.change(FEE, FEE_MINOR, f"txn_{intent.id}")
    week.books.charge(intent.id, FEE)
    week.succeed(intent.id)
    week.clock.advance(73 * HOURS)

    assert "R2" in week.found()


def test_a_refund_that_is_known_hours_late_is_no_difference_of_the_balance(week: Week) -> None:
    charge, intent = week.opened_intent("late")
    week.books.change(FEE, FEE_MINOR, f"txn_{intent.id}")
    week.books.charge(intent.id, FEE)
    week.succeed(intent.id)
    week.process(RECORD_FEE_STAGE)
    (refund,) = week.refunds(charge)
    made_at = week.clock.now()
    week.books.change(-FEE)
    week.clock.advance(3 * HOURS)
    body = refund_body(
        "re_1",
        intent.id,
        created=int(made_at.timestamp()),
        metadata={"refund_id": refund.id},
    )
    week.deliver("refund.created", body)
    week.clock.advance(HOURS / 2)

    assert week.charge(charge.id).status is ChargeStatus.REFUNDED
    assert "R2" not in week.found()


def pending_refund(week: Week) -> dict[str, object]:
    """Let Stripe take a refund from its balance that is pending, and return its body."""
    charge, intent = week.opened_intent("refunded")
    week.books.change(FEE, FEE_MINOR, f"txn_{intent.id}")
    week.books.charge(intent.id, FEE)
    week.succeed(intent.id)
    week.process(RECORD_FEE_STAGE)
    week.clock.advance(HOURS)
    (refund,) = week.refunds(charge)
    week.books.change(-FEE, kind="refund", source="re_1")
    body = refund_body(
        "re_1",
        intent.id,
        created=int(week.clock.now().timestamp()),
        status="pending",
        metadata={"refund_id": refund.id},
    )
    week.deliver("refund.created", body)
    return body


@pytest.mark.parametrize("hours", [0, 0.3, 0.6, 2, 73, 240])
def test_a_pending_refund_is_no_difference_of_the_balance(week: Week, hours: float) -> None:
    pending_refund(week)
    week.clock.advance(hours * HOURS)

    assert "R2" not in week.found()


@pytest.mark.parametrize("hours", [0, 0.3, 2, 240])
def test_a_refund_that_succeeds_late_is_no_difference_of_the_balance(
    week: Week, hours: float
) -> None:
    body = pending_refund(week)
    week.clock.advance(240 * HOURS)
    week.deliver("refund.updated", body | {"status": "succeeded"})
    week.clock.advance(hours * HOURS)

    assert "R2" not in week.found()


@pytest.mark.parametrize("is_delivered", [True, False])
@pytest.mark.parametrize("hours", [0, 0.3, 2])
def test_a_refund_that_fails_late_is_no_difference_of_the_balance(
    week: Week, hours: float, *, is_delivered: bool
) -> None:
    body = pending_refund(week)
    week.clock.advance(240 * HOURS)
    week.books.change(FEE, kind="refund_failure", source="re_1")
    if is_delivered:
        week.deliver("refund.failed", body | {"status": "failed"})
    week.clock.advance(hours * HOURS)

    assert "R2" not in week.found()


def test_a_pending_refund_hides_no_other_difference_of_the_balance(week: Week) -> None:
    pending_refund(week)
    week.books.change(1)
    week.clock.advance(2 * HOURS)

    assert "R2" in week.found()


def test_a_reconciliation_is_tried_again_for_as_long_as_stripe_may_be_down(week: Week) -> None:
    week.books.is_down = True
    stage = week.reconciliation(ReconciliationScope.CHEAP).stage()
    for _ in range(20):
        task = week.run_recurring(stage)
        assert task.dead_reason is None
        week.clock.advance(2 * HOURS)

    week.books.is_down = False

    assert week.run_recurring(stage).is_completed


def test_r3_finds_a_charge_that_was_not_collected(week: Week) -> None:
    week.clock.advance(-20 * HOURS)
    week.books.charge("pi_unknown", 99)
    week.clock.advance(20 * HOURS)

    assert week.found() == {"R3"}


def test_r3_waits_for_a_charge_of_the_minutes_before_midnight(week: Week) -> None:
    week.clock.advance(9 * HOURS + 58 * 60)
    week.books.charge("pi_unknown", 99)
    week.clock.advance(7 * 60)
    seven_minutes_later = week.found()
    week.clock.advance(10 * 60)

    assert seven_minutes_later == set()
    assert week.found() == {"R3"}


def test_r5_finds_an_event_without_an_outcome(week: Week) -> None:
    _, intent = week.opened_intent("late")
    week.receive("payment_intent.processing", intent_body(intent))
    week.clock.advance(16 * 60)

    assert week.found() == {"R5"}


def test_r6_finds_a_charge_whose_intent_has_moved(week: Week) -> None:
    _, intent = week.opened_intent("late")
    week.books.intents[intent.id] = evolve(intent, status="succeeded")
    week.clock.advance(2 * HOURS)

    assert week.found() == {"R6"}


def test_r7_finds_an_escrow_that_is_not_empty() -> None:
    week = Week.empty()
    week.pay("one")
    week.settle("one", amount_minor=FEE - 1)
    week.pay_out()
    week.clock.advance(30 * HOURS)

    assert week.found() == {"R7"}


def test_r8_finds_a_settlement_that_was_never_planned() -> None:
    week = Week.empty()
    week.pay("one")
    week.settle("one", amount_minor=FEE)
    assert week.found() == set()
    week.clock.advance(30 * HOURS)

    assert week.found() == {"R8"}


def test_r9_finds_a_transfer_that_stripe_does_not_have(week: Week) -> None:
    week.books.transfers.clear()

    assert week.found() == {"R9"}


def test_r9_finds_a_second_transfer(week: Week) -> None:
    (transfer,) = week.books.transfers.values()
    week.books.transfers["tr_second"] = evolve(transfer, id="tr_second")

    assert week.found() == {"R9"}


def test_r9_passes_over_a_second_transfer_that_was_taken_back_whole(week: Week) -> None:
    (transfer,) = week.books.transfers.values()
    for missing_minor, found in ((1, {"R9"}), (0, set[str]())):
        amount_reversed_minor = transfer.amount_minor - missing_minor
        second = evolve(transfer, id="tr_second", amount_reversed_minor=amount_reversed_minor)
        week.books.transfers["tr_second"] = second

        assert week.found() == found


def lose_event(week: Week, event_id: str, event_type: str, intent: Intent) -> None:
    """Let Stripe list an event of an intent whose webhook does not arrive."""
    at = week.clock.now()
    event = EventObject(
        id=event_id,
        type=event_type,
        created=at,
        livemode=False,
        api_version=None,
        object_id=intent.id,
        account=None,
        body=event_body(event_id, event_type, intent_body(intent), at),
    )
    week.books.events.append(event)


def test_r12_finds_an_event_that_was_never_received_and_stores_it(week: Week) -> None:
    _, intent = week.opened_intent("late")
    lose_event(week, "evt_lost", "payment_intent.processing", intent)
    assert week.found() == set()
    week.clock.advance(20 * 60)

    assert week.found() == {"R12"}
    assert week.event("evt_lost").origin is EventOrigin.BACKFILL
    week.finish()
    assert week.found() == set()


def test_a_discrepancy_halts_new_payments_until_somebody_resumes_them(week: Week) -> None:
    week.books.transfers.clear()
    week.reconcile()
    switch = week.store.read(payments_switch)
    assert switch is not None
    assert switch.reason_code == "RECONCILIATION_DISCREPANCY"
    with pytest.raises(PaymentsHalted):
        week.opened_intent("late")

    week.store.run(resume_payments, ResumePayments(), actor=WORKER, reason="explained")

    _, intent = week.opened_intent("later")
    assert intent.id in week.books.intents


def miss_payments(week: Week, *names: str) -> list[str]:
    """Let Stripe take payments whose webhooks do not arrive, and return the events' ids."""
    missed: list[str] = []
    for name in names:
        _, intent = week.opened_intent(name)
        week.books.change(FEE, FEE_MINOR, f"txn_{intent.id}")
        week.books.charge(intent.id, FEE)
        event_id = f"evt_{name}"
        paid = week.gateway.pay(intent.id)
        lose_event(week, event_id, "payment_intent.succeeded", paid)
        missed.append(event_id)
    return missed


@pytest.mark.parametrize("scope", ReconciliationScope)
def test_webhooks_that_a_reconciliation_stores_halt_nothing(
    open_week: Week, scope: ReconciliationScope
) -> None:
    missed = miss_payments(open_week, "one", "two", "three")
    open_week.clock.advance(3 * HOURS)

    _, discrepancies = open_week.reconcile(scope)

    stored = [found.subject for found in discrepancies if found.remedy is Remedy.STORED]
    assert stored == missed
    expected = {"R12": Remedy.STORED}
    if scope is ReconciliationScope.FULL:
        expected |= {"R2": Remedy.AWAITED, "R6": Remedy.AWAITED}
    assert {found.rule.value: found.remedy for found in discrepancies} == expected
    assert open_week.store.read(payments_switch) is None
    follow_up = open_week.store.read(lambda tx: tx.tasks.get(RECONCILE_FULL_STAGE, FOLLOW_UP))
    assert follow_up.due_at == open_week.clock.now() + rules.GRACE

    open_week.finish()
    open_week.process(RECORD_FEE_STAGE)
    open_week.clock.advance(HOURS)
    assert open_week.found() == set()
    assert open_week.store.read(payments_switch) is None


def test_a_difference_that_stored_events_do_not_explain_halts_the_next_time(
    open_week: Week,
) -> None:
    miss_payments(open_week, "one")
    open_week.books.change(1)
    open_week.clock.advance(3 * HOURS)
    open_week.reconcile()
    assert open_week.store.read(payments_switch) is None
    open_week.finish()
    open_week.process(RECORD_FEE_STAGE)
    open_week.clock.advance(HOURS)

    assert open_week.found() == {"R2"}
    assert open_week.switch_reason() == DISCREPANCY


def test_an_event_that_cannot_be_stored_halts(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Week, __: bytes) -> StripeEventSaved:
        raise StripeEventNotFound("evt_one")

    monkeypatch.setattr(Week, "backfill", refuse)
    miss_payments(week, "one")
    week.clock.advance(HOURS)

    _, discrepancies = week.reconcile(ReconciliationScope.CHEAP)

    assert [(found.rule.value, found.remedy) for found in discrepancies] == [("R12", None)]
    assert week.switch_reason() == DISCREPANCY


def test_a_halt_ends_with_a_clean_full_reconciliation_if_events_explain_it(week: Week) -> None:
    week.books.change(1)
    week.clock.advance(3 * HOURS)
    assert week.found() == {"R2"}
    assert week.switch_reason() == DISCREPANCY
    week.books.change(-1)
    week.clock.advance(3 * HOURS)

    week.reconcile(ReconciliationScope.CHEAP)
    assert week.switch_reason() == DISCREPANCY  # the hourly rules do not compare the balance
    week.reconcile()

    assert week.switch_reason() is None


def test_a_halt_by_a_fault_of_a_transfer_waits_for_an_operator(week: Week) -> None:
    transfers = dict(week.books.transfers)
    week.books.transfers.clear()
    assert week.found() == {"R9"}
    week.books.transfers.update(transfers)

    assert week.found() == set()
    assert week.switch_reason() == DISCREPANCY


def test_a_halt_of_an_operator_does_not_end_by_itself(week: Week) -> None:
    week.books.change(1)
    week.clock.advance(3 * HOURS)
    week.reconcile()
    week.execute(halt_payments, HaltPayments(reason_code="BY_OPERATOR"))
    week.books.change(-1)
    week.clock.advance(3 * HOURS)

    assert week.found() == set()
    assert week.switch_reason() == "BY_OPERATOR"


def test_a_reconciliation_without_an_answer_of_stripe_proves_nothing(week: Week) -> None:
    week.books.is_down = True

    reconciliation, discrepancies = week.reconcile()

    assert reconciliation.status is ReconciliationStatus.FAILED
    assert reconciliation.error_code == "STRIPE_API_ERROR"
    assert discrepancies == ()
    assert week.store.read(payments_switch) is None


SAME: Final = rules.ReconciliationFacts(now=NOW)
DIFFERENT: Final = rules.Compared(
    subject="subject", currency="EUR", expected_minor=100, actual_minor=99
)
RAKE: Final = BalanceSum(
    kind=AccountKind.PLATFORM_RAKE, currency="EUR", accounts=1, balance_minor=1
)
TRANSFER: Final = TransferObject(
    id="tr_1",
    amount_minor=5,
    amount_reversed_minor=0,
    currency="EUR",
    destination="acct_1",
    transfer_group="reference:r",
    created=NOW - timedelta(days=1),
)
SENT: Final = rules.SentTransfer(
    id="t", stripe_id="tr_1", amount_minor=5, currency="EUR", destination="acct_other"
)
PLANTED: Final = {
    "R1": evolve(SAME, books=rules.BookSums(balances=(RAKE,))),
    "R2": evolve(SAME, balances=(rules.BalanceCuts(currency="EUR", cuts=((1, 2), (1, 3))),)),
    "R3": evolve(SAME, days=(DIFFERENT,)),
    "R4": evolve(SAME, charges=rules.PaidCharges(paid_count=1, unbooked=("charge",))),
    "R5": evolve(SAME, unfinished=("evt_1",)),
    "R6": evolve(
        SAME,
        intents=(
            rules.IntentStatus(
                charge_id="c", status=ChargeStatus.PENDING, intent_status="canceled"
            ),
        ),
    ),
    "R7": evolve(SAME, escrows=(DIFFERENT,)),
    "R8": evolve(SAME, payables=(DIFFERENT,)),
    "R9": evolve(
        SAME,
        groups=(rules.GroupTransfers(reference="r", ours=(SENT,), listed=(TRANSFER,)),),
    ),
    "R10": evolve(SAME, negative=(DIFFERENT,)),
    "R11": evolve(
        SAME, digests=(rules.SettlementDigest(movement_id="m", stored="a", computed="b"),)
    ),
    "R12": evolve(SAME, missing_events=(rules.MissingEvent(id="evt_1", is_stored=False),)),
}


@pytest.mark.parametrize("number", sorted(PLANTED))
def test_each_rule_finds_its_own_difference_only(number: str) -> None:
    discrepancies = rules.reconcile(PLANTED[number], ReconciliationScope.FULL)

    assert [discrepancy.rule.value for discrepancy in discrepancies] == [number]

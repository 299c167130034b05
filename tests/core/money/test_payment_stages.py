"""The stages of refunds, expiry and fees, and the requests that start payments."""

import pytest
from attrs import evolve
from tests.core.money.gateway import FEE_MINOR
from tests.core.money.payments import ADA, FEE, PAGES, PaymentRun, killing, refund_body

from indelible.money.commands.payments import CancelCharge, ExtendCharge
from indelible.money.entities.reconciliations import PaymentSwitch
from indelible.money.entities.values import AccountKind, AttemptKind, OutcomeCode, RefundReason
from indelible.money.errors.gateway import GatewayOutage
from indelible.money.errors.payments import (
    AlreadyPaid,
    ChargeNotFound,
    DuplicateIntent,
    PaymentsHalted,
    RefundNotAllowed,
    RefundRunning,
)
from indelible.money.handlers.charges import cancel_charge, extend_charge
from indelible.money.handlers.saving import save
from indelible.money.lifecycle.payments import ChargeStatus, RefundStatus
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.stages import (
    EXPIRE_CHARGE_STAGE,
    PROCESS_STRIPE_EVENT_STAGE,
    RECORD_FEE_STAGE,
    SEND_REFUND_STAGE,
)
from indelible.money.tasks.failpoints import EXPIRE_FAILPOINTS, REFUND_FAILPOINTS, PaymentFailpoint
from indelible.testing.stores import within

DAY = 86_400


def attempts_of(run: PaymentRun, refund_id: str) -> list[tuple[int, AttemptKind]]:
    """Return the generations and kinds of a refund's attempts."""
    attempts = run.store.read(lambda tx: tx.money.refunds.attempts(refund_id, after=0, limit=500))
    return [(attempt.generation, attempt.kind) for attempt in attempts]


@pytest.mark.parametrize("point", REFUND_FAILPOINTS, ids=lambda point: point.name)
def test_a_refund_whose_worker_is_killed_is_made_once(
    run: PaymentRun, point: PaymentFailpoint
) -> None:
    charge, _ = run.paid()
    run.refund(charge)
    run.process(SEND_REFUND_STAGE, at_failpoint=killing(point))

    for _ in range(3):
        run.clock.advance(3_600)
        run.process(SEND_REFUND_STAGE)

    assert run.charge(charge.id).status is ChargeStatus.REFUNDED
    assert len(run.gateway.refunds) == 1
    assert run.balance(AccountKind.STRIPE_BALANCE) == 0


def test_a_lost_answer_is_found_under_the_same_key(run: PaymentRun) -> None:
    charge, _ = run.paid()
    run.gateway.failures.after["create_refund"] = [GatewayOutage("timeout")]
    refund = run.refund(charge)
    run.process(SEND_REFUND_STAGE)
    assert run.refunds(charge)[0].status is RefundStatus.REQUESTED

    run.clock.advance(3_600)
    run.process(SEND_REFUND_STAGE)

    assert attempts_of(run, refund.id) == [(1, AttemptKind.CALL), (1, AttemptKind.CALL)]
    assert run.refunds(charge)[0].status is RefundStatus.SUCCEEDED
    assert len(run.gateway.refunds) == 1


def test_a_forgotten_key_leads_to_a_look_up_first(run: PaymentRun) -> None:
    charge, _ = run.paid()
    run.gateway.failures.after["create_refund"] = [GatewayOutage("timeout")]
    refund = run.refund(charge)
    run.process(SEND_REFUND_STAGE)
    run.gateway.forget_keys()

    run.clock.advance(DAY)
    run.process(SEND_REFUND_STAGE)

    assert attempts_of(run, refund.id) == [(1, AttemptKind.CALL), (1, AttemptKind.LOOKUP)]
    assert len(run.gateway.refunds) == 1
    assert run.charge(charge.id).status is ChargeStatus.REFUNDED


def test_a_look_up_without_a_refund_is_followed_by_the_next_generation(run: PaymentRun) -> None:
    charge, _ = run.paid()
    run.gateway.failures.before["create_refund"] = [GatewayOutage("HTTP 500")]
    refund = run.refund(charge)
    run.process(SEND_REFUND_STAGE)

    run.clock.advance(DAY)
    run.process(SEND_REFUND_STAGE)

    assert attempts_of(run, refund.id)[1:] == [(1, AttemptKind.LOOKUP), (2, AttemptKind.CALL)]
    keys = [key for name, key in run.gateway.calls if name == "create_refund"]
    assert keys == [f"refund:{refund.id}:g1", f"refund:{refund.id}:g2"]


def test_a_refund_that_a_bank_returns_gives_the_money_back(run: PaymentRun) -> None:
    charge, intent = run.paid()
    run.refund(charge)
    run.process(SEND_REFUND_STAGE)
    (refund,) = run.refunds(charge)
    body = refund_body(refund.stripe_refund_id or "", intent.id, status="failed")

    run.deliver("refund.failed", body)

    assert run.charge(charge.id).status is ChargeStatus.SUCCEEDED
    assert run.balance(AccountKind.ESCROW) == FEE
    assert run.balance(AccountKind.STRIPE_BALANCE) == FEE
    assert run.balance(AccountKind.REFUND_CLEARING) == 0


def test_a_refund_of_the_dashboard_is_adopted(run: PaymentRun) -> None:
    charge, intent = run.paid()

    run.deliver("refund.created", refund_body("re_outside", intent.id))

    (refund,) = run.refunds(charge)
    assert (refund.reason_code, refund.status) == (RefundReason.OUTSIDE, RefundStatus.SUCCEEDED)
    assert run.charge(charge.id).status is ChargeStatus.REFUNDED
    assert run.balance(AccountKind.ESCROW) == 0


def test_a_refund_of_a_counted_item_is_paid_by_goodwill(run: PaymentRun) -> None:
    charge, _ = run.paid()
    run.settle("item-1", amount_minor=FEE)

    run.refund(charge)
    run.finish()

    assert run.balance(AccountKind.GOODWILL) == FEE
    assert run.charge(charge.id).status is ChargeStatus.REFUNDED


@pytest.mark.parametrize(
    ("field", "code"),
    [({"amount": 1}, "AMOUNT_MISMATCH"), ({"currency": "usd"}, "CURRENCY_MISMATCH")],
)
def test_a_refund_of_other_money_is_a_dead_letter(
    run: PaymentRun, field: dict[str, object], code: str
) -> None:
    run.gateway.refund_status = "pending"
    charge, intent = run.paid()
    run.refund(charge)
    run.process(SEND_REFUND_STAGE)
    (refund,) = run.refunds(charge)

    event = run.deliver(
        "refund.updated", refund_body(refund.stripe_refund_id or "", intent.id) | field
    )

    assert event.last_code == code
    assert run.charge(charge.id).status is ChargeStatus.REFUND_PENDING


def test_a_second_refund_waits_for_the_first(run: PaymentRun) -> None:
    charge, _ = run.paid()
    first = run.refund(charge)

    assert run.refund(charge).id == first.id
    with pytest.raises(RefundRunning):
        run.refund(charge, 1)


@pytest.mark.parametrize("amount_minor", [FEE + 1, 10**9])
def test_more_than_what_is_left_is_not_refunded(run: PaymentRun, amount_minor: int) -> None:
    charge, _ = run.paid()

    with pytest.raises(RefundNotAllowed):
        run.refund(charge, amount_minor)


def test_an_unpaid_charge_is_not_refunded(run: PaymentRun) -> None:
    charge = run.open()

    with pytest.raises(RefundNotAllowed):
        run.refund(charge)


@pytest.mark.parametrize("point", EXPIRE_FAILPOINTS, ids=lambda point: point.name)
def test_an_expiry_whose_worker_is_killed_is_done_again(
    run: PaymentRun, point: PaymentFailpoint
) -> None:
    charge, intent = run.opened_intent()
    run.clock.advance(3_601)
    run.process(EXPIRE_CHARGE_STAGE, at_failpoint=killing(point))

    run.clock.advance(3_600)
    run.process(EXPIRE_CHARGE_STAGE)

    assert run.charge(charge.id).status is ChargeStatus.CANCELED
    assert run.gateway.intents[intent.id].status == "canceled"


def test_an_extended_charge_does_not_expire_early(run: PaymentRun) -> None:
    charge, _ = run.opened_intent()
    later = run.clock.now().replace(hour=20)
    command = ExtendCharge(charge_id=charge.id, expires_at=later)
    run.store.run(extend_charge, command, actor=ADA, reason="a test")
    run.clock.advance(3_601)

    run.process(EXPIRE_CHARGE_STAGE)
    assert run.charge(charge.id).status is ChargeStatus.PENDING

    run.clock.advance(8 * 3_600)
    run.process(EXPIRE_CHARGE_STAGE)
    assert run.charge(charge.id).status is ChargeStatus.CANCELED


def test_an_expired_charge_whose_payment_is_processed_waits(run: PaymentRun) -> None:
    charge, intent = run.opened_intent()
    run.tell("payment_intent.processing", intent.id)
    run.clock.advance(3_601)

    run.process(EXPIRE_CHARGE_STAGE)

    assert run.charge(charge.id).status is ChargeStatus.PROCESSING
    assert run.gateway.count("cancel_payment_intent") == 0


def test_the_fee_of_a_payment_is_booked_once(run: PaymentRun) -> None:
    run.paid()
    run.gateway.failures.before["retrieve_charge"] = [GatewayOutage("HTTP 429")]
    run.process(RECORD_FEE_STAGE)
    assert run.balance(AccountKind.STRIPE_FEES) == 0

    run.clock.advance(3_600)
    run.process(RECORD_FEE_STAGE)
    run.process(RECORD_FEE_STAGE)

    assert run.balance(AccountKind.STRIPE_FEES) == FEE_MINOR
    assert run.balance(AccountKind.STRIPE_BALANCE) == FEE - FEE_MINOR


def test_a_repeated_request_returns_the_same_intent_with_its_secret(run: PaymentRun) -> None:
    charge = run.open()

    first = run.start(charge)
    second = run.start(charge)

    assert first == second
    assert second.client_secret == "pi_1_secret_canary"  # noqa: S105 - of a test
    assert run.gateway.count("create_payment_intent") == 1


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_request_that_stripe_did_not_answer_is_repeated_with_its_key(
    run: PaymentRun, where: str
) -> None:
    charge = run.open()
    failures = getattr(run.gateway.failures, where)
    failures["create_payment_intent"] = [GatewayOutage("timeout")]
    with pytest.raises(GatewayOutage):
        run.start(charge)

    run.start(charge)

    assert len(run.gateway.intents) == 1


def test_a_client_secret_is_stored_nowhere(run: PaymentRun) -> None:
    _, intent = run.paid()

    changes = run.store.feed(limit=1_000).changes

    assert intent.client_secret
    assert "secret_canary" not in repr(changes)


def test_a_canceled_intent_is_replaced_by_the_next_generation(run: PaymentRun) -> None:
    charge, intent = run.opened_intent()
    run.gateway.intents[intent.id] = evolve(intent, status="canceled")

    second = run.start(charge)

    stored = run.charge(charge.id)
    assert second.id != intent.id
    assert (stored.intent_id, stored.generation) == (second.id, 2)


def test_a_paid_charge_takes_no_payment(run: PaymentRun) -> None:
    charge, _ = run.paid()

    with pytest.raises(AlreadyPaid):
        run.start(charge)


def test_an_expired_charge_takes_no_payment(run: PaymentRun) -> None:
    charge = run.open()
    run.clock.advance(3_600)

    with pytest.raises(AlreadyPaid):
        run.start(charge)


def test_the_charge_of_another_party_is_not_found(run: PaymentRun) -> None:
    charge = run.open()

    with pytest.raises(ChargeNotFound):
        run.starter.create_intent(charge.id, party="bob", actor=ADA)


def test_halted_payments_start_nothing(run: PaymentRun) -> None:
    charge = run.open()

    def halt(tx: MoneyWrite) -> None:
        now = tx.clock.now()
        switch = PaymentSwitch.create(
            "halt", now=now, id="payments", reason_code="DISCREPANCY", halted_at=now
        )
        save(tx, tx.money.switches, None, switch, "halt")

    within(run.store, halt)

    with pytest.raises(PaymentsHalted):
        run.start(charge)
    assert run.gateway.intents == {}


def test_a_checkout_session_is_created_once_and_paid_by_its_intent(run: PaymentRun) -> None:
    charge = run.open()
    first = run.starter.create_checkout(charge.id, PAGES, party="ada", actor=ADA)
    second = run.starter.create_checkout(charge.id, PAGES, party="ada", actor=ADA)
    assert first.session == second.session

    intent = run.gateway.create_payment_intent(
        amount_minor=FEE,
        currency="EUR",
        metadata={"charge_id": charge.id},
        idempotency_key="of the session",
    )
    run.succeed(intent.id)

    stored = run.charge(charge.id)
    assert (stored.status, stored.intent_id) == (ChargeStatus.SUCCEEDED, intent.id)


def test_a_charge_has_an_intent_or_a_session(run: PaymentRun) -> None:
    first, _ = run.opened_intent("item-1")
    second = run.open("item-2")
    run.starter.create_checkout(second.id, PAGES, party="ada", actor=ADA)

    with pytest.raises(DuplicateIntent):
        run.starter.create_checkout(first.id, PAGES, party="ada", actor=ADA)
    with pytest.raises(DuplicateIntent):
        run.start(second)


def test_an_expired_charge_closes_its_session(run: PaymentRun) -> None:
    charge = run.open()
    started = run.starter.create_checkout(charge.id, PAGES, party="ada", actor=ADA)
    run.clock.advance(3_601)

    run.process(EXPIRE_CHARGE_STAGE)

    assert run.gateway.sessions[started.session.id].status == "expired"
    assert run.charge(charge.id).status is ChargeStatus.CANCELED


def test_a_paid_charge_is_not_canceled(run: PaymentRun) -> None:
    charge, _ = run.paid()

    command = CancelCharge(charge_id=charge.id, outcome_code=OutcomeCode.CANCELLED)
    saved = run.store.run(cancel_charge, command, actor=ADA, reason="a test")

    assert saved.charge == charge


def test_money_for_a_canceled_charge_waits_for_an_operator(run: PaymentRun) -> None:
    charge, intent = run.opened_intent()
    run.tell("payment_intent.canceled", intent.id)

    event = run.succeed(intent.id)
    run.process(PROCESS_STRIPE_EVENT_STAGE)

    assert event.last_code == "INVALID_TRANSITION"
    assert run.charge(charge.id).status is ChargeStatus.CANCELED

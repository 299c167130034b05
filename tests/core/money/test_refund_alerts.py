"""A refund that fails is reported once: as an error in the log, and to the observer."""

from typing import Final

import pytest
from attrs import define, field
from tests.core.money.payments import FEE, PaymentRun, refund_body

from indelible.money.entities.values import AccountKind
from indelible.money.errors.gateway import GatewayRejected
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible.money.rules.stages import SEND_REFUND_STAGE
from indelible.money.tasks.observers import SilentPaymentObserver

REASON: Final = "expired_or_canceled_card"


@define
class CountingObserver(SilentPaymentObserver):
    """Keeps the codes of refunds that have failed."""

    codes: list[str] = field(factory=list[str])

    def refund_failed(self, code: str) -> None:
        """Keep the code."""
        self.codes.append(code)


@pytest.fixture
def observer(run: PaymentRun) -> CountingObserver:
    """Return the observer of the run."""
    counting = CountingObserver()
    run.observer = counting
    return counting


def errors_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the messages of errors in the log."""
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


def test_a_refund_that_an_event_reports_as_failed_is_reported_once(
    run: PaymentRun, observer: CountingObserver, caplog: pytest.LogCaptureFixture
) -> None:
    run.gateway.refund_status = "pending"
    charge, intent = run.paid()
    run.refund(charge)
    run.process(SEND_REFUND_STAGE)
    refund_id = run.refunds(charge)[0].stripe_refund_id or ""
    body = refund_body(refund_id, intent.id, status="failed", failure_reason=REASON)

    first = run.deliver("refund.updated", body)
    second = run.deliver("refund.failed", body)

    assert (first.status, first.last_code) == (InboxStatus.PROCESSED, "REFUND_FAILED")
    assert second.last_code == "PAYMENT_ALREADY_PROCESSED"
    assert run.charge(charge.id).status is ChargeStatus.SUCCEEDED
    assert run.refunds(charge)[0].failure_code == REASON
    assert observer.codes == ["REFUND_FAILED"]
    assert errors_of(caplog) == [
        f"[Payment] REFUND_FAILED: refund {refund_id}, as event {first.id} reports"
    ]


def test_a_refund_that_stripe_answers_as_failed_is_reported(
    run: PaymentRun, observer: CountingObserver, caplog: pytest.LogCaptureFixture
) -> None:
    run.gateway.refund_status = "failed"
    charge, _ = run.paid()
    refund = run.refund(charge)

    run.process(SEND_REFUND_STAGE)

    assert run.charge(charge.id).status is ChargeStatus.SUCCEEDED
    assert observer.codes == ["unknown"]
    assert errors_of(caplog) == [f"[Payment] REFUND_FAILED: Refund {refund.id} failed: unknown."]


def test_a_refund_that_stripe_refuses_is_reported(
    run: PaymentRun, observer: CountingObserver, caplog: pytest.LogCaptureFixture
) -> None:
    run.gateway.failures.before["create_refund"] = [GatewayRejected("refund_disputed", "no")]
    charge, _ = run.paid()
    refund = run.refund(charge)

    run.process(SEND_REFUND_STAGE)

    assert run.charge(charge.id).status is ChargeStatus.SUCCEEDED
    assert run.refunds(charge)[0].failure_code == "refund_disputed"
    assert run.balance(AccountKind.ESCROW) == FEE
    assert observer.codes == ["refund_disputed"]
    assert errors_of(caplog) == [
        f"[Payment] REFUND_FAILED: Refund {refund.id} failed: refund_disputed."
    ]


def test_a_refund_that_succeeds_is_not_reported(
    run: PaymentRun, observer: CountingObserver, caplog: pytest.LogCaptureFixture
) -> None:
    charge, _ = run.paid()
    run.refund(charge)

    run.process(SEND_REFUND_STAGE)

    assert run.charge(charge.id).status is ChargeStatus.REFUNDED
    assert (observer.codes, errors_of(caplog)) == ([], [])

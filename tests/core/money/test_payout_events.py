"""Events of Stripe about transfers, payouts and accounts."""

from typing import Any, Final

from tests.payout_runs import PayoutRun

from indelible.money.commands.payments import ApplyEvent
from indelible.money.commands.payouts import RestrictPayee
from indelible.money.entities.events import StripeEvent
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.values import EventOrigin, MovementKind
from indelible.money.handlers.inbox import apply_event, receive_event
from indelible.money.handlers.payees import restrict_payee
from indelible.money.lifecycle.payouts import PayeeStatus, TransferStatus
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible.money.rules.events import parse_envelope, parse_event
from indelible.money.rules.evidence import NO_EVIDENCE, EventEvidence
from indelible.money.rules.payouts import transfer_group, transfer_metadata
from indelible.money.tasks.receiving import received
from indelible.testing.money.payments import event_bytes

ONE: Final = {"ann": 5_628}


def transfer_body(run: PayoutRun, transfer: Transfer, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - of any type
    """Return a transfer as an event holds it."""
    body: dict[str, Any] = {
        "id": "tr_event",
        "object": "transfer",
        "amount": transfer.amount_minor,
        "amount_reversed": 0,
        "currency": "usd",
        "destination": f"acct_{transfer.party}",
        "transfer_group": transfer_group(transfer.reference),
        "created": int(run.clock.now().timestamp()),
        "metadata": transfer_metadata(transfer),
    }
    return body | changes


def account_body(party: str, *, is_active: bool) -> dict[str, Any]:
    """Return a connected account as an event holds it."""
    return {
        "id": f"acct_{party}",
        "object": "account",
        "capabilities": {"transfers": "active" if is_active else "inactive"},
        "payouts_enabled": is_active,
        "requirements": {"currently_due": [], "disabled_reason": None},
        "metadata": {},
    }


def deliver(
    run: PayoutRun,
    event_id: str,
    event_type: str,
    subject: dict[str, Any],
    evidence: EventEvidence = NO_EVIDENCE,
) -> StripeEvent:
    """Receive an event and apply it."""
    body = event_bytes(event_id, event_type, subject)
    run.execute(receive_event, received(parse_envelope(body), body, EventOrigin.WEBHOOK))
    command = ApplyEvent(event=parse_event(body), evidence=evidence)
    event: StripeEvent = run.execute(apply_event, command).event
    return event


def test_a_transfer_that_its_event_reports_first_is_adopted_and_never_made_again() -> None:
    run = PayoutRun()
    run.prepare(ONE)
    event = deliver(run, "evt_1", "transfer.created", transfer_body(run, run.transfer("ann")))
    run.process_all()

    assert event.status is InboxStatus.PROCESSED
    assert run.transfer("ann").status is TransferStatus.COMPLETED
    assert run.transfer("ann").stripe_transfer_id == "tr_event"
    assert run.stripe.calls == []
    assert len(run.movements(MovementKind.PAYOUT_CREATED)) == 1
    assert run.job().status == "complete"


def test_a_later_event_about_a_known_transfer_changes_nothing() -> None:
    run = PayoutRun()
    run.prepare(ONE)
    deliver(run, "evt_1", "transfer.created", transfer_body(run, run.transfer("ann")))
    before = run.transfer("ann")

    event = deliver(run, "evt_2", "transfer.updated", transfer_body(run, before))

    assert (event.status, event.last_code) == (InboxStatus.PROCESSED, "PAYMENT_ALREADY_PROCESSED")
    assert run.transfer("ann") == before


def test_a_reversal_is_posted_once_whatever_arrives() -> None:
    run = PayoutRun()
    run.prepare(ONE)
    run.process_all()
    transfer = run.transfer("ann")
    assert transfer.stripe_transfer_id is not None
    reversal = run.stripe.reverse(transfer.stripe_transfer_id, 1_000, "trr_1")
    body = transfer_body(run, transfer, id=transfer.stripe_transfer_id, amount_reversed=1_000)
    evidence = EventEvidence(reversals=(reversal,))

    deliver(run, "evt_1", "transfer.reversed", body, evidence)
    again = deliver(run, "evt_2", "transfer.reversed", body, evidence)

    assert again.last_code == "PAYMENT_ALREADY_PROCESSED"
    assert run.transfer("ann").reversed_minor == 1_000
    assert len(run.movements(MovementKind.PAYOUT_REVERSED)) == 1


def test_a_transfer_that_is_none_of_ours_is_left_to_the_reconciliation() -> None:
    run = PayoutRun()
    run.prepare(ONE)
    body = transfer_body(run, run.transfer("ann"), metadata={})

    event = deliver(run, "evt_1", "transfer.created", body)

    assert event.last_code == "TRANSFER_NOT_FOUND"
    assert run.transfer("ann").status is TransferStatus.PENDING


def test_an_enabled_account_lets_its_parked_transfer_go_on() -> None:
    run = PayoutRun()
    run.prepare(ONE)
    run.execute(restrict_payee, RestrictPayee(party="ann"))
    run.process_all()
    assert run.transfer("ann").status is TransferStatus.PARKED
    assert run.transfer("ann").attempt_number == 0

    deliver(run, "evt_1", "account.updated", account_body("ann", is_active=True))
    run.process_all()

    run.require_paid_once(ONE)


def test_a_restricted_account_parks_its_transfer() -> None:
    run = PayoutRun()
    run.prepare(ONE)

    deliver(run, "evt_1", "account.updated", account_body("ann", is_active=False))
    again = deliver(run, "evt_2", "account.updated", account_body("ann", is_active=False))
    run.process_all()

    payee = run.store.read(lambda tx: tx.money.payees.get("ann")).entity
    assert payee.status is PayeeStatus.RESTRICTED
    assert again.last_code == "PAYMENT_ALREADY_PROCESSED"
    assert run.transfer("ann").status is TransferStatus.PARKED


def test_an_account_of_nobody_and_a_payout_to_a_bank_change_nothing() -> None:
    run = PayoutRun()
    unknown = deliver(run, "evt_1", "account.updated", account_body("eve", is_active=True))
    payout = deliver(run, "evt_2", "payout.paid", {"id": "po_1"})
    failed = deliver(run, "evt_3", "payout.failed", {"id": "po_2"})

    assert unknown.last_code == "PAYEE_NOT_FOUND"
    assert {payout.status, failed.status} == {InboxStatus.IGNORED}

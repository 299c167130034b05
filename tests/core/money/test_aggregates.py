"""The aggregates of money refuse fields that their state excludes."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from attrs import evolve

from indelible.kernel import IndelibleError
from indelible.kernel.aggregate_errors import FieldFixed, FieldNotOfState
from indelible.kernel.aggregates import change_for
from indelible.kernel.audit import Actor, AuditContext
from indelible.kernel.history import Head, Revision
from indelible.money import (
    Account,
    AccountKind,
    Charge,
    ChargeStatus,
    Movement,
    MovementKind,
    OutcomeCode,
    Reconciliation,
    ReconciliationScope,
    ReconciliationStatus,
    Refund,
    RefundReason,
    RefundStatus,
    Transfer,
    TransferStatus,
)
from indelible.money.entities.ids import charge_id, movement_id, refund_id
from indelible.money.entities.values import TransferFailure
from indelible.money.errors.gateway import ParkReason
from indelible.testing.stores import BEGINNING

LATER = BEGINNING + timedelta(hours=1)
AUDIT = AuditContext(actor=Actor.user("maya"), reason="a test")


def charge(**changes: Any) -> Charge:  # noqa: ANN401 - of any field
    """Return a new charge with other values for some fields."""
    opened = Charge.opened(
        reference="c1",
        party="ann",
        item="entry-1",
        amount_minor=2501,
        currency="USD",
        expires_at=LATER,
        now=BEGINNING,
    )
    return evolve(opened, **changes)


def paid(**changes: Any) -> Charge:  # noqa: ANN401 - of any field
    """Return a paid charge with other values for some fields."""
    values: dict[str, Any] = {
        "status": ChargeStatus.SUCCEEDED,
        "received_minor": 2501,
        "received_currency": "USD",
        "paid_at": LATER,
    }
    return charge(**(values | changes))


def movement() -> Movement:
    """Return the movement of a fee."""
    return Movement.create(
        "post",
        now=BEGINNING,
        id=movement_id("k1"),
        kind=MovementKind.ENTRY_FEE,
        key="k1",
        reference="c1",
        currency="USD",
        total_minor=5,
        posting_count=1,
        source="operator",
        occurred_at=BEGINNING,
    )


def transfer(action: str = "plan", *, now: datetime = BEGINNING, **changes: Any) -> Transfer:  # noqa: ANN401 - of any field
    """Return a new transfer with other values for some fields."""
    values: dict[str, Any] = {
        "id": "t1",
        "job_id": "s1",
        "settlement_id": "s1",
        "reference": "c1",
        "party": "ann",
        "amount_minor": 5628,
        "currency": "USD",
        "line_count": 1,
    }
    return Transfer.create(action, now=now, **(values | changes))


def refused(create: Any, **changes: Any) -> str:  # noqa: ANN401 - of any field
    """Return the code and the field of the error that a change of fields raises."""
    with pytest.raises(IndelibleError) as caught:
        create(**changes)
    return f"{caught.value.code} {caught.value.detail.get('field', '')}".strip()


def test_ids_follow_from_what_they_name() -> None:
    assert charge().id == charge_id("entry-1") == charge_id("entry-1")
    assert charge_id("entry-1") != charge_id("entry-2") != movement_id("entry-2")
    assert refused(charge, id="other") == "FIELD_NOT_OF_STATE id"
    assert refund_id("a", 1) != refund_id("a", 2)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"paid_at": None}, "FIELD_NOT_OF_STATE paid_at"),
        ({"received_minor": 2500}, "FIELD_NOT_OF_STATE received_minor"),
        ({"received_currency": "EUR"}, "FIELD_NOT_OF_STATE received_minor"),
        ({"refunded_minor": 1}, "FIELD_NOT_OF_STATE refunded_minor"),
        ({"outcome_code": OutcomeCode.AMOUNT_MISMATCH}, "FIELD_NOT_OF_STATE received_minor"),
        ({"disputed_from": ChargeStatus.SUCCEEDED}, "FIELD_NOT_OF_STATE disputed_from"),
        ({"status": ChargeStatus.DISPUTED}, "FIELD_NOT_OF_STATE disputed_from"),
        ({"status": ChargeStatus.REFUNDED}, "FIELD_NOT_OF_STATE refunded_minor"),
        (
            {"status": ChargeStatus.PARTIALLY_REFUNDED, "refunded_minor": 2501},
            "FIELD_NOT_OF_STATE refunded_minor",
        ),
        ({"refunded_minor": 2502}, "FIELD_NOT_OF_STATE refunded_minor"),
        ({"status": ChargeStatus.PENDING}, "FIELD_NOT_OF_STATE received_minor"),
        ({"amount_minor": 25.01}, "INVALID_AMOUNT amount_minor"),
        ({"amount_minor": True}, "INVALID_AMOUNT amount_minor"),
    ],
)
def test_a_paid_charge_has_the_fields_of_its_state(changes: dict[str, Any], error: str) -> None:
    assert refused(paid, **changes) == error


def test_a_quarantined_charge_has_other_money_and_never_succeeds() -> None:
    quarantined = {
        "received_minor": 2500,
        "outcome_code": OutcomeCode.AMOUNT_MISMATCH,
    }
    assert paid(status=ChargeStatus.REFUND_PENDING, **quarantined).is_quarantined
    assert refused(paid, **quarantined) == "FIELD_NOT_OF_STATE outcome_code"


def test_a_canceled_charge_has_its_reason() -> None:
    expected = "FIELD_NOT_OF_STATE outcome_code"
    assert refused(charge, status=ChargeStatus.CANCELED) == expected


def test_an_account_has_the_id_and_the_reference_of_its_kind() -> None:
    opened = Account.opened(AccountKind.ESCROW, "c1", "USD", now=BEGINNING)

    assert opened.id == "escrow:c1:USD"
    assert refused(evolve_of(opened), id="escrow:c2:USD") == "FIELD_NOT_OF_STATE id"
    assert refused(evolve_of(opened), balance_minor=1) == "FIELD_NOT_OF_STATE balance_minor"
    # Handlers and database refuse to write it, but a reconciliation has to read and report it.
    overdrawn = evolve(opened, updated_at=LATER, last_movement_id="m1", balance_minor=-1)
    assert overdrawn.balance_minor == -1
    assert (
        refused(evolve_of(opened), last_movement_id="m1") == "FIELD_NOT_OF_STATE last_movement_id"
    )
    assert refused(evolve_of(opened), updated_at=LATER) == "FIELD_NOT_OF_STATE last_movement_id"
    with pytest.raises(IndelibleError) as caught:
        opened.posted(movement(), debited_minor=1, credited_minor=0, now=LATER)
    assert caught.value.code == "BALANCE_NEGATIVE"
    without_reference = evolve_of(opened)
    changes = {"id": "escrow:-:USD", "reference": None}
    assert refused(without_reference, **changes) == "FIELD_NOT_OF_STATE reference"


def test_the_balance_of_an_account_grows_by_its_postings() -> None:
    escrow = Account.opened(AccountKind.ESCROW, "c1", "USD", now=BEGINNING)
    stripe = Account.opened(AccountKind.STRIPE_BALANCE, None, "USD", now=BEGINNING)
    posting: dict[str, Any] = {"updated_at": LATER, "last_movement_id": "m1", "debited_minor": 2}

    evolve(escrow, **posting, credited_minor=7, balance_minor=5).check_change(escrow)
    evolve(stripe, **posting, balance_minor=2).check_change(stripe)
    for before, balance_minor in ((escrow, 2), (stripe, -2)):
        after = evolve(before, **posting, balance_minor=balance_minor)
        with pytest.raises(FieldNotOfState) as refusal:
            after.check_change(before)
        assert refusal.value.field == "balance_minor"
        assert refusal.value.expected == str(-balance_minor)


def test_an_approval_is_made_renewed_or_taken_back() -> None:
    approval: dict[str, Any] = {
        "approved_by": "user:ops",
        "approved_at": LATER,
        "approval_reason": "checked",
    }
    planned = transfer()
    approved = evolve(planned, **approval)
    waiting: dict[str, Any] = {"status": TransferStatus.PARKED, "parked_at": LATER}
    outdated = evolve(approved, **waiting, failure_code=ParkReason.DESTINATION_UNAPPROVED)
    failed = evolve(
        approved,
        status=TransferStatus.FAILED_TERMINAL,
        failure_reason=TransferFailure.UNCLAIMED,
    )

    approved.check_change(planned)
    approved.check_change(approved)
    evolve(approved, approved_by="user:ann").check_change(outdated)
    planned.check_change(failed)
    for before, after, field in (
        (planned, planned, "approved_by"),
        (outdated, planned, "approved_by"),
        (failed, approved, "approved_by"),
        (approved, evolve(approved, approval_reason="other"), "approval_reason"),
        (evolve(approved, **waiting, failure_code="other"), planned, "approved_by"),
    ):
        with pytest.raises(FieldNotOfState) as refusal:
            after.check_change(before)
        assert refusal.value.field == field


def test_a_movement_has_the_id_of_its_key_and_fitting_sums() -> None:
    change = evolve_of(movement())

    assert refused(change, key="k2") == "FIELD_NOT_OF_STATE id"
    assert refused(change, reverses="m1") == "FIELD_NOT_OF_STATE reverses"
    assert refused(change, posting_count=0) == "LEDGER_UNBALANCED total_minor"
    assert refused(change, posting_count=0, total_minor=0) == "LEDGER_UNBALANCED posting_count"
    assert refused(change, posting_count=6) == "LEDGER_UNBALANCED total_minor"
    assert refused(change, kind=MovementKind.PAYOUT_FAILED) == "LEDGER_UNBALANCED posting_count"


def test_the_id_of_a_transfer_at_stripe_never_changes() -> None:
    head, reversed_once = completed_transfer()
    other_id = evolve(reversed_once, stripe_transfer_id="tr_2")

    assert change_for(AUDIT, head, reversed_once, "record_reversal").action == "record_reversal"
    with pytest.raises(FieldFixed) as fixed:
        change_for(AUDIT, head, other_id, "record_reversal")
    assert fixed.value.field == "stripe_transfer_id"


def test_a_transfer_has_the_fields_of_its_state() -> None:
    planned = evolve_of(transfer())

    assert refused(planned, status=TransferStatus.PROCESSING) == ("FIELD_NOT_OF_STATE approved_by")
    assert refused(planned, status=TransferStatus.PARKED) == "FIELD_NOT_OF_STATE parked_at"
    assert refused(planned, stripe_transfer_id="tr_1") == ("FIELD_NOT_OF_STATE stripe_transfer_id")
    assert refused(planned, reversed_minor=1) == "FIELD_NOT_OF_STATE reversed_minor"
    assert refused(planned, status=TransferStatus.FAILED_TERMINAL) == (
        "FIELD_NOT_OF_STATE failure_reason"
    )
    assert refused(planned, approved_by="user:ops") == "FIELD_NOT_OF_STATE approved_at"


def test_a_refund_at_stripe_has_its_id() -> None:
    refund = Refund.create(
        "request",
        now=BEGINNING,
        id=refund_id("charge", 1),
        charge_id="charge",
        number=1,
        amount_minor=2501,
        currency="USD",
        reason_code=RefundReason.REQUESTED,
        covered=False,
    )

    assert refund.idempotency_key == f"refund:{refund.id}:g1"
    change = evolve_of(refund)
    assert refused(change, status=RefundStatus.PENDING) == ("FIELD_NOT_OF_STATE stripe_refund_id")
    assert refused(change, status=RefundStatus.FAILED) == "FIELD_NOT_OF_STATE failure_code"


def test_a_complete_reconciliation_names_its_rules() -> None:
    started = Reconciliation.create(
        "start",
        now=BEGINNING,
        id="rec-1",
        scope=ReconciliationScope.CHEAP,
        started_at=BEGINNING,
    )
    complete: dict[str, Any] = {
        "status": ReconciliationStatus.COMPLETE,
        "discrepancy_count": 0,
        "finished_at": LATER,
    }

    assert refused(evolve_of(started), **complete) == "FIELD_NOT_OF_STATE checked"
    assert evolve(started, checked=("R1",), **complete).has_passed


def evolve_of(entity: Any) -> Any:  # noqa: ANN401 - of any type
    """Return a function that changes fields of an entity."""
    return partial(evolve, entity)


def completed_transfer() -> tuple[Head[Transfer], Transfer]:
    """Return a completed transfer, and the same one after a reversal."""
    approval = {
        "approved_by": "user:ops",
        "approved_at": LATER,
        "approval_reason": "checked",
    }
    approved = transfer().transition("approve", now=LATER, **approval)
    claimed = approved.transition("claim", now=LATER, destination="acct_1")
    completed = claimed.transition(
        "complete", now=LATER, stripe_transfer_id="tr_1", completed_at=LATER
    )
    revision = Revision(seq=4, state="completed", version=1, hash="")
    reversed_once = completed.transition("record_reversal", now=LATER, reversed_minor=5)
    return Head(entity=completed, revision=revision), reversed_once

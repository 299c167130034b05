"""A transfer goes to a destination that two persons have chosen, or the payee itself."""

import pytest
from tests.payout_runs import PayoutRun

from indelible.kernel import Actor
from indelible.kernel.audit import ActorKind
from indelible.money.commands.payouts import (
    ApproveTransfer,
    AttachDestination,
    EnablePayee,
    RegisterPayee,
    UnparkTransfer,
)
from indelible.money.errors.gateway import ParkReason
from indelible.money.errors.payouts import (
    DestinationMismatch,
    DestinationNotApproved,
    FourEyesRequired,
)
from indelible.money.handlers.payees import (
    attach_destination,
    attach_own_destination,
    enable_payee,
    register_payee,
)
from indelible.money.handlers.payouts.approving import approve_transfer, unpark_transfer
from indelible.money.lifecycle.payouts import TRANSFER, TransferStatus
from indelible.money.rules.payouts import AUTOMATIC

ONE = {"ann": 5_628}
NOOR, OTTO, ANN = Actor.user("noor"), Actor.user("otto"), Actor.user("ann")
HOUR = 3_600


def approve(run: PayoutRun, approver: Actor) -> None:
    """Approve Ann's transfer."""
    command = ApproveTransfer(transfer_id=run.transfer("ann").id, approval_reason="checked")
    run.execute(approve_transfer, command, approver)


def approve_compared(run: PayoutRun, destination: str | None) -> None:
    """Let Noor approve Ann's transfer to the account that she has compared."""
    command = ApproveTransfer(
        transfer_id=run.transfer("ann").id, approval_reason="checked", destination=destination
    )
    run.execute(approve_transfer, command, NOOR)


def attach(run: PayoutRun, destination: str, setter: Actor) -> None:
    """Set Ann's account, which Stripe enables at once."""
    run.execute(register_payee, RegisterPayee(party="ann"), setter)
    command = AttachDestination(party="ann", destination=destination)
    run.execute(attach_destination, command, setter)
    run.execute(enable_payee, EnablePayee(party="ann"))
    run.process_all()


def planned_payout() -> PayoutRun:
    """Return a payout that waits for its approval, and whose payee has no account."""
    run = PayoutRun()
    run.settle(ONE)
    run.plan()
    return run


def redirected_payout() -> PayoutRun:
    """Return a payout that Noor has approved, and whose account Otto has set afterwards."""
    run = planned_payout()
    approve(run, NOOR)
    run.process_all()
    assert run.transfer("ann").failure_code == ParkReason.ACCOUNT_MISSING
    attach(run, "acct_otto", OTTO)
    return run


def test_one_person_alone_cannot_redirect_an_approved_transfer() -> None:
    run = redirected_payout()
    run.clock.advance(2 * HOUR)
    assert run.stages().sweep().run().success
    run.process_all()

    assert run.stripe.calls == []
    parked = run.transfer("ann")
    assert (parked.status, parked.failure_code) == (
        TransferStatus.PARKED,
        ParkReason.DESTINATION_UNAPPROVED,
    )
    with pytest.raises(FourEyesRequired, match="user:otto"):
        approve(run, OTTO)
    command = UnparkTransfer(transfer_id=parked.id)
    with pytest.raises(DestinationNotApproved, match="user:otto"):
        run.execute(unpark_transfer, command, OTTO)


@pytest.mark.parametrize("compared", ["acct_ann", None])
def test_an_approval_of_another_account_than_the_payees_is_refused(compared: str | None) -> None:
    run = planned_payout()
    attach(run, "acct_otto", OTTO)

    expected = compared or "no account"
    message = f"expected {expected}, got acct_otto, set by user:otto"
    with pytest.raises(DestinationMismatch, match=message):
        approve_compared(run, compared)
    assert run.transfer("ann").approved_by is None


def test_an_approval_of_an_account_that_the_payee_does_not_have_yet_is_refused() -> None:
    run = planned_payout()

    with pytest.raises(DestinationMismatch, match="got no account, set by nobody"):
        approve_compared(run, "acct_ann")
    approve_compared(run, None)
    assert run.transfer("ann").approved_by == str(NOOR)


def test_an_approval_of_the_compared_account_sends_the_transfer() -> None:
    run = planned_payout()
    attach(run, "acct_otto", OTTO)
    approve_compared(run, "acct_otto")
    run.process_all()

    paid = run.transfer("ann")
    assert len(run.stripe.calls) == 1
    assert (paid.status, paid.destination) == (TransferStatus.COMPLETED, "acct_otto")


def test_a_payee_takes_the_account_that_another_has_set() -> None:
    run = redirected_payout()
    attach(run, "acct_otto", ANN)

    assert run.transfer("ann").status is TransferStatus.COMPLETED


def test_an_account_that_a_payee_opens_replaces_one_that_another_has_set() -> None:
    run = redirected_payout()
    opened = AttachDestination(party="ann", destination="acct_ann")
    run.execute(attach_own_destination, opened, ANN)
    run.execute(enable_payee, EnablePayee(party="ann"))
    run.process_all()

    run.require_paid_once(ONE)
    assert run.transfer("ann").destination == "acct_ann"


def test_a_winner_enrolls_alone_and_is_paid_without_an_operator() -> None:
    run = PayoutRun(policy=AUTOMATIC)
    run.settle(ONE)
    run.plan()
    assert run.stages().sweep().run().success
    run.process_all()
    waiting = run.transfer("ann")
    opened = AttachDestination(party="ann", destination="acct_ann")
    run.execute(attach_own_destination, opened, ANN)
    run.execute(enable_payee, EnablePayee(party="ann"))
    run.process_all()

    assert waiting.failure_code == ParkReason.ACCOUNT_MISSING
    run.require_paid_once(ONE)
    changes = run.store.read(lambda tx: tx.history.of(TRANSFER.name, waiting.id))
    assert [change.action for change in changes].count("request_account") == 1
    assert {change.actor.kind for change in changes} == {ActorKind.SYSTEM}


def test_a_payee_keeps_the_account_that_it_has_opened_first() -> None:
    run = PayoutRun()
    for destination in ("acct_ann", "acct_second"):
        opened = AttachDestination(party="ann", destination=destination)
        run.execute(attach_own_destination, opened, ANN)

    payee = run.store.read(lambda tx: tx.money.payees.get("ann").entity)
    assert (payee.destination, payee.destination_set_by) == ("acct_ann", "user:ann")


def test_an_automatic_approval_covers_only_what_the_payee_has_set() -> None:
    run = PayoutRun(policy=AUTOMATIC)
    run.settle(ONE)
    run.plan()
    assert run.stages().sweep().run().success
    attach(run, "acct_otto", OTTO)
    assert run.transfer("ann").failure_code == ParkReason.DESTINATION_UNAPPROVED

    attach(run, "acct_ann", ANN)

    run.require_paid_once(ONE)

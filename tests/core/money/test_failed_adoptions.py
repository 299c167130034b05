"""A transfer of Stripe's that was not adopted is looked up before its own request."""

import pytest
from tests.payout_runs import PayoutRun

from indelible.kernel.errors import StoreBusy
from indelible.money.commands.payouts import RecordTransferSent
from indelible.money.handlers.payouts.sending import record_transfer_sent
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.payouts import SEND_TRANSFER_STAGE, transfer_group, transfer_metadata
from indelible.money.tasks import sending


def test_a_transfer_whose_adoption_failed_is_not_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = PayoutRun()
    run.prepare()
    first, *others = sorted(run.transfers(), key=lambda transfer: transfer.id)
    for transfer in others:
        run.stripe.create_transfer(
            amount_minor=transfer.amount_minor,
            currency=transfer.currency,
            destination=f"acct_{transfer.party}",
            transfer_group=transfer_group(transfer.reference),
            metadata=transfer_metadata(transfer),
            idempotency_key=f"before the restore: {transfer.id}",
        )
    store_sent = record_transfer_sent

    def fail_adoption(tx: MoneyWrite, command: RecordTransferSent) -> object:
        if tx.actor == sending.PAYOUTS:
            raise StoreBusy(3)
        return store_sent(tx, command)

    with monkeypatch.context() as patched:
        patched.setattr(sending, "record_transfer_sent", fail_adoption)
        run.process(SEND_TRANSFER_STAGE)
    run.process_all()

    made_for = [transfer.destination for transfer in run.stripe.transfers.values()]
    assert sorted(made_for) == sorted(f"acct_{one.party}" for one in (first, *others))
    assert {transfer.status for transfer in run.transfers()} == {"completed"}

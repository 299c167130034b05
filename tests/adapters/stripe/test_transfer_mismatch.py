"""A transfer whose idempotency key Stripe knows with other parameters.

The payout runs against the simulator: the answer is its `idempotency_error`, not one of a test.
"""

import logging
from collections.abc import Generator, Mapping
from typing import Any, Final, cast

import pytest
from attrs import frozen
from tests.adapters.stripe.controls import Controlled, controlled
from tests.contest_runs import TestClock
from tests.payout_runs import OPERATOR, SECOND, PayoutRun

from indelible.money.commands.payouts import ReissueTransfer
from indelible.money.entities.payouts import Transfer
from indelible.money.entities.stripe_objects import TransferObject
from indelible.money.entities.values import AccountKind, AttemptKind, MovementKind, TransferFailure
from indelible.money.errors.payouts import FourEyesRequired
from indelible.money.handlers.payouts.reissuing import reissue_transfer
from indelible.money.lifecycle.payouts import PayoutJobStatus, TransferStatus
from indelible.money.queries import balances
from indelible.money.rules.payouts import transfer_group, transfer_metadata

pytestmark = pytest.mark.slow  # Each test runs a simulator.

PRIZE_MINOR: Final = 5_628
DAY_SECONDS: Final = 86_400
WAIT_SECONDS: Final = 73  # longer than the first wait after an outage
TRANSFER: Final = "POST /v1/transfers"


@frozen
class Payout:
    """The payout of one prize to Ann, and the simulator that it asks."""

    run: PayoutRun
    stripe: Controlled

    def transfer(self) -> Transfer:
        """Return Ann's transfer."""
        return self.run.transfer("ann")

    def advance(self, seconds: int) -> None:
        """Let time pass for the worker and for the simulator."""
        self.run.clock.advance(seconds)
        self.stripe.control("clock", advance_seconds=seconds)

    def use_key(
        self, *, amount_minor: int, group: str, metadata: Mapping[str, str]
    ) -> TransferObject:
        """Let another program use the key of Ann's transfer first."""
        return self.stripe.gateway.create_transfer(
            amount_minor=amount_minor,
            currency="USD",
            destination="acct_ann",
            transfer_group=group,
            metadata=metadata,
            idempotency_key=self.transfer().idempotency_key,
        )

    def reissue(self) -> None:
        """Issue Ann's transfer again by two people."""
        command = ReissueTransfer(transfer_id=self.transfer().id)
        self.run.execute(reissue_transfer, command, OPERATOR)
        with pytest.raises(FourEyesRequired):
            self.run.approve(self.transfer(), OPERATOR)
        self.run.approve(self.transfer(), SECOND)
        self.run.process_all()

    def requests(self) -> list[tuple[str, int]]:
        """Return the keys and the answers' statuses of the requests to make a transfer."""
        entries = [entry for entry in self.stripe.journal() if entry["operation"] == TRANSFER]
        return [(entry["idempotency_key"], entry["status"]) for entry in entries]

    def kinds(self) -> list[AttemptKind]:
        """Return the kinds of the attempts of Ann's transfer."""
        return [attempt.kind for attempt in self.run.attempts(self.transfer().id)]

    def owed_minor(self) -> int:
        """Return what is owed to Ann."""
        sums = {one.kind: one.balance_minor for one in self.run.store.read(balances)}
        return sums[AccountKind.WINNER_PAYABLE]

    def transfers(self) -> list[str]:
        """Return the ids of the transfers that name Ann's at Stripe."""
        reported = self.stripe.gateway.list_transfers(transfer_group(self.transfer().reference))
        return [one.id for one in reported if one.metadata["transfer_id"] == self.transfer().id]


@pytest.fixture
def payout() -> Generator[Payout]:
    """Yield a payout whose transfer is due."""
    clock = TestClock()
    clock.time = clock.time.replace(microsecond=0)
    stopped: dict[str, Any] = {"stopped_at": int(clock.now().timestamp())}
    with controlled(accounts=[{"id": "acct_ann"}], clock=stopped) as stripe:
        run = PayoutRun(clock=clock, stripe=cast("Any", stripe.gateway))
        run.prepare({"ann": PRIZE_MINOR})
        yield Payout(run, stripe)


def test_a_transfer_whose_key_has_other_parameters_fails_for_good_and_stays_owed(
    payout: Payout, caplog: pytest.LogCaptureFixture
) -> None:
    payout.use_key(amount_minor=1, group="another", metadata={})
    key = payout.transfer().idempotency_key

    with caplog.at_level(logging.ERROR, "indelible.money"):
        payout.run.process_all()

    failed = payout.transfer()
    assert payout.requests() == [(key, 200), (key, 400)]
    assert payout.stripe.journal()[-1]["error_code"] == "idempotency_error"
    assert (failed.status, failed.failure_reason, failed.failure_code) == (
        TransferStatus.FAILED_TERMINAL,
        TransferFailure.REJECTED,
        "STRIPE_IDEMPOTENCY_MISMATCH",
    )
    assert failed.must_look_up
    assert payout.run.job().status is PayoutJobStatus.COMPLETE
    assert caplog.messages == [
        f"[Payout] transfer {failed.id} has failed: STRIPE_IDEMPOTENCY_MISMATCH"
    ]

    payout.advance(2 * DAY_SECONDS)  # Stripe has forgotten the key
    payout.run.stages().sweep().run()
    payout.run.process_all()

    assert payout.requests() == [(key, 200), (key, 400)]
    assert payout.transfers() == []
    assert len(payout.run.movements(MovementKind.PAYOUT_FAILED)) == 1
    assert payout.run.movements(MovementKind.PAYOUT_CREATED) == []
    assert payout.owed_minor() == PRIZE_MINOR


def test_a_reissue_looks_up_and_pays_once_under_the_next_key(payout: Payout) -> None:
    payout.use_key(amount_minor=1, group="another", metadata={})
    payout.run.process_all()

    payout.reissue()

    assert payout.transfer().status is TransferStatus.COMPLETED
    assert payout.kinds() == [
        AttemptKind.LOOKUP,
        AttemptKind.CALL,
        AttemptKind.LOOKUP,
        AttemptKind.CALL,
    ]
    assert payout.requests()[-1] == (payout.transfer().idempotency_key, 200)
    assert payout.transfer().idempotency_key.endswith(":g2")
    assert payout.transfers() == [payout.transfer().stripe_transfer_id]
    assert len(payout.run.movements(MovementKind.PAYOUT_CREATED)) == 1
    assert payout.owed_minor() == 0


def test_a_reissue_adopts_the_transfer_that_exists_under_the_key(payout: Payout) -> None:
    payout.stripe.faults({"kind": "close_before", "operation": TRANSFER, "times": 1})
    payout.run.process_all()
    assert payout.transfer().status is TransferStatus.RETRYABLE
    existing = payout.use_key(
        amount_minor=PRIZE_MINOR,
        group=transfer_group(payout.transfer().reference),
        metadata={**transfer_metadata(payout.transfer()), "sent_by": "another release"},
    )
    payout.advance(WAIT_SECONDS)
    payout.run.process_all()
    assert payout.transfer().failure_code == "STRIPE_IDEMPOTENCY_MISMATCH"
    requests = payout.requests()

    payout.reissue()

    assert payout.transfer().status is TransferStatus.COMPLETED
    assert payout.transfer().stripe_transfer_id == existing.id
    assert payout.transfers() == [existing.id]
    assert payout.requests() == requests
    assert payout.kinds()[-1] is AttemptKind.LOOKUP
    assert payout.owed_minor() == 0

"""Faults of payouts."""

from collections.abc import Iterator

from tests.runbooks.bed import END, Installation
from tests.runbooks.scenarios import scenario

from indelible_service.simulation.plan import HOUR, MINUTE

OUTAGE = (END + HOUR, END + 5 * HOUR)


@scenario("28-payouts-stuck", "PayoutsOld", "PayoutFailureRatio")
def stripe_is_out_when_winners_are_paid(installation: Installation) -> Iterator[None]:
    stripe = installation.simulation.around.stripe
    began, ended = OUTAGE
    installation.run_until(began)
    stripe.fail((), is_out=True)
    installation.at(ended, lambda: stripe.fail((), is_out=False))
    installation.look()
    installation.wait_until(lambda: transfers(installation, "retryable"))
    installation.run_for(90 * MINUTE)  # the age is measured by a sweep

    yield

    assert transfers(installation, "completed") == 3
    assert len(stripe.objects("transfer")) == 3


def transfers(installation: Installation, status: str) -> int:
    """Return the number of transfers in a state."""
    counts = installation.store.read(lambda tx: tx.money.transfers.count_by_status())
    return {str(state): number for state, number in counts.items()}.get(status, 0)

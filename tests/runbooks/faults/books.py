"""Faults of the books."""

from collections.abc import Iterator

from tests.runbooks.bed import Installation
from tests.runbooks.databases import change_by_hand
from tests.runbooks.faults.payouts import (
    CURRENCY,
    WINNERS,
    all_transfers,
    at_stripe,
    gateway_of,
    transfers,
)
from tests.runbooks.scenarios import scenario

from indelible.money.rules.payouts import transfer_group
from indelible_service.simulation.operator import is_halted
from indelible_service.simulation.plan import HOUR


@scenario("25-reconciliation-discrepancy", "ReconciliationDiscrepancy")
def somebody_pays_a_winner_again_in_the_dashboard(installation: Installation) -> Iterator[None]:
    installation.look()
    installation.wait_until(lambda: transfers(installation, "completed") == WINNERS)
    first = all_transfers(installation)[0]
    by_hand = gateway_of(installation).create_transfer(
        amount_minor=500,
        currency=CURRENCY,
        destination=first.destination or "",
        transfer_group=transfer_group(first.reference),
        metadata={},
        idempotency_key="by hand",
    )
    installation.wait_until(lambda: installation.store.read(is_halted))
    # The owner of the account takes it back, but the halt stays.
    at_stripe(installation, f"transfers/{by_hand.id}/reverse")
    installation.run_for(HOUR)

    yield

    assert not installation.store.read(is_halted)


@scenario("26-ledger-unbalanced", "LedgerUnbalanced")
def somebody_changes_a_balance_in_the_database(installation: Installation) -> Iterator[None]:
    installation.run_until(2 * HOUR)
    installation.look()
    add_to_balance(installation, 100)
    installation.wait_until(lambda: installation.store.read(is_halted))
    installation.run_for(HOUR)
    installation.at(installation.seconds + HOUR, lambda: add_to_balance(installation, -100))

    yield

    assert not installation.store.read(is_halted)


def add_to_balance(installation: Installation, change_minor: int) -> None:
    """Change the balance of Stripe's account by hand."""
    statement = (
        "UPDATE accounts SET balance_minor = balance_minor + ? WHERE kind = 'stripe_balance'"
    )
    change_by_hand(installation, "accounts", statement, (change_minor,))

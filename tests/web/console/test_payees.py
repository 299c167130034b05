"""The console's page of payees: who has no account yet, and who has set which account."""

import pytest
from tests.web.console.visitor import Site, Visitor

from indelible import money
from indelible.kernel import Actor
from indelible.money.errors.gateway import ParkReason
from indelible.testing.money.transfers import approve, parked, planned
from indelible.testing.stores import do

pytestmark = pytest.mark.slow

PAYEES = "/console/money/payees"
HOSTILE = "<script>document.title='hacked'</script>"


@pytest.fixture
def operator(any_site: Site) -> Visitor:
    return any_site.member("console", "admin")


def attach(site: Site, party: str, setter: str) -> None:
    """Register a payee with an account that an actor has set."""
    actor = Actor.user(setter)
    do(site.store, money.register_payee, money.RegisterPayee(party=party), actor=actor)
    command = money.AttachDestination(party=party, destination=f"acct_{setter}")
    do(site.store, money.attach_destination, command, actor=actor)


def test_a_winner_without_an_account_is_listed_until_it_has_one(
    any_site: Site, operator: Visitor
) -> None:
    planned(any_site.store)
    approve(any_site.store, "ann")
    transfer = parked(any_site.store, "ann", ParkReason.ACCOUNT_MISSING)
    operator.get(PAYEES)
    link = operator.page.link(f"/payouts/{transfer.id}")

    assert operator.get(link).status_code == 200
    assert "account_missing" in operator.page.words
    parked(any_site.store, "ann", ParkReason.ACCOUNT_RESTRICTED)
    operator.get(PAYEES)
    assert not any(link.endswith(transfer.id) for link in operator.page.links)
    assert "None." in operator.page.words


def test_payees_are_listed_by_state_and_in_pages_with_who_has_set_their_accounts(
    any_site: Site, operator: Visitor
) -> None:
    attach(any_site, "ann", "ann")
    attach(any_site, "bob", "otto")
    operator.get(PAYEES)

    assert "ann Restricted acct_ann the payee" in operator.page.words
    assert "bob Restricted acct_otto user:otto" in operator.page.words

    for party in (HOSTILE, "dan"):
        do(any_site.store, money.register_payee, money.RegisterPayee(party=party))

    operator.get(f"{PAYEES}?status=NEW&limit=1")
    first = operator.page.words
    operator.get(operator.page.link("cursor="))
    both = first + operator.page.words

    assert "acct_ann" not in both
    assert HOSTILE in both
    assert "dan" in both
    assert operator.page.active_markup() == []

"""Money in the console: seven pages for operators, what needs attention, and forms with reasons."""

import pytest
from tests.web.console.visitor import Site, Visitor

from indelible.kernel import Actor
from indelible.money import HaltPayments, OpenCharge
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.switches import halt_payments
from indelible.testing.stores import FAR
from indelible_web.money.attention import money_text

pytestmark = pytest.mark.slow

WORKER = Actor.system("worker")
PAGES = ("", "/inbox", "/disputes", "/ledger", "/payouts", "/payees", "/reconciliations")
MONEY = "/console/money"


@pytest.fixture
def operator(any_site: Site) -> Visitor:
    return any_site.member("console", "admin")


def open_one(site: Site) -> str:
    """Open a charge, and return its id."""
    command = OpenCharge(
        reference="pool-1",
        party="ada",
        item="entry-<b>1",
        amount_minor=2_501,
        currency="EUR",
        expires_at=FAR,
    )
    return site.store.run(open_charge, command, actor=WORKER, reason="a test").charge.id


def test_each_page_is_for_operators_says_what_needs_attention_and_links_to_the_others(
    operator: Visitor, any_site: Site
) -> None:
    for page in PAGES:
        assert operator.get(f"{MONEY}{page}").status_code == 200

        assert "Needs attention" in operator.page.words
        for other in PAGES:
            assert f"{MONEY}{other}" in operator.page.links
        assert operator.page.active_markup() == []
        assert operator.page.unlabelled_fields() == []

    payer = any_site.member("console", "payments:read", "payments:write")
    for page in PAGES:
        assert payer.get(f"{MONEY}{page}").status_code == 403
        assert "Money" not in payer.page.words

    for path in (
        "/payments/x",
        "/inbox/x",
        "/ledger/x",
        "/payouts/x",
        "/reconciliations/x",
        "/movements/x",
    ):
        assert operator.get(f"{MONEY}{path}").status_code == 404, path
        assert payer.get(f"{MONEY}{path}").status_code == 403, path


def test_a_charge_is_listed_and_has_a_page(any_site: Site, operator: Visitor) -> None:
    charge_id = open_one(any_site)
    operator.get(MONEY)
    assert "25.01 EUR" in operator.page.words
    operator.get(operator.page.link(charge_id))

    assert "Pending" in operator.page.words
    assert "Payment of entry-<b>1" in operator.page.words
    assert operator.page.active_markup() == []

    assert money_text(-2_501, "EUR") == "\u221225.01 EUR"
    assert money_text(0, "EUR") == "0.00 EUR"


def test_payments_are_halted_and_resumed_with_a_reason(any_site: Site, operator: Visitor) -> None:
    command = HaltPayments(reason_code="R2")
    any_site.store.run(halt_payments, command, actor=WORKER, reason="a test")
    operator.get(MONEY)
    assert "New payments and transfers are halted: R2." in operator.page.words

    operator.send("/resume", reason="the difference is explained")
    operator.follow()
    assert "Payments are resumed." in operator.page.words
    assert "New payments and transfers are halted: R2." not in operator.page.words

    operator.get(MONEY)

    assert operator.send("/halt", reason=" ").status_code == 422
    assert "Refused." in operator.page.words

"""Money in the console: seven pages for operators, what needs attention, and forms with reasons."""

import pytest
from tests.web.console.visitor import Site, Visitor

from indelible.kernel import Actor
from indelible.money import HaltPayments, OpenCharge, RegisterPayee
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.payees import register_payee
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


@pytest.mark.parametrize("page", PAGES)
def test_each_page_says_what_needs_attention_and_links_to_the_others(
    operator: Visitor, page: str
) -> None:
    assert operator.get(f"{MONEY}{page}").status_code == 200

    assert "Needs attention" in operator.page.words
    for other in PAGES:
        assert f"{MONEY}{other}" in operator.page.links
    assert operator.page.active_markup() == []
    assert operator.page.unlabelled_fields() == []


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_for_operators_only(any_site: Site, page: str) -> None:
    payer = any_site.member("console", "payments:read", "payments:write")

    assert payer.get(f"{MONEY}{page}").status_code == 403
    assert "Money" not in payer.page.words


def test_a_charge_is_listed_and_has_a_page(any_site: Site, operator: Visitor) -> None:
    charge_id = open_one(any_site)
    operator.get(MONEY)
    assert "25.01 EUR" in operator.page.words
    operator.get(operator.page.link(charge_id))

    assert "Pending" in operator.page.words
    assert "Payment of entry-<b>1" in operator.page.words
    assert operator.page.active_markup() == []


def test_payments_are_halted_and_resumed_with_a_reason(any_site: Site, operator: Visitor) -> None:
    command = HaltPayments(reason_code="R2")
    any_site.store.run(halt_payments, command, actor=WORKER, reason="a test")
    operator.get(MONEY)
    assert "New payments and transfers are halted: R2." in operator.page.words

    operator.send("/resume", reason="the difference is explained")
    operator.follow()
    assert "Payments are resumed." in operator.page.words
    assert "New payments and transfers are halted: R2." not in operator.page.words


def test_a_form_without_a_reason_is_refused_on_its_page(operator: Visitor) -> None:
    operator.get(MONEY)

    assert operator.send("/halt", reason=" ").status_code == 422
    assert "Refused." in operator.page.words


def test_what_does_not_exist_has_no_page(operator: Visitor) -> None:
    for path in (
        "/payments/x",
        "/inbox/x",
        "/ledger/x",
        "/payouts/x",
        "/reconciliations/x",
        "/movements/x",
    ):
        assert operator.get(f"{MONEY}{path}").status_code == 404, path


def test_payees_do_not_disturb_the_pages(any_site: Site, operator: Visitor) -> None:
    any_site.store.run(register_payee, RegisterPayee(party="ann"), actor=WORKER, reason="a test")

    assert operator.get(f"{MONEY}/payouts").status_code == 200


def test_a_negative_amount_has_a_minus_sign() -> None:
    assert money_text(-2_501, "EUR") == "\u221225.01 EUR"
    assert money_text(0, "EUR") == "0.00 EUR"

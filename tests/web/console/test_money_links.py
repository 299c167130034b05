"""Money's pages link what they name, explain each rule, and are found by ids of Stripe."""

import re

import pytest
from tests.web.console.test_money import MONEY
from tests.web.console.visitor import Site, Visitor

from indelible.money import ReconciliationRule
from indelible.money.rules.rule_texts import RULE_TEXTS
from indelible.testing.money.payments import paid_charge
from indelible.testing.money.reconciliations import difference, finish, start
from indelible.testing.money.transfers import planned, sent, transfer_of
from indelible_web.money.attention import money_text

pytestmark = pytest.mark.slow


@pytest.fixture
def operator(site: Site) -> Visitor:
    return site.member("console", "admin")


def test_a_discrepancy_shows_what_its_rule_compares_and_links_its_subject(
    site: Site, operator: Visitor
) -> None:
    planned(site.store)
    transfer = sent(site.store, "ann")
    found = difference(1, transfer.id)
    unknown = difference(2, "2026-01-01")
    report = finish(site.store, start(site.store), found, unknown)

    operator.get(f"{MONEY}/reconciliations/{report.id}")

    assert RULE_TEXTS[ReconciliationRule(found.rule)] in operator.page.words
    assert f"{MONEY}/payouts/{transfer.id}" in operator.page.links
    assert not [link for link in operator.page.links if "2026-01-01" in link]


def test_payments_and_payouts_are_found_by_their_ids_at_stripe(
    site: Site, operator: Visitor
) -> None:
    charge = paid_charge(site.store, intent_id="pi_found")
    planned(site.store)
    transfer = sent(site.store, "ann")

    operator.get("/console/search?q=pi_found")
    assert f"{MONEY}/payments/{charge.id}" in operator.page.links
    operator.get(f"/console/search?q={transfer.stripe_transfer_id}")
    assert f"{MONEY}/payouts/{transfer.id}" in operator.page.links
    operator.get("/console/search?q=tr_unknown")
    assert "Nothing found" in operator.page.words

    paid_charge(site.store, intent_id="pi_found")
    payer = site.member("console", "payments:read")

    payer.get("/console/search?q=pi_found")

    assert "Nothing found" in payer.page.words


def test_a_payment_is_filtered_and_shows_what_was_received_in_its_currency(
    site: Site, operator: Visitor
) -> None:
    charge = paid_charge(site.store)

    operator.get(f"{MONEY}/payments/{charge.id}")

    assert "minor units" not in operator.page.words
    assert operator.page.words.count(money_text(charge.amount_minor, charge.currency)) == 2
    assert f"{MONEY}/payouts?reference={charge.reference}" in operator.page.links
    operator.get(f"{MONEY}/ledger")
    assert f"{MONEY}/payouts?reference={charge.reference}" in operator.page.links

    operator.get(f"{MONEY}?status=SUCCEEDED")
    (form,) = [form for form in operator.page.forms if "party" in form.fields]

    assert {"party", "reference", "status"} <= set(form.fields)
    operator.get(f"{MONEY}?party={charge.party}&reference={charge.reference}&status=SUCCEEDED")
    assert f"{MONEY}/payments/{charge.id}" in operator.page.links
    operator.get(f"{MONEY}?party=nobody&reference=&status=")
    assert f"{MONEY}/payments/{charge.id}" not in operator.page.links
    assert operator.page.unlabelled_fields() == []


def test_a_transfer_tells_on_its_page_that_it_waits_for_an_approval(
    site: Site, operator: Visitor
) -> None:
    planned(site.store)

    operator.get(f"{MONEY}/payouts/{transfer_of(site.store, 'ann').id}")

    assert re.search(r"Waits for or failed by ?an approval", operator.page.words)

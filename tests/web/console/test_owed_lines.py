"""Owed money in the console: planned, listed with its cause, summed, and booked."""

import pytest
from tests.web.console.visitor import Site, Visitor

from indelible import money
from indelible.money import AccountKind, SettlementLine, Side
from indelible.money.entities.ids import movement_id
from indelible.money.entities.values import account_id
from indelible.testing.money.scenarios import FEE, OTHER, REFERENCE, USD, WON, settled_books
from indelible.testing.money.transfers import SETTLEMENT, planned, reverse, sent
from indelible.testing.stores import AnyStore, do
from indelible_web.money.texts import POSITIVE_BALANCES, balance_text

pytestmark = pytest.mark.slow

MONEY = "/console/money"
PAYOUTS = f"{MONEY}/payouts"


@pytest.fixture
def operator(any_site: Site) -> Visitor:
    return any_site.member("console", "admin")


def settle_other(store: AnyStore, settlement_id: str, *amounts: int) -> None:
    """Settle another reference, whose winners are dan, and then eve."""
    books = settled_books(store)
    books.pay("ann", reference=OTHER)
    lines: list[SettlementLine] = []
    for party, amount_minor in zip(("dan", "eve"), amounts, strict=False):
        lines.append(SettlementLine(party=party, amount_minor=amount_minor))
    rake_minor = FEE - sum(amounts)
    books.settle(
        settlement_id,
        reference=OTHER,
        lines=lines,
        rake_minor=rake_minor,
        rounding_minor=0,
        items=[],
    )


# Plan


def test_planning_tells_how_many_transfers_were_planned(any_site: Site, operator: Visitor) -> None:
    settled_books(any_site.store)
    operator.get(PAYOUTS)
    operator.send("/plan", settlement_id=SETTLEMENT, reason="the result is final")
    operator.follow()
    assert "3 transfers are planned. Another person approves them." in operator.page.words

    operator.send("/plan", settlement_id=SETTLEMENT, reason="once more")
    operator.follow()
    words = "Nothing to plan: the settlement has its 3 transfers already."
    assert words in operator.page.words

    operator.get(PAYOUTS)

    refused = operator.send("/plan", settlement_id="no-settlement", reason="the result is final")
    assert refused.status_code == 404
    assert operator.page.form("/plan").fields["settlement_id"] == ["no-settlement"]
    assert operator.page.form("/plan").fields["reason"] == ["the result is final"]


@pytest.mark.parametrize(
    ("amounts", "notice"),
    [
        ([], "Nothing to plan: the settlement owes nobody anything."),
        ([1], "1 transfer is planned. Another person approves it."),
    ],
)
def test_planning_tells_of_one_transfer_and_of_none(
    any_site: Site, operator: Visitor, amounts: list[int], notice: str
) -> None:
    settle_other(any_site.store, "s2", *amounts)
    operator.get(PAYOUTS)
    operator.send("/plan", settlement_id="s2", reason="the result is final")
    operator.follow()

    assert notice in operator.page.words


# Owed lines


def test_an_owed_line_leads_to_its_settlement_and_to_its_plan(
    any_site: Site, operator: Visitor
) -> None:
    settled_books(any_site.store)
    operator.get(PAYOUTS)
    assert f"ann 56.28 USD {REFERENCE} Settlement {SETTLEMENT}" in operator.page.words
    assert f"{PAYOUTS}?reference={REFERENCE}" in operator.page.links

    operator.get(operator.page.link(f"settlement_id={SETTLEMENT}"))
    assert operator.page.form("/plan").fields["settlement_id"] == [SETTLEMENT]
    operator.get(operator.page.link(movement_id(f"settlement:{SETTLEMENT}")))
    assert f"settlement:{SETTLEMENT}" in operator.page.words
    assert "56.28 USD ann" in operator.page.words

    settle_other(any_site.store, "s2", 1)
    do(any_site.store, money.plan_payouts, money.PlanPayouts(settlement_id=SETTLEMENT))

    operator.get(f"{PAYOUTS}?reference={REFERENCE}&limit=2")
    assert {"ann", "bob", "cat"} & set(operator.page.words.split())
    assert "dan" not in operator.page.words.split()
    for part in ("status=parked", "cursor="):
        assert f"reference={REFERENCE}" in operator.page.link(part)
    operator.get(f"{PAYOUTS}?reference={OTHER}")
    assert "dan" in operator.page.words.split()
    assert not {"ann", "bob", "cat"} & set(operator.page.words.split())


def test_a_line_that_is_owed_again_leads_to_the_reversed_transfer(
    any_site: Site, operator: Visitor
) -> None:
    planned(any_site.store)
    first = sent(any_site.store, "ann")
    operator.get(PAYOUTS)
    assert "Owed without a transfer Nothing." in operator.page.words

    reverse(any_site.store, "ann")
    operator.get(PAYOUTS)
    assert f"Payout reversed of transfer {first.id}" in operator.page.words
    operator.get(operator.page.link(f"{first.id}#actions"))
    assert operator.page.form("/reissue").method == "post"

    reverse(any_site.store, "ann")
    operator.get(f"{MONEY}/movements/{movement_id('reversal:trr_1')}")

    assert "Payout reversed" in operator.page.words
    operator.get(operator.page.link(movement_id(f"payout:{first.id}")))
    assert "Payout created" in operator.page.words
    assert "pays line 1" in operator.page.words
    operator.get(f"{MONEY}/movements/nothing")
    assert "MOVEMENT_NOT_FOUND" in operator.page.words


# Attention


def test_the_home_page_sums_what_is_owed_without_a_transfer(
    any_site: Site, operator: Visitor
) -> None:
    settle_other(any_site.store, "s2", FEE)
    operator.get("/console/")
    assert "4 amounts are owed without a transfer: 137.55 USD." in operator.page.words
    operator.get(operator.page.link("#owed"))
    assert "Owed without a transfer Party" in operator.page.words

    do(any_site.store, money.plan_payouts, money.PlanPayouts(settlement_id=SETTLEMENT))
    operator.get("/console/")
    assert "1 amount is owed without a transfer: 25.01 USD." in operator.page.words
    do(any_site.store, money.plan_payouts, money.PlanPayouts(settlement_id="s2"))
    operator.get("/console/")
    assert "owed without a transfer" not in operator.page.words


# The books


def test_each_kind_of_account_tells_its_side_and_what_a_balance_means(
    any_site: Site, operator: Visitor
) -> None:
    planned(any_site.store)
    payable = account_id(AccountKind.WINNER_PAYABLE, REFERENCE, USD)
    operator.get(f"{MONEY}/ledger/{payable}")

    assert "The balance is on the credit side" in operator.page.words
    assert "winners of the reference are owed this money" in operator.page.words
    assert "112.54 USD" in operator.page.words
    assert sum(WON.values()) == 11_254
    operator.get(operator.page.link("/money/movements/"))
    assert "Postings" in operator.page.words

    for kind in AccountKind:
        other = Side.CREDIT if kind.side is Side.DEBIT else Side.DEBIT
        text = balance_text(kind, 1)

        assert f"The balance is on the {kind.side} side" in text
        assert f"A positive balance means: {POSITIVE_BALANCES[kind]}." in text
        assert "negative" not in text
        assert balance_text(kind, -1).endswith(f"therefore on the {other} side.")

"""Payouts in the console: owed, planned, approved, sent, taken back and issued again."""

import pytest
from tests.web.console.visitor import Site, Visitor
from werkzeug.test import TestResponse

from indelible import money
from indelible.kernel import Actor
from indelible.money import (
    AccountKind,
    AttachDestination,
    RegisterPayee,
    SettlementLine,
    Side,
    Transfer,
    TransferFailure,
)
from indelible.money.commands.payouts import RecordTransferFailure, RecordTransferSent
from indelible.money.entities.ids import movement_id
from indelible.money.entities.values import account_id
from indelible.money.handlers.payees import attach_destination, register_payee
from indelible.money.handlers.payouts.sending import record_transfer_failure, record_transfer_sent
from indelible.money.rules.ledger.drafts import Proof
from indelible.money.rules.payouts import FailureDecision
from indelible.testing.money.scenarios import FEE, OTHER, REFERENCE, USD, WON, settled_books
from indelible.testing.money.transfers import (
    SETTLEMENT,
    approve,
    called,
    planned,
    reissue,
    reported,
    reverse,
    sent,
    transfer_of,
)
from indelible.testing.stores import NOOR, AnyStore, do
from indelible_web.money.texts import POSITIVE_BALANCES, attempts_text, balance_text

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


OTTO = Actor.user("otto")


def open_transfer(visitor: Visitor, transfer: Transfer) -> None:
    """Open the page of a transfer."""
    assert visitor.get(f"{PAYOUTS}/{transfer.id}").status_code == 200


def offers(visitor: Visitor) -> set[str]:
    """Return the last parts of the addresses of the page's forms about a transfer."""
    endings: set[str] = set()
    for form in visitor.page.forms:
        if form.action.startswith(PAYOUTS):
            endings.add(form.action.rpartition("/")[2])
    return endings


def forge(visitor: Visitor, transfer: Transfer, action: str) -> TestResponse:
    """Send a form that the page does not have."""
    data = {"csrf": visitor.page.csrf_token(), "once": f"forged-{action}", "reason": "forged"}
    return visitor.post(f"{PAYOUTS}/{transfer.id}/{action}", data)


def failed(store: AnyStore, party: str) -> Transfer:
    """Return the transfer to a party after Stripe has refused it for good."""
    transfer = called(store, party)
    decision = FailureDecision(
        action="fail",
        code="STRIPE_REJECTED",
        message="no such account",
        failure=TransferFailure.REJECTED,
    )
    command = RecordTransferFailure(
        transfer_id=transfer.id, attempt_number=transfer.attempt_number, decision=decision
    )
    return do(store, record_transfer_failure, command).entity


def adopted(store: AnyStore, party: str) -> Transfer:
    """Return the transfer to a party that was found at Stripe before any request."""
    transfer = transfer_of(store, party)
    command = RecordTransferSent(
        transfer_id=transfer.id,
        reported=reported(transfer, f"tr_{party}"),
        proof=Proof.by_event("evt-1"),
    )
    return do(store, record_transfer_sent, command).entity


def set_account(store: AnyStore, destination: str, setter: Actor) -> None:
    """Set the account of Ann, who receives transfers."""
    do(store, register_payee, RegisterPayee(party="ann"), actor=setter)
    attach = AttachDestination(party="ann", destination=destination)
    do(store, attach_destination, attach, actor=setter)


# Issue again


def test_a_transfer_is_issued_again_only_where_its_money_is_owed_again(
    any_site: Site, operator: Visitor
) -> None:
    store = any_site.store
    planned(store)
    waiting = transfer_of(store, "bob")
    first = sent(store, "ann")
    open_transfer(operator, waiting)
    assert offers(operator) == {"approve"}
    open_transfer(operator, first)
    assert offers(operator) == set()
    assert "Nothing: the transfer is paid." in operator.page.words

    reverse(store, "ann", FEE)
    open_transfer(operator, first)
    assert offers(operator) == {"reissue"}
    assert "If the account of the payee is wrong, correct it first." in operator.page.words
    reissue(store, first)
    open_transfer(operator, first)
    assert offers(operator) == set()
    assert "Nothing: what came back is paid by the transfer" in operator.page.words


@pytest.mark.parametrize("party", ["ann", "bob"])
def test_a_forged_reissue_is_refused_with_its_code(
    any_site: Site, operator: Visitor, party: str
) -> None:
    planned(any_site.store)
    sent(any_site.store, "ann")
    transfer = transfer_of(any_site.store, party)
    open_transfer(operator, transfer)

    assert forge(operator, transfer, "reissue").status_code == 409
    assert "TRANSFER_NOT_REISSUABLE" in operator.page.words
    assert transfer_of(any_site.store, party) == transfer


def test_the_form_of_a_reissued_transfer_is_refused_with_its_code(
    any_site: Site, operator: Visitor
) -> None:
    planned(any_site.store)
    first = sent(any_site.store, "ann")
    reverse(any_site.store, "ann")
    open_transfer(operator, first)
    reissue(any_site.store, first)

    assert operator.send("/reissue", reason="once more").status_code == 409
    assert "TRANSFER_NOT_REISSUABLE" in operator.page.words
    assert offers(operator) == set()


def test_a_failed_transfer_is_issued_again_and_needs_another_approval(
    any_site: Site, operator: Visitor
) -> None:
    planned(any_site.store)
    transfer = failed(any_site.store, "ann")
    open_transfer(operator, transfer)
    assert offers(operator) == {"reissue"}

    operator.send("/reissue", reason="the account is open again")
    operator.follow()
    assert "Issued again. Another person approves it on this page." in operator.page.words
    assert offers(operator) == {"approve"}


# Marks and links


def test_a_reversed_transfer_and_the_one_that_replaces_it_name_each_other(
    any_site: Site, operator: Visitor
) -> None:
    planned(any_site.store)
    first = sent(any_site.store, "ann")
    reverse(any_site.store, "ann")
    open_transfer(operator, first)
    operator.send("/reissue", reason="sent to a closed account")
    operator.follow()
    assert f"replaces {first.id}" in operator.page.words
    operator.get(operator.page.link(first.id))

    transfers = [one for one in operator.page.links if one.startswith(f"{PAYOUTS}/")]
    (again_id,) = [one for one in transfers if not one.endswith("/causes")]
    assert "Completed reversed" in operator.page.words
    assert f"issued again as {again_id.rpartition('/')[2]}" in operator.page.words
    operator.get(PAYOUTS)
    assert f"replaces {first.id}" in operator.page.words
    assert f"Completed reversed issued again as {again_id.rpartition('/')[2]}" in (
        operator.page.words
    )


def test_a_part_that_came_back_is_called_a_part(any_site: Site, operator: Visitor) -> None:
    planned(any_site.store)
    first = sent(any_site.store, "ann")
    reverse(any_site.store, "ann", FEE)

    for path in (PAYOUTS, f"{PAYOUTS}/{first.id}"):
        operator.get(path)
        assert "Completed partly reversed" in operator.page.words


def test_only_a_transfer_that_stripe_had_already_is_marked_as_adopted(
    any_site: Site, operator: Visitor
) -> None:
    planned(any_site.store)
    sent_here = sent(any_site.store, "ann")
    at_stripe = adopted(any_site.store, "bob")

    open_transfer(operator, at_stripe)
    assert "Completed adopted" in operator.page.words
    assert "Stripe had this transfer already." in operator.page.words
    open_transfer(operator, sent_here)
    assert "adopted" not in operator.page.words
    operator.get(PAYOUTS)
    assert operator.page.words.count("adopted") == 1


# Requests


def test_requests_and_look_ups_are_counted_in_words(any_site: Site, operator: Visitor) -> None:
    planned(any_site.store)
    transfer = sent(any_site.store, "ann")

    operator.get(PAYOUTS)
    assert "1 request, 1 look-up" in operator.page.words
    open_transfer(operator, transfer)
    assert "Requests to Stripe 1 request, 1 look-up Attempt 2 request" in operator.page.words
    assert "Attempt 1 look-up" in operator.page.words

    for calls, look_ups, text in [
        (0, 0, "none"),
        (1, 0, "1 request"),
        (2, 0, "2 requests"),
        (0, 1, "1 look-up"),
        (1, 1, "1 request, 1 look-up"),
        (2, 3, "2 requests, 3 look-ups"),
    ]:
        assert attempts_text(calls, look_ups) == text


# Approve


def test_a_second_approval_is_refused_and_changes_nothing(
    any_site: Site, operator: Visitor
) -> None:
    planned(any_site.store)
    transfer = transfer_of(any_site.store, "ann")
    open_transfer(operator, transfer)
    approved = approve(any_site.store, "ann", actor=NOOR)
    seq = any_site.store.read(lambda tx: tx.money.transfers.get(transfer.id)).revision.seq

    assert operator.send("/approve", reason="compared with the standings").status_code == 409
    words = f"Refused. Transfer {transfer.id} was approved already, by {NOOR}; nothing was changed."
    assert words in operator.page.words
    assert "TRANSFER_ALREADY_APPROVED" in operator.page.words
    head = any_site.store.read(lambda tx: tx.money.transfers.get(transfer.id))
    assert (head.entity, head.revision.seq) == (approved, seq)


def test_an_approval_names_the_account_and_who_has_set_it_once(
    any_site: Site, operator: Visitor
) -> None:
    planned(any_site.store)
    transfer = transfer_of(any_site.store, "ann")
    open_transfer(operator, transfer)
    assert "set by" not in operator.page.words
    set_account(any_site.store, "acct_otto", OTTO)
    open_transfer(operator, transfer)
    assert "acct_otto, set by user:otto" in operator.page.words
    set_account(any_site.store, "acct_ann", Actor.user("ann"))
    open_transfer(operator, transfer)
    assert "acct_ann, set by the payee" in operator.page.words

    planned(any_site.store)
    transfer = transfer_of(any_site.store, "ann")
    open_transfer(operator, transfer)
    page = operator.page
    for _ in range(2):
        operator.page = page
        assert operator.send("/approve", reason="compared").status_code == 303

    assert transfer_of(any_site.store, "ann").approval_reason == "compared"


@pytest.mark.parametrize("shown", [None, "acct_ann"])
def test_an_approval_covers_only_the_account_that_the_page_has_shown(
    any_site: Site, operator: Visitor, shown: str | None
) -> None:
    planned(any_site.store)
    transfer = transfer_of(any_site.store, "ann")
    if shown is not None:
        set_account(any_site.store, shown, OTTO)
    open_transfer(operator, transfer)
    set_account(any_site.store, "acct_otto", OTTO)

    assert operator.send("/approve", reason="compared").status_code == 409
    assert "DESTINATION_MISMATCH" in operator.page.words
    assert transfer_of(any_site.store, "ann") == transfer
    assert operator.send("/approve", reason="compared again").status_code == 303
    assert transfer_of(any_site.store, "ann").approved_destination == "acct_otto"

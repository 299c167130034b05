"""Each movement of the fact sheet, section 5.7, by name: its accounts, its amounts and its key."""

import pytest

from indelible.kernel.money import MAX_AMOUNT_MINOR
from indelible.money import (
    AccountKind,
    MovementDraft,
    MovementKind,
    OwedPayment,
    PayoutReversal,
    Proof,
    SettlementLine,
)
from indelible.money.entities.ledger import Posting
from indelible.money.entities.values import DEBIT_KINDS, REFERENCE_KINDS
from indelible.money.errors.ledger import PostingRefused
from indelible.money.errors.payments import InvalidAmount
from indelible.money.rules.ledger import payments, payouts
from indelible.money.rules.ledger.drafts import account_sums
from indelible.money.rules.ledger.payments import processing_fee
from indelible.money.rules.ledger.payouts import guarantee_topup, payout_failed, settlement

EVENT = Proof.by_event("evt_1")
POOL = "escrow:c1:USD"
CLEARING = "refund_clearing:c1:USD"
PAYABLE = "winner_payable:c1:USD"
STRIPE = "stripe_balance:-:USD"
RECEIVABLE = "dispute_receivable:-:USD"
UNCLAIMED = "unclaimed_prizes:-:USD"
RAKE = "platform_rake:-:USD"
ROUNDING = "platform_rounding:-:USD"
FEES = "stripe_fees:-:USD"
LOSSES = "dispute_losses:-:USD"
GOODWILL = "goodwill:-:USD"
LINE = OwedPayment(movement_id="m1", number=1, party="ann", amount_minor=5628)


def payment(kind: str, **values: object) -> MovementDraft:
    """Return the draft of a payment, a refund or a dispute over one fee."""
    common = {
        "reference": "c1",
        "party": "ann",
        "amount_minor": 2501,
        "currency": "USD",
        "proof": EVENT,
    }
    draft: MovementDraft = getattr(payments, kind)(**(common | values))
    return draft


def payout(kind: str, **values: object) -> MovementDraft:
    """Return the draft of a payout of one owed line."""
    common = {"reference": "c1", "currency": "USD", "lines": [LINE], "proof": EVENT}
    draft: MovementDraft = getattr(payouts, kind)(**(common | values))
    return draft


def golden(**values: object) -> MovementDraft:
    """Return the draft of the golden settlement."""
    amounts = {"E1": 5628, "E2": 2813, "E3": 2813}
    common = {
        "settlement_id": "s1",
        "reference": "c1",
        "currency": "USD",
        "lines": [
            SettlementLine(party=party, amount_minor=amount) for party, amount in amounts.items()
        ],
        "rake_minor": 1250,
        "rounding_minor": 1,
        "retained_minor": 0,
        "items": ["E1", "E2", "E3", "E4", "E5"],
    }
    draft: MovementDraft = settlement(**(common | values))  # type: ignore[arg-type]  # fields of several types
    return draft


def fee_of(**values: object) -> MovementDraft:
    """Return the draft of a fee of Stripe."""
    common = {"transaction_id": "txn_1", "fee_minor": 103, "currency": "USD", "proof": EVENT}
    draft: MovementDraft = processing_fee(**(common | values))  # type: ignore[arg-type]  # fields of several types
    return draft


def topup() -> MovementDraft:
    """Return the draft of a guarantee."""
    return guarantee_topup(settlement_id="s1", reference="c1", amount_minor=500, currency="USD")


def reversed_payout() -> MovementDraft:
    """Return the draft of the reversal of a part of a payout."""
    line = PayoutReversal(movement_id="m2", number=1, party="ann", amount_minor=600)
    return payout("payout_reversed", reversal_ref="trr_1", lines=[line])


ROWS = [
    (
        "ENTRY_FEE",
        payment("entry_fee", charge_id="ch1"),
        "stripe_event:evt_1:ENTRY_FEE",
        [(STRIPE, POOL, 2501)],
    ),
    (
        "PAYMENT_QUARANTINED",
        payment("payment_quarantined", charge_id="ch1"),
        "stripe_event:evt_1:PAYMENT_QUARANTINED",
        [(STRIPE, CLEARING, 2501)],
    ),
    ("PROCESSING_FEE", fee_of(), "fee:txn_1", [(FEES, STRIPE, 103)]),
    ("PROCESSING_FEE", fee_of(fee_minor=-3), "fee:txn_1", [(STRIPE, FEES, 3)]),
    (
        "REFUND_REQUESTED",
        payment("refund_requested", refund_id="r1", is_covered=False),
        "refund:r1:REQ",
        [(POOL, CLEARING, 2501)],
    ),
    (
        "REFUND_REQUESTED",
        payment("refund_requested", refund_id="r1", is_covered=True),
        "refund:r1:REQ",
        [(GOODWILL, CLEARING, 2501)],
    ),
    (
        "REFUND_SUCCEEDED",
        payment("refund_succeeded", refund_id="r1"),
        "refund:r1:OK",
        [(CLEARING, STRIPE, 2501)],
    ),
    (
        "REFUND_FAILED",
        payment("refund_failed", refund_id="r1", is_covered=False),
        "refund:r1:FAIL",
        [(CLEARING, POOL, 2501)],
    ),
    (
        "REFUND_FAILED",
        payment("refund_failed", refund_id="r1", is_covered=True),
        "refund:r1:FAIL",
        [(CLEARING, GOODWILL, 2501)],
    ),
    (
        "DISPUTE_RESIDUE",
        payment("dispute_residue", dispute_id="dp1"),
        "dispute:dp1:RESIDUE",
        [(POOL, RAKE, 2501)],
    ),
    ("GUARANTEE_TOPUP", topup(), "guarantee:s1", [(GOODWILL, POOL, 500)]),
    (
        "DISPUTE_OPENED",
        payment("dispute_opened", dispute_id="dp1", fee_minor=1500),
        "dispute:dp1:OPEN",
        [(RECEIVABLE, STRIPE, 2501), (LOSSES, STRIPE, 1500)],
    ),
    (
        "DISPUTE_OPENED",
        payment("dispute_opened", dispute_id="dp1", fee_minor=0),
        "dispute:dp1:OPEN",
        [(RECEIVABLE, STRIPE, 2501)],
    ),
    (
        "DISPUTE_WON",
        payment("dispute_won", dispute_id="dp1"),
        "dispute:dp1:WON",
        [(STRIPE, RECEIVABLE, 2501)],
    ),
    (
        "DISPUTE_LOST",
        payment("dispute_lost", dispute_id="dp1", is_absorbed=False),
        "dispute:dp1:LOST",
        [(POOL, RECEIVABLE, 2501)],
    ),
    (
        "DISPUTE_LOST",
        payment("dispute_lost", dispute_id="dp1", is_absorbed=True),
        "dispute:dp1:LOST",
        [(LOSSES, RECEIVABLE, 2501)],
    ),
    (
        "SETTLEMENT",
        golden(),
        "settlement:s1",
        [
            (POOL, PAYABLE, 5628),
            (POOL, PAYABLE, 2813),
            (POOL, PAYABLE, 2813),
            (POOL, RAKE, 1250),
            (POOL, ROUNDING, 1),
        ],
    ),
    (
        "SETTLEMENT",
        golden(lines=[], rake_minor=0, rounding_minor=0, retained_minor=12505),
        "settlement:s1",
        [(POOL, RAKE, 12505)],
    ),
    (
        "PAYOUT_CREATED",
        payout("payout_created", transfer_id="t1"),
        "payout:t1",
        [(PAYABLE, STRIPE, 5628)],
    ),
    ("PAYOUT_REVERSED", reversed_payout(), "reversal:trr_1", [(STRIPE, PAYABLE, 600)]),
    (
        "UNCLAIMED",
        payout("unclaimed", transfer_id="t1"),
        "unclaimed:t1",
        [(PAYABLE, UNCLAIMED, 5628)],
    ),
]


@pytest.mark.parametrize(("kind", "draft", "key", "postings"), ROWS)
def test_a_movement_is_that_of_the_fact_sheet(
    kind: str, draft: MovementDraft, key: str, postings: list[tuple[str, str, int]]
) -> None:
    rows = draft.postings.rows
    actual = [(row.debit_account_id, row.credit_account_id, row.amount_minor) for row in rows]

    assert (draft.kind, draft.key) == (kind, key)
    assert actual == postings
    assert draft.total_minor == sum(amount for _, _, amount in postings)
    assert [row.number for row in rows] == list(range(1, len(postings) + 1))


def test_a_failed_payout_is_a_note() -> None:
    draft = payout_failed(
        transfer_id="t1", attempt_number=3, reference="c1", currency="USD", proof=EVENT
    )

    assert (draft.kind, draft.key) == ("PAYOUT_FAILED", "ledger:payout:t1:3")
    assert (draft.action, draft.bulk, draft.accounts) == ("note", (), ())


def test_every_kind_has_a_builder_and_a_test() -> None:
    tested = {kind for kind, *_ in ROWS}

    assert set(MovementKind) - tested == {"PAYOUT_FAILED", "REVERSAL", "REVERSAL_PROPOSED"}


def test_the_golden_settlement_adds_up_to_the_pool() -> None:
    draft = golden()

    assert draft.total_minor == 5 * 2501 == 5628 + 2813 + 2813 + 1250 + 1
    assert [row.party for row in draft.postings.rows] == ["E1", "E2", "E3", None, None]
    assert [row.item for row in draft.covered.rows] == ["E1", "E2", "E3", "E4", "E5"]
    assert draft.action == "settle"


def test_a_movement_uses_each_account_once_whatever_its_lines() -> None:
    lines = [SettlementLine(party=f"p{number}", amount_minor=2) for number in range(500)]
    draft = golden(lines=lines)

    assert [key.id for key in draft.accounts] == [POOL, RAKE, ROUNDING, PAYABLE]
    sums = account_sums(draft.postings.rows)
    assert sums[PAYABLE].credited_minor == 1000
    assert sums[PAYABLE].posting_count == 500
    assert sums[POOL].debited_minor == draft.total_minor


def test_a_fact_has_the_same_key_whatever_proves_it() -> None:
    by_event = payment("entry_fee", charge_id="ch1")
    by_reconciliation = payment(
        "entry_fee", charge_id="ch1", proof=Proof.by_reconciliation("rec-1", "ch1")
    )

    assert by_event.fact_key == by_reconciliation.fact_key == "payment:ch1:ENTRY_FEE"
    assert by_reconciliation.source == "reconciliation:rec-1"
    assert by_reconciliation.key == "reconciliation:rec-1:ch1:ENTRY_FEE"
    assert by_event.source == "evt_1"


def test_payouts_and_reversals_name_their_lines() -> None:
    (paid,) = payout("payout_created", transfer_id="t1").postings.rows
    (returned,) = reversed_payout().postings.rows

    assert (paid.owed_line, paid.reversed_line) == (("m1", 1), None)
    assert (returned.owed_line, returned.reversed_line) == (None, ("m2", 1))
    assert returned.reversal_ref == "trr_1"


def test_an_account_kind_has_the_side_of_the_fact_sheet() -> None:
    assert {
        "stripe_balance",
        "dispute_receivable",
        "stripe_fees",
        "dispute_losses",
        "goodwill",
    } == DEBIT_KINDS
    assert {"escrow", "refund_clearing", "winner_payable"} == REFERENCE_KINDS
    assert {kind.side.value for kind in AccountKind} == {"debit", "credit"}


@pytest.mark.parametrize("amount", [0, -1, MAX_AMOUNT_MINOR + 1, 1.0, 10.5, True, "5", None])
def test_an_amount_that_is_no_whole_number_of_minor_units_is_refused(amount: object) -> None:
    with pytest.raises(InvalidAmount):
        payment("entry_fee", charge_id="ch1", amount_minor=amount)


def test_a_posting_between_one_account_is_refused() -> None:
    with pytest.raises(PostingRefused):
        Posting(number=1, debit_account_id=POOL, credit_account_id=POOL, amount_minor=1)


def test_a_posting_that_names_half_a_line_is_refused() -> None:
    with pytest.raises(PostingRefused) as refused:
        Posting(
            number=1,
            debit_account_id=PAYABLE,
            credit_account_id=STRIPE,
            amount_minor=1,
            owed_movement_id="m1",
        )

    assert refused.value.field == "owed_number"

"""The postings of each movement, each with its test."""

from typing import Final

from tests.architecture.money_rows import AFTER, PAYMENTS, PAYOUTS, Row


def posting(
    kind: str, test: str, key: str, *accounts: str, path: str = PAYMENTS, when: str = ""
) -> Row:
    """Return a row of section 5.7: the test reads the key, and asserts the accounts."""
    fact = f"{kind} {when}".rstrip()
    return Row(fact=fact, path=path, test=test, uses=(key,), asserts=accounts)


def around_settlement(fact: str, test: str, *asserts: str, cases: tuple[str, ...] = ()) -> Row:
    """Return a case of section 5.7 before or after a settlement, through HTTP."""
    uses = ("play_and_settle",)
    return Row(fact=fact, path=AFTER, test=test, uses=uses, asserts=asserts, cases=cases)


WITHDRAWN: Final = ("dispute_receivable", "stripe_balance", "dispute_losses")
SETTLED: Final = ("escrow", "winner_payable", "platform_rake", "platform_rounding")
MOVEMENTS: Final = (
    posting("ENTRY_FEE", "test_an_entry_fee", "ENTRY_FEE", "stripe_balance", "escrow"),
    posting("PROCESSING_FEE", "test_a_processing_fee", "fee:txn_", "stripe_fees", "stripe_balance"),
    posting(
        "REFUND_REQUESTED",
        "test_a_refund_of_an_item_that_no_settlement_has_counted",
        ":REQ",
        "escrow",
        "refund_clearing",
        when="before a settlement",
    ),
    posting(
        "REFUND_SUCCEEDED",
        "test_a_refund_of_an_item_that_no_settlement_has_counted",
        ":OK",
        "refund_clearing",
        "stripe_balance",
    ),
    posting("REFUND_FAILED", "test_a_failed_refund", ":FAIL", "refund_clearing", "escrow"),
    posting(
        "REFUND_REQUESTED",
        "test_a_refund_of_an_item_that_a_settlement_has_counted",
        ":REQ",
        "goodwill",
        "refund_clearing",
        when="after the settlement",
    ),
    posting(
        "REFUND_FAILED",
        "test_a_failed_refund",
        ":FAIL",
        "refund_clearing",
        "goodwill",
        when="after the settlement",
    ),
    posting(
        "DISPUTE_RESIDUE",
        "test_a_won_dispute_of_an_item_that_the_settlement_left_out",
        "dispute:dp_1:RESIDUE",
        "escrow",
        "platform_rake",
    ),
    posting(
        "GUARANTEE_TOPUP",
        "test_a_guarantee_over_the_pool",
        "guarantee:",
        "goodwill",
        "escrow",
        path=PAYOUTS,
    ),
    posting(
        "DISPUTE_OPENED", "test_an_opened_dispute_with_its_fee", "dispute:dp_1:OPEN", *WITHDRAWN
    ),
    posting(
        "DISPUTE_WON",
        "test_a_won_dispute",
        "dispute:dp_1:WON",
        "stripe_balance",
        "dispute_receivable",
    ),
    posting(
        "DISPUTE_LOST",
        "test_a_dispute_that_is_lost_before_the_settlement",
        "dispute:dp_1:LOST",
        "escrow",
        "dispute_receivable",
        when="before a settlement",
    ),
    posting(
        "DISPUTE_LOST",
        "test_a_dispute_that_is_lost_after_the_settlement_is_a_loss",
        "dispute:dp_1:LOST",
        "dispute_losses",
        "dispute_receivable",
        when="after the settlement",
    ),
    posting("SETTLEMENT", "test_the_golden_settlement", "settlement:s1", *SETTLED, path=PAYOUTS),
    posting(
        "PAYOUT_CREATED",
        "test_a_created_payout",
        "payout:",
        "winner_payable",
        "stripe_balance",
        path=PAYOUTS,
    ),
    posting(
        "PAYOUT_FAILED",
        "test_a_failed_payout_moves_no_money",
        "ledger:payout:",
        "rows",
        path=PAYOUTS,
    ),
    posting(
        "PAYOUT_REVERSED",
        "test_a_part_of_a_payout_is_reversed",
        "reversal:trr_1",
        "stripe_balance",
        "winner_payable",
        path=PAYOUTS,
    ),
    posting(
        "UNCLAIMED",
        "test_an_unclaimed_payout",
        "unclaimed:",
        "winner_payable",
        "unclaimed_prizes",
        path=PAYOUTS,
    ),
    # The cases that the issue names, through HTTP and the simulator.
    around_settlement(
        "a payment that succeeds after the settlement",
        "test_a_payment_that_becomes_known_after_the_settlement_is_refunded",
        "REFUNDED",
        "LATE_WEBHOOK_AFTER_SETTLEMENT",
        "REFUND_SUCCEEDED",
    ),
    around_settlement(
        "a refund after the settlement",
        "test_a_refund_after_the_settlement_is_paid_by_the_platform",
        "REFUND_SUCCEEDED",
        "goodwill",
    ),
    around_settlement(
        "a refund that fails after the settlement",
        "test_a_refund_that_fails_after_the_settlement_returns_to_the_platform",
        "SUCCEEDED",
        "REFUND_FAILED",
    ),
    around_settlement(
        "a dispute after the settlement, lost",
        "test_a_dispute_after_the_settlement_that_is_lost_is_a_loss_of_the_platform",
        "CHARGED_BACK",
        "DISPUTE_LOST",
        "dispute_losses",
    ),
    around_settlement(
        "a dispute after the settlement, won",
        "test_a_dispute_after_the_settlement_that_is_won_gives_the_money_back",
        "SUCCEEDED",
        "DISPUTE_WON",
        "stripe_balance",
    ),
    around_settlement(
        "a dispute before the settlement, won or lost",
        "test_a_dispute_before_the_settlement_keeps_its_fee_in_the_escrow_until_it_is_closed",
        "DISPUTE_RESIDUE",
        "DISPUTE_LOST",
        "CHARGED_BACK",
        cases=("won", "lost"),
    ),
)

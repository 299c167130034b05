"""Each failure of payments and payouts in the fact sheet (section 8, rows 16 to 35) has a test."""

from typing import Final

import pytest
from tests.architecture.asserted import all_conditions, asserted_words, skip_marks_of
from tests.architecture.called import module_of

FOLDER: Final = "tests/core/money"
INBOX: Final = f"{FOLDER}/test_inbox.py"
STATES: Final = f"{FOLDER}/test_payment_states.py"
BOOKS: Final = f"{FOLDER}/test_reconciliation.py"
PAYOUTS: Final = f"{FOLDER}/test_payout_stages.py"
ENDINGS: Final = f"{FOLDER}/test_payout_endings.py"
EVENTS: Final = f"{FOLDER}/test_payout_events.py"
MISMATCH: Final = "tests/adapters/stripe/test_transfer_mismatch.py"
ROWS: Final = (
    (16, INBOX, "test_two_secrets_are_accepted_during_a_rotation"),
    (17, BOOKS, "test_r12_finds_an_event_that_was_never_received_and_stores_it"),
    (18, STATES, "test_two_events_of_one_payment_are_booked_once"),
    (19, INBOX, "test_an_event_of_an_unknown_intent_is_retried_for_72_hours"),
    (19, INBOX, "test_an_event_that_overtakes_its_charge_is_applied_by_a_retry"),
    (20, STATES, "test_an_expired_charge_is_canceled_at_stripe_first"),
    (20, BOOKS, "test_r6_finds_a_charge_whose_intent_has_moved"),
    (21, STATES, "test_other_money_is_quarantined_and_refunded"),
    (22, STATES, "test_a_payment_after_the_expiry_is_booked_and_refunded"),
    (22, STATES, "test_a_payment_after_the_settlement_is_refunded_from_the_escrow"),
    (23, STATES, "test_a_failed_refund_gives_the_money_back_to_the_escrow"),
    (24, STATES, "test_a_dispute_withdraws_the_money"),
    (24, STATES, "test_a_lost_dispute_charges_the_escrow_back"),
    (25, BOOKS, "test_a_discrepancy_halts_new_payments_until_somebody_resumes_them"),
    (26, BOOKS, "test_each_rule_finds_its_own_difference_only"),
    (27, PAYOUTS, "test_an_outage_is_retried_with_the_same_key"),
    (28, PAYOUTS, "test_the_waits_of_outages_are_those_of_the_schedule"),
    (29, PAYOUTS, "test_a_worker_that_dies_at_a_crash_point_pays_once"),
    (30, EVENTS, "test_an_enabled_account_lets_its_parked_transfer_go_on"),
    (31, PAYOUTS, "test_a_transfer_waits_for_money_and_goes_on_when_it_has_arrived"),
    (32, MISMATCH, "test_a_transfer_whose_key_has_other_parameters_fails_for_good"),
    (32, MISMATCH, "test_a_transfer_that_failed_by_its_key_is_not_tried_again_and_stays_owed"),
    (32, MISMATCH, "test_a_reissue_looks_up_and_pays_once_under_the_next_key"),
    (32, MISMATCH, "test_a_reissue_adopts_the_transfer_that_exists_under_the_key"),
    (33, PAYOUTS, "test_a_settlement_without_a_job_is_planned_by_the_sweep"),
    (34, EVENTS, "test_a_reversal_is_posted_once_whatever_arrives"),
    (34, ENDINGS, "test_a_reversed_payout_is_owed_again_and_paid_by_a_new_transfer"),
    (35, ENDINGS, "test_money_that_nobody_claims_for_ninety_days_is_kept_as_unclaimed"),
)
# The codes by which the fact sheet detects a failure, or the errors that have them. A test of the
# row asserts each.
CODES: Final = (
    (16, "StripeSignatureInvalid"),
    (19, "PAYMENT_INTENT_NOT_FOUND"),
    (21, "AMOUNT_MISMATCH"),
    (22, "LATE_PAYMENT"),
    (22, "LATE_WEBHOOK_AFTER_SETTLEMENT"),
    (32, "idempotency_error"),
    (32, "STRIPE_IDEMPOTENCY_MISMATCH"),
)


def test_every_row_of_the_fact_sheet_has_a_test() -> None:
    assert {number for number, _, _ in ROWS} == set(range(16, 36))


@pytest.mark.parametrize(("number", "path", "test"), ROWS)
def test_the_test_of_a_row_runs_and_asserts_something(number: int, path: str, test: str) -> None:
    module = module_of(path)

    assert test in module.functions, number
    assert skip_marks_of(module, test) == []
    assert all_conditions(module, test) != []


@pytest.mark.parametrize(("number", "code"), CODES)
def test_the_code_of_a_row_is_asserted(number: int, code: str) -> None:
    words: set[str] = set()
    for row, path, test in ROWS:
        if row == number:
            words.update(asserted_words(module_of(path), test))

    assert code in words

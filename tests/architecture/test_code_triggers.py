"""Each code of the registry is triggered by a test; the table names one test for each code.

The named test has to assert the code, or the error that has it: a mention is not enough.
"""

import re
from collections.abc import Mapping
from typing import Final

import pytest
from tests.architecture.asserted import asserted_words, skip_marks_of
from tests.architecture.called import Module, module_of

from indelible.kernel.errors import error_types
from indelible.money.errors.registry import PAYMENT_CODES, CodeUse

TRIGGERS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "packages/core/src/indelible/testing/money/ledger.py": {
        "test_an_account_with_a_reference_is_never_negative": ("BALANCE_NEGATIVE",),
        "test_a_movement_is_mirrored_once": ("MOVEMENT_REVERSED",),
        "test_a_reversal_needs_a_proposal_and_a_second_person": (
            "REVERSAL_NEEDS_SECOND_PERSON",
            "REVERSAL_NOT_PROPOSED",
        ),
        "test_a_settlement_and_a_note_have_no_mirror": ("MOVEMENT_NOT_REVERSIBLE",),
        "test_operators_do_not_reverse_what_stripe_has_reported": ("MOVEMENT_HAS_EVIDENCE",),
        "test_a_settlement_covers_its_items_once": ("ITEM_COVERED",),
        "test_accounts_and_movements_are_read_by_their_names": ("ACCOUNT_NOT_FOUND",),
        "test_the_same_key_with_other_content_is_refused": ("LEDGER_DUPLICATE_ENTRY",),
    },
    "packages/core/src/indelible/testing/money/owed.py": {
        "test_a_posting_that_owes_nothing_is_no_owed_line": (
            "OWED_LINE_NOT_FOUND",
            "PAYOUT_LINE_NOT_FOUND",
        ),
        "test_an_owed_line_is_paid_once": ("OWED_LINE_PAID",),
        "test_reversals_never_exceed_the_payout": ("PAYOUT_LINE_REVERSED",),
    },
    "packages/core/src/indelible/testing/money/payouts.py": {
        "test_a_settlement_is_planned_once": ("MOVEMENT_NOT_FOUND",),
        "test_an_approved_transfer_is_not_approved_again": ("TRANSFER_ALREADY_APPROVED",),
        "test_an_owed_line_has_one_transfer": ("PAYOUT_ALREADY_SCHEDULED",),
        "test_two_transfers_never_have_one_transfer_of_stripe": ("TRANSFER_EXISTS",),
    },
    "packages/core/src/indelible/testing/money/reconciliations.py": {
        "test_one_reconciliation_of_a_scope_is_under_way": ("RECONCILIATION_RUNNING",),
    },
    "tests/adapters/stripe/test_transfer_mismatch.py": {
        "test_a_transfer_whose_key_has_other_parameters_fails_for_good": (
            "STRIPE_IDEMPOTENCY_MISMATCH",
        ),
    },
    "tests/adapters/stripe/test_failures.py": {
        "test_other_refusal_is_permanent": ("STRIPE_REJECTED",),
        "test_transfer_without_money_or_account_is_parked": ("TRANSFER_PARKED",),
        "test_unknown_object_is_named": ("STRIPE_OBJECT_NOT_FOUND",),
    },
    "tests/core/money/test_destinations.py": {
        "test_an_approval_of_another_account_than_the_payees_is_refused": ("DESTINATION_MISMATCH",),
        "test_one_person_alone_cannot_redirect_an_approved_transfer": ("DESTINATION_NOT_APPROVED",),
    },
    "tests/core/money/test_inbox.py": {
        "test_a_body_that_is_no_event_is_malformed": ("WEBHOOK_MALFORMED",),
        "test_an_event_of_another_environment_is_refused": ("ENVIRONMENT_MISMATCH",),
        "test_an_outage_of_stripe_is_an_attempt_and_is_retried": ("STRIPE_API_ERROR",),
    },
    "tests/core/money/test_late_events.py": {
        "test_a_dispute_that_overtakes_its_payment_waits_for_it": ("PAYMENT_NOT_BOOKED",),
    },
    "tests/core/money/test_movements.py": {
        "test_a_posting_between_one_account_is_refused": ("POSTING_REFUSED",),
    },
    "tests/core/money/test_payment_postings.py": {
        "test_a_disputed_charge_is_not_refunded": ("DISPUTE_OPEN",),
    },
    "tests/core/money/test_payment_stages.py": {
        "test_a_charge_has_an_intent_or_a_session": ("DUPLICATE_INTENT",),
        "test_a_float_is_no_amount": ("INVALID_AMOUNT",),
        "test_a_paid_charge_takes_no_payment": ("ALREADY_PAID",),
        "test_a_second_refund_waits_for_the_first": ("REFUND_RUNNING",),
        "test_halted_payments_start_nothing": ("PAYMENTS_HALTED",),
        "test_more_than_what_is_left_is_not_refunded": ("REFUND_NOT_ALLOWED",),
    },
    "tests/core/money/test_payment_states.py": {
        "test_a_declined_payment_keeps_its_code_and_may_be_tried_again": ("PAYMENT_FAILED",),
        "test_a_payment_after_the_expiry_is_booked_and_refunded": ("LATE_PAYMENT",),
        "test_a_payment_after_the_settlement_is_refunded_from_the_escrow": (
            "LATE_WEBHOOK_AFTER_SETTLEMENT",
        ),
        "test_an_event_that_would_lead_back_is_stale": ("STALE_EVENT",),
        "test_an_expired_charge_is_canceled_at_stripe_first": ("EXPIRED",),
        "test_other_money_is_quarantined_and_refunded": ("AMOUNT_MISMATCH", "CURRENCY_MISMATCH"),
        "test_two_events_of_one_payment_are_booked_once": ("PAYMENT_ALREADY_PROCESSED",),
    },
    "tests/core/money/test_payout_endings.py": {
        "test_an_operator_cannot_park_for_a_reason_that_the_program_ends": (
            "PARK_REASON_RESERVED",
        ),
        "test_a_job_with_open_transfers_is_not_complete": ("PAYOUT_JOB_NOT_FINISHED",),
        "test_a_reversed_payout_is_owed_again_and_paid_by_a_new_transfer": (
            "TRANSFER_NOT_REISSUABLE",
        ),
        "test_a_transfer_at_stripe_with_another_amount_is_not_adopted": ("TRANSFER_MISMATCH",),
        "test_an_operator_cannot_end_a_transfer_before_its_time": (
            "PAYOUT_ACCOUNT_MISSING",
            "UNCLAIMED_TOO_EARLY",
        ),
        "test_an_operator_parks_neither_an_unapproved_nor_an_ended_transfer": (
            "TRANSFER_NOT_APPROVED",
        ),
        "test_money_that_nobody_claims_for_ninety_days_is_kept_as_unclaimed": ("UNCLAIMED",),
        "test_parts_of_a_payout_are_reversed_as_far_as_it_reaches": ("REVERSAL_TOO_LARGE",),
    },
    "tests/core/money/test_payout_stages.py": {
        "test_a_failed_transfer_is_issued_again_by_two_people": ("FOUR_EYES_REQUIRED",),
    },
    "tests/core/money/test_refused_requests.py": {
        "test_a_movement_is_never_changed": ("LEDGER_IMMUTABLE",),
        "test_a_movement_names_the_sums_of_its_postings": ("LEDGER_UNBALANCED",),
        "test_a_processed_event_that_is_applied_again_is_a_duplicate": ("STRIPE_EVENT_DUPLICATE",),
        "test_a_refund_of_stripe_belongs_to_one_refund": ("REFUND_EXISTS",),
        "test_a_refused_refund_is_reported_and_its_money_goes_back": (
            "PAYMENT_INTENT_NOT_FOUND",
            "REFUND_FAILED",
        ),
        "test_an_organizer_pays_for_no_item_of_their_own": ("ORGANIZER_DOES_NOT_PAY",),
        "test_an_unknown_id_has_a_code_of_its_own": (
            "CHARGE_NOT_FOUND",
            "REFUND_NOT_FOUND",
            "DISPUTE_NOT_FOUND",
            "STRIPE_EVENT_NOT_FOUND",
            "PAYEE_NOT_FOUND",
            "PAYOUT_JOB_NOT_FOUND",
            "TRANSFER_NOT_FOUND",
            "RECONCILIATION_NOT_FOUND",
        ),
        "test_events_of_one_second_leave_an_intent_in_doubt": ("PAYMENT_INTENT_IN_DOUBT",),
    },
    "tests/core/money/test_payee_refresh.py": {
        "test_an_answer_from_before_a_change_of_the_payee_is_not_applied": ("PAYEE_CHANGED",),
    },
    "tests/core/money/test_signatures.py": {
        "test_a_wrong_header_has_a_code": ("STRIPE_SIGNATURE_INVALID",),
        "test_the_time_of_a_delivery_counts_in_both_directions": (
            "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE",
        ),
    },
    "tests/sql/test_races.py": {
        "test_on_postgresql_a_second_request_with_a_key_is_refused_while_the_first_runs": (
            "REQUEST_IN_FLIGHT",
        ),
    },
    "tests/web/test_money_operators.py": {
        "test_a_payee_is_registered_and_gets_an_account": ("DESTINATION_TAKEN",),
        "test_a_refused_command_is_stored_as_a_record": ("PAYMENT_SWITCH_NOT_FOUND",),
    },
    "tests/web/test_payments.py": {
        "test_a_payment_needs_a_key_that_names_one_request": (
            "IDEMPOTENCY_KEY_CONFLICT",
            "IDEMPOTENCY_KEY_REQUIRED",
        ),
        "test_a_service_without_a_key_of_stripe_takes_no_payments": ("PAYMENTS_NOT_CONFIGURED",),
    },
}
CASES: Final = tuple(
    (path, test, code)
    for path, tests in TRIGGERS.items()
    for test, codes in tests.items()
    for code in codes
)
COLLECTED: Final = ("tests/core/", "tests/sql/", "tests/web/", "tests/adapters/")
# The suites that tests/conformance runs on every store.
SUITES: Final = "packages/core/src/indelible/testing/money/"


def spellings_of(code: str) -> set[str]:
    """Return a code and the names of the errors that have it."""
    return {code, *(leaf.__name__ for leaf in error_types() if leaf.code == code)}


def is_asserted(module: Module, test: str, code: str) -> bool:
    """Return True if a test asserts a code or the error that has it."""
    spellings = "|".join(re.escape(spelling) for spelling in sorted(spellings_of(code)))
    pattern = re.compile(rf"(?<!\w)(?:{spellings})(?!\w)")
    return any(pattern.search(word) for word in asserted_words(module, test))


def test_every_code_of_the_registry_has_its_test() -> None:
    codes = {entry.code for entry in PAYMENT_CODES if entry.use is not CodeUse.ALIAS}
    named = [code for _, _, code in CASES]

    assert set(named) == codes
    assert len(named) == len(codes)


@pytest.mark.parametrize(("path", "test", "code"), CASES, ids=[case[2] for case in CASES])
def test_the_test_of_a_code_runs_and_asserts_it(path: str, test: str, code: str) -> None:
    module = module_of(path)

    assert path.startswith((*COLLECTED, SUITES))
    assert skip_marks_of(module, test) == []
    assert is_asserted(module, test, code)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("assert run().code == 'ALREADY_PAID'", True),
        ("assert run().code == 'ALREADY_PAID_TWICE'", False),
        ("assert run().code != 'ALREADY_PAID'", False),
        ("with pytest.raises(errors.AlreadyPaid): run()", True),
        ("raise errors.AlreadyPaid", False),
        ("run('ALREADY_PAID')\n    assert run().is_done", False),
        ("run = 'ALREADY_PAID'", False),
    ],
)
def test_a_code_that_is_only_mentioned_is_not_asserted(body: str, *, expected: bool) -> None:
    module = Module.of(f"def test_it(run):\n    {body}\n")

    assert is_asserted(module, "test_it", "ALREADY_PAID") is expected

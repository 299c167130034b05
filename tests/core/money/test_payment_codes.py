"""The registry names every code of money, with the status of the fact sheet."""

from docs.generators.payment_contract import status_text

from indelible.kernel.errors import error_types
from indelible.money.errors.registry import PAYMENT_CODES, CodeUse

# The fact sheet, section 5.6: the code and the HTTP status.
FACTS = {
    "STRIPE_SIGNATURE_INVALID": 400,
    "STRIPE_EVENT_DUPLICATE": 200,
    "IDEMPOTENCY_KEY_REQUIRED": 400,
    "PAYMENT_INTENT_NOT_FOUND": 409,
    "PAYMENT_ALREADY_PROCESSED": 200,
    "STRIPE_API_ERROR": 502,
    "INVALID_AMOUNT": 422,
    "IDEMPOTENCY_KEY_CONFLICT": 409,
    "IDEMPOTENCY_IN_PROGRESS": 409,
    "AMOUNT_MISMATCH": 422,
    "CURRENCY_MISMATCH": 422,
    "ALREADY_PAID": 409,
    "ORGANIZER_DOES_NOT_PAY": 422,
    "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE": 400,
    "WEBHOOK_MALFORMED": 400,
    "ENVIRONMENT_MISMATCH": 400,
    "STALE_EVENT": 200,
    "REFUND_NOT_ALLOWED": 409,
    "REFUND_FAILED": 502,
    "DISPUTE_OPEN": 409,
    "LEDGER_UNBALANCED": 500,
    "LEDGER_IMMUTABLE": 500,
    "PAYMENTS_HALTED": 503,
    "PAYOUT_ACCOUNT_MISSING": 409,
    "PAYOUT_ALREADY_SCHEDULED": 409,
}
INTERNAL_FACTS = {"LEDGER_IMMUTABLE", "LEDGER_UNBALANCED", "REFUND_FAILED"}  # in no answer
NAMED = {"LEDGER_DUPLICATE_ENTRY", "PAYMENT_FAILED", "DUPLICATE_INTENT", "WEBHOOK_INVALID"}
OF_THE_WEB = {"IDEMPOTENCY_KEY_REQUIRED"}
# The id of a charge follows from its item, so that a second one is STALE. The code belongs to the
# guard of the database alone.
OF_A_GUARD = {"CHARGE_EXISTS"}


def test_the_registry_names_every_code_of_the_fact_sheet_with_its_status() -> None:
    statuses = {entry.code: status_text(entry) for entry in PAYMENT_CODES}

    for code, status in FACTS.items():
        assert statuses[code] == ("-" if code in INTERNAL_FACTS else str(status)), code
    assert set(statuses) >= NAMED
    assert len(statuses) == len(PAYMENT_CODES)


def test_an_alias_stands_for_codes_of_the_registry() -> None:
    codes = {entry.code for entry in PAYMENT_CODES if entry.use is not CodeUse.ALIAS}
    for entry in PAYMENT_CODES:
        is_alias = entry.use is CodeUse.ALIAS
        assert bool(entry.stands_for) == is_alias, entry.code
        assert set(entry.stands_for) <= codes, entry.code


def test_a_code_of_an_error_is_the_code_of_a_class() -> None:
    known = {leaf.code for leaf in error_types()} | OF_THE_WEB
    for entry in PAYMENT_CODES:
        if entry.use in (CodeUse.ERROR, CodeUse.INTERNAL):
            assert entry.code in known, entry.code


def test_every_error_of_money_is_in_the_registry() -> None:
    codes = {entry.code for entry in PAYMENT_CODES}
    errors = {leaf.code for leaf in error_types() if leaf.__module__.startswith("indelible.money")}

    assert errors - codes == OF_A_GUARD

"""Examples for the fields of money's operations."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from indelible.money import ChargeStatus, MovementKind, PayeeStatus
from indelible_web.money.schemas import AccountState

CHARGE_ID: Final = "5b1f6c0e-3d0b-5a0e-9f0a-3a5f0d8f7c11"
MOVEMENT_ID: Final = "0c9a4c54-6d0b-5b7e-8a51-b3f0d1c2e7a4"
ENTRY_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d42"
REFERENCE: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d41"

EXAMPLES: Final[Mapping[str, object]] = {
    "OwnAccountView.id": "maya",
    "OwnAccountView.status": PayeeStatus.RESTRICTED,
    "OwnOnboardingView.expires_at": datetime(2026, 4, 12, 18, 5, tzinfo=UTC),
    "OwnOnboardingView.url": "https://example.org/setup/acct_1a2b3c4d5e6f7g8h/x",
    "OwnPayeeView.id": "maya",
    "OwnPayeeView.status": PayeeStatus.RESTRICTED,
    "PaymentView.id": CHARGE_ID,
    "PaymentView.status": ChargeStatus.SUCCEEDED,
    "StatementLine.kind": MovementKind.ENTRY_FEE,
    "account_state": AccountState.RESTRICTED,
    "amount_minor": 2_501,
    "cancel_url": "https://example.org/entries",
    "charge_id": CHARGE_ID,
    "client_secret": "pi_3QabcdEfghIjklMn_secret_x",
    "country": "US",
    "currency": "USD",
    "disabled_reason": None,
    "expires_at": datetime(2026, 4, 9, 11, 30, tzinfo=UTC),
    "failure_code": None,
    "has_own_account": True,
    "intent_id": "pi_3QabcdEfghIjklMn",
    "item": ENTRY_ID,
    "movement_id": MOVEMENT_ID,
    "next": None,
    "number": 1,
    "occurred_at": datetime(2026, 4, 8, 18, tzinfo=UTC),
    "outcome_code": None,
    "paid_at": datetime(2026, 4, 8, 18, tzinfo=UTC),
    "received_minor": 2_501,
    "reference": REFERENCE,
    "refunded_minor": 0,
    "refresh_url": "https://example.org/payouts/again",
    "requirements_due": ("external_account",),
    "return_url": "https://example.org/payouts",
    "session_id": "cs_test_a1b2c3d4e5",
    "success_url": "https://example.org/entries?paid=1",
    "url": "https://example.org/pay/cs_test_a1b2c3d4e5",
    "user_id": "maya",
}

"""The operations that the simulator serves: method, path and the type of their parameters."""

import re
from functools import cached_property
from typing import Final

from attrs import frozen


@frozen(slots=False)
class Operation:
    """One operation of the API.

    `parameters` names the class of the `stripe` package; `kind` is the object of the path's id.
    """

    method: str
    path: str
    parameters: str
    name: str

    @property
    def title(self) -> str:
        """Return method and path, as journals and stories name the operation."""
        return f"{self.method} {self.path}"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return the pattern of paths, with a group for every id."""
        return re.compile(re.sub(r"\{[^}]+\}", r"([\\w-]+)", self.path), re.ASCII)


def _operation(title: str, parameters: str, name: str) -> Operation:
    method, path = title.split(" ")
    return Operation(method=method, path=path, parameters=parameters, name=name)


OPERATIONS: Final = (
    _operation("POST /v1/account_links", "AccountLinkCreateParams", "create_account_link"),
    _operation("GET /v1/accounts", "AccountListParams", "list_accounts"),
    _operation("POST /v1/accounts", "AccountCreateParams", "create_account"),
    _operation("GET /v1/accounts/{account}", "AccountRetrieveParams", "retrieve_account"),
    _operation("POST /v1/accounts/{account}", "AccountUpdateParams", "update_account"),
    _operation("GET /v1/balance", "BalanceRetrieveParams", "retrieve_balance"),
    _operation(
        "GET /v1/balance_transactions",
        "BalanceTransactionListParams",
        "list_balance_transactions",
    ),
    _operation(
        "GET /v1/balance_transactions/{id}",
        "BalanceTransactionRetrieveParams",
        "retrieve_balance_transaction",
    ),
    _operation("GET /v1/charges", "ChargeListParams", "list_charges"),
    _operation("GET /v1/charges/{charge}", "ChargeRetrieveParams", "retrieve_charge"),
    _operation("GET /v1/checkout/sessions", "checkout.SessionListParams", "list_sessions"),
    _operation("POST /v1/checkout/sessions", "checkout.SessionCreateParams", "create_session"),
    _operation(
        "GET /v1/checkout/sessions/{session}",
        "checkout.SessionRetrieveParams",
        "retrieve_session",
    ),
    _operation(
        "POST /v1/checkout/sessions/{session}/expire",
        "checkout.SessionExpireParams",
        "expire_session",
    ),
    _operation("GET /v1/disputes", "DisputeListParams", "list_disputes"),
    _operation("GET /v1/disputes/{dispute}", "DisputeRetrieveParams", "retrieve_dispute"),
    _operation("POST /v1/disputes/{dispute}", "DisputeUpdateParams", "update_dispute"),
    _operation("POST /v1/disputes/{dispute}/close", "DisputeCloseParams", "close_dispute"),
    _operation("GET /v1/events", "EventListParams", "list_events"),
    _operation("GET /v1/events/{id}", "EventRetrieveParams", "retrieve_event"),
    _operation("GET /v1/payment_intents", "PaymentIntentListParams", "list_intents"),
    _operation("POST /v1/payment_intents", "PaymentIntentCreateParams", "create_intent"),
    _operation(
        "GET /v1/payment_intents/{intent}", "PaymentIntentRetrieveParams", "retrieve_intent"
    ),
    _operation("POST /v1/payment_intents/{intent}", "PaymentIntentUpdateParams", "update_intent"),
    _operation(
        "POST /v1/payment_intents/{intent}/cancel", "PaymentIntentCancelParams", "cancel_intent"
    ),
    _operation(
        "POST /v1/payment_intents/{intent}/confirm",
        "PaymentIntentConfirmParams",
        "confirm_intent",
    ),
    _operation("GET /v1/refunds", "RefundListParams", "list_refunds"),
    _operation("POST /v1/refunds", "RefundCreateParams", "create_refund"),
    _operation("GET /v1/refunds/{refund}", "RefundRetrieveParams", "retrieve_refund"),
    _operation("POST /v1/refunds/{refund}", "RefundUpdateParams", "update_refund"),
    _operation("POST /v1/refunds/{refund}/cancel", "RefundCancelParams", "cancel_refund"),
    _operation("GET /v1/transfers", "TransferListParams", "list_transfers"),
    _operation("POST /v1/transfers", "TransferCreateParams", "create_transfer"),
    _operation("GET /v1/transfers/{transfer}", "TransferRetrieveParams", "retrieve_transfer"),
    _operation("POST /v1/transfers/{transfer}", "TransferUpdateParams", "update_transfer"),
    _operation("GET /v1/transfers/{id}/reversals", "TransferReversalListParams", "list_reversals"),
    _operation(
        "POST /v1/transfers/{id}/reversals", "TransferReversalCreateParams", "create_reversal"
    ),
    _operation(
        "GET /v1/transfers/{transfer}/reversals/{id}",
        "TransferReversalRetrieveParams",
        "retrieve_reversal",
    ),
    _operation(
        "POST /v1/transfers/{transfer}/reversals/{id}",
        "TransferReversalUpdateParams",
        "update_reversal",
    ),
)


def find_operation(method: str, path: str) -> tuple[Operation, tuple[str, ...]] | None:
    """Return the operation of a request and the ids in its path."""
    for operation in OPERATIONS:
        match = operation.pattern.fullmatch(path)
        if match is not None and operation.method == method:
            return operation, match.groups()

    return None

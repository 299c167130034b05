"""The operations that the simulator serves, and which of their parameters it implements.

This is the only list of what is implemented: the engine refuses by it, lists filter by it, and
SIMULATOR.md prints it.
"""

import re
from functools import cached_property
from typing import Final

from attrs import frozen

from indelible_stripe.simulator.objects import EVIDENCE
from indelible_stripe.simulator.parts import (
    CURRENCY,
    EVERY_VALUE,
    METADATA,
    Items,
    Members,
    OneOf,
    members,
)

# The id of an object in a path; `/v1/charges/search` is an operation that is not implemented.
ID: Final = r"((?!search$)[\\w-]+)"


@frozen(slots=False)
class Operation:
    """One operation of the API.

    `parameters` names the class of the `stripe` package; `implemented` are those of its members
    that the simulator implements.
    """

    method: str
    path: str
    parameters: str
    name: str
    implemented: Members

    @property
    def title(self) -> str:
        """Return method and path, as journals and stories name the operation."""
        return f"{self.method} {self.path}"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return the pattern of paths, with a group for every id."""
        return re.compile(re.sub(r"\{[^}]+\}", ID, self.path), re.ASCII)


def _operation(title: str, parameters: str, name: str, implemented: Members) -> Operation:
    """Return an operation; every one implements `expand`."""
    method, path = title.split(" ")
    return Operation(
        method=method,
        path=path,
        parameters=parameters,
        name=name,
        implemented=Members({**implemented.parts, "expand": EXPAND}),
    )


def _page(*filters: str) -> Members:
    """Return the parameters of a list; a filter is the field of that name."""
    return members("limit", "starting_after", "ending_before", *filters)


EXPAND: Final = Items(EVERY_VALUE, 20)
MAX_LINE_ITEMS: Final = 100
MAX_EVENT_TYPES: Final = 20
NOTHING: Final = members()
ONLY_METADATA: Final = members(metadata=METADATA)
TEXTS: Final = members("description", metadata=METADATA)
CAPTURE_METHOD: Final = OneOf(("automatic", "manual"))
PAYMENT_METHOD_TYPES: Final = Items(OneOf(("card", "us_bank_account")), 2)
LINE_ITEM: Final = members(
    "quantity",
    price_data=members(
        "unit_amount", currency=CURRENCY, product_data=members("name", "description")
    ),
)
OPERATIONS: Final = (
    _operation(
        "POST /v1/account_links",
        "AccountLinkCreateParams",
        "create_account_link",
        members("account", "refresh_url", "return_url", type=OneOf(("account_onboarding",))),
    ),
    _operation("GET /v1/account", "AccountRetrieveCurrentParams", "retrieve_platform", NOTHING),
    _operation("GET /v1/accounts", "AccountListParams", "list_accounts", _page("created")),
    _operation(
        "POST /v1/accounts",
        "AccountCreateParams",
        "create_account",
        members(
            "business_type",
            "country",
            "email",
            capabilities=members(transfers=members(requested=OneOf((True,)))),
            metadata=METADATA,
            type=OneOf(("express",)),
        ),
    ),
    _operation("GET /v1/accounts/{account}", "AccountRetrieveParams", "retrieve_account", NOTHING),
    _operation(
        "POST /v1/accounts/{account}", "AccountUpdateParams", "update_account", ONLY_METADATA
    ),
    _operation("GET /v1/balance", "BalanceRetrieveParams", "retrieve_balance", NOTHING),
    _operation(
        "GET /v1/balance_transactions",
        "BalanceTransactionListParams",
        "list_balance_transactions",
        _page("created", "currency", "source", "type"),
    ),
    _operation(
        "GET /v1/balance_transactions/{id}",
        "BalanceTransactionRetrieveParams",
        "retrieve_balance_transaction",
        NOTHING,
    ),
    _operation(
        "GET /v1/charges",
        "ChargeListParams",
        "list_charges",
        _page("created", "payment_intent", "transfer_group"),
    ),
    _operation("GET /v1/charges/{charge}", "ChargeRetrieveParams", "retrieve_charge", NOTHING),
    _operation(
        "GET /v1/checkout/sessions",
        "checkout.SessionListParams",
        "list_sessions",
        _page("created", "payment_intent", "status"),
    ),
    _operation(
        "POST /v1/checkout/sessions",
        "checkout.SessionCreateParams",
        "create_session",
        members(
            "cancel_url",
            "client_reference_id",
            "expires_at",
            "success_url",
            line_items=Items(LINE_ITEM, MAX_LINE_ITEMS),
            metadata=METADATA,
            mode=OneOf(("payment",)),
            payment_intent_data=members(
                "description",
                "receipt_email",
                "transfer_group",
                capture_method=CAPTURE_METHOD,
                metadata=METADATA,
            ),
            payment_method_types=PAYMENT_METHOD_TYPES,
        ),
    ),
    _operation(
        "GET /v1/checkout/sessions/{session}",
        "checkout.SessionRetrieveParams",
        "retrieve_session",
        NOTHING,
    ),
    _operation(
        "POST /v1/checkout/sessions/{session}/expire",
        "checkout.SessionExpireParams",
        "expire_session",
        NOTHING,
    ),
    _operation(
        "GET /v1/checkout/sessions/{session}/line_items",
        "checkout.SessionListLineItemsParams",
        "list_line_items",
        _page(),
    ),
    _operation(
        "GET /v1/disputes",
        "DisputeListParams",
        "list_disputes",
        _page("charge", "created", "payment_intent"),
    ),
    _operation("GET /v1/disputes/{dispute}", "DisputeRetrieveParams", "retrieve_dispute", NOTHING),
    _operation(
        "POST /v1/disputes/{dispute}",
        "DisputeUpdateParams",
        "update_dispute",
        members("submit", evidence=members(*EVIDENCE), metadata=METADATA),
    ),
    _operation("POST /v1/disputes/{dispute}/close", "DisputeCloseParams", "close_dispute", NOTHING),
    _operation(
        "GET /v1/events",
        "EventListParams",
        "list_events",
        Members({**_page("created", "type").parts, "types": Items(EVERY_VALUE, MAX_EVENT_TYPES)}),
    ),
    _operation("GET /v1/events/{id}", "EventRetrieveParams", "retrieve_event", NOTHING),
    _operation(
        "GET /v1/payment_intents", "PaymentIntentListParams", "list_intents", _page("created")
    ),
    _operation(
        "POST /v1/payment_intents",
        "PaymentIntentCreateParams",
        "create_intent",
        members(
            "amount",
            "confirm",
            "description",
            "payment_method",
            "receipt_email",
            "return_url",
            "transfer_group",
            automatic_payment_methods=members(
                allow_redirects=OneOf(("always", "never")), enabled=OneOf((True,))
            ),
            capture_method=CAPTURE_METHOD,
            confirmation_method=OneOf(("automatic",)),
            currency=CURRENCY,
            metadata=METADATA,
            off_session=OneOf((True, False)),
            payment_method_types=PAYMENT_METHOD_TYPES,
        ),
    ),
    _operation(
        "GET /v1/payment_intents/{intent}",
        "PaymentIntentRetrieveParams",
        "retrieve_intent",
        NOTHING,
    ),
    _operation(
        "POST /v1/payment_intents/{intent}",
        "PaymentIntentUpdateParams",
        "update_intent",
        members(
            "amount",
            "description",
            "payment_method",
            "receipt_email",
            "transfer_group",
            capture_method=CAPTURE_METHOD,
            currency=CURRENCY,
            metadata=METADATA,
        ),
    ),
    _operation(
        "POST /v1/payment_intents/{intent}/cancel",
        "PaymentIntentCancelParams",
        "cancel_intent",
        members("cancellation_reason"),
    ),
    _operation(
        "POST /v1/payment_intents/{intent}/confirm",
        "PaymentIntentConfirmParams",
        "confirm_intent",
        members(
            "payment_method",
            "receipt_email",
            "return_url",
            capture_method=CAPTURE_METHOD,
            off_session=OneOf((True, False)),
        ),
    ),
    _operation(
        "POST /v1/payment_intents/{intent}/capture",
        "PaymentIntentCaptureParams",
        "capture_intent",
        members("amount_to_capture", metadata=METADATA),
    ),
    _operation(
        "GET /v1/refunds",
        "RefundListParams",
        "list_refunds",
        _page("charge", "created", "payment_intent"),
    ),
    _operation(
        "POST /v1/refunds",
        "RefundCreateParams",
        "create_refund",
        members("amount", "charge", "payment_intent", "reason", metadata=METADATA),
    ),
    _operation("GET /v1/refunds/{refund}", "RefundRetrieveParams", "retrieve_refund", NOTHING),
    _operation("POST /v1/refunds/{refund}", "RefundUpdateParams", "update_refund", ONLY_METADATA),
    _operation("POST /v1/refunds/{refund}/cancel", "RefundCancelParams", "cancel_refund", NOTHING),
    _operation(
        "GET /v1/transfers",
        "TransferListParams",
        "list_transfers",
        _page("created", "destination", "transfer_group"),
    ),
    _operation(
        "POST /v1/transfers",
        "TransferCreateParams",
        "create_transfer",
        members(
            "amount",
            "description",
            "destination",
            "transfer_group",
            currency=CURRENCY,
            metadata=METADATA,
            source_type=OneOf(("card",)),
        ),
    ),
    _operation(
        "GET /v1/transfers/{transfer}", "TransferRetrieveParams", "retrieve_transfer", NOTHING
    ),
    _operation("POST /v1/transfers/{transfer}", "TransferUpdateParams", "update_transfer", TEXTS),
    _operation(
        "GET /v1/transfers/{id}/reversals",
        "TransferReversalListParams",
        "list_reversals",
        _page(),
    ),
    _operation(
        "POST /v1/transfers/{id}/reversals",
        "TransferReversalCreateParams",
        "create_reversal",
        members("amount", metadata=METADATA),
    ),
    _operation(
        "GET /v1/transfers/{transfer}/reversals/{id}",
        "TransferReversalRetrieveParams",
        "retrieve_reversal",
        NOTHING,
    ),
    _operation(
        "POST /v1/transfers/{transfer}/reversals/{id}",
        "TransferReversalUpdateParams",
        "update_reversal",
        ONLY_METADATA,
    ),
)


def find_operation(method: str, path: str) -> tuple[Operation, tuple[str, ...]] | None:
    """Return the operation of a request and the ids in its path."""
    for operation in OPERATIONS:
        match = operation.pattern.fullmatch(path)
        if match is not None and operation.method == method:
            return operation, match.groups()

    return None

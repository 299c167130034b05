"""The verdict on days without engineers, as the API shows their end."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from indelible_service.simulation.absence.client import OperatorClient
from indelible_service.simulation.absence.signs import Look

COMPLETED: Final = "completed"
FAILED: Final = "failed_terminal"
LIMIT: Final = "100"
# Signs that need no end: a bank decides about one, and the reason of the other is checked.
HARMLESS: Final = ("dispute", "idempotency-mismatch")
Row = Mapping[str, Any]


def verdict(client: OperatorClient, look: Look) -> Iterator[str]:
    """Yield what is wrong at the end, after the last look.

    Raises: NoAnswer.
    """
    for sign in look.signs():
        if sign.slug not in HARMLESS:
            yield f"{sign.slug} of {sign.subject} since {sign.since}"
    for transfer in pages(client, "payouts-stuck", "list-payout-transfers"):
        has_reason = transfer["status"] == FAILED and transfer["failure_reason"] is not None
        if transfer["status"] != COMPLETED and not has_reason:
            yield f"transfer {transfer['id']} is {transfer['status']}"
    for line in pages(client, "settlement-without-payout", "list-owed-lines"):
        if line["transfer_id"] is None:
            yield f"{line['amount_minor']} of {line['reference']} are owed without a transfer"
    balances = client.read("ledger-unbalanced", "get-balances")
    for identity in balances["identities"]:
        if identity["identity_minor"]:
            yield f"the books of {identity['currency']} differ by {identity['identity_minor']}"


def pages(client: OperatorClient, slug: str, operation: str, **values: str) -> Iterator[Row]:
    """Yield the entries of all pages of a list."""
    page = client.read(slug, operation, limit=LIMIT, **values)
    yield from page["items"]
    while page["next"] is not None:
        page = client.read(slug, operation, limit=LIMIT, cursor=page["next"], **values)
        yield from page["items"]

"""The verdict on days without engineers, as the API shows their end."""

from collections.abc import Iterator
from typing import Final

from indelible.kernel.runbooks import RUNNING
from indelible_service.simulation.absence.client import NoAnswer, OperatorClient
from indelible_service.simulation.absence.signs import Look
from indelible_service.simulation.absence.steps import MODES

COMPLETED: Final = "completed"
FAILED: Final = "failed_terminal"
# Signs that need no end: a bank decides about one, and the reason of the other is checked.
HARMLESS: Final = ("dispute", "idempotency-mismatch")
OPEN: Final = tuple(status.value for status in RUNNING)
ANY_RUNBOOK: Final = next(iter(MODES))  # The executions of all runbooks are in one list.


def verdict(client: OperatorClient, look: Look | None) -> Iterator[str]:
    """Yield what is wrong at the end, after the last look, which is None without an answer."""
    if look is None:
        yield "the service does not answer"
        return
    try:
        yield from _problems(client, look)
    except NoAnswer as error:
        yield f"no answer to {error}"


def _problems(client: OperatorClient, look: Look) -> Iterator[str]:
    """Yield what the last look and the lists of the API show.

    Raises: NoAnswer.
    """
    for sign in look.signs():
        if sign.slug not in HARMLESS:
            yield f"{sign.slug} of {sign.subject} since {sign.since}"
    for transfer in client.pages("payouts-stuck", "list-payout-transfers"):
        has_reason = transfer["status"] == FAILED and transfer["failure_reason"] is not None
        if transfer["status"] != COMPLETED and not has_reason:
            yield f"transfer {transfer['id']} is {transfer['status']}"
    for line in client.pages("settlement-without-payout", "list-owed-lines"):
        if line["transfer_id"] is None:
            yield f"{line['amount_minor']} of {line['reference']} are owed without a transfer"
    balances = client.read("ledger-unbalanced", "get-balances")
    for identity in balances["identities"]:
        if identity["identity_minor"]:
            yield f"the books of {identity['currency']} differ by {identity['identity_minor']}"
    yield from _open_executions(client)


def _open_executions(client: OperatorClient) -> Iterator[str]:
    """Yield the executions of runbooks that nobody has ended.

    Raises: NoAnswer.
    """
    for status in OPEN:
        for execution in client.pages(ANY_RUNBOOK, "list-all-executions", status=status):
            name = execution["runbook_name"]
            yield f"execution {execution['id']} of runbook {name} is {status}"

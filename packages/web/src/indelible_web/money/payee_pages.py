"""The console's page of payees: winners who have no account yet, and the payees."""

from typing import Final

from flask import request
from werkzeug.wrappers import Response

from indelible.app import ReadTx
from indelible.money import PayeeStatus, TransferStatus
from indelible.money.errors.gateway import ParkReason
from indelible_web.console.context import ConsoleContext
from indelible_web.console.layout import parse_fields
from indelible_web.console.page import ConsolePage
from indelible_web.http.request import OPS
from indelible_web.http.views import view_of
from indelible_web.money import attention
from indelible_web.money.admin_queries import PayeeListQuery
from indelible_web.money.pages import MAX_ROWS, money_page
from indelible_web.money.payee_admin import list_payees
from indelible_web.money.payout_schemas import TransferView


def list_payee_states(console: ConsoleContext) -> Response:
    """Render the transfers that wait for an account, and the payees."""
    context = console.operation(scope=OPS, page_view=list_payee_states)
    query = parse_fields(PayeeListQuery, request.args)
    return money_page(
        console,
        context,
        "money/payees",
        attention.payout_items,
        query=query,
        page=list_payees(context, query),
        statuses=tuple(PayeeStatus),
        waiting=context.store.read(_read_waiting),
        max_rows=MAX_ROWS,
    )


def _read_waiting(tx: ReadTx) -> tuple[TransferView, ...]:
    """Return the first transfers that are parked until their payee has an account."""
    where = {"status": TransferStatus.PARKED.value, "failure_code": ParkReason.ACCOUNT_MISSING}
    heads = tx.money.transfers.find(where, limit=MAX_ROWS)
    return tuple(view_of(TransferView, head) for head in heads)


PAGES: Final = (ConsolePage(rule="/money/payees", view=list_payee_states),)

"""The console's pages of payouts: what is owed without a transfer, and the transfers."""

from collections.abc import Sequence
from typing import Final

from attrs import frozen
from flask import request
from werkzeug.wrappers import Response

from indelible.app import ReadTx
from indelible.kernel import IndelibleError
from indelible.money import TransferStatus
from indelible.money.queries.transfers import (
    count_attempts,
    find_reissues,
    is_adopted,
    owed_without_transfer,
)
from indelible_web.console.context import ConsoleContext
from indelible_web.console.layout import parse_fields
from indelible_web.console.page import ConsolePage
from indelible_web.http.request import ADMIN, OPS
from indelible_web.money import attention
from indelible_web.money.admin_queries import TransferListQuery, TransferQuery
from indelible_web.money.pages import MAX_ROWS, money_page, no_items
from indelible_web.money.payout_reads import (
    list_payout_transfers,
    owed_view,
    read_attempts,
    read_transfer,
)
from indelible_web.money.payout_schemas import OwedLineView, TransferView
from indelible_web.money.texts import attempts_text


@frozen(kw_only=True)
class TransferRow:
    """A transfer of the list: its requests, and the transfers that replace it."""

    transfer: TransferView
    attempts_text: str
    is_adopted: bool
    reissued_as: tuple[str, ...]


def list_payouts(console: ConsoleContext, error: IndelibleError | None = None) -> Response:
    """Render what is owed without a transfer, and the transfers; both of a reference or of all."""
    context = console.operation(scope=OPS, page_view=list_payouts)
    query = parse_fields(TransferListQuery, request.args)
    page = list_payout_transfers(context, query)
    return money_page(
        console,
        context,
        "money/payouts",
        attention.payout_items,
        error=error,
        query=query,
        page=page,
        rows=context.store.read(_read_rows, page.items),
        statuses=tuple(TransferStatus),
        unplanned=context.store.read(_read_unplanned, query.reference),
        max_rows=MAX_ROWS,
        settlement_id=request.values.get("settlement_id", ""),
    )


def payout(
    console: ConsoleContext, transfer_id: str, error: IndelibleError | None = None
) -> Response:
    """Render a transfer with its newest attempts, and what can be done about it."""
    context = console.operation(scope=OPS)
    query = parse_fields(TransferQuery, {}, transfer_id=transfer_id)
    transfer = context.store.read(read_transfer, query.transfer_id)
    older = max(0, transfer.attempt_number - MAX_ROWS)
    attempts = context.store.read(read_attempts, query.transfer_id, after=older, limit=MAX_ROWS)
    return money_page(
        console,
        context,
        "money/payout",
        no_items,
        error=error,
        transfer=transfer,
        may_approve=context.caller.has_scope(ADMIN),
        attempts=attempts[::-1],
        older=older,
        attempts_text=attempts_text(transfer.calls, transfer.look_ups),
    )


def _read_rows(tx: ReadTx, transfers: Sequence[TransferView]) -> tuple[TransferRow, ...]:
    """Return the rows of transfers; only a reversed one is asked for what replaces it."""
    rows: list[TransferRow] = []
    for transfer in transfers:
        attempts = count_attempts(tx, transfer.id)
        reissued_as: tuple[str, ...] = ()
        if transfer.reversed_minor:
            entity = tx.money.transfers.get(transfer.id).entity
            reissued_as = find_reissues(tx, entity).transfer_ids
        row = TransferRow(
            transfer=transfer,
            attempts_text=attempts_text(attempts.calls, attempts.look_ups),
            is_adopted=is_adopted(transfer.status, attempts),
            reissued_as=reissued_as,
        )
        rows.append(row)

    return tuple(rows)


def _read_unplanned(tx: ReadTx, reference: str | None) -> tuple[OwedLineView, ...]:
    """Return the first unpaid owed lines that no transfer is to pay, with their causes."""
    lines = owed_without_transfer(tx, reference=reference, limit=MAX_ROWS)
    return tuple(owed_view(tx, line) for line in lines)


PAGES: Final = (
    ConsolePage(rule="/money/payouts", view=list_payouts),
    ConsolePage(rule="/money/payouts/<transfer_id>", view=payout),
)

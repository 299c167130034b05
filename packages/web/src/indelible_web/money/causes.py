"""The causes of a transfer: what it pays, the settlement that owes it, and whatever led to that."""

from collections.abc import Iterable
from typing import Final

from attrs import frozen
from flask import url_for
from werkzeug.wrappers import Response

from indelible.app import ReadTx
from indelible.money.entities.lines import OwedLine
from indelible.money.entities.payouts import Transfer
from indelible.money.errors.payouts import TransferNotFound
from indelible.money.queries.transfers import OwedCause, cause_of
from indelible_web.console.context import ConsoleContext
from indelible_web.console.layout import parse_fields
from indelible_web.console.page import ConsolePage
from indelible_web.http.admin import PREFIX
from indelible_web.http.causes import Cause, CauseSource
from indelible_web.http.operation import OperationContext
from indelible_web.http.request import OPS
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.http.views import fields_of
from indelible_web.money.admin_queries import TransferQuery
from indelible_web.money.attention import money_text
from indelible_web.money.pages import money_page, no_items

MAX_TRANSFERS: Final = 10  # of which each pays again what came back from the next one

routes = Routes("money_causes", "The causes of payouts, for operators.")


@frozen(kw_only=True, field_transformer=fields_of(Cause, leave_out=("page",)))
class CauseView:
    """A cause by its key, and the operators' route that shows it."""

    kind: str


@frozen(kw_only=True)
class TransferCausesView:
    """The causes of a transfer, each before its own cause: down to the provider's bytes."""

    transfer_id: str
    causes: tuple[CauseView, ...]


@routes.add(
    "GET /payouts/transfers/<transfer_id>/causes",
    OPS,
    request_type=TransferQuery,
    response_type=TransferCausesView,
    errors=(TransferNotFound,),
)
def get_transfer_causes(context: OperationContext, query: TransferQuery) -> TransferCausesView:
    """Show why a transfer exists: owed lines, settlement, score, events and received bytes."""
    causes = context.store.read(transfer_causes, query.transfer_id, context.cause_sources)
    views = tuple(project(CauseView, cause) for cause in causes)
    return TransferCausesView(transfer_id=query.transfer_id, causes=views)


def transfer_causes_page(console: ConsoleContext, transfer_id: str) -> Response:
    """Render the causes of a transfer, each with a link to its page."""
    context = console.operation(scope=OPS)
    query = parse_fields(TransferQuery, {}, transfer_id=transfer_id)
    causes = context.store.read(transfer_causes, query.transfer_id, context.cause_sources)
    return money_page(
        console,
        context,
        "money/causes",
        no_items,
        transfer_id=query.transfer_id,
        causes=causes,
    )


def transfer_causes(
    tx: ReadTx, transfer_id: str, sources: Iterable[CauseSource]
) -> tuple[Cause, ...]:
    """Return the causes of a transfer, each before its own cause.

    A transfer that pays money which has come back is caused by the transfer before it.

    Raises:
        TransferNotFound: There is no such transfer.
    """
    causes: list[Cause] = []
    owing: dict[tuple[str, str], None] = {}
    waiting = [transfer_id]
    for _ in range(MAX_TRANSFERS):
        if not waiting:
            break
        transfer = tx.money.transfers.get(waiting.pop(0)).entity
        causes.append(_transfer_cause(transfer))
        for line in _lines_of(tx, transfer):
            cause = cause_of(tx, line)
            causes += _line_causes(line, cause)
            if cause.transfer_id is None:
                owing[line.reference, line.party] = None
            elif cause.transfer_id not in waiting:
                waiting.append(cause.transfer_id)

    for reference, party in owing:
        for source in sources:
            causes += source(tx, reference, party)
    return tuple(causes)


def _lines_of(tx: ReadTx, transfer: Transfer) -> Iterable[OwedLine]:
    """Yield the owed lines that a transfer pays."""
    for line in tx.money.transfers.lines(transfer.id):
        yield tx.money.movements.joins.owed_line(line.owed_movement_id, line.owed_number)


def _transfer_cause(transfer: Transfer) -> Cause:
    amount = money_text(transfer.amount_minor, transfer.currency)
    return Cause(
        kind="transfer",
        key=transfer.id,
        text=f"{amount} to {transfer.party}, {transfer.status}.",
        path=f"{PREFIX}/payouts/transfers/{transfer.id}",
        page=url_for("console.payout", transfer_id=transfer.id),
    )


def _line_causes(line: OwedLine, cause: OwedCause) -> list[Cause]:
    """Return an owed line, and the settlement that owes it, if one does."""
    amount = money_text(line.amount_minor, line.currency)
    movement = f"{PREFIX}/ledger/movements/{line.movement_id}"
    page = url_for("console.ledger_movement", movement_id=line.movement_id)
    causes = [
        Cause(
            kind="owed line",
            key=f"{line.movement_id}/{line.number}",
            text=f"{amount} owed to {line.party} since {line.owed_since:%Y-%m-%d %H:%M} UTC.",
            path=f"{movement}/postings",
            page=page,
        )
    ]
    if cause.settlement_id is not None:
        causes.append(
            Cause(
                kind="settlement",
                key=cause.settlement_id,
                text=f"Movement {line.movement_id} has posted it, for {line.reference}.",
                path=movement,
                page=page,
            )
        )
    return causes


PAGES: Final = (ConsolePage(rule="/money/payouts/<transfer_id>/causes", view=transfer_causes_page),)

"""The operator's routes of reconciliations: reports, discrepancies, and a start now."""

from typing import Final

from indelible.app import ReadTx, WriteTx
from indelible.kernel import ListOrder
from indelible.kernel.transaction import single_statement
from indelible.money import ReconciliationFilter
from indelible.money.errors.payments import PaymentsNotConfigured
from indelible.money.errors.payouts import ReconciliationNotFound
from indelible.money.tasks.reconciling import STAGES
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page
from indelible_web.http.request import OPS
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.http.views import view_of
from indelible_web.money.admin_lists import page_of_heads
from indelible_web.money.admin_queries import (
    DiscrepancyQuery,
    ReconciliationBody,
    ReconciliationListQuery,
    ReconciliationQuery,
)
from indelible_web.money.admin_schemas import DiscrepancyView, ReconciliationView, RequestedTaskView
from indelible_web.money.starting import require_gateway

REQUESTED: Final = "operator"  # the task that an operator requests, beside the recurring one

routes = Routes("money_reconciliations", "Comparisons of the books with Stripe, for operators.")


@routes.pages(
    "GET /payments/reconciliations",
    OPS,
    request_type=ReconciliationListQuery,
    response_type=ReconciliationView,
    reads_with_key=True,
)
def list_reconciliations(
    context: OperationContext, query: ReconciliationListQuery
) -> Page[ReconciliationView]:
    """List the reconciliations, newest first."""
    return page_of_heads(
        context,
        query,
        lambda tx: tx.money.reconciliations,
        ReconciliationFilter(order=ListOrder.NEWEST),
        ReconciliationView,
        scope=query.scope,
    )


@routes.add(
    "GET /payments/reconciliations/<reconciliation_id>",
    OPS,
    request_type=ReconciliationQuery,
    response_type=ReconciliationView,
    errors=(ReconciliationNotFound,),
    reads_with_key=True,
    shows_head_alone=True,
)
def get_reconciliation(context: OperationContext, query: ReconciliationQuery) -> ReconciliationView:
    """Show a reconciliation and the rules that it has applied."""
    return context.read(read_reconciliation, query.reconciliation_id)


@routes.pages(
    "GET /payments/reconciliations/<reconciliation_id>/discrepancies",
    OPS,
    request_type=DiscrepancyQuery,
    response_type=DiscrepancyView,
    errors=(ReconciliationNotFound,),
)
def list_reconciliation_discrepancies(
    context: OperationContext, query: DiscrepancyQuery
) -> Page[DiscrepancyView]:
    """List the discrepancies of a reconciliation in order."""
    cursors = context.cursors(query)
    views = context.store.read(
        read_discrepancies,
        query.reconciliation_id,
        after=int(cursors.start() or 0),
        limit=query.limit + 1,
    )
    return cursors.page(views, lambda view: view.number)


@routes.add(
    "POST /payments/reconciliations",
    OPS,
    request_type=ReconciliationBody,
    response_type=RequestedTaskView,
    requires_idempotency_key=True,
    errors=(PaymentsNotConfigured,),
)
def start_reconciliation(context: OperationContext, body: ReconciliationBody) -> RequestedTaskView:
    """Let a worker compare the books with Stripe now; the report appears in the list."""
    return request_reconciliation(context, body)


def request_reconciliation(
    context: OperationContext, body: ReconciliationBody
) -> RequestedTaskView:
    """Make a reconciliation due.

    Raises:
        PaymentsNotConfigured: The service has no key of Stripe.
    """
    require_gateway(context)

    def request(tx: WriteTx, command: ReconciliationBody) -> RequestedTaskView:
        stage = STAGES[command.scope]
        tx.tasks.enqueue(stage, {REQUESTED: tx.clock.now()})
        return RequestedTaskView(stage=stage, entity_id=REQUESTED)

    return context.run_recorded(request, body)


@single_statement
def read_reconciliation(tx: ReadTx, reconciliation_id: str) -> ReconciliationView:
    """Return a reconciliation.

    Raises:
        ReconciliationNotFound: There is no such reconciliation.
    """
    return view_of(ReconciliationView, tx.money.reconciliations.get(reconciliation_id))


def read_discrepancies(
    tx: ReadTx, reconciliation_id: str, *, after: int, limit: int
) -> tuple[DiscrepancyView, ...]:
    """Return the next discrepancies of a reconciliation.

    Raises:
        ReconciliationNotFound: There is no such reconciliation.
    """
    tx.money.reconciliations.get(reconciliation_id)
    discrepancies = tx.money.reconciliations.joins.discrepancies(
        reconciliation_id, after=after, limit=limit
    )
    return tuple(project(DiscrepancyView, discrepancy) for discrepancy in discrepancies)

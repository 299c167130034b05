"""The operator's reads of payouts: owed lines, transfers, attempts, jobs, and a look-up."""

from indelible import money
from indelible.app import ReadTx
from indelible.kernel import ListOrder
from indelible.money import OwedLine, PayoutJobFilter, TransferFilter, TransferObject
from indelible.money.errors.gateway import GatewayOutage
from indelible.money.errors.payments import PaymentsNotConfigured
from indelible.money.errors.payouts import PayoutJobNotFound, TransferNotFound
from indelible.money.queries.payouts import job_progress, stuck_transfers
from indelible.money.queries.transfers import cause_of, count_attempts, find_reissues, is_adopted
from indelible.money.repositories.reads import payee_of
from indelible.money.rules.payouts import TRANSFER_METADATA, transfer_group
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page
from indelible_web.http.request import OPS
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.http.views import view_of
from indelible_web.money.admin_lists import page_of_heads
from indelible_web.money.admin_queries import (
    AttemptsQuery,
    JobListQuery,
    JobProgressQuery,
    OwedQuery,
    StuckQuery,
    TransferListQuery,
    TransferQuery,
)
from indelible_web.money.payout_schemas import (
    FoundTransferView,
    JobProgressView,
    LookupView,
    OwedLineView,
    PayoutJobView,
    StateCount,
    TransferAttemptView,
    TransferDetailView,
    TransferView,
)
from indelible_web.money.starting import require_gateway, stripe_errors

LINE_SEPARATOR = "|"

routes = Routes("money_payout_reads", "Reads of payouts, for operators.")


@routes.pages("GET /payouts/owed", OPS, request_type=OwedQuery, response_type=OwedLineView)
def list_owed_lines(context: OperationContext, query: OwedQuery) -> Page[OwedLineView]:
    """List what parties are owed and nobody has paid."""
    cursors = context.cursors(query)
    lines = context.store.read(
        read_owed, query, after=line_name(cursors.start()), limit=query.limit + 1
    )
    return cursors.page(lines, lambda line: f"{line.movement_id}{LINE_SEPARATOR}{line.number}")


@routes.pages(
    "GET /payouts/transfers",
    OPS,
    request_type=TransferListQuery,
    response_type=TransferView,
    reads_with_key=True,
)
def list_payout_transfers(
    context: OperationContext, query: TransferListQuery
) -> Page[TransferView]:
    """List the transfers, newest first."""
    return page_of_heads(
        context,
        query,
        lambda tx: tx.money.transfers,
        TransferFilter(status=query.status, order=ListOrder.NEWEST),
        TransferView,
        job_id=query.job_id,
        reference=query.reference,
        party=query.party,
    )


@routes.pages("GET /payouts/stuck", OPS, request_type=StuckQuery, response_type=TransferView)
def list_stuck_transfers(context: OperationContext, query: StuckQuery) -> Page[TransferView]:
    """List transfers that have not ended and do not change, oldest first; there is one page."""
    views = context.store.read(read_stuck, context, query)
    return Page(items=views, next=None)


@routes.add(
    "GET /payouts/transfers/<transfer_id>",
    OPS,
    request_type=TransferQuery,
    response_type=TransferDetailView,
    errors=(TransferNotFound,),
)
def get_payout_transfer(context: OperationContext, query: TransferQuery) -> TransferDetailView:
    """Show a transfer with its state, the reason for it, and what replaces it."""
    return context.store.read(read_transfer, query.transfer_id)


@routes.pages(
    "GET /payouts/transfers/<transfer_id>/attempts",
    OPS,
    request_type=AttemptsQuery,
    response_type=TransferAttemptView,
    errors=(TransferNotFound,),
)
def list_transfer_attempts(
    context: OperationContext, query: AttemptsQuery
) -> Page[TransferAttemptView]:
    """List the requests to Stripe about a transfer, oldest first."""
    cursors = context.cursors(query)
    views = context.store.read(
        read_attempts, query.transfer_id, after=int(cursors.start() or 0), limit=query.limit + 1
    )
    return cursors.page(views, lambda view: view.number)


@routes.add(
    "GET /payouts/transfers/<transfer_id>/lookup",
    OPS,
    request_type=TransferQuery,
    response_type=LookupView,
    errors=(GatewayOutage, PaymentsNotConfigured, TransferNotFound),
)
def look_up_transfer(context: OperationContext, query: TransferQuery) -> LookupView:
    """Ask Stripe for the transfers that name this one; nothing is changed."""
    return look_up(context, query.transfer_id)


@routes.pages(
    "GET /payouts/jobs",
    OPS,
    request_type=JobListQuery,
    response_type=PayoutJobView,
    reads_with_key=True,
)
def list_payout_jobs(context: OperationContext, query: JobListQuery) -> Page[PayoutJobView]:
    """List the payout jobs, newest first."""
    return page_of_heads(
        context,
        query,
        lambda tx: tx.money.payout_jobs,
        PayoutJobFilter(status=query.status, order=ListOrder.NEWEST),
        PayoutJobView,
    )


@routes.add(
    "GET /payouts/jobs/<settlement_id>",
    OPS,
    request_type=JobProgressQuery,
    response_type=JobProgressView,
    errors=(PayoutJobNotFound,),
)
def get_payout_job(context: OperationContext, query: JobProgressQuery) -> JobProgressView:
    """Show how far the payout of a settlement is."""
    return context.store.read(read_progress, query.settlement_id)


def look_up(context: OperationContext, transfer_id: str) -> LookupView:
    """Return a transfer and those at Stripe that name it; no transaction is open meanwhile.

    Raises:
        TransferNotFound: There is no such transfer.
        GatewayOutage: Stripe did not answer.
    """
    gateway = require_gateway(context)
    transfer = context.store.read(read_transfer, transfer_id)
    matches: list[FoundTransferView] = []
    with stripe_errors():
        for reported in gateway.list_transfers(transfer_group(transfer.reference)):
            if reported.metadata.get(TRANSFER_METADATA) == transfer_id:
                matches.append(_match(reported))

    return LookupView(transfer=transfer, matches=tuple(matches))


def read_owed(
    tx: ReadTx, query: OwedQuery, *, after: tuple[str, int], limit: int
) -> tuple[OwedLineView, ...]:
    """Return the next unpaid owed lines, each with the transfer that is to pay it."""
    lines = money.owed_lines(
        tx, reference=query.reference, party=query.party, after=after, limit=limit
    )
    return tuple(owed_view(tx, line) for line in lines)


def owed_view(tx: ReadTx, line: OwedLine) -> OwedLineView:
    """Return an owed line with its cause, and with the transfer that is to pay it."""
    head = tx.money.transfers.joins.of_owed_line(line.movement_id, line.number)
    cause = cause_of(tx, line)
    return project(
        OwedLineView,
        line,
        settlement_id=cause.settlement_id,
        reversed_transfer_id=cause.transfer_id,
        transfer_id=None if head is None else head.entity.id,
    )


def line_name(position: str) -> tuple[str, int]:
    """Return the name of the owed line after which a page begins."""
    movement_id, _, number = position.partition(LINE_SEPARATOR)
    return movement_id, int(number or 0)


def read_transfer(tx: ReadTx, transfer_id: str) -> TransferDetailView:
    """Return a transfer with its requests, what replaces it, and its payee.

    Raises:
        TransferNotFound: There is no such transfer.
    """
    head = tx.money.transfers.get(transfer_id)
    attempts = count_attempts(tx, transfer_id)
    reissues = find_reissues(tx, head.entity)
    payee = payee_of(tx, head.entity)
    return view_of(
        TransferDetailView,
        head,
        calls=attempts.calls,
        look_ups=attempts.look_ups,
        is_adopted=is_adopted(head.entity.status, attempts),
        reissued_as=reissues.transfer_ids,
        can_reissue=reissues.is_possible,
        payee_status=None if payee is None else payee.status,
        payee_destination=None if payee is None else payee.destination,
        payee_destination_set_by=None if payee is None else payee.destination_set_by,
    )


def read_stuck(
    tx: ReadTx, context: OperationContext, query: StuckQuery
) -> tuple[TransferView, ...]:
    """Return transfers that have not ended and did not change for some minutes."""
    stuck = stuck_transfers(tx, context.clock.now(), minutes=query.stuck_minutes, limit=query.limit)
    return tuple(view_of(TransferView, head) for head in stuck)


def read_attempts(
    tx: ReadTx, transfer_id: str, *, after: int, limit: int
) -> tuple[TransferAttemptView, ...]:
    """Return the next attempts of a transfer.

    Raises:
        TransferNotFound: There is no such transfer.
    """
    tx.money.transfers.get(transfer_id)
    attempts = tx.money.transfers.attempts(transfer_id, after=after, limit=limit)
    return tuple(project(TransferAttemptView, attempt) for attempt in attempts)


def read_progress(tx: ReadTx, settlement_id: str) -> JobProgressView:
    """Return how far a payout job is.

    Raises:
        PayoutJobNotFound: The settlement has no payout job.
    """
    progress = job_progress(tx, settlement_id)
    states = [
        StateCount(status=status, transfers=number)
        for status, number in sorted(progress.states.items())
    ]
    return JobProgressView(
        id=progress.job.id,
        status=progress.job.status,
        transfer_count=progress.job.transfer_count,
        ended=progress.ended,
        states=tuple(states),
    )


def _match(reported: TransferObject) -> FoundTransferView:
    return project(FoundTransferView, reported, stripe_transfer_id=reported.id)

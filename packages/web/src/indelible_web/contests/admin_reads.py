"""The operator's reads of contests: events, faults, bytes, fetches, runs."""

from collections.abc import Callable
from typing import Final, TypeVar

from indelible.app import ReadTx
from indelible.contests import EventFault
from indelible.contests.errors import FetchWithoutPayload, RunNotFound
from indelible.kernel.transaction import single_statement
from indelible_web.contests.admin_schemas import (
    EventView,
    FaultView,
    FetchView,
    LineView,
    RunView,
)
from indelible_web.contests.queries import (
    ContestPageQuery,
    ContestQuery,
    EventQuery,
    FaultListQuery,
    FetchListQuery,
    FetchQuery,
    RunLinesQuery,
    RunQuery,
)
from indelible_web.http.downloads import Download, download_of
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.request import OPS
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes

MAX_RUNS: Final = 100

NumberedQuery = TypeVar("NumberedQuery", bound=PageQuery)
NumberedView = TypeVar("NumberedView", EventView, LineView, FetchView)

routes = Routes("contests_reads", "Reads of contests, for operators.")


@routes.pages(
    "GET /contests/<contest_id>/ingestion-events",
    OPS,
    request_type=ContestPageQuery,
    response_type=EventView,
)
def list_ingestion_events(context: OperationContext, query: ContestPageQuery) -> Page[EventView]:
    """List the events of a contest's log, oldest first, valid or not."""
    return numbered_page(context, query, read_events)


@routes.add(
    "GET /contests/<contest_id>/ingestion-events/<number>/payload",
    OPS,
    request_type=EventQuery,
    response_type=Download,
)
def get_event_payload(context: OperationContext, query: EventQuery) -> Download:
    """Return the bytes of the provider that an event rests on, as they were received."""
    return context.store.read(event_payload, query.contest_id, query.number)


@routes.pages(
    "GET /contests/<contest_id>/validation-errors",
    OPS,
    request_type=FaultListQuery,
    response_type=FaultView,
)
def list_validation_errors(context: OperationContext, query: FaultListQuery) -> Page[FaultView]:
    """List the faults of a contest's events in their order, or those of one event."""
    cursors = context.cursors(query)
    event_number, number = position_in_faults(cursors.start(), query.event_number)
    faults = context.store.read(
        read_faults,
        query.contest_id,
        event_number,
        number,
        limit=query.limit + 1,
        is_single=query.event_number is not None,
    )
    views = [project(FaultView, fault) for fault in faults]
    return cursors.page(views, lambda view: f"{view.event_number}:{view.number}")


@routes.pages(
    "GET /contests/<contest_id>/settlement-audit",
    OPS,
    request_type=ContestQuery,
    response_type=RunView,
)
def list_settlement_runs(context: OperationContext, query: ContestQuery) -> Page[RunView]:
    """List the settlement runs of a contest, newest first; there is one page."""
    runs = context.store.read(read_runs, query.contest_id)
    return Page(items=runs, next=None)


@routes.add(
    "GET /contests/<contest_id>/settlement-audit/<run_id>",
    OPS,
    request_type=RunQuery,
    response_type=RunView,
    reads_with_key=True,
    shows_head_alone=True,
)
def get_settlement_run(context: OperationContext, query: RunQuery) -> RunView:
    """Show a settlement run with the digests of its input and of its result."""
    return context.read(read_run, query.contest_id, query.run_id)


@routes.pages(
    "GET /contests/<contest_id>/settlement-audit/<run_id>/lines",
    OPS,
    request_type=RunLinesQuery,
    response_type=LineView,
)
def list_settlement_lines(context: OperationContext, query: RunLinesQuery) -> Page[LineView]:
    """List the lines of a settlement run in the order of their ranks."""
    return numbered_page(context, query, read_lines)


@routes.pages(
    "GET /tournaments/<provider_event_id>/fetches",
    OPS,
    request_type=FetchListQuery,
    response_type=FetchView,
)
def list_fetches(context: OperationContext, query: FetchListQuery) -> Page[FetchView]:
    """List the fetches of a tournament's data, oldest first, successful or not."""
    return numbered_page(context, query, read_fetches)


@routes.add(
    "GET /tournaments/<provider_event_id>/fetches/<number>/payload",
    OPS,
    request_type=FetchQuery,
    response_type=Download,
)
def get_fetch_payload(context: OperationContext, query: FetchQuery) -> Download:
    """Return the bytes that a fetch received, also of an error's answer."""
    return context.store.read(fetch_payload, query.provider_event_id, query.number)


def numbered_page(
    context: OperationContext,
    query: NumberedQuery,
    read: Callable[[ReadTx, NumberedQuery, int, int], tuple[NumberedView, ...]],
) -> Page[NumberedView]:
    """Return a page of numbered records, in the order of their numbers.

    `read` gets the number of the last record of the page before, and the maximum of records.
    """
    cursors = context.cursors(query)
    views = context.store.read(read, query, int(cursors.start() or 0), query.limit + 1)
    return cursors.page(views, lambda view: view.number)


def read_events(
    tx: ReadTx, query: ContestPageQuery, after: int, limit: int
) -> tuple[EventView, ...]:
    """Return the next events of a contest after a number.

    Raises:
        ContestNotFound: There is no such contest.
    """
    tx.contests.contests.get(query.contest_id)
    events = tx.contests.logs.events(query.contest_id, after=after, limit=limit)
    return tuple(project(EventView, event) for event in events)


def event_payload(tx: ReadTx, contest_id: str, number: int) -> Download:
    """Return the bytes of an event.

    Raises:
        ContestNotFound: There is no such contest.
        EventNotFound: The contest has no such event.
    """
    tx.contests.contests.get(contest_id)
    event = tx.contests.logs.event(contest_id, number)
    return download_of(tx.payloads.get(event.payload_digest))


def position_in_faults(position: str, event_number: int | None) -> tuple[int, int]:
    """Return the event and the fault after which a page begins."""
    event_text, _, number_text = position.partition(":")
    if event_text:
        return int(event_text), int(number_text)

    return event_number or 0, 0


def read_faults(
    tx: ReadTx, contest_id: str, event_number: int, number: int, *, limit: int, is_single: bool
) -> tuple[EventFault, ...]:
    """Return the next faults of a contest after a position, of one event or of all later ones.

    Raises:
        ContestNotFound: There is no such contest.
    """
    tx.contests.contests.get(contest_id)
    if is_single:
        return tx.contests.logs.joins.faults(contest_id, event_number, after=number, limit=limit)
    return tx.contests.logs.joins.faults_after(contest_id, event_number, number, limit=limit)


def read_runs(tx: ReadTx, contest_id: str) -> tuple[RunView, ...]:
    """Return the last settlement runs of a contest, newest first.

    Raises:
        ContestNotFound: There is no such contest.
    """
    tx.contests.contests.get(contest_id)
    views: list[RunView] = []
    for head in tx.contests.runs.of_contest(contest_id, limit=MAX_RUNS):
        views.append(project(RunView, head.entity, seq=head.revision.seq))

    return tuple(views)


@single_statement
def read_run(tx: ReadTx, contest_id: str, run_id: str) -> RunView:
    """Return a settlement run of a contest.

    Raises:
        RunNotFound: There is none, or it belongs to another contest.
    """
    head = tx.contests.runs.get(run_id)
    if head.entity.contest_id != contest_id:
        raise RunNotFound(run_id)

    return project(RunView, head.entity, seq=head.revision.seq)


def read_lines(tx: ReadTx, query: RunLinesQuery, after: int, limit: int) -> tuple[LineView, ...]:
    """Return the next lines of a run of a contest after a number.

    Raises:
        RunNotFound: There is no such run, or it belongs to another contest.
    """
    read_run(tx, query.contest_id, query.run_id)
    lines = tx.contests.runs.joins.lines(query.run_id, after=after, limit=limit)
    return tuple(project(LineView, line) for line in lines)


def read_fetches(
    tx: ReadTx, query: FetchListQuery, after: int, limit: int
) -> tuple[FetchView, ...]:
    """Return the next fetches of a tournament after a number.

    Raises:
        FeedNotFound: No contest was ever published for the tournament.
    """
    tx.contests.feeds.get(query.provider_event_id)
    fetches = tx.contests.feeds.fetches(query.provider_event_id, after=after, limit=limit)
    return tuple(project(FetchView, fetch) for fetch in fetches)


def fetch_payload(tx: ReadTx, provider_event_id: str, number: int) -> Download:
    """Return the bytes of a fetch.

    Raises:
        FetchNotFound: There is no such fetch.
        FetchWithoutPayload: The fetch received no bytes.
    """
    fetch = tx.contests.feeds.fetch(provider_event_id, number)
    if fetch.payload_digest is None:
        raise FetchWithoutPayload(provider_event_id, number, fetch.outcome.value)

    return download_of(tx.payloads.get(fetch.payload_digest))

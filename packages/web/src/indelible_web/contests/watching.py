"""Contests as operators watch them: the next step, the alerts, the log and the newest fetch."""

from datetime import datetime
from typing import Final

from attrs import frozen

from indelible.app import ReadTx
from indelible.contests import Contest, ContestLog, ContestStatus, log_state
from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.entities.values import EventKind, Validity
from indelible.contests.rules.alerts import AlertCode
from indelible.contests.rules.terminal import settlement_due
from indelible.kernel import Head
from indelible_web.contests.admin_schemas import FetchView, LogView
from indelible_web.contests.details import configuration_of, contest_error
from indelible_web.contests.listing import OPERATOR_STATES, list_contests, position_of
from indelible_web.contests.overview import contest_alerts, next_step
from indelible_web.contests.queries import ContestListQuery, ContestQuery
from indelible_web.contests.schemas import ContestError
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page
from indelible_web.http.request import OPS
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.http.views import view_of

routes: Final = Routes("contests_watched", "Contests as operators watch them.")


@frozen(kw_only=True)
class ContestAlertView:
    """An alert: its name, a sentence, and True if it cannot wait."""

    code: AlertCode
    message: str
    is_critical: bool


@frozen(kw_only=True)
class NextStepView:
    """The next transition of a contest: its time if it is known, or what it waits for."""

    action: str
    at: datetime | None
    is_overdue: bool
    waits_for: str


@frozen(kw_only=True)
class EventSummary:
    """The newest event of a contest's log, without its content."""

    number: int
    kind: EventKind
    validity: Validity
    fault_count: int
    fetched_at: datetime


@frozen(kw_only=True)
class WatchedContestView:
    """A contest with what can stop it."""

    id: str
    contest_name: str
    provider_event_id: str
    status: ContestStatus
    next_step: NextStepView | None
    alerts: tuple[ContestAlertView, ...]
    error: ContestError | None
    log: LogView
    lag_seconds: int | None
    newest_fetch: FetchView | None
    newest_event: EventSummary | None
    seq: int


@routes.pages("GET /contests", OPS, request_type=ContestListQuery, response_type=WatchedContestView)
def list_watched_contests(
    context: OperationContext, query: ContestListQuery
) -> Page[WatchedContestView]:
    """List contests with what can stop them: those in ERROR first, then those that are played."""
    cursors = context.cursors(query)
    states = tuple(state for state in OPERATOR_STATES if query.status in (None, state))

    def read(tx: ReadTx) -> list[tuple[str, WatchedContestView]]:
        heads = list_contests(tx, states, query, after=cursors.start(), limit=query.limit + 1)
        return [
            (position_of(head.entity), _watched(tx, head, context.clock.now())) for head in heads
        ]

    page = cursors.page(context.store.read(read), lambda row: row[0])
    return Page(items=tuple(view for _, view in page.items), next=page.next)


@routes.add(
    "GET /contests/<contest_id>", OPS, request_type=ContestQuery, response_type=WatchedContestView
)
def get_watched_contest(context: OperationContext, query: ContestQuery) -> WatchedContestView:
    """Show a contest with what can stop it, also one in ERROR."""

    def read(tx: ReadTx) -> WatchedContestView:
        head = tx.contests.contests.get(query.contest_id)
        return _watched(tx, head, context.clock.now())

    return context.store.read(read)


def _watched(tx: ReadTx, head: Head[Contest], now: datetime) -> WatchedContestView:
    contest = head.entity
    configuration = configuration_of(tx, contest)
    log_head = tx.contests.logs.get(contest.id)
    log = log_head.entity
    state = log_state(tx, contest.id)
    step = next_step(contest, settlement_due(state, configuration, log.marks), now)
    feed = tx.contests.feeds.get(contest.provider_event_id).entity
    observed_at = feed.last_success_at
    current_alerts = contest_alerts(tx, contest, log, state, configuration, observed_at, now)

    return project(
        WatchedContestView,
        contest,
        next_step=None if step is None else project(NextStepView, step),
        alerts=tuple(project(ContestAlertView, alert) for alert in current_alerts),
        error=contest_error(contest),
        log=view_of(LogView, log_head, contest_id=contest.id),
        lag_seconds=_seconds_since(observed_at, now),
        newest_fetch=_newest_fetch(tx, feed),
        newest_event=_newest_event(tx, log),
        seq=head.revision.seq,
    )


def _newest_fetch(tx: ReadTx, feed: ProviderFeed) -> FetchView | None:
    if not feed.fetch_number:
        return None
    return project(FetchView, tx.contests.feeds.fetch(feed.id, feed.fetch_number))


def _newest_event(tx: ReadTx, log: ContestLog) -> EventSummary | None:
    if not log.event_number:
        return None
    return project(EventSummary, tx.contests.logs.event(log.id, log.event_number))


def _seconds_since(instant: datetime | None, now: datetime) -> int | None:
    return None if instant is None else max(0, int((now - instant).total_seconds()))

"""The console's list of contests, by state."""

from typing import Final

from attrs import evolve, frozen
from flask import request
from werkzeug.wrappers import Response

from indelible.app import ReadTx
from indelible.contests import CONTEST, CONTEST_LOG, ENTRY, PROVIDER_FEED, SETTLEMENT_RUN
from indelible.kernel.rejections import Rejection, list_rejections
from indelible_web.console.context import ConsoleContext
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage, label_actions
from indelible_web.contests.listing import (
    list_contests as list_visible,
)
from indelible_web.contests.listing import position_of, visible_states
from indelible_web.contests.overview import ContestRow, contest_row
from indelible_web.contests.queries import ContestListQuery
from indelible_web.contests.routes import READ
from indelible_web.contests.viewers import Viewer
from indelible_web.http.request import OPS

READERS: Final = (READ, OPS)  # The scopes that open the pages of contests.
MAX_CONTESTS: Final = 50  # Of one page of the list.
MAX_REJECTIONS: Final = 10
ACTION_LABELS: Final = label_actions(
    (CONTEST, ENTRY, CONTEST_LOG, PROVIDER_FEED, SETTLEMENT_RUN),
    {
        "publish": "Published",
        "configure": "Configured",
        "lock": "Locked",
        "force_lock": "Locked early",
        "start": "Started",
        "complete": "Completed",
        "cancel": "Canceled",
        "cancel_by_provider": "Canceled with the tournament",
        "cancel_unfilled": "Canceled for too few entries",
        "cancel_shortened": "Canceled for too few rounds",
        "fail": "Failed",
        "resolve_complete": "Settled after an error",
        "resolve_cancel": "Canceled after an error",
        "resume_scheduled": "Resumed",
        "resume_locked": "Resumed",
        "resume_live": "Resumed",
        "enter": "Entered",
        "enter_free": "Entered",
        "set_roster": "Set the roster of",
        "activate": "Activated",
        "reject": "Rejected",
        "refund": "Refunded",
        "void": "Voided",
        "reinstate": "Reinstated",
        "open": "Opened",
        "append": "Added an event to",
        "correct": "Corrected",
        "skip": "Found nothing new for",
        "pause": "Paused",
        "resume": "Resumed",
        "fetch": "Fetched",
        "stop": "Stopped",
        "poll": "Polled again",
    },
)


@frozen(kw_only=True)
class ListPage:
    """A page of contests, the numbers of all by state, and the newest records of commands."""

    rows: tuple[ContestRow, ...]
    counts: tuple[tuple[str, int], ...]
    rejections: tuple[Rejection, ...]


def list_contests(console: ConsoleContext) -> Response:
    """Render the list of contests by state; operators also see commands without an effect."""
    context = console.operation(scope=READERS)
    query = parse_fields(ContestListQuery, request.args)
    query = evolve(query, limit=min(query.limit, MAX_CONTESTS))
    cursors = context.cursors(query)
    viewer = Viewer.of(context)
    page = context.store.read(
        _read_list, viewer, query, after=cursors.start(), limit=query.limit + 1
    )

    return render_page(
        "contests/contests",
        query=query,
        page=cursors.page(page.rows, lambda row: position_of(row.contest)),
        counts=page.counts,
        rejections=page.rejections,
        now=viewer.now,
        is_operator=viewer.is_operator,
    )


def _read_list(
    tx: ReadTx, viewer: Viewer, query: ContestListQuery, *, after: str, limit: int
) -> ListPage:
    states = visible_states(viewer, query.status)
    heads = list_visible(tx, states, query, after=after, limit=limit)
    rejections: tuple[Rejection, ...] = ()
    if viewer.is_operator:
        rejections = list_rejections(tx, limit=MAX_REJECTIONS)

    return ListPage(
        rows=tuple(contest_row(tx, head.entity, viewer.now) for head in heads),
        counts=_counts(tx, viewer),
        rejections=rejections,
    )


def _counts(tx: ReadTx, viewer: Viewer) -> tuple[tuple[str, int], ...]:
    """Return the number of contests in each state that the viewer's list shows."""
    numbers = tx.contests.contests.count_by_status()
    counts: list[tuple[str, int]] = []
    for state in visible_states(viewer, None):
        counts.append((state.value, numbers.get(state, 0)))

    return tuple(counts)


PAGES: Final = (ConsolePage(rule="/contests", view=list_contests, reads_standby=True),)

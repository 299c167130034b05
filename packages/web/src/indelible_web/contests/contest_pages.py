"""The console's page of a contest, which follows the contest while it is open."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from attrs import field, frozen
from flask import copy_current_request_context, render_template, request
from werkzeug.wrappers import Response

from indelible.app import ReadTx
from indelible.contests import CONTEST, CONTEST_LOG, ENTRY, PROVIDER_FEED, SETTLEMENT_RUN
from indelible.kernel import Change, Feed, IndelibleError
from indelible.kernel.kinds import Identifier, kinds
from indelible.kernel.money import Money
from indelible.kernel.values import IDENTIFIER, is_text
from indelible_web.console.context import ConsoleContext
from indelible_web.console.events import HEARTBEAT, event_frame, event_stream, mode_frame
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage
from indelible_web.contests.admin_reads import event_payload
from indelible_web.contests.contest_reads import ContestPage, read_contest_page, read_revision
from indelible_web.contests.late_changes import LateChange, late_change, read_late_input
from indelible_web.contests.pages import READERS
from indelible_web.contests.queries import EventQuery
from indelible_web.contests.viewers import Viewer
from indelible_web.http.downloads import download_response
from indelible_web.http.operation import OperationContext
from indelible_web.http.request import OPS

# The lifecycles whose changes are about a contest without naming it in their entity's id.
RELATED = frozenset({ENTRY.name, SETTLEMENT_RUN.name, PROVIDER_FEED.name})


@frozen(kw_only=True, field_transformer=kinds)
class ContestPathQuery:
    """The query for one contest."""

    contest_id: Identifier


@frozen(kw_only=True)
class ContestStreamQuery(ContestPathQuery):
    """The query for what a page with this revision does not show yet."""

    after: str = field(default="", validator=is_text, metadata=IDENTIFIER)


@frozen(kw_only=True)
class LoadedPage:
    """A contest's page with what is computed outside of its transaction."""

    page: ContestPage
    late: LateChange | None
    is_operator: bool
    is_administrator: bool


def contest(
    console: ConsoleContext, contest_id: str, error: IndelibleError | None = None
) -> Response:
    """Render a contest; after an error the forms keep the reason."""
    context = console.operation(scope=READERS)
    query = parse_fields(ContestPathQuery, {}, contest_id=contest_id)
    loaded = load_page(context, query.contest_id)

    return render_page(
        "contests/contest",
        error=error,
        once=console.app_context.ids.new(),
        reason=request.form.get("reason", ""),
        **template_values(loaded),
    )


def contest_stream(console: ConsoleContext, contest_id: str) -> Response:
    """Stream the parts of a contest's page that change, as server-sent events.

    If too many streams are open, the answer is the state of now, and the browser polls.
    """
    context = console.operation(scope=READERS)
    after = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    query = parse_fields(ContestStreamQuery, {"after": after}, contest_id=contest_id)
    cursor = context.store.read(_newest_cursor, Viewer.of(context), query.contest_id)

    # The request ends before its stream, so that its context must be copied now.
    render = copy_current_request_context(_update_event)

    def next_event(revision: str) -> tuple[str, str]:
        viewer = Viewer.of(context)
        if context.store.read(read_revision, viewer, query.contest_id) == revision:
            return "", revision
        loaded = load_page(context, query.contest_id)
        return render(console, loaded), loaded.page.revision

    streams = console.streams
    if not streams.enter():
        # An answer of known length keeps the connection open for the next poll.
        return event_stream("".join(_frames(query, next_event, (), "polled")))

    response = event_stream(_frames(query, next_event, streams.follow(cursor), "open"))
    response.call_on_close(streams.leave)
    return response


def contest_payload(console: ConsoleContext, contest_id: str, number: str) -> Response:
    """Send the provider's bytes that an event rests on, as a file; for operators."""
    context = console.operation(scope=OPS)
    query = parse_fields(EventQuery, {}, contest_id=contest_id, number=number)

    return download_response(context.store.read(event_payload, query.contest_id, query.number))


def load_page(context: OperationContext, contest_id: str) -> LoadedPage:
    """Return a contest's page; the difference of a late change is computed after the read.

    Raises:
        ContestNotFound: There is no contest that the caller may see.
    """
    viewer = Viewer.of(context)
    page = context.store.read(read_contest_page, viewer, contest_id)
    late = None
    if viewer.is_operator:
        late_input = context.store.read(read_late_input, page.contest)
        late = None if late_input is None else late_change(late_input)

    return LoadedPage(
        page=page,
        late=late,
        is_operator=viewer.is_operator,
        is_administrator=viewer.is_administrator,
    )


def template_values(loaded: LoadedPage) -> dict[str, Any]:
    """Return the values of the templates of a contest's page."""
    currency = loaded.page.contest.currency

    def money(amount_minor: int) -> str:
        return Money(amount_minor, currency).text()

    return {
        "page": loaded.page,
        "late": loaded.late,
        "is_operator": loaded.is_operator,
        "is_administrator": loaded.is_administrator,
        "money": money,
    }


def _newest_cursor(tx: ReadTx, viewer: Viewer, contest_id: str) -> str:
    """Return where the feed goes on; the viewer must be able to see the contest."""
    read_revision(tx, viewer, contest_id)
    return tx.history.newest(limit=1).cursor


def _frames(
    query: ContestStreamQuery,
    next_event: Callable[[str], tuple[str, str]],
    feeds: Iterable[Feed],
    mode: str,
) -> Iterator[str]:
    """Yield the frames of a stream: what the page lacks, then what the feed announces."""
    yield mode_frame(mode)
    try:
        event, revision = next_event(query.after)
        if event:
            yield event

        for feed in feeds:
            event = ""
            if _may_concern(feed.changes, query.contest_id):
                event, revision = next_event(revision)
            yield event or HEARTBEAT
    except IndelibleError:
        return  # The browser reconnects, and its session is checked again.


def _may_concern(changes: Iterable[Change], contest_id: str) -> bool:
    """Return True if a change is of the contest, or of something that may belong to it."""
    for change in changes:
        if change.lifecycle in RELATED:
            return True
        if change.lifecycle in (CONTEST.name, CONTEST_LOG.name) and change.entity_id == contest_id:
            return True

    return False


def _update_event(console: ConsoleContext, loaded: LoadedPage) -> str:
    text = render_template(
        "contests/_update.html",
        once=console.app_context.ids.new(),
        reason="",
        **template_values(loaded),
    )
    return event_frame("contest", text, event_id=loaded.page.revision)


PAGES = (
    ConsolePage(rule="/contests/<contest_id>", view=contest),
    ConsolePage(rule="/contests/<contest_id>/stream", view=contest_stream, is_live=True),
    ConsolePage(rule="/contests/<contest_id>/events/<number>/payload", view=contest_payload),
)

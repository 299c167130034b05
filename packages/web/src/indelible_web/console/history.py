"""The console's page of history: the newest changes, later ones, and a live stream."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen
from flask import Response, copy_current_request_context, render_template, request

from indelible.app import ReadTx
from indelible.kernel import Change, Feed
from indelible_web.console.context import ConsoleContext
from indelible_web.console.layout import HEADERS, parse_fields, render_page
from indelible_web.console.page import ConsolePage, EntityLink, EntityLinks, NavItem
from indelible_web.http.paging import Cursors, PageQuery

PAGE_SIZE: Final = 50
RETRY_MILLISECONDS: Final = 700  # The pause after which a browser reconnects.
HEARTBEAT: Final = ": heartbeat\n\n"  # A comment, which keeps the connection open.
FROM_BEGINNING: Final = "beginning"


@frozen(kw_only=True)
class ListedChange:
    """A change, and a link to its entity if the entity has a page."""

    change: Change
    link: EntityLink | None = None


def history(console: ConsoleContext) -> Response:
    """Show the newest changes, or those after a cursor."""
    cursor = request.args.get("cursor")
    cursors = _cursors(console, cursor)
    store = console.app_context.store

    is_newest = not cursor and FROM_BEGINNING not in request.args
    if is_newest:
        feed = store.read(_newest_changes)
    else:
        feed = store.feed(after=cursors.start(), limit=PAGE_SIZE)
    changes = store.read(list_changes, feed.changes, console.entity_links)

    return render_page(
        "console/history",
        changes=changes[::-1] if is_newest else changes,
        is_newest=is_newest,
        is_full=len(changes) == PAGE_SIZE,
        cursor=cursors.after(feed.cursor),
    )


def stream(console: ConsoleContext) -> Response:
    """Stream the changes as server-sent events.

    If too many streams are open, the answer is what there is now, and the browser polls.
    """
    cursor = request.headers.get("Last-Event-ID") or request.args.get("cursor")
    cursors = _cursors(console, cursor)
    start = cursors.start()

    streams = console.streams
    if not streams.enter():
        frames = _frames(console, cursors, (streams.after(start),), "polled")
        # An answer of known length keeps the connection open for the next poll.
        return _event_stream("".join(frames))

    response = _event_stream(_frames(console, cursors, streams.follow(start), "open"))
    response.call_on_close(streams.leave)
    return response


def list_changes(
    tx: ReadTx, changes: Sequence[Change], entity_links: Mapping[str, EntityLinks]
) -> tuple[ListedChange, ...]:
    """Return the changes with links to their entities, in the same order."""
    links: dict[tuple[str, str], EntityLink] = {}
    for lifecycle, links_of in entity_links.items():
        ids = {change.entity_id for change in changes if change.lifecycle == lifecycle}
        for entity_id, link in links_of(tx, ids).items():
            links[lifecycle, entity_id] = link

    listed: list[ListedChange] = []
    for change in changes:
        entity = (change.lifecycle, change.entity_id)
        listed.append(ListedChange(change=change, link=links.get(entity)))

    return tuple(listed)


def _event_stream(frames: str | Iterator[str]) -> Response:
    headers = {**HEADERS, "X-Accel-Buffering": "no"}
    return Response(frames, headers=headers, content_type="text/event-stream")


def _frames(
    console: ConsoleContext, cursors: Cursors, feeds: Iterable[Feed], mode: str
) -> Iterator[str]:
    """Return the frames of an event stream. The first frame contains the mode.

    The mode is "open" when the stream stays open and is followed, "polled" when it ends at once
    because too many streams are open and the browser must ask again.
    """
    # The request ends before its stream, so that its context must be copied now.
    render_event = copy_current_request_context(_changes_event)

    def frames() -> Iterator[str]:
        yield f"retry: {RETRY_MILLISECONDS}\nevent: mode\ndata: {mode}\n\n"
        for feed in feeds:
            if feed.changes:
                yield render_event(console, feed.changes, cursors.after(feed.cursor))
            else:
                yield HEARTBEAT

    return frames()


def _changes_event(console: ConsoleContext, changes: Sequence[Change], cursor: str) -> str:
    """Return one event with all changes, so that its cursor is never ahead of what it shows."""
    listed = console.app_context.store.read(list_changes, changes, console.entity_links)
    items: list[str] = []
    for listed_change in reversed(listed):
        items.append(render_template("console/_change.html", listed=listed_change))

    lines = [line for line in "".join(items).splitlines() if line.strip()]
    data = "".join(f"data: {line}\n" for line in lines)

    return f"id: {cursor}\nevent: changes\n{data}\n"


def _cursors(console: ConsoleContext, cursor: str | None) -> Cursors:
    query = parse_fields(PageQuery, {"cursor": cursor or ""})
    return Cursors(console.secret, "console history", query)


def _newest_changes(tx: ReadTx) -> Feed:
    return tx.history.newest(limit=PAGE_SIZE)


PAGES: Final = (
    ConsolePage(rule="/history", view=history),
    ConsolePage(rule="/history/stream", view=stream, is_live=True),
)
NAV: Final = NavItem(key="history", label="History", endpoint="console.history")

"""The feed of all changes: the newest, those since, and those that come while somebody looks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from attrs import frozen
from flask import Response, copy_current_request_context, render_template, request

from indelible.app import ReadTx
from indelible.kernel import Change, Feed
from indelible_web.console.context import ConsoleContext
from indelible_web.console.layout import HEADERS, parse_fields, render_page
from indelible_web.console.page import ConsolePage, EntityLink, EntityLinks, NavItem
from indelible_web.http.paging import Cursors, PageQuery

SHOWN: Final = 50
RETRY_MILLISECONDS: Final = 700  # after which a browser asks again
STILL_HERE: Final = (
    ": still here\n\n"  # a comment, which keeps a line open and says whether anybody listens
)
FROM_BEGINNING: Final = "beginning"


@frozen(kw_only=True)
class ListedChange:
    """A change, and a link to its entity if the entity has a page."""

    change: Change
    link: EntityLink | None = None


def history(console: ConsoleContext) -> Response:
    """The newest changes, or those after a cursor."""
    cursors = _cursors(console, request.args.get("cursor"))
    is_newest = not request.args.get("cursor") and FROM_BEGINNING not in request.args
    store = console.app_context.store
    found = store.read(_newest) if is_newest else store.feed(after=cursors.start(), limit=SHOWN)
    told = store.read(list_changes, found.changes, console.entity_links)
    return render_page(
        "console/history",
        told=told[::-1] if is_newest else told,
        is_newest=is_newest,
        is_full=len(told) == SHOWN,
        cursor=cursors.after(found.cursor),
    )


def stream(console: ConsoleContext) -> Response:
    """The feed as server-sent events; where too many are open, what there is now, and the browser asks again."""
    cursors = _cursors(console, request.headers.get("Last-Event-ID") or request.args.get("cursor"))
    streams, start = console.streams, cursors.start()
    if not streams.enter():
        whole = "".join(
            _frames(console, cursors, (streams.after(start),), "polled")
        )  # of known length: the line stays up
        return _events(whole)
    answer = _events(_frames(console, cursors, streams.follow(start), "open"))
    answer.call_on_close(streams.leave)
    return answer


def _events(frames: str | Iterator[str]) -> Response:
    return Response(
        frames, headers={**HEADERS, "X-Accel-Buffering": "no"}, content_type="text/event-stream"
    )


def _frames(
    console: ConsoleContext, cursors: Cursors, feeds: Iterable[Feed], mode: str
) -> Iterator[str]:
    shown = copy_current_request_context(_shown)  # the request is over before its stream is
    return chain(
        (f"retry: {RETRY_MILLISECONDS}\nevent: mode\ndata: {mode}\n\n",),
        (
            shown(console, feed.changes, cursors.after(feed.cursor)) if feed.changes else STILL_HERE
            for feed in feeds
        ),
    )


def _shown(console: ConsoleContext, changes: Sequence[Change], cursor: str) -> str:
    """One event for all of them, so that the cursor it bears is never ahead of what was shown."""
    told = console.app_context.store.read(list_changes, changes, console.entity_links)
    text = "".join(render_template("console/_change.html", each=each) for each in reversed(told))
    lines = "".join(f"data: {line}\n" for line in text.splitlines() if line.strip())
    return f"id: {cursor}\nevent: changes\n{lines}\n"


def _cursors(console: ConsoleContext, cursor: str | None) -> Cursors:
    return Cursors(
        console.secret, "console history", parse_fields(PageQuery, {"cursor": cursor or ""})
    )


def _newest(tx: ReadTx) -> Feed:
    return tx.history.newest(limit=SHOWN)


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


PAGES: Final = (
    ConsolePage(rule="/history", view=history),
    ConsolePage(rule="/history/stream", view=stream),
)
NAV: Final = NavItem(key="history", label="History", endpoint="console.history")

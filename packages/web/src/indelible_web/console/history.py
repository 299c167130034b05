"""The console's page of history: changes by filters, newest first, and a live stream."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final

from attrs import evolve, frozen
from flask import Response, copy_current_request_context, render_template, request

from indelible.app import ReadTx
from indelible.kernel import Change, ChangeFilter, Feed
from indelible.kernel.keys import KEY
from indelible.kernel.settings import SETTING
from indelible.kernel.stages import STAGE
from indelible_web.console.changes import (
    ONE_BY_ONE,
    ChangeGroup,
    ChangePage,
    ChangeReader,
    ListedChange,
    group_changes,
    read_whole_groups,
)
from indelible_web.console.context import ConsoleContext
from indelible_web.console.events import HEARTBEAT, event_frame, event_stream, mode_frame
from indelible_web.console.home_parts import plural
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.lists import ListView, list_view, parse_list
from indelible_web.console.page import ConsolePage, NavItem
from indelible_web.http.paging import Cursors, PageQuery
from indelible_web.http.request import Caller

PAGE_SIZE: Final = 100
FROM_BEGINNING: Final = "beginning"
EARLIER: Final = "before"
KERNEL_ACTIONS: Final = (
    *((KEY.name, edge.action) for edge in KEY.edges),
    *((SETTING.name, edge.action) for edge in SETTING.edges),
    *((STAGE.name, edge.action) for edge in STAGE.edges),
)


@frozen(kw_only=True)
class HistoryPageQuery(ChangeFilter, PageQuery):
    """The filters of the history, and the cursor after which later changes are shown."""

    added_filters: ClassVar[frozenset[str]] = frozenset(
        {"lifecycle", "entity_id", "actor", "action", "since", "until"}
    )


@frozen(kw_only=True)
class HistoryPage:
    """Changes in groups, and the cursors of the pages before and after them.

    `newest_cursor` is where a stream goes on; it is blank on a page that is not the newest.
    """

    groups: tuple[ChangeGroup, ...]
    is_full: bool
    earlier_cursor: str = ""
    later_cursor: str = ""
    newest_cursor: str = ""


def history(console: ConsoleContext) -> Response:
    """Show the newest changes that match the filters, or those before or after a cursor."""
    caller = console.operation().caller
    query = parse_list(HistoryPageQuery, caller)
    is_forward = bool(query.cursor) or FROM_BEGINNING in request.args
    read_page = _page_after if is_forward else _page_before
    page = console.app_context.store.read(read_page, console, caller, query)
    view = _list_view()
    labelled_actions = (*KERNEL_ACTIONS, *console.action_labels)

    return render_page(
        "console/history",
        page=page,
        list=view,
        is_live=bool(page.newest_cursor) and not view.is_filtered,
        is_forward=is_forward,
        entity=_filtered_entity(view, page),
        lifecycles=_options(lifecycle for lifecycle, _ in labelled_actions),
        actions=_options(action for _, action in labelled_actions),
    )


def stream(console: ConsoleContext) -> Response:
    """Stream the changes as server-sent events.

    If too many streams are open, the answer is what there is now, and the browser polls.
    """
    cursor = request.headers.get("Last-Event-ID") or request.args.get("cursor")
    query = parse_fields(HistoryPageQuery, {"cursor": cursor or ""})
    cursors = _cursors(console, query)
    start = cursors.start()

    streams = console.streams
    if not streams.enter():
        frames = _frames(console, cursors, (streams.after(start),), "polled")
        # An answer of known length keeps the connection open for the next poll.
        return event_stream("".join(frames))

    response = event_stream(_frames(console, cursors, streams.follow(start), "open"))
    response.call_on_close(streams.leave)
    return response


def _page_before(
    tx: ReadTx, console: ConsoleContext, caller: Caller, query: HistoryPageQuery
) -> HistoryPage:
    """Return the newest changes, or those before the cursor of the parameter `before`."""
    before = parse_fields(PageQuery, {"cursor": request.args.get(EARLIER, "")}).cursor
    cursors = Cursors(
        console.settings.secrets, "console history before", evolve(query, cursor=before)
    )

    def read(cursor: str, limit: int) -> Feed:
        return tx.history.backwards(before=cursor, limit=limit, matching=query)

    changes = _read_changes(read, cursors.start())
    newest_cursor = ""
    if before is None:
        newest_cursor = _cursors(console, query).after(tx.history.newest(limit=1).cursor)

    return HistoryPage(
        groups=_groups(tx, console, caller, changes),
        is_full=changes.is_full,
        earlier_cursor=cursors.after(changes.cursor),
        newest_cursor=newest_cursor,
    )


def _page_after(
    tx: ReadTx, console: ConsoleContext, caller: Caller, query: HistoryPageQuery
) -> HistoryPage:
    """Return the changes after the query's cursor, the oldest first."""
    cursors = _cursors(console, query)

    def read(cursor: str, limit: int) -> Feed:
        return tx.history.feed(after=cursor, limit=limit, matching=query)

    changes = _read_changes(read, cursors.start())
    return HistoryPage(
        groups=_groups(tx, console, caller, changes),
        is_full=changes.is_full,
        later_cursor=cursors.after(changes.cursor),
    )


def _read_changes(read: ChangeReader, start: str) -> ChangePage:
    """Return the changes of a page, of which the last group is whole unless there are none."""
    if _is_one_by_one():
        feed = read(start, PAGE_SIZE)
        is_full = len(feed.changes) == PAGE_SIZE
        return ChangePage(changes=feed.changes, cursor=feed.cursor, is_full=is_full)

    return read_whole_groups(read, start, PAGE_SIZE)


def _groups(
    tx: ReadTx, console: ConsoleContext, caller: Caller, page: ChangePage
) -> tuple[ChangeGroup, ...]:
    return group_changes(
        tx, caller, page.changes, console.entity_links, one_by_one=_is_one_by_one()
    )


def _is_one_by_one() -> bool:
    """Return True if the request asks for a list without groups."""
    return ONE_BY_ONE in request.args


def _list_view() -> ListView:
    """Return the list of the request; its other pages have no groups either, if it has none."""
    view = list_view()
    if not _is_one_by_one():
        return view

    return evolve(view, typed={**view.typed, ONE_BY_ONE: "1"})


def _filtered_entity(view: ListView, page: HistoryPage) -> ListedChange | None:
    """Return the entity that the filters select, if it has a change on the page."""
    if not view.typed.get("entity_id") or not page.groups:
        return None
    return page.groups[0].named[0]


def _options(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the names as the options of a choice, each once and in order."""
    return tuple((name, name.replace("_", " ")) for name in sorted(set(names)))


def _frames(
    console: ConsoleContext, cursors: Cursors, feeds: Iterable[Feed], mode: str
) -> Iterator[str]:
    """Return the frames of an event stream. The first frame contains the mode.

    The mode is "open" when the stream stays open and is followed, "polled" when it ends at once
    because too many streams are open and the browser must ask again.
    """
    # The request ends before its stream, so that its context must be copied now.
    render_event = copy_current_request_context(_changes_event)
    caller = console.operation().caller

    def frames() -> Iterator[str]:
        yield mode_frame(mode)
        for feed in feeds:
            if feed.changes:
                yield render_event(console, caller, feed.changes, cursors.after(feed.cursor))
            else:
                yield HEARTBEAT

    return frames()


def _changes_event(
    console: ConsoleContext, caller: Caller, changes: Sequence[Change], cursor: str
) -> str:
    """Return one event with all changes, so that its cursor is never ahead of what it shows.

    Another event follows, with the sentence that a screen reader reads.
    """
    groups = console.app_context.store.read(
        group_changes, caller, changes[::-1], console.entity_links
    )
    items: list[str] = []
    for group in groups:
        items.append(render_template("console/_change_row.html", group=group))

    announcement = f"{len(changes):,} new {plural(len(changes), 'change')}."
    changes_frame = event_frame("changes", "".join(items), event_id=cursor)

    return changes_frame + event_frame("announcement", announcement)


def _cursors(console: ConsoleContext, query: HistoryPageQuery) -> Cursors:
    return Cursors(console.settings.secrets, "console history", query)


PAGES: Final = (
    ConsolePage(rule="/history", view=history, reads_standby=True),
    ConsolePage(rule="/history/stream", view=stream, is_live=True),
)
NAV: Final = NavItem(key="history", label="History", endpoint="console.history")

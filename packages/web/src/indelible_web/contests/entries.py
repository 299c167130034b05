"""The routes of entries and rosters; each user sees only their own."""

from collections.abc import Callable
from typing import TypeVar

from indelible import contests
from indelible.app import ReadTx, WriteTx
from indelible.contests import EnterContest, Entry, SetRoster
from indelible.kernel import Head
from indelible_web.contests.details import entry_view, own_entries_of
from indelible_web.contests.listing import get_visible
from indelible_web.contests.queries import EntryQuery, OwnEntriesQuery
from indelible_web.contests.routes import READ, WRITE
from indelible_web.contests.schemas import EntriesView, EntryView
from indelible_web.contests.viewers import Viewer
from indelible_web.http.operation import OperationContext
from indelible_web.http.routing import Routes

Command = TypeVar("Command")

routes = Routes("entries", "The entries of users in contests, each with its rosters.")


@routes.add(
    "POST /contests/<contest_id>/entries",
    WRITE,
    request_type=EnterContest,
    response_type=EntryView,
    location_id=lambda view: view.id,
)
def enter_contest(context: OperationContext, command: EnterContest) -> EntryView:
    """Enter a contest with a roster; the entry takes a place until the lock.

    If a fee is due, the entry waits for its payment. All violations of the roster are reported at
    once.
    """

    def enter(tx: WriteTx, command: EnterContest) -> Head[Entry]:
        get_visible(tx, Viewer.of(context), command.contest_id)
        return contests.enter_contest(tx, command)

    return context.run(_showing(enter), command)


@routes.add(
    "GET /contests/<contest_id>/entries",
    READ,
    request_type=OwnEntriesQuery,
    response_type=EntriesView,
    reads_standby=True,
)
def list_entries(context: OperationContext, query: OwnEntriesQuery) -> EntriesView:
    """List the caller's entries in a contest."""
    return context.store.read(_own_entries, Viewer.of(context), query.contest_id)


@routes.add(
    "GET /entries/<entry_id>",
    READ,
    request_type=EntryQuery,
    response_type=EntryView,
    shows_head_alone=True,
)
def get_entry(context: OperationContext, query: EntryQuery) -> EntryView:
    """Show an entry of the caller; its ETag is the If-Match of the next roster."""
    return context.store.read(_own_entry, query)


@routes.add(
    "PUT /entries/<entry_id>/roster", WRITE, request_type=SetRoster, response_type=EntryView
)
def set_roster(context: OperationContext, command: SetRoster) -> EntryView:
    """Replace the roster of an entry, before the lock. Earlier rosters stay."""

    def set_visible(tx: WriteTx, command: SetRoster) -> Head[Entry]:
        entry = tx.contests.entries.get(command.entry_id).entity.require_user(command.user_id)
        get_visible(tx, Viewer.of(context), entry.contest_id)
        return contests.set_roster(tx, command)

    return context.run(_showing(set_visible), command)


def _own_entries(tx: ReadTx, viewer: Viewer, contest_id: str) -> EntriesView:
    get_visible(tx, viewer, contest_id)
    views: list[EntryView] = []
    for entry in own_entries_of(tx, viewer, contest_id):
        views.append(entry_view(contests.get_entry(tx, entry.id)))

    return EntriesView(items=tuple(views))


def _own_entry(tx: ReadTx, query: EntryQuery) -> EntryView:
    return entry_view(contests.get_entry(tx, query.entry_id, user_id=query.user_id))


def _showing(
    handler: Callable[[WriteTx, Command], Head[Entry]],
) -> Callable[[WriteTx, Command], EntryView]:
    """Return a handler that answers with the view of the entry that it has saved."""

    def show(tx: WriteTx, command: Command) -> EntryView:
        head = handler(tx, command)
        return entry_view(contests.get_entry(tx, head.entity.id))

    return show

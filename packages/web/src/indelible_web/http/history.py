"""The route of history: every change of every aggregate, in the order of the feed."""

from collections.abc import Mapping
from typing import ClassVar, Final

from attrs import evolve, frozen

from indelible.app import ReadTx
from indelible.kernel import Actor, Change, ChangeFilter, Feed
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.routing import USER_ID, Routes

READ: Final = "history:read"


@frozen(kw_only=True)
class HistoryQuery(ChangeFilter, PageQuery):
    """The filters of the feed, and a page of it."""

    added_filters: ClassVar[frozenset[str]] = frozenset(
        {"lifecycle", "entity_id", "actor", "action", "since", "until"}
    )


def history_routes(redacted_fields: Mapping[str, frozenset[str]]) -> Routes:
    """Return the route of history; it leaves out the redacted fields of each lifecycle."""
    routes = Routes("history", "Every change of every entity: who, why and when.")

    def list_changes(context: OperationContext, query: HistoryQuery) -> Page[Change]:
        """List the changes that match every filter, in the order of the feed, oldest first.

        Changes of other users' resources have an empty `data`. `next` is always given, so that a
        reader can ask for later ones.
        """
        cursors = context.cursors(query)
        page = context.store.read(read_feed, query, after=cursors.start(), limit=query.limit)
        reader = context.caller.actor
        changes = [redact(change, redacted_fields, reader) for change in page.changes]

        return Page(items=tuple(changes), next=cursors.after(page.cursor))

    declare = routes.pages("GET /history", READ, request_type=HistoryQuery, response_type=Change)
    declare(list_changes)

    return routes


def read_feed(tx: ReadTx, query: HistoryQuery, *, after: str, limit: int) -> Feed:
    """Return the next matching changes after a cursor."""
    return tx.history.feed(after=after, limit=limit, matching=query)


def redact(change: Change, redacted_fields: Mapping[str, frozenset[str]], reader: Actor) -> Change:
    """Return the change with the data that the reader may see.

    A resource of a user has a `user_id`, and only that user sees its data. Fields that are redacted
    for the lifecycle are shown to no reader.
    """
    owner_id = change.data.get(USER_ID)
    if owner_id is not None and reader != Actor.user(str(owner_id)):
        return evolve(change, data={})

    hidden = redacted_fields.get(change.lifecycle, frozenset())
    data = {name: value for name, value in change.data.items() if name not in hidden}

    return evolve(change, data=data)

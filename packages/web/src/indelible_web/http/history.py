"""The route of history: every change of every aggregate, in the order of the feed."""

from collections.abc import Mapping
from typing import ClassVar, Final

from attrs import evolve, frozen

from indelible.app import ReadTx
from indelible.kernel import OWNER_AND_OPERATORS, Change, ChangeFilter, Feed, Readers
from indelible.kernel.keys import KEY
from indelible.kernel.transaction import feed_page
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.request import ADMIN, OPS, Caller
from indelible_web.http.routing import Routes

READ: Final = "history:read"


@frozen(kw_only=True)
class HistoryQuery(ChangeFilter, PageQuery):
    """The filters of the feed, and a page of it."""

    added_filters: ClassVar[frozenset[str]] = frozenset(
        {"lifecycle", "entity_id", "actor", "action", "since", "until"}
    )


@frozen(kw_only=True)
class HistoryAccess:
    """The readers of each lifecycle's data, and the fields that nobody may read.

    The data of a lifecycle that is not listed is shown to its owner and to operators.
    """

    readers: Mapping[str, Readers]
    redacted_fields: Mapping[str, frozenset[str]]

    def redact(self, change: Change, caller: Caller) -> Change:
        """Return the change with the data that the caller may see."""
        readers = self.readers.get(change.lifecycle, OWNER_AND_OPERATORS)
        operators_scope = ADMIN if change.lifecycle == KEY.name else OPS
        is_operator = caller.has_scope(operators_scope)
        if not readers.include(
            caller.actor, change.entity_id, change.data, is_operator=is_operator
        ):
            return evolve(change, data={})

        hidden = self.redacted_fields.get(change.lifecycle, frozenset())
        data = {name: value for name, value in change.data.items() if name not in hidden}
        return evolve(change, data=data)


def history_routes(access: HistoryAccess) -> Routes:
    """Return the route of history; it shows each caller the data that the caller may see."""
    routes = Routes("history", "Every change of every entity: who, why and when.")

    def list_changes(context: OperationContext, query: HistoryQuery) -> Page[Change]:
        """List the changes that match every filter, in the order of the feed, oldest first.

        The `data` of a change is empty unless the lifecycle is public or the entity is the
        caller's. The scope `ops` shows the data of money as well, and `admin` that of keys too.
        `next` is always given: it leads to the changes that follow, also to those of the future.
        """
        cursors = context.cursors(query)
        page = context.store.read(read_feed, query, after=cursors.start(), limit=query.limit)
        changes = [access.redact(change, context.caller) for change in page.changes]

        return Page(items=tuple(changes), next=cursors.after(page.cursor))

    declare = routes.pages(
        "GET /history", READ, request_type=HistoryQuery, response_type=Change, reads_standby=True
    )
    declare(list_changes)

    return routes


@feed_page
def read_feed(tx: ReadTx, query: HistoryQuery, *, after: str, limit: int) -> Feed:
    """Return the next matching changes after a cursor."""
    return tx.history.feed(after=after, limit=limit, matching=query)

"""The route of history: every change of every aggregate, in the order of the feed."""

from collections.abc import Mapping
from typing import Final

from attrs import evolve

from indelible.kernel import Change
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.routing import Routes

READ: Final = "history:read"


def history_routes(redacted_fields: Mapping[str, frozenset[str]]) -> Routes:
    """Return the route of history; it leaves out the redacted fields of each lifecycle."""
    routes = Routes("history", "Every change of every entity: who, why and when.")

    def feed(context: OperationContext, query: PageQuery) -> Page[Change]:
        """List all changes; `next` is always given, so that a reader can ask for later ones."""
        cursors = context.cursors(query)
        page = context.store.feed(after=cursors.start(), limit=query.limit)
        changes = [redact(change, redacted_fields) for change in page.changes]

        return Page(items=tuple(changes), next=cursors.after(page.cursor))

    declare = routes.pages("GET /history", READ, request_type=PageQuery, response_type=Change)
    declare(feed)

    return routes


def redact(change: Change, redacted_fields: Mapping[str, frozenset[str]]) -> Change:
    """Return the change without the fields of its lifecycle that no reader may see."""
    hidden = redacted_fields.get(change.lifecycle, frozenset())
    data = {name: value for name, value in change.data.items() if name not in hidden}

    return evolve(change, data=data)

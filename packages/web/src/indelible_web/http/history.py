"""The route of history: every change of every entity, in the order in which they became visible."""

from collections.abc import Mapping
from typing import Final

from attrs import evolve

from indelible.kernel import Change
from indelible.kernel.keys import KEY
from indelible.tokens import AUTHOR
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, Paged
from indelible_web.http.routing import Routes

READ: Final = "history:read"
REDACTED_FIELDS: Final[Mapping[str, str]] = {KEY.name: "secret_digest", AUTHOR.name: "prompt_text"}

routes = Routes("history", "Every change of every entity: who, why and when.")


@routes.pages("GET /history", READ, request_type=Paged, response_type=Change)
def feed(call: OperationContext, asked: Paged) -> Page[Change]:
    """List all changes; `next` is always given, so that a reader can ask again later for what came since."""
    cursors = call.cursors(asked)
    found = call.store.feed(after=cursors.start(), limit=asked.limit)
    return Page(items=tuple(map(_shown, found.changes)), next=cursors.after(found.cursor))


def _shown(change: Change) -> Change:
    """The change, without what nobody is shown: what a key's secret was digested to, and what an author has written."""
    kept_back = REDACTED_FIELDS.get(change.lifecycle)
    return evolve(
        change, data={name: value for name, value in change.data.items() if name != kept_back}
    )

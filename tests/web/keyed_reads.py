"""Routes whose views read the key together with their query, and what they ask for."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, cast

from attrs import evolve, field, frozen
from sqlalchemy import Integer, column, text
from tests.examples.tickets import tickets

from indelible.app import ReadTx
from indelible.kernel.keys import list_keys
from indelible.kernel.transaction import single_statement
from indelible.testing.stores import NOOR
from indelible_sql import SqlReading
from indelible_web.app import admin_routes
from indelible_web.context import WebContext
from indelible_web.contexts import CONTEXTS
from indelible_web.http import admin
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.request import Caller
from indelible_web.http.routing import PREFIX, Routes
from indelible_web.own import own_context

READ: Final = "planted:read"
IMPOSSIBLE: Final = text("SELECT 1 / 0 AS number").columns(column("number", Integer()))
# The parts of paths that are no text.
PARTS: Final[Mapping[str, str]] = {"token_id": "1", "wallet": f"0x{'0' * 40}"}

routes = Routes("planted", "routes that a host declares")


@frozen(kw_only=True)
class Answer:
    """The answer of a planted route."""

    text: str = field()


@single_statement
def divide(tx: ReadTx) -> str:
    """Fail in the database."""
    session = cast("SqlReading", tx).session
    return str(session.rows(IMPOSSIBLE, {}))


@routes.add(
    "GET /planted/failing",
    READ,
    request_type=EmptyQuery,
    response_type=Answer,
    reads_with_key=True,
)
def get_failing(context: OperationContext, _: EmptyQuery) -> Answer:
    """Read what the database refuses."""
    return Answer(text=context.read(divide))


@routes.add(
    "GET /planted/careless",
    READ,
    request_type=EmptyQuery,
    response_type=Answer,
    reads_with_key=True,
)
def get_careless(context: OperationContext, _: EmptyQuery) -> Answer:
    """Answer whatever happens."""
    try:
        context.read(list_keys)
    except Exception:  # noqa: BLE001 - it is careless
        return Answer(text="a secret")
    return Answer(text="read")


@routes.add(
    "GET /planted/silent",
    READ,
    request_type=EmptyQuery,
    response_type=Answer,
    reads_with_key=True,
)
def get_silent(_: OperationContext, __: EmptyQuery) -> Answer:
    """Answer without a read."""
    return Answer(text="a secret")


@routes.add(
    "GET /planted/curious",
    READ,
    request_type=EmptyQuery,
    response_type=Answer,
    reads_with_key=True,
)
def get_curious(context: OperationContext, _: EmptyQuery) -> Answer:
    """Look at the caller first, and read from the store itself."""
    actor = context.caller.actor
    context.store.read(list_keys)
    context.read(list_keys)
    return Answer(text=str(actor))


@routes.add(
    "GET /planted/renaming",
    READ,
    request_type=EmptyQuery,
    response_type=Answer,
    reads_with_key=True,
)
def get_renamed(context: OperationContext, _: EmptyQuery) -> Answer:
    """Answer with the caller that a copy of the context was given."""
    other = Caller(actor=NOOR, scopes=frozenset(), id="other")
    return Answer(text=str(evolve(context, caller=other).caller.actor))


PLANTED: Final = WebContext(name="planted", routes=(routes,))
ALL_CONTEXTS: Final = (*CONTEXTS, own_context(tickets))


def keyed_routes(contexts: tuple[WebContext, ...]) -> Iterator[str]:
    """Yield the rule of each route that reads with its key."""
    groups = [(PREFIX, group) for context in contexts for group in context.routes]
    groups += [(admin.PREFIX, group) for group in admin_routes(contexts)]
    for prefix, group in groups:
        for operation in group.operations:
            if operation.reads_with_key:
                yield prefix + operation.rule


def keyed_paths(contexts: tuple[WebContext, ...]) -> Iterator[str]:
    """Yield a path of each route that reads with its key."""
    for route in keyed_routes(contexts):
        yield re.sub(r"<(\w+)>", _part, route)


def _part(match: re.Match[str]) -> str:
    return PARTS.get(match.group(1), "x")

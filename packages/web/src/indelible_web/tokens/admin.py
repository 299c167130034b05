"""The operator's route of tokens, outside of the OpenAPI document."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from indelible import tokens
from indelible.tokens import Checkpoint, MintEvent
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.request import ADMIN
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes

routes = Routes("tokens_admin", "Tokens in numbers, for an operator.")


@frozen(kw_only=True)
class StatsView:
    """Tokens by status, the chain's checkpoint, and the mints that the chain has dropped."""

    statuses: Mapping[str, Any]
    checkpoint: Checkpoint | None
    orphaned: tuple[MintEvent, ...]


@routes.add("GET /tokens/stats", ADMIN, request_type=EmptyQuery, response_type=StatsView)
def show_stats(context: OperationContext, _: EmptyQuery) -> StatsView:
    """Show how many tokens have each status, and how far the chain was read."""
    return project(StatsView, context.store.read(tokens.token_stats))

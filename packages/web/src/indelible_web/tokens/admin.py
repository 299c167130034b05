"""The route of token figures for operators, outside the OpenAPI document."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from indelible import tokens
from indelible.tokens import Checkpoint, MintEvent
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.request import ADMIN
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes

routes = Routes("tokens_admin", "Figures of tokens, for operators.")


@frozen(kw_only=True)
class StatsView:
    """The number of tokens in each status, the checkpoint, and the latest orphaned mints."""

    statuses: Mapping[str, Any]
    checkpoint: Checkpoint | None
    orphaned: tuple[MintEvent, ...]


@routes.add("GET /tokens/stats", ADMIN, request_type=EmptyQuery, response_type=StatsView)
def get_token_stats(context: OperationContext, _: EmptyQuery) -> StatsView:
    """Show the number of tokens in each status, and the state of the scan."""
    return project(StatsView, context.store.read(tokens.token_stats))

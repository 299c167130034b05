"""The route of token figures for operators, outside the public OpenAPI document."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from indelible import tokens
from indelible.app import WriteTx
from indelible.tokens import ChainNotice, Checkpoint, InvalidLog, MintEvent
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.request import OPS
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes

routes = Routes("tokens_admin", "Figures of tokens, for operators.")


@frozen(kw_only=True)
class StatsView:
    """The figures of tokens: statuses, the checkpoint, orphaned mints, and quarantined logs."""

    statuses: Mapping[str, Any]
    checkpoint: Checkpoint | None
    orphaned: tuple[MintEvent, ...]
    notices: tuple[ChainNotice, ...]
    quarantined: tuple[InvalidLog, ...]


@routes.add("GET /tokens/stats", OPS, request_type=EmptyQuery, response_type=StatsView)
def get_token_stats(context: OperationContext, _: EmptyQuery) -> StatsView:
    """Show the number of tokens in each status, and the state of the scan."""
    return project(StatsView, context.store.read(tokens.token_stats))


@routes.add(
    "POST /tokens/contract/acknowledge",
    OPS,
    request_type=tokens.AcknowledgeContract,
    response_type=StatsView,
    requires_idempotency_key=True,
)
def acknowledge_contract(
    context: OperationContext, command: tokens.AcknowledgeContract
) -> StatsView:
    """Remove the notice that the contract's code has changed, and show the figures."""
    return context.run_recorded(acknowledge_and_show, command)


def acknowledge_and_show(tx: WriteTx, command: tokens.AcknowledgeContract) -> StatsView:
    """Remove the notice, and return the figures."""
    tokens.acknowledge_contract(tx, command)
    return project(StatsView, tokens.token_stats(tx))

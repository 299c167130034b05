"""The route of token figures for operators, outside the public OpenAPI document."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from indelible import tokens
from indelible.app import ReadTx, WriteTx
from indelible.tokens import ChainNotice, Checkpoint, InvalidLog, MintEvent
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.request import OPS
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes

routes = Routes("tokens_admin", "Figures of tokens, for operators.")


@frozen(kw_only=True)
class StatsView:
    """The figures of tokens: statuses, the checkpoint, orphaned mints, and quarantined logs.

    `is_paused` is true while a notice pauses detection.
    """

    statuses: Mapping[str, Any]
    checkpoint: Checkpoint | None
    orphaned: tuple[MintEvent, ...]
    notices: tuple[ChainNotice, ...]
    is_paused: bool
    quarantined: tuple[InvalidLog, ...]


@routes.add("GET /tokens/stats", OPS, request_type=EmptyQuery, response_type=StatsView)
def get_token_stats(context: OperationContext, _: EmptyQuery) -> StatsView:
    """Show the number of tokens in each status, and the state of the scan."""
    return context.store.read(_stats)


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
    return _stats(tx)


def _stats(tx: ReadTx) -> StatsView:
    figures = tokens.token_stats(tx)
    is_paused = any(notice.pauses_detection for notice in figures.notices)
    return project(StatsView, figures, is_paused=is_paused)

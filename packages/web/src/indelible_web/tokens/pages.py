"""The console's pages of tokens: the list, and one token with its history."""

from typing import Final

from attrs import evolve
from flask import redirect, url_for
from werkzeug.wrappers import Response

from indelible import tokens
from indelible.kernel import IndelibleError, ListOrder
from indelible.tokens import TokenStatus, lifecycle
from indelible_web.console import stages
from indelible_web.console.changes import ListedChange
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.lists import list_view, parse_list, status_options
from indelible_web.console.page import ConsolePage, label_actions
from indelible_web.http.request import OPS
from indelible_web.tokens.admin import StatsView, acknowledge_and_show
from indelible_web.tokens.routes import READ, TokenListQuery, TokenQuery

TOKENS_PER_PAGE: Final = 50
MAX_CHANGES_PER_PAGE: Final = 100
ACTION_LABELS: Final = label_actions(
    (
        lifecycle.TOKEN,
        lifecycle.AUTHOR,
        lifecycle.MINT,
        lifecycle.IMAGE_JOB,
        lifecycle.UPLOAD,
        lifecycle.REVEAL,
        lifecycle.SYSTEM_STATE,
    ),
    {
        "create": "Created",
        "edit": "Edited",
        "detect": "Detected",
        "recover": "Recovered",
        "generate": "Started to generate",
        "upload": "Started to upload",
        "ready": "Completed",
        "reveal": "Revealed",
        "sync": "Synchronized",
        "start": "Started",
        "progress": "Recorded progress of",
        "complete": "Completed",
        "fail": "Failed",
        "retry": "Retried",
        "orphan": "Orphaned",
        "restore": "Restored",
        "send": "Sent",
        "replace": "Replaced",
        "confirm": "Confirmed",
        "set": "Set",
        "delete": "Deleted",
    },
)


def list_tokens(console: ConsoleContext) -> Response:
    """Render tokens, the newest first unless another order is chosen."""
    context = console.operation(scope=READ)
    query = parse_list(TokenListQuery, context.caller)
    query = evolve(
        query,
        limit=min(query.limit, TOKENS_PER_PAGE),
        order=query.order or ListOrder.NEWEST,
    )

    cursors = context.cursors(query)
    rows = context.store.read(
        tokens.list_tokens, matching=query, after=cursors.start(), limit=query.limit + 1
    )
    return render_page(
        "tokens/tokens",
        query=query,
        page=cursors.page(rows, query.position_of),
        list=list_view(query.order),
        statuses=status_options(TokenStatus),
    )


def token(console: ConsoleContext, token_id: str) -> Response:
    """Render a token with its last changes, newest first."""
    context = console.operation(scope=READ)
    query = parse_fields(TokenQuery, {}, token_id=token_id)
    saved = context.store.read(tokens.get_token, query.token_id)
    changes = context.store.read(
        tokens.token_history,
        query.token_id,
        after=max(0, saved.seq - MAX_CHANGES_PER_PAGE),
        limit=MAX_CHANGES_PER_PAGE,
    )
    listed = [ListedChange(change=change) for change in reversed(changes)]

    return render_page("tokens/token", saved=saved, changes=listed)


def acknowledge_contract(console: ConsoleContext) -> Response:
    """Remove the notice that the contract has other code; after an error the reason stays."""
    context = console.operation(scope=OPS, reason=form_text("reason"), response_type=StatsView)
    try:
        context.run_recorded(acknowledge_and_show, tokens.AcknowledgeContract())
    except IndelibleError as error:
        return stages.show_stages(console, error)

    console.notices.leave("Acknowledged. The contract is read as before.")
    return redirect(url_for("console.show_stages"), 303)


PAGES: Final = (
    ConsolePage(rule="/tokens", view=list_tokens, reads_standby=True),
    ConsolePage(rule="/tokens/<token_id>", view=token),
    ConsolePage(rule="/tokens/contract/acknowledge", view=acknowledge_contract, method="POST"),
)

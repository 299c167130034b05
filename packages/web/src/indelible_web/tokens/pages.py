"""Tokens to look at: the list, and one with what happened to it."""

from typing import Final

from attrs import evolve
from flask import request
from werkzeug.wrappers import Response

from indelible import tokens
from indelible.tokens import TokenStatus
from indelible_web.console.context import ConsoleContext
from indelible_web.console.history import ListedChange
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage
from indelible_web.http.operation import OperationContext
from indelible_web.tokens.routes import READ, TokenListQuery, TokenQuery

LISTED: Final = 25
LIFE_SHOWN: Final = 100


def list_tokens(console: ConsoleContext) -> Response:
    """Tokens in order of number, of one status or of all."""
    context, wanted = _reader(console), parse_fields(TokenListQuery, request.args)
    cursors = context.cursors(wanted := evolve(wanted, limit=min(wanted.limit, LISTED)))
    after, limit = int(cursors.start() or 0), wanted.limit + 1
    rows = context.store.read(tokens.list_tokens, status=wanted.status, after=after, limit=limit)
    return render_page(
        "tokens/tokens",
        wanted=wanted,
        found=cursors.page(rows, lambda each: each.token_id),
        statuses=[*TokenStatus],
    )


def token(console: ConsoleContext, token_id: str) -> Response:
    """One token, and the last that happened to it, the newest first."""
    context, wanted = _reader(console), parse_fields(TokenQuery, {}, token_id=token_id)
    saved = context.store.read(tokens.get_token, wanted.token_id)
    after = max(0, saved.seq - LIFE_SHOWN)
    changes = context.store.read(
        tokens.token_history, wanted.token_id, after=after, limit=LIFE_SHOWN
    )
    return render_page(
        "tokens/token", saved=saved, told=[ListedChange(change=each) for each in reversed(changes)]
    )


def _reader(console: ConsoleContext) -> OperationContext:
    context = console.operation()
    context.caller.require_scope(READ)
    return context


PAGES: Final = (
    ConsolePage(rule="/tokens", view=list_tokens),
    ConsolePage(rule="/tokens/<token_id>", view=token),
)

"""Tokens to look at: the list, and one with what happened to it."""

from typing import Final

from attrs import evolve
from flask import request
from werkzeug.wrappers import Response

from indelible import tokens
from indelible.tokens import TokenStatus
from indelible_web.console.context import ConsoleContext
from indelible_web.console.history import ListedChange
from indelible_web.console.layout import asked, page
from indelible_web.console.page import ConsolePage
from indelible_web.http.operation import OperationContext
from indelible_web.tokens.routes import READ, TokenAsked, TokensAsked

LISTED: Final = 25
LIFE_SHOWN: Final = 100


def list_tokens(desk: ConsoleContext) -> Response:
    """Tokens in order of number, of one status or of all."""
    call, wanted = _reader(desk), asked(TokensAsked, request.args)
    cursors = call.cursors(wanted := evolve(wanted, limit=min(wanted.limit, LISTED)))
    after, limit = int(cursors.start() or 0), wanted.limit + 1
    rows = call.store.read(tokens.list_tokens, status=wanted.status, after=after, limit=limit)
    return page(
        "tokens/tokens",
        wanted=wanted,
        found=cursors.page(rows, lambda each: each.token_id),
        statuses=[*TokenStatus],
    )


def token(desk: ConsoleContext, token_id: str) -> Response:
    """One token, and the last that happened to it, the newest first."""
    call, wanted = _reader(desk), asked(TokenAsked, {}, token_id=token_id)
    saved = call.store.read(tokens.get_token, wanted.token_id)
    after = max(0, saved.seq - LIFE_SHOWN)
    changes = call.store.read(tokens.token_history, wanted.token_id, after=after, limit=LIFE_SHOWN)
    return page(
        "tokens/token", saved=saved, told=[ListedChange(change=each) for each in reversed(changes)]
    )


def _reader(desk: ConsoleContext) -> OperationContext:
    call = desk.call()
    call.caller.require_scope(READ)
    return call


PAGES: Final = (
    ConsolePage(rule="/tokens", view=list_tokens),
    ConsolePage(rule="/tokens/<token_id>", view=token),
)

"""Move a token through its lifecycle, one saved transition at a time."""

from collections.abc import Callable, Mapping
from typing import Final

from indelible import tokens
from indelible.testing.stores import NOOR, AnyStore, do
from indelible.testing.tokens.scenarios import chain_hash
from indelible.tokens import Repositories, Token, TokenStatus

FAULT: Final = {
    "code": "NO_GPU",
    "tries": [1, 2],
    "at": {"host": "a"},
    "fatal": True,
    "hint": None,
    "umlaut": "Größe",
}
TRANSITIONS: Final[Mapping[TokenStatus, Callable[[Token], Token]]] = {
    TokenStatus.GENERATING: lambda token: token.mark_generating(),
    TokenStatus.UPLOADING: lambda token: token.mark_uploading("/image.png"),
    TokenStatus.READY: lambda token: token.mark_ready("metadata", "image"),
    TokenStatus.REVEALED: lambda token: token.mark_revealed(chain_hash(7)),
}


def read_token(store: AnyStore, token_id: int) -> Token:
    """Return the token with this on-chain id, read in a transaction of its own."""
    return store.read(tokens.get_token, token_id).token


def get_token(repositories: Repositories, token_id: int) -> Token:
    """Return the token with this on-chain id."""
    token = repositories.tokens.get_by_token_id(token_id)
    assert token is not None

    return token


def advance(repositories: Repositories, token_id: int, status: TokenStatus) -> Token:
    """Save the transitions of a detected token until it has this status."""
    token = get_token(repositories, token_id)
    for target, transition in TRANSITIONS.items():
        token = repositories.tokens.save(transition(token))
        if target is status:
            break

    return token


def retry(store: AnyStore, token_id: int, seq: int) -> tokens.TokenSaved:
    """Retry a failed token as an operator."""
    command = tokens.RetryToken(token_id=token_id, expected_seq=seq)
    return do(store, tokens.retry_token, command, actor=NOOR)

"""The routes of tokens and of their authors; what a wallet has signed opens the one that sets its prompt."""

from typing import Final

from attrs import evolve, field, frozen

from indelible import tokens
from indelible.app import WriteTx
from indelible.kernel import Actor, Change, Idempotency
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    LINE,
    bounded_int,
    is_identifier,
    non_blank_line,
)
from indelible.tokens import TokenStatus
from indelible.tokens.entities import PROMPT
from indelible.tokens.errors import AuthorNotFound, NoChain, SignatureWrong
from indelible_web.http.access import SIGNED
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, Paged
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes

READ: Final = "tokens:read"
RETRY: Final = "tokens:retry"

routes = Routes(
    "tokens",
    "NFTs, from their mint to their reveal, and the authors from whose prompts they are made.",
)


@frozen(kw_only=True)
class TokenAsked:
    """Which token, by its number on the chain."""

    token_id: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class TokenPageAsked(TokenAsked, Paged):
    """Which token, and which page of what belongs to it."""


@frozen(kw_only=True)
class TokensAsked(Paged):
    """Which tokens, and which page of them."""

    status: TokenStatus | None = None


@frozen(kw_only=True)
class AuthorAsked:
    """Which author, by their wallet, whose capitals do not count."""

    wallet: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class AuthorTokensAsked(AuthorAsked):
    """Which author, and which of their tokens, the newest first."""

    offset: int = field(
        default=0, validator=bounded_int, metadata={"minimum": 0, "maximum": 1_000_000_000}
    )
    limit: int = field(default=20, validator=bounded_int, metadata={"minimum": 1, "maximum": 100})


@frozen(kw_only=True)
class LeadersAsked:
    """Nothing to choose."""


@frozen(kw_only=True)
class PromptSigned:
    """A prompt, and the message by which its wallet has asked for it."""

    wallet_address: str = field(validator=is_identifier, metadata={"max_length": 42})
    prompt_text: str = field(validator=non_blank_line, metadata=PROMPT)
    message: str = field(validator=non_blank_line, metadata=LINE)
    signature: str = field(validator=is_identifier, metadata={"max_length": 20_002})


@frozen(kw_only=True)
class PromptKept:
    """That there is a prompt; nobody is ever shown which."""

    has_prompt: bool


@frozen(kw_only=True)
class AuthorShown(PromptKept):
    """What may be known of a wallet's owner, and whether they have written a prompt."""

    twitter_handle: str | None
    farcaster_handle: str | None


@frozen(kw_only=True)
class AuthorTokensShown:
    """Some tokens of an author, the newest first, and how many there are."""

    tokens: tuple[tokens.Token, ...]
    total: int
    offset: int
    limit: int


@frozen(kw_only=True)
class Leader:
    """A wallet, and how many tokens are its owner's."""

    author_address: str
    total_tokens: int


@routes.pages("GET /tokens", READ, request_type=TokensAsked, response_type=tokens.Token)
def find(call: OperationContext, asked: TokensAsked) -> Page[tokens.Token]:
    """List tokens, of one status or of all, in order of number."""
    cursors = call.cursors(asked)
    after, limit = int(cursors.start() or 0), asked.limit + 1
    found = call.store.read(tokens.list_tokens, status=asked.status, after=after, limit=limit)
    return cursors.page(found, lambda token: token.token_id)


@routes.add(
    "GET /tokens/<token_id>", READ, request_type=TokenAsked, response_type=tokens.TokenSaved
)
def show(call: OperationContext, asked: TokenAsked) -> tokens.TokenSaved:
    """Show a token; the ETag is what it must be retried for."""
    return call.store.read(tokens.get_token, asked.token_id)


@routes.pages(
    "GET /tokens/<token_id>/history", READ, request_type=TokenPageAsked, response_type=Change
)
def history(call: OperationContext, asked: TokenPageAsked) -> Page[Change]:
    """List what happened to a token, oldest first: who, why and when."""
    cursors = call.cursors(asked)
    after, limit = int(cursors.start() or 0), asked.limit + 1
    found = call.store.read(tokens.token_history, asked.token_id, after=after, limit=limit)
    return cursors.page(found, lambda change: change.seq)


@routes.add(
    "POST /tokens/<token_id>/retry",
    RETRY,
    request_type=tokens.RetryToken,
    response_type=tokens.TokenSaved,
)
def retry(call: OperationContext, command: tokens.RetryToken) -> tokens.TokenSaved:
    """Give a failed token another chance, and make its generation due."""
    return call.run(tokens.retry_token, command)


@routes.add(
    "POST /authors/prompt",
    *SIGNED,
    request_type=PromptSigned,
    response_type=PromptKept,
    reason="message",
)
def set_prompt(call: OperationContext, asked: PromptSigned) -> PromptKept:
    """Let a wallet's tokens be made from a prompt; its signature opens this, and no key does. A nonce counts once."""
    wallet = asked.wallet_address
    command = tokens.SetAuthorPrompt(wallet_address=wallet, prompt_text=asked.prompt_text)
    said = tokens.signed_message(asked.message, wallet, call.clock.now())
    if call.app_context.chain is None:
        raise NoChain
    if not call.app_context.chain.is_signed_by(
        command.wallet_address, asked.message, asked.signature
    ):
        raise SignatureWrong(command.wallet_address)
    owner = evolve(call.caller, actor=Actor.user(command.wallet_address))
    return evolve(call, caller=owner, once=Idempotency(said.nonce, PromptKept)).run(
        edit_author, command
    )


@routes.pages("GET /authors/leaderboard", READ, request_type=LeadersAsked, response_type=Leader)
def leaderboard(call: OperationContext, _: LeadersAsked) -> Page[Leader]:
    """List the fifty authors with most tokens; there is no page after it."""
    found = call.store.read(tokens.leaderboard)
    return Page(
        items=tuple(Leader(author_address=each, total_tokens=total) for each, total in found),
        next=None,
    )


@routes.add("GET /authors/<wallet>", READ, request_type=AuthorAsked, response_type=AuthorShown)
def show_author(call: OperationContext, asked: AuthorAsked) -> AuthorShown:
    """Show whether a wallet's owner has written a prompt, and what they are called elsewhere; of any wallet."""
    try:
        author = call.store.read(tokens.get_author, asked.wallet)
    except AuthorNotFound:
        return AuthorShown(has_prompt=False, twitter_handle=None, farcaster_handle=None)
    return project(AuthorShown, author, has_prompt=author.prompt_text is not None)


@routes.add(
    "GET /authors/<wallet>/tokens",
    READ,
    request_type=AuthorTokensAsked,
    response_type=AuthorTokensShown,
)
def show_author_tokens(call: OperationContext, asked: AuthorTokensAsked) -> AuthorTokensShown:
    """Show some tokens of an author, the newest first; none of a wallet that was never seen."""
    found = call.store.read(
        tokens.author_tokens, asked.wallet, offset=asked.offset, limit=asked.limit
    )
    return project(AuthorTokensShown, found, offset=asked.offset, limit=asked.limit)


def edit_author(tx: WriteTx, command: tokens.SetAuthorPrompt) -> PromptKept:
    """Keep the prompt, of which the answer, and so its receipt, says nothing."""
    tokens.set_author_prompt(tx, command)
    return PromptKept(has_prompt=True)

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
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes

READ: Final = "tokens:read"
RETRY: Final = "tokens:retry"

routes = Routes(
    "tokens",
    "NFTs, from their mint to their reveal, and the authors from whose prompts they are made.",
)


@frozen(kw_only=True)
class TokenQuery:
    """Which token, by its number on the chain."""

    token_id: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class TokenPageQuery(TokenQuery, PageQuery):
    """Which token, and which page of what belongs to it."""


@frozen(kw_only=True)
class TokenListQuery(PageQuery):
    """Which tokens, and which page of them."""

    status: TokenStatus | None = None


@frozen(kw_only=True)
class AuthorQuery:
    """Which author, by their wallet, whose capitals do not count."""

    wallet: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class AuthorTokensQuery(AuthorQuery):
    """Which author, and which of their tokens, the newest first."""

    offset: int = field(
        default=0, validator=bounded_int, metadata={"minimum": 0, "maximum": 1_000_000_000}
    )
    limit: int = field(default=20, validator=bounded_int, metadata={"minimum": 1, "maximum": 100})


@frozen(kw_only=True)
class SignedPrompt:
    """A prompt, and the message by which its wallet has asked for it."""

    wallet_address: str = field(validator=is_identifier, metadata={"max_length": 42})
    prompt_text: str = field(validator=non_blank_line, metadata=PROMPT)
    message: str = field(validator=non_blank_line, metadata=LINE)
    signature: str = field(validator=is_identifier, metadata={"max_length": 20_002})


@frozen(kw_only=True)
class PromptView:
    """That there is a prompt; nobody is ever shown which."""

    has_prompt: bool


@frozen(kw_only=True)
class AuthorView(PromptView):
    """What may be known of a wallet's owner, and whether they have written a prompt."""

    twitter_handle: str | None
    farcaster_handle: str | None


@frozen(kw_only=True)
class AuthorTokensView:
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


@routes.pages("GET /tokens", READ, request_type=TokenListQuery, response_type=tokens.Token)
def find(context: OperationContext, query: TokenListQuery) -> Page[tokens.Token]:
    """List tokens, of one status or of all, in order of number."""
    cursors = context.cursors(query)
    after, limit = int(cursors.start() or 0), query.limit + 1
    found = context.store.read(tokens.list_tokens, status=query.status, after=after, limit=limit)
    return cursors.page(found, lambda token: token.token_id)


@routes.add(
    "GET /tokens/<token_id>", READ, request_type=TokenQuery, response_type=tokens.TokenSaved
)
def show(context: OperationContext, query: TokenQuery) -> tokens.TokenSaved:
    """Show a token; the ETag is what it must be retried for."""
    return context.store.read(tokens.get_token, query.token_id)


@routes.pages(
    "GET /tokens/<token_id>/history", READ, request_type=TokenPageQuery, response_type=Change
)
def history(context: OperationContext, query: TokenPageQuery) -> Page[Change]:
    """List what happened to a token, oldest first: who, why and when."""
    cursors = context.cursors(query)
    after, limit = int(cursors.start() or 0), query.limit + 1
    found = context.store.read(tokens.token_history, query.token_id, after=after, limit=limit)
    return cursors.page(found, lambda change: change.seq)


@routes.add(
    "POST /tokens/<token_id>/retry",
    RETRY,
    request_type=tokens.RetryToken,
    response_type=tokens.TokenSaved,
)
def retry(context: OperationContext, command: tokens.RetryToken) -> tokens.TokenSaved:
    """Give a failed token another chance, and make its generation due."""
    return context.run(tokens.retry_token, command)


@routes.add(
    "POST /authors/prompt",
    *SIGNED,
    request_type=SignedPrompt,
    response_type=PromptView,
    reason="message",
)
def set_prompt(context: OperationContext, query: SignedPrompt) -> PromptView:
    """Let a wallet's tokens be made from a prompt; its signature opens this, and no key does. A nonce counts once."""
    wallet = query.wallet_address
    command = tokens.SetAuthorPrompt(wallet_address=wallet, prompt_text=query.prompt_text)
    said = tokens.signed_message(query.message, wallet, context.clock.now())
    if context.app_context.chain is None:
        raise NoChain
    if not context.app_context.chain.is_signed_by(
        command.wallet_address, query.message, query.signature
    ):
        raise SignatureWrong(command.wallet_address)
    owner = evolve(context.caller, actor=Actor.user(command.wallet_address))
    return evolve(context, caller=owner, once=Idempotency(said.nonce, PromptView)).run(
        edit_author, command
    )


@routes.pages("GET /authors/leaderboard", READ, request_type=EmptyQuery, response_type=Leader)
def leaderboard(context: OperationContext, _: EmptyQuery) -> Page[Leader]:
    """List the fifty authors with most tokens; there is no page after it."""
    found = context.store.read(tokens.leaderboard)
    return Page(
        items=tuple(Leader(author_address=each, total_tokens=total) for each, total in found),
        next=None,
    )


@routes.add("GET /authors/<wallet>", READ, request_type=AuthorQuery, response_type=AuthorView)
def show_author(context: OperationContext, query: AuthorQuery) -> AuthorView:
    """Show whether a wallet's owner has written a prompt, and what they are called elsewhere; of any wallet."""
    try:
        author = context.store.read(tokens.get_author, query.wallet)
    except AuthorNotFound:
        return AuthorView(has_prompt=False, twitter_handle=None, farcaster_handle=None)
    return project(AuthorView, author, has_prompt=author.prompt_text is not None)


@routes.add(
    "GET /authors/<wallet>/tokens",
    READ,
    request_type=AuthorTokensQuery,
    response_type=AuthorTokensView,
)
def show_author_tokens(context: OperationContext, query: AuthorTokensQuery) -> AuthorTokensView:
    """Show some tokens of an author, the newest first; none of a wallet that was never seen."""
    found = context.store.read(
        tokens.author_tokens, query.wallet, offset=query.offset, limit=query.limit
    )
    return project(AuthorTokensView, found, offset=query.offset, limit=query.limit)


def edit_author(tx: WriteTx, command: tokens.SetAuthorPrompt) -> PromptView:
    """Keep the prompt, of which the answer, and so its receipt, says nothing."""
    tokens.set_author_prompt(tx, command)
    return PromptView(has_prompt=True)

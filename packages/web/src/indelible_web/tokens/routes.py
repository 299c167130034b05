"""The routes of tokens and of their authors."""

from typing import Annotated, ClassVar, Final

from attrs import evolve, field, frozen

from indelible import tokens
from indelible.app import WriteTx
from indelible.kernel import Actor, Change, Idempotency
from indelible.kernel.kinds import Identifier, Kind, Label, kinds
from indelible.kernel.values import bounded_int, is_identifier, non_blank_line
from indelible.tokens.entities.fields import PROMPT, TOKEN_ID, TokenNumber
from indelible.tokens.errors import AuthorNotFound, NoChain, SignatureWrong
from indelible_web.http.access import SIGNED
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.paging import LIST_FILTERS, Page, PageQuery, PageSize
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes

READ: Final = "tokens:read"
RETRY: Final = "tokens:retry"

routes = Routes(
    "tokens",
    "NFTs, from their mint to their reveal, and the authors of their prompts.",
)

Offset = Annotated[int, Kind(bounded_int, {"minimum": 0, "maximum": 1_000_000_000})]
Wallet = Annotated[str, Kind(is_identifier, {"max_length": 42})]
PromptText = Annotated[str, Kind(non_blank_line, PROMPT)]
Signature = Annotated[str, Kind(is_identifier, {"max_length": 20_002})]


@frozen(kw_only=True)
class TokenQuery:
    """The on-chain id of a token."""

    token_id: TokenNumber = field(validator=bounded_int, metadata=TOKEN_ID)


@frozen(kw_only=True)
class TokenPageQuery(TokenQuery, PageQuery):
    """The on-chain id of a token, and a page of its changes."""


@frozen(kw_only=True)
class TokenListQuery(tokens.TokenFilter, PageQuery):
    """The filters of a list of tokens, and a page of it."""

    added_filters: ClassVar[frozenset[str]] = LIST_FILTERS - {"status"}


@frozen(kw_only=True, field_transformer=kinds)
class AuthorQuery:
    """The wallet of an author, in any case of letters."""

    wallet: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class AuthorTokensQuery(AuthorQuery):
    """The wallet of an author, and a range of their tokens, newest first."""

    offset: Offset = 0
    limit: PageSize = 20


@frozen(kw_only=True, field_transformer=kinds)
class SignedPrompt:
    """A prompt, and the message that its wallet has signed for it."""

    wallet_address: Wallet
    prompt_text: PromptText
    message: Label
    signature: Signature


@frozen(kw_only=True)
class PromptView:
    """Tells that an author has a prompt. No answer contains the prompt itself."""

    has_prompt: bool


@frozen(kw_only=True)
class AuthorView(PromptView):
    """The public handles of a wallet's author."""

    twitter_handle: str | None
    farcaster_handle: str | None


@frozen(kw_only=True)
class AuthorTokensView:
    """A range of an author's tokens, newest first, and the number of all of them."""

    tokens: tuple[tokens.Token, ...]
    total: int
    offset: int
    limit: int


@frozen(kw_only=True)
class Leader:
    """The wallet of an author, and the number of their tokens."""

    author_address: str
    total_tokens: int


@routes.pages(
    "GET /tokens",
    READ,
    request_type=TokenListQuery,
    response_type=tokens.Token,
    reads_standby=True,
    reads_with_key=True,
)
def list_tokens(context: OperationContext, query: TokenListQuery) -> Page[tokens.Token]:
    """List tokens, in order of their on-chain id where no other order is asked for."""
    cursors = context.cursors(query)
    rows = context.read(
        tokens.list_tokens, matching=query, after=cursors.start(), limit=query.limit + 1
    )
    return cursors.page(rows, query.position_of)


@routes.add(
    "GET /tokens/<token_id>",
    READ,
    request_type=TokenQuery,
    response_type=tokens.TokenSaved,
    reads_with_key=True,
    shows_head_alone=True,
)
def get_token(context: OperationContext, query: TokenQuery) -> tokens.TokenSaved:
    """Show a token. Its ETag is the `If-Match` of a retry."""
    return context.read(tokens.get_token, query.token_id)


@routes.pages(
    "GET /tokens/<token_id>/history",
    READ,
    request_type=TokenPageQuery,
    response_type=Change,
    reads_standby=True,
)
def list_token_history(context: OperationContext, query: TokenPageQuery) -> Page[Change]:
    """List the changes of a token, oldest first."""
    cursors = context.cursors(query)
    rows = context.store.read(
        tokens.token_history,
        query.token_id,
        after=int(cursors.start() or 0),
        limit=query.limit + 1,
    )
    return cursors.page(rows, lambda change: change.seq)


@routes.add(
    "POST /tokens/<token_id>/retry",
    RETRY,
    request_type=tokens.RetryToken,
    response_type=tokens.TokenSaved,
)
def retry_token(context: OperationContext, command: tokens.RetryToken) -> tokens.TokenSaved:
    """Retry a failed token: its image is generated anew."""
    return context.run(tokens.retry_token, command)


@routes.add(
    "POST /authors/prompt",
    *SIGNED,
    request_type=SignedPrompt,
    response_type=PromptView,
    reason="message",
)
def set_author_prompt(context: OperationContext, query: SignedPrompt) -> PromptView:
    """Set the prompt of a wallet's author, as the wallet's signed message asks for.

    No API key is needed. Each nonce counts once.
    """
    command = tokens.SetAuthorPrompt(
        wallet_address=query.wallet_address, prompt_text=query.prompt_text
    )
    wallet = command.wallet_address
    now = context.clock.now()
    signed = tokens.signed_message(query.message, query.wallet_address, now)

    chain = context.app_context.chain
    if chain is None:
        raise NoChain
    if not chain.is_signed_by(wallet, query.message, query.signature):
        raise SignatureWrong(wallet)

    author = evolve(context.caller, actor=Actor.user(wallet))
    idempotency = Idempotency(signed.nonce, PromptView)
    return evolve(context, caller=author, idempotency=idempotency).run(edit_author, command)


@routes.pages(
    "GET /authors/leaderboard",
    READ,
    request_type=EmptyQuery,
    response_type=Leader,
    reads_standby=True,
    reads_with_key=True,
)
def list_leading_authors(context: OperationContext, _: EmptyQuery) -> Page[Leader]:
    """List the fifty authors with most tokens, in one page."""
    totals = context.read(tokens.leaderboard)
    leaders = [Leader(author_address=wallet, total_tokens=total) for wallet, total in totals]
    return Page(items=tuple(leaders), next=None)


@routes.add(
    "GET /authors/<wallet>",
    READ,
    request_type=AuthorQuery,
    response_type=AuthorView,
    reads_with_key=True,
)
def get_author(context: OperationContext, query: AuthorQuery) -> AuthorView:
    """Show an author's handles, and whether they have a prompt; any wallet has an answer."""
    try:
        author = context.read(tokens.get_author, query.wallet)
    except AuthorNotFound:
        return AuthorView(has_prompt=False, twitter_handle=None, farcaster_handle=None)

    return project(AuthorView, author, has_prompt=author.prompt_text is not None)


@routes.add(
    "GET /authors/<wallet>/tokens",
    READ,
    request_type=AuthorTokensQuery,
    response_type=AuthorTokensView,
    reads_standby=True,
)
def list_author_tokens(context: OperationContext, query: AuthorTokensQuery) -> AuthorTokensView:
    """List a range of an author's tokens, newest first; none for an unknown wallet."""
    page = context.store.read(
        tokens.author_tokens, query.wallet, offset=query.offset, limit=query.limit
    )
    return project(AuthorTokensView, page, offset=query.offset, limit=query.limit)


def edit_author(tx: WriteTx, command: tokens.SetAuthorPrompt) -> PromptView:
    """Set the prompt. Neither the answer nor its idempotency record contains it."""
    tokens.set_author_prompt(tx, command)
    return PromptView(has_prompt=True)

"""The hand-off's unit of work: seven repositories whose every method is awaited, in one transaction."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Concatenate, Generic, ParamSpec, Protocol, TypeVar

from attrs import frozen
from sqlalchemy.util import greenlet_spawn

from indelible.kernel import Actor
from indelible.tokens.repositories import (
    AuthorRepository,
    ImageGenerationJobRepository,
    IPFSUploadRecordRepository,
    MintEventRepository,
    Repositories,
    RevealTransactionRepository,
    SystemStateRepository,
    TokenRepository,
)
from indelible_sql.async_store import AsyncSqlStore

P = ParamSpec("P")
R = TypeVar("R")
Repository = TypeVar("Repository")


@frozen
class Face(Generic[Repository]):
    """A repository that is awaited."""

    own: Repository


def awaitable(
    method: Callable[Concatenate[Repository, P], R],
) -> Callable[Concatenate[Face[Repository], P], Awaitable[R]]:
    """The method, to be awaited: it runs on a greenlet, which waits on the event loop."""

    async def call(face: Face[Repository], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await greenlet_spawn(lambda: method(face.own, *args, **kwargs))

    return call


class AsyncAuthors(Face[AuthorRepository]):
    """Authors, awaited."""

    get_by_id = awaitable(AuthorRepository.get_by_id)
    get_by_wallet = awaitable(AuthorRepository.get_by_wallet)
    add = awaitable(AuthorRepository.add)
    save = awaitable(AuthorRepository.save)
    list_all = awaitable(AuthorRepository.list_all)
    get_author_leaderboard = awaitable(AuthorRepository.get_author_leaderboard)


class AsyncTokens(Face[TokenRepository]):
    """Tokens, awaited."""

    get_by_id = awaitable(TokenRepository.get_by_id)
    get_by_token_id = awaitable(TokenRepository.get_by_token_id)
    add = awaitable(TokenRepository.add)
    save = awaitable(TokenRepository.save)
    get_pending_for_generation = awaitable(TokenRepository.get_pending_for_generation)
    get_pending_for_upload = awaitable(TokenRepository.get_pending_for_upload)
    get_ready_for_reveal = awaitable(TokenRepository.get_ready_for_reveal)
    get_by_author = awaitable(TokenRepository.get_by_author)
    get_by_status = awaitable(TokenRepository.get_by_status)
    get_missing_token_ids = awaitable(TokenRepository.get_missing_token_ids)


class AsyncMintEvents(Face[MintEventRepository]):
    """Mints, awaited."""

    add = awaitable(MintEventRepository.add)
    save = awaitable(MintEventRepository.save)
    exists = awaitable(MintEventRepository.exists)
    find = awaitable(MintEventRepository.find)
    get_by_block_range = awaitable(MintEventRepository.get_by_block_range)


class AsyncImageJobs(Face[ImageGenerationJobRepository]):
    """Orders for images, awaited."""

    add = awaitable(ImageGenerationJobRepository.add)
    save = awaitable(ImageGenerationJobRepository.save)
    get_by_id = awaitable(ImageGenerationJobRepository.get_by_id)
    get_by_token = awaitable(ImageGenerationJobRepository.get_by_token)
    get_latest_by_token = awaitable(ImageGenerationJobRepository.get_latest_by_token)


class AsyncUploads(Face[IPFSUploadRecordRepository]):
    """Uploads, awaited."""

    add = awaitable(IPFSUploadRecordRepository.add)
    save = awaitable(IPFSUploadRecordRepository.save)
    get_by_id = awaitable(IPFSUploadRecordRepository.get_by_id)
    get_by_token = awaitable(IPFSUploadRecordRepository.get_by_token)


class AsyncReveals(Face[RevealTransactionRepository]):
    """Reveals, awaited."""

    add = awaitable(RevealTransactionRepository.add)
    save = awaitable(RevealTransactionRepository.save)
    get_by_id = awaitable(RevealTransactionRepository.get_by_id)
    get_by_tx_hash = awaitable(RevealTransactionRepository.get_by_tx_hash)
    get_by_status = awaitable(RevealTransactionRepository.get_by_status)
    get_pending = awaitable(RevealTransactionRepository.get_pending)


class AsyncStates(Face[SystemStateRepository]):
    """Values under keys, awaited."""

    get_state = awaitable(SystemStateRepository.get_state)
    set_state = awaitable(SystemStateRepository.set_state)
    delete_state = awaitable(SystemStateRepository.delete_state)
    list_all_keys = awaitable(SystemStateRepository.list_all_keys)


@frozen(kw_only=True)
class UnitOfWork:
    """The seven, over one transaction: it commits on a clean exit, and rolls back on any exception."""

    authors: AsyncAuthors
    tokens: AsyncTokens
    mint_events: AsyncMintEvents
    image_jobs: AsyncImageJobs
    ipfs_records: AsyncUploads
    reveal_txs: AsyncReveals
    system_state: AsyncStates


class UnitOfWorkFactory(Protocol):
    """Opens units of work, each by somebody and for a reason."""

    def __call__(
        self, *, actor: Actor, reason: str, request_id: str | None = None
    ) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit of work, for `async with`."""
        ...


def create_uow_factory(store: AsyncSqlStore) -> UnitOfWorkFactory:
    """What opens units of work on the store."""

    @asynccontextmanager
    async def open_unit(*, actor: Actor, reason: str, request_id: str | None = None) -> AsyncGenerator[UnitOfWork]:
        async with store.transaction(actor=actor, reason=reason, request_id=request_id) as opened:
            seven = Repositories.over(opened.tx)
            yield UnitOfWork(
                authors=AsyncAuthors(seven.authors),
                tokens=AsyncTokens(seven.tokens),
                mint_events=AsyncMintEvents(seven.mint_events),
                image_jobs=AsyncImageJobs(seven.image_jobs),
                ipfs_records=AsyncUploads(seven.ipfs_records),
                reveal_txs=AsyncReveals(seven.reveal_txs),
                system_state=AsyncStates(seven.system_state),
            )

    return open_unit

"""The unit of work of seed 004: seven awaitable repositories in one transaction."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Concatenate, Generic, ParamSpec, Protocol, TypeVar

from attrs import frozen

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
from indelible_sql.asynchronous.store import AsyncSqlStore
from indelible_sql.engine.sqlalchemy_internals import run_in_greenlet

P = ParamSpec("P")
R = TypeVar("R")
Repository = TypeVar("Repository")


@frozen
class AsyncFacade(Generic[Repository]):
    """A repository whose methods are awaited."""

    repository: Repository


def async_method(
    method: Callable[Concatenate[Repository, P], R],
) -> Callable[Concatenate[AsyncFacade[Repository], P], Awaitable[R]]:
    """Return an awaitable form of a repository's method, which runs on a greenlet."""

    async def call(facade: AsyncFacade[Repository], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await run_in_greenlet(method, facade.repository, *args, **kwargs)

    return call


class AsyncAuthors(AsyncFacade[AuthorRepository]):
    """The awaitable repository of authors."""

    get_by_id = async_method(AuthorRepository.get_by_id)
    get_by_wallet = async_method(AuthorRepository.get_by_wallet)
    add = async_method(AuthorRepository.add)
    save = async_method(AuthorRepository.save)
    list_all = async_method(AuthorRepository.list_all)
    get_author_leaderboard = async_method(AuthorRepository.get_author_leaderboard)


class AsyncTokens(AsyncFacade[TokenRepository]):
    """The awaitable repository of tokens."""

    get_by_id = async_method(TokenRepository.get_by_id)
    get_by_token_id = async_method(TokenRepository.get_by_token_id)
    add = async_method(TokenRepository.add)
    save = async_method(TokenRepository.save)
    get_pending_for_generation = async_method(TokenRepository.get_pending_for_generation)
    get_pending_for_upload = async_method(TokenRepository.get_pending_for_upload)
    get_ready_for_reveal = async_method(TokenRepository.get_ready_for_reveal)
    get_by_author = async_method(TokenRepository.get_by_author)
    get_by_status = async_method(TokenRepository.get_by_status)
    get_missing_token_ids = async_method(TokenRepository.get_missing_token_ids)


class AsyncMintEvents(AsyncFacade[MintEventRepository]):
    """The awaitable repository of mint events."""

    add = async_method(MintEventRepository.add)
    save = async_method(MintEventRepository.save)
    exists = async_method(MintEventRepository.exists)
    find = async_method(MintEventRepository.find)
    find_canonical = async_method(MintEventRepository.find_canonical)
    get_by_block_range = async_method(MintEventRepository.get_by_block_range)


class AsyncImageJobs(AsyncFacade[ImageGenerationJobRepository]):
    """The awaitable repository of image jobs."""

    add = async_method(ImageGenerationJobRepository.add)
    save = async_method(ImageGenerationJobRepository.save)
    get_by_id = async_method(ImageGenerationJobRepository.get_by_id)
    get_by_token = async_method(ImageGenerationJobRepository.get_by_token)
    get_latest_by_token = async_method(ImageGenerationJobRepository.get_latest_by_token)


class AsyncUploads(AsyncFacade[IPFSUploadRecordRepository]):
    """The awaitable repository of uploads."""

    add = async_method(IPFSUploadRecordRepository.add)
    save = async_method(IPFSUploadRecordRepository.save)
    get_by_id = async_method(IPFSUploadRecordRepository.get_by_id)
    get_by_token = async_method(IPFSUploadRecordRepository.get_by_token)


class AsyncReveals(AsyncFacade[RevealTransactionRepository]):
    """The awaitable repository of reveals."""

    add = async_method(RevealTransactionRepository.add)
    save = async_method(RevealTransactionRepository.save)
    get_by_id = async_method(RevealTransactionRepository.get_by_id)
    get_by_tx_hash = async_method(RevealTransactionRepository.get_by_tx_hash)
    get_by_status = async_method(RevealTransactionRepository.get_by_status)
    get_pending = async_method(RevealTransactionRepository.get_pending)


class AsyncStates(AsyncFacade[SystemStateRepository]):
    """The awaitable repository of system states."""

    get_state = async_method(SystemStateRepository.get_state)
    set_state = async_method(SystemStateRepository.set_state)
    delete_state = async_method(SystemStateRepository.delete_state)
    list_all_keys = async_method(SystemStateRepository.list_all_keys)


@frozen(kw_only=True)
class UnitOfWork:
    """The seven repositories over one transaction.

    The transaction is committed at the end of the block, and rolled back on any exception.
    """

    authors: AsyncAuthors
    tokens: AsyncTokens
    mint_events: AsyncMintEvents
    image_jobs: AsyncImageJobs
    ipfs_records: AsyncUploads
    reveal_txs: AsyncReveals
    system_state: AsyncStates


class UnitOfWorkFactory(Protocol):
    """Opens units of work, each with an actor and a reason."""

    def __call__(
        self, *, actor: Actor, reason: str, request_id: str | None = None
    ) -> AbstractAsyncContextManager[UnitOfWork]:
        """Return a unit of work, for `async with`."""
        ...


def create_uow_factory(store: AsyncSqlStore) -> UnitOfWorkFactory:
    """Return a factory of units of work on the store."""

    @asynccontextmanager
    async def open_unit(
        *, actor: Actor, reason: str, request_id: str | None = None
    ) -> AsyncGenerator[UnitOfWork]:
        async with store.transaction(actor=actor, reason=reason, request_id=request_id) as opened:
            repositories = Repositories.over(opened.tx)
            yield UnitOfWork(
                authors=AsyncAuthors(repositories.authors),
                tokens=AsyncTokens(repositories.tokens),
                mint_events=AsyncMintEvents(repositories.mint_events),
                image_jobs=AsyncImageJobs(repositories.image_jobs),
                ipfs_records=AsyncUploads(repositories.ipfs_records),
                reveal_txs=AsyncReveals(repositories.reveal_txs),
                system_state=AsyncStates(repositories.system_state),
            )

    return open_unit

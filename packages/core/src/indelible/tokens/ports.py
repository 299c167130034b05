"""Ports of tokens: what they need of a store and of a chain."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from indelible.kernel import Change, Head
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.history import AggregateReader, AggregateRepository
from indelible.kernel.stages import TasksRead, TasksWrite
from indelible.tokens import entities
from indelible.tokens.lifecycle import TokenStatus

E = TypeVar("E", bound=Aggregate)
E_co = TypeVar("E_co", bound=Aggregate, covariant=True)


class TableReader(AggregateReader[E_co], Protocol[E_co]):
    """Entities of one table, to be found."""

    def find(
        self,
        where: Mapping[str, object],
        *,
        order: Sequence[str] = ("id",),
        limit: int,
        offset: int = 0,
    ) -> tuple[Head[E_co], ...]:
        """Those whose fields are so, in order of these fields; `-` before a name turns the order round."""
        ...


class TableRepository(TableReader[E], AggregateRepository[E], Protocol[E]):
    """Entities of one table, to be found and to be changed."""

    def lock(self, entity_id: str) -> Head[E]:
        """The entity whichever its seq, locked until the transaction ends, or the error that says it is missing."""
        ...

    def record_all(self, moves: Sequence[tuple[Head[E], Change, E]]) -> None:
        """Move many heads, each by its change, in as few statements as the store can; Stale for all when one was."""
        ...


class TokenCollectionReader(Protocol):
    """The repositories of tokens, for queries."""

    @property
    def authors(self) -> TableReader[entities.Author]: ...
    @property
    def tokens(self) -> TableReader[entities.Token]: ...
    @property
    def mints(self) -> TableReader[entities.MintEvent]: ...
    @property
    def states(self) -> TableReader[entities.SystemState]: ...

    def page_by_token_id(
        self, status: TokenStatus | None, *, after: int, limit: int
    ) -> tuple[Head[entities.Token], ...]:
        """Return the next tokens after an on-chain id, of one status or of all, in order of id."""
        ...

    def count_by_author(self, author_id: str) -> int:
        """Return the number of the author's tokens."""
        ...

    def count_by_status(self) -> dict[TokenStatus, int]:
        """Return the number of tokens in each status that occurs."""
        ...

    def missing_ids(self, next_token_id: int, *, limit: int) -> list[int]:
        """Return the on-chain ids from 1 below `next_token_id` that no token has, in order."""
        ...

    def leaderboard(self, *, limit: int) -> tuple[tuple[str, int], ...]:
        """Return wallets of authors with their number of tokens: most tokens, then lowest wallet.

        Authors without tokens are left out.
        """
        ...

    def mints_between(
        self, first: int, last: int, *, limit: int
    ) -> tuple[Head[entities.MintEvent], ...]:
        """Return the mints from one block to another, both included, in chain order."""
        ...


class TokenCollection(TokenCollectionReader, Protocol):
    """The repositories of tokens, for handlers."""

    @property
    def authors(self) -> TableRepository[entities.Author]: ...
    @property
    def tokens(self) -> TableRepository[entities.Token]: ...
    @property
    def mints(self) -> TableRepository[entities.MintEvent]: ...
    @property
    def image_jobs(self) -> TableRepository[entities.ImageGenerationJob]: ...
    @property
    def uploads(self) -> TableRepository[entities.IPFSUploadRecord]: ...
    @property
    def reveals(self) -> TableRepository[entities.RevealTransaction]: ...
    @property
    def states(self) -> TableRepository[entities.SystemState]: ...

    def lock_pending(
        self, status: TokenStatus, stage: str, now: datetime, *, limit: int
    ) -> tuple[Head[entities.Token], ...]:
        """Lock and return the tokens of a status whose task in a stage may run now.

        The oldest mint comes first. Left out are tokens whose task is leased or not yet due, and
        tokens that another transaction has locked.
        """
        ...

    def lock_tokens(self, ids: Sequence[str]) -> tuple[Head[entities.Token] | None, ...]:
        """Lock the tokens with these ids of entities in order of id.

        Return one head for each given id, in the given order, and None for an unknown id.
        """
        ...


class Chain(Protocol):
    """A contract on a chain, read with no transaction open.

    Every method may raise ChainUnreachable or InvalidNodeResponse.
    """

    @property
    def contract_id(self) -> str:
        """Return the CAIP-10 id of the contract: its chain and its address."""
        ...

    def check(self) -> None:
        """Raise ChainIdMismatch unless the node serves the configured chain."""
        ...

    def newest(self) -> int:
        """Return the number of the newest block."""
        ...

    def block(self, number: int) -> entities.Block | None:
        """Return the block at this height, or None when the node has none."""
        ...

    def mints(self, first: int, last: int) -> tuple[entities.MintLog, ...]:
        """Return the contract's mints from one block to another, both included, in chain order.

        Raises: RangeTooLarge.
        """
        ...

    def next_token_id(self, block: int) -> int:
        """Return the on-chain id that the next token had after this block."""
        ...

    def author_of(self, token_id: int) -> str | None:
        """Return the wallet of the token's author, or None for a token that was never minted."""
        ...

    def metadata_of(self, token_id: int) -> str | None:
        """Return the CID of a revealed token's metadata, or None before the reveal."""
        ...

    def is_signed_by(self, wallet: str, message: str, signature: str) -> bool:
        """Return True when the wallet, of a person or of a contract, has signed the message.

        Raises: SignatureMalformed.
        """
        ...


class TokensRead(TasksRead, Protocol):
    """The part of a read transaction that token queries use."""

    @property
    def tokens(self) -> TokenCollectionReader: ...


class TokensWrite(TasksWrite, Protocol):
    """The part of a transaction that token handlers and repositories use."""

    @property
    def tokens(self) -> TokenCollection: ...

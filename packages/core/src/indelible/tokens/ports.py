"""What tokens need of a store and of a chain."""

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
NEWEST_FIRST = ("-created_at", "-id")


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
    """Tokens and what belongs to them, to be found."""

    @property
    def authors(self) -> TableReader[entities.Author]: ...
    @property
    def tokens(self) -> TableReader[entities.Token]: ...
    @property
    def mints(self) -> TableReader[entities.MintEvent]: ...
    @property
    def states(self) -> TableReader[entities.SystemState]: ...

    def numbered(
        self, status: TokenStatus | None, *, after: int, limit: int
    ) -> tuple[Head[entities.Token], ...]:
        """The next `limit` tokens after a number, of one status or of all, in order of number."""
        ...

    def count_of(self, author_id: str) -> int:
        """How many tokens are the author's."""
        ...

    def missing_ids(self, next_token_id: int, *, limit: int) -> list[int]:
        """The numbers from 1 below this one that no token has, in order."""
        ...

    def counts(self) -> dict[TokenStatus, int]:
        """How many tokens there are of each status that occurs."""
        ...

    def leaderboard(self, *, limit: int) -> tuple[tuple[str, int], ...]:
        """Wallets of authors and how many tokens are theirs, most first; of equals the lower wallet first."""
        ...

    def mints_between(
        self, first: int, last: int, *, limit: int
    ) -> tuple[Head[entities.MintEvent], ...]:
        """The mints in these blocks, both included, in the order of the chain."""
        ...


class TokenCollection(TokenCollectionReader, Protocol):
    """Tokens and what belongs to them, to be found and to be changed."""

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

    def pending(
        self, status: TokenStatus, stage: str, now: datetime, *, limit: int
    ) -> tuple[Head[entities.Token], ...]:
        """The oldest of a status that nobody has in hand, locked; those that another transaction locks are passed."""
        ...

    def locked(self, ids: Sequence[str]) -> tuple[Head[entities.Token] | None, ...]:
        """The tokens of these ids in their order, locked in the order of ids; None where there is none."""
        ...


class Chain(Protocol):
    """A contract on a chain, asked with no transaction open; every method may raise ChainUnreachable or ChainWrong."""

    @property
    def contract_id(self) -> str:
        """The chain and the contract, as CAIP-10 writes them."""
        ...

    def check(self) -> None:
        """WrongChain unless the node serves the chain that is set up."""
        ...

    def newest(self) -> int:
        """The newest block's number."""
        ...

    def block(self, number: int) -> entities.Block | None:
        """The block at this height; None where the node has none."""
        ...

    def mints(self, first: int, last: int) -> tuple[entities.MintLog, ...]:
        """The contract's mints in these blocks, both included, in the order of the chain; RangeTooLarge."""
        ...

    def next_token_id(self, block: int) -> int:
        """The number that the next token had after this block."""
        ...

    def author_of(self, token_id: int) -> str | None:
        """The wallet of the token's author; None where it was never minted."""
        ...

    def metadata_of(self, token_id: int) -> str | None:
        """The CID of the token's metadata once it is revealed; None before."""
        ...

    def is_signed_by(self, wallet: str, message: str, signature: str) -> bool:
        """Whether the wallet, a person's or a contract, has signed the text; SignatureMalformed."""
        ...


class TokensRead(TasksRead, Protocol):
    """What queries on tokens need."""

    @property
    def tokens(self) -> TokenCollectionReader: ...


class TokensWrite(TasksWrite, Protocol):
    """What handlers of tokens, and the repositories, need."""

    @property
    def tokens(self) -> TokenCollection: ...

"""The finders of tokens and mints, and the transactions that hold them."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from attrs import frozen

from indelible.kernel import Head
from indelible.kernel.questions import at_least, at_most, listed
from indelible.kernel.repository import Repository
from indelible.kernel.stages import TasksRead, TasksWrite
from indelible.tokens.entities.authors import Author
from indelible.tokens.entities.mints import MintEvent
from indelible.tokens.entities.pipeline import (
    ImageGenerationJob,
    IPFSUploadRecord,
    RevealTransaction,
    SystemState,
)
from indelible.tokens.entities.tokens import Token
from indelible.tokens.lifecycle import TokenStatus
from indelible.tokens.ports import TokenJoins
from indelible.tokens.rules.tasks import TokenPolicy


@frozen
class Tokens(Repository[Token]):
    """The tokens."""

    joins: TokenJoins

    def lock_all(self, ids: Iterable[str]) -> Mapping[str, Head[Token]]:
        """Lock the tokens in order of id, and return those that exist by their ids.

        The order keeps two transactions from waiting for each other.
        """
        heads = self.select(listed("id", ids), lock=True)
        return {head.entity.id: head for head in heads}

    def count_by_status(self) -> Mapping[TokenStatus, int]:
        """Return the number of tokens in each state that any is in."""
        return self.count(TokenStatus)


class Mints(Repository[MintEvent]):
    """The mints."""

    def between(self, first: int, last: int, *, limit: int) -> tuple[Head[MintEvent], ...]:
        """Return the mints from one block to another, both included, in chain order."""
        return self.select(
            at_least("block_number", first),
            at_most("block_number", last),
            order=("block_number", "log_index", "id"),
            limit=limit,
        )


class TokenRepositories(Protocol):
    """The repositories of tokens in a transaction: `tx.tokens`."""

    @property
    def authors(self) -> Repository[Author]: ...
    @property
    def tokens(self) -> Tokens: ...
    @property
    def mints(self) -> Mints: ...
    @property
    def image_jobs(self) -> Repository[ImageGenerationJob]: ...
    @property
    def uploads(self) -> Repository[IPFSUploadRecord]: ...
    @property
    def reveals(self) -> Repository[RevealTransaction]: ...
    @property
    def states(self) -> Repository[SystemState]: ...


class TokensRead(TasksRead, Protocol):
    """The part of a read transaction that token queries use."""

    @property
    def tokens(self) -> TokenRepositories: ...


class HasTokenPolicy(Protocol):
    """The tokens' part of a store's policy."""

    @property
    def tokens(self) -> TokenPolicy: ...


class TokensWrite(TasksWrite, Protocol):
    """The part of a transaction that token handlers and repositories use."""

    @property
    def policy(self) -> HasTokenPolicy: ...
    @property
    def tokens(self) -> TokenRepositories: ...

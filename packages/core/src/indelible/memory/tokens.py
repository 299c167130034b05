"""The memory store's repositories of tokens."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Self

from attrs import frozen

from indelible.kernel import Head
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.history import MemoryHistory
from indelible.memory.tasks import MemoryTaskQueue
from indelible.tokens import errors
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


@frozen
class MemoryCollection:
    """The repositories of tokens, in memory."""

    authors: MemoryAggregateRepository[Author]
    tokens: MemoryAggregateRepository[Token]
    mints: MemoryAggregateRepository[MintEvent]
    image_jobs: MemoryAggregateRepository[ImageGenerationJob]
    uploads: MemoryAggregateRepository[IPFSUploadRecord]
    reveals: MemoryAggregateRepository[RevealTransaction]
    states: MemoryAggregateRepository[SystemState]
    _work: MemoryTaskQueue

    @classmethod
    def empty(cls, history: MemoryHistory, work: MemoryTaskQueue) -> Self:
        """Return the repositories of an empty store."""
        return cls(
            MemoryAggregateRepository(history, Author, errors.AuthorNotFound),
            MemoryAggregateRepository(history, Token, errors.TokenNotFound),
            MemoryAggregateRepository(history, MintEvent, errors.RelatedRecordNotFound),
            MemoryAggregateRepository(history, ImageGenerationJob, errors.RelatedRecordNotFound),
            MemoryAggregateRepository(history, IPFSUploadRecord, errors.RelatedRecordNotFound),
            MemoryAggregateRepository(history, RevealTransaction, errors.RelatedRecordNotFound),
            MemoryAggregateRepository(history, SystemState, errors.RelatedRecordNotFound),
            work,
        )

    def copy(self, history: MemoryHistory, work: MemoryTaskQueue) -> Self:
        """Return a draft over a draft of history. Rows are frozen, so both share them."""
        return type(self)(
            self.authors.copy(history),
            self.tokens.copy(history),
            self.mints.copy(history),
            self.image_jobs.copy(history),
            self.uploads.copy(history),
            self.reveals.copy(history),
            self.states.copy(history),
            work,
        )

    def lock_pending(
        self, status: TokenStatus, stage: str, *, limit: int
    ) -> tuple[Head[Token], ...]:
        """Return the tokens of a status that have no unfinished task in a stage."""
        heads = self.tokens.where(
            lambda token: token.status is status and not self._work.has_unfinished(stage, token.id)
        )
        by_mint = sorted(heads, key=lambda head: (head.entity.mint_timestamp, head.entity.token_id))
        return tuple(by_mint[:limit])

    def lock_tokens(self, ids: Sequence[str]) -> tuple[Head[Token] | None, ...]:
        """Return one head for each id of an entity, None for an unknown id."""
        by_id: dict[str, Head[Token]] = {}
        for head in self.tokens.where(lambda token: token.id in ids):
            by_id[head.entity.id] = head

        return tuple(by_id.get(entity_id) for entity_id in ids)

    def count_by_author(self, author_id: str) -> int:
        """Return the number of the author's tokens."""
        return len(self.tokens.where(lambda token: token.author_id == author_id))

    def count_by_status(self) -> dict[TokenStatus, int]:
        """Return the number of tokens in each status that occurs."""
        return dict(Counter(token.status for token in self._all_tokens()))

    def missing_ids(self, first: int, next_token_id: int, *, limit: int) -> list[int]:
        """Return the on-chain ids from `first` below `next_token_id` that no token has."""
        present = {token.token_id for token in self._all_tokens()}
        missing = (number for number in range(first, next_token_id) if number not in present)

        return list(islice(missing, limit))

    def leaderboard(self, *, limit: int) -> tuple[tuple[str, int], ...]:
        """Return wallets with their number of tokens: most tokens first, then lowest wallet."""
        counts: Counter[str] = Counter()
        for token in self._all_tokens():
            author = self.authors.get(token.author_id).entity
            counts[author.wallet_address] += 1

        by_wallet = sorted(counts.items())
        by_total = sorted(by_wallet, key=itemgetter(1), reverse=True)
        return tuple(by_total[:limit])

    def mints_between(self, first: int, last: int, *, limit: int) -> tuple[Head[MintEvent], ...]:
        """Return the mints from one block to another, both included, in chain order."""
        heads = self.mints.where(lambda event: first <= event.block_number <= last)
        in_chain_order = sorted(heads, key=lambda head: head.entity.sort_key)

        return tuple(in_chain_order[:limit])

    def _all_tokens(self) -> Iterator[Token]:
        for head in self.tokens.where(lambda _: True):
            yield head.entity

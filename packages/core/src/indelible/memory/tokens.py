"""Tokens in memory."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Self

from attrs import frozen

from indelible.kernel import Head
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.history import MemoryHistory
from indelible.memory.tasks import MemoryTaskQueue
from indelible.tokens import AUTHOR, IMAGE_JOB, MINT, REVEAL, SYSTEM_STATE, TOKEN, UPLOAD, errors
from indelible.tokens.entities import (
    Author,
    ImageGenerationJob,
    IPFSUploadRecord,
    MintEvent,
    RevealTransaction,
    SystemState,
    Token,
)
from indelible.tokens.lifecycle import TokenStatus


@frozen
class MemoryCollection:
    """Tokens and what belongs to them, to be found and to be changed."""

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
        """The tables of a new store."""
        return cls(
            MemoryAggregateRepository(history, AUTHOR, errors.AuthorNotFound),
            MemoryAggregateRepository(history, TOKEN, errors.TokenNotFound),
            MemoryAggregateRepository(history, MINT, errors.RelatedRecordNotFound),
            MemoryAggregateRepository(history, IMAGE_JOB, errors.RelatedRecordNotFound),
            MemoryAggregateRepository(history, UPLOAD, errors.RelatedRecordNotFound),
            MemoryAggregateRepository(history, REVEAL, errors.RelatedRecordNotFound),
            MemoryAggregateRepository(history, SYSTEM_STATE, errors.RelatedRecordNotFound),
            work,
        )

    def copy(self, history: MemoryHistory, work: MemoryTaskQueue) -> Self:
        """A draft over a draft of history; the rows are frozen, so they are shared."""
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

    def pending(
        self, status: TokenStatus, stage: str, now: datetime, *, limit: int
    ) -> tuple[Head[Token], ...]:
        """The oldest of a status that nobody has in hand."""
        found = self.tokens.where(
            lambda each: each.status is status and self._work.is_open(stage, each.id, now)
        )
        return tuple(
            sorted(found, key=lambda head: (head.entity.mint_timestamp, head.entity.token_id))
        )[:limit]

    def locked(self, ids: Sequence[str]) -> tuple[Head[Token] | None, ...]:
        """The tokens of these ids in their order; None where there is none."""
        found = {head.entity.id: head for head in self.tokens.where(lambda each: each.id in ids)}
        return tuple(map(found.get, ids))

    def numbered(
        self, status: TokenStatus | None, *, after: int, limit: int
    ) -> tuple[Head[Token], ...]:
        """The next `limit` tokens after a number, of one status or of all, in order of number."""
        found = self.tokens.where(
            lambda each: each.token_id > after and status in (None, each.status)
        )
        return tuple(sorted(found, key=lambda head: head.entity.token_id))[:limit]

    def count_of(self, author_id: str) -> int:
        """How many tokens are the author's."""
        return len(self.tokens.where(lambda each: each.author_id == author_id))

    def missing_ids(self, next_token_id: int, *, limit: int) -> list[int]:
        """The numbers from 1 below this one that no token has, in order."""
        present = {head.entity.token_id for head in self.tokens.where(lambda _: True)}
        return [number for number in range(1, next_token_id) if number not in present][:limit]

    def counts(self) -> dict[TokenStatus, int]:
        """How many tokens there are of each status that occurs."""
        return dict(Counter(head.entity.status for head in self.tokens.where(lambda _: True)))

    def leaderboard(self, *, limit: int) -> tuple[tuple[str, int], ...]:
        """Wallets of authors and how many tokens are theirs, most first; of equals the lower wallet first."""
        counts = Counter(head.entity.author_id for head in self.tokens.where(lambda _: True))
        found = (
            (self.authors.get(each).entity.wallet_address, total) for each, total in counts.items()
        )
        return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))[:limit]

    def mints_between(self, first: int, last: int, *, limit: int) -> tuple[Head[MintEvent], ...]:
        """The mints in these blocks, both included, in the order of the chain."""
        found = self.mints.where(lambda each: first <= each.block_number <= last)
        return tuple(sorted(found, key=lambda head: head.entity.sort_key))[:limit]

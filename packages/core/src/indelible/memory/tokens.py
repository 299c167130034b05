"""The memory store's repositories of tokens."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter
from typing import Self

from attrs import evolve, field, frozen

from indelible.kernel import Head
from indelible.kernel.repository import Repository
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.history import MemoryHistory
from indelible.memory.tasks import MemoryTaskQueue
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
from indelible.tokens.repositories.finders import Mints, Tokens


@frozen
class MemoryTokenRepository(MemoryAggregateRepository[Token]):
    """Tokens."""

    _authors: MemoryAggregateRepository[Author] = field(kw_only=True, alias="authors")
    _work: MemoryTaskQueue = field(kw_only=True, alias="work")

    def lock_pending(
        self, status: TokenStatus, stage: str, *, limit: int
    ) -> tuple[Head[Token], ...]:
        """Return the tokens of a status that have no unfinished task in a stage."""
        heads = self.where(
            lambda token: token.status is status and not self._work.has_unfinished(stage, token.id)
        )
        by_mint = sorted(heads, key=lambda head: (head.entity.mint_timestamp, head.entity.token_id))
        return tuple(by_mint[:limit])

    def count_by_author(self, author_id: str) -> int:
        """Return the number of the author's tokens."""
        return len(self.where(lambda token: token.author_id == author_id))

    def missing_ids(self, first: int, next_token_id: int, *, limit: int) -> list[int]:
        """Return the on-chain ids from `first` below `next_token_id` that no token has."""
        present = {token.token_id for token in self._all_tokens()}
        missing = (number for number in range(first, next_token_id) if number not in present)

        return list(islice(missing, limit))

    def leaderboard(self, *, limit: int) -> tuple[tuple[str, int], ...]:
        """Return wallets with their number of tokens: most tokens first, then lowest wallet."""
        counts: Counter[str] = Counter()
        for token in self._all_tokens():
            author = self._authors.get(token.author_id).entity
            counts[author.wallet_address] += 1

        by_wallet = sorted(counts.items())
        by_total = sorted(by_wallet, key=itemgetter(1), reverse=True)
        return tuple(by_total[:limit])

    def _all_tokens(self) -> Iterator[Token]:
        for head in self.where(lambda _: True):
            yield head.entity


@frozen(kw_only=True)
class MemoryCollection:
    """The part of tokens in a transaction of the memory store."""

    author_rows: MemoryAggregateRepository[Author]
    token_rows: MemoryTokenRepository
    mint_rows: MemoryAggregateRepository[MintEvent]
    image_job_rows: MemoryAggregateRepository[ImageGenerationJob]
    upload_rows: MemoryAggregateRepository[IPFSUploadRecord]
    reveal_rows: MemoryAggregateRepository[RevealTransaction]
    state_rows: MemoryAggregateRepository[SystemState]

    @property
    def authors(self) -> Repository[Author]:
        return Repository(self.author_rows)

    @property
    def tokens(self) -> Tokens:
        return Tokens(self.token_rows, self.token_rows)

    @property
    def mints(self) -> Mints:
        return Mints(self.mint_rows)

    @property
    def image_jobs(self) -> Repository[ImageGenerationJob]:
        return Repository(self.image_job_rows)

    @property
    def uploads(self) -> Repository[IPFSUploadRecord]:
        return Repository(self.upload_rows)

    @property
    def reveals(self) -> Repository[RevealTransaction]:
        return Repository(self.reveal_rows)

    @property
    def states(self) -> Repository[SystemState]:
        return Repository(self.state_rows)

    @classmethod
    def empty(cls, history: MemoryHistory, work: MemoryTaskQueue) -> Self:
        """Return the repositories of an empty store."""
        authors = MemoryAggregateRepository(history, Author)
        return cls(
            author_rows=authors,
            token_rows=MemoryTokenRepository(history, Token, authors=authors, work=work),
            mint_rows=MemoryAggregateRepository(history, MintEvent),
            image_job_rows=MemoryAggregateRepository(history, ImageGenerationJob),
            upload_rows=MemoryAggregateRepository(history, IPFSUploadRecord),
            reveal_rows=MemoryAggregateRepository(history, RevealTransaction),
            state_rows=MemoryAggregateRepository(history, SystemState),
        )

    def copy(self, history: MemoryHistory, work: MemoryTaskQueue) -> Self:
        """Return a draft over a draft of history. Rows are frozen, so both share them."""
        authors = self.author_rows.copy(history)
        return type(self)(
            author_rows=authors,
            token_rows=evolve(self.token_rows.copy(history), authors=authors, work=work),
            mint_rows=self.mint_rows.copy(history),
            image_job_rows=self.image_job_rows.copy(history),
            upload_rows=self.upload_rows.copy(history),
            reveal_rows=self.reveal_rows.copy(history),
            state_rows=self.state_rows.copy(history),
        )

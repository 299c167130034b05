"""The seven repositories of the hand-off, and how each keeps what it is given: one write for all.

None is for what is not found. A saved entity must be one step from the state that it came from, and that state must
be the present one: else it is refused, and nothing is overwritten.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from attrs import evolve, frozen

from indelible.kernel import Head, Stale, next_change
from indelible.kernel.aggregates import change_data, save_change
from indelible.kernel.tasks import TaskNotDead, TaskNotFound
from indelible.tokens import entities, errors
from indelible.tokens.lifecycle import MintStatus, RevealStatus, TokenStatus
from indelible.tokens.ports import NEWEST_FIRST, TableReader, TableRepository, TokensWrite
from indelible.tokens.rules import (
    GENERATE,
    NEXT_STAGE,
    REVEAL_TOKENS,
    UPLOAD,
    due_next,
    step_between,
)

M = TypeVar("M", bound=entities.Marked)

OLDEST_FIRST, OLDEST_MINTED_FIRST = ("created_at", "id"), ("mint_timestamp", "token_id")


def find_one(
    heads: TableReader[M], where: Mapping[str, object], order: Sequence[str] = ("id",)
) -> M | None:
    """The first that is so, or None."""
    found = heads.find(where, order=order, limit=1)
    return found[0].entity if found else None


def find_many(
    heads: TableReader[M],
    where: Mapping[str, object],
    order: Sequence[str],
    limit: int,
    offset: int = 0,
) -> list[M]:
    """Those that are so."""
    return [head.entity for head in heads.find(where, order=order, limit=limit, offset=offset)]


def canonical_mint(tx: TokensWrite, tx_hash: str, log_index: int) -> entities.MintEvent | None:
    """The occurrence of a mint that is in the chain, whichever its block."""
    where = {
        "tx_hash": tx_hash.lower(),
        "log_index": log_index,
        "status": MintStatus.CANONICAL.value,
    }
    return find_one(tx.tokens.mints, where)


def insert(tx: TokensWrite, heads: TableRepository[M], entity: M) -> M:
    """A new entity, kept from now on."""
    now = tx.clock.now()
    entity = evolve(entity, created_at=now, updated_at=now)
    save_change(tx, heads, None, entity, step_between(entity.lifecycle, "", entity.status))
    return entity


def save_if_current(tx: TokensWrite, heads: TableRepository[M], entity: M) -> M:
    """The entity's next state, kept; InvalidTransition, or Stale where it came from a state that has passed."""
    return save_if_unchanged(tx, heads, heads.lock(entity.id), entity)


def save_if_unchanged(tx: TokensWrite, heads: TableRepository[M], head: Head[M], entity: M) -> M:
    """The same, over the head that the caller holds."""
    if head.entity.updated_at != entity.updated_at:
        raise Stale(entity.id, head.revision.seq)
    if head.entity == entity:
        return entity
    entity = entity.at(tx.clock.now(), after=head.entity)
    save_change(
        tx, heads, head, entity, step_between(entity.lifecycle, head.entity.status, entity.status)
    )
    return entity


def save_all(
    tx: TokensWrite, heads: TableRepository[M], moves: Sequence[tuple[Head[M], M]]
) -> list[Head[M]]:
    """The next state of many, kept, each over the head that the caller has; Stale where one was not the last."""
    actions = [
        step_between(each.lifecycle, head.entity.status, each.status) for head, each in moves
    ]
    changes = [
        next_change(tx, each.lifecycle, head, each, action, change_data(each))
        for (head, each), action in zip(moves, actions, strict=True)
    ]
    heads.record_all(
        [(head, change, each) for (head, each), change in zip(moves, changes, strict=True)]
    )
    return [
        Head(entity=each, revision=change.revision)
        for (_, each), change in zip(moves, changes, strict=True)
    ]


@frozen
class AuthorRepository:
    """Authors, by id and by wallet, whose capitals do not count."""

    _tx: TokensWrite

    def get_by_id(self, author_id: str) -> entities.Author | None:
        return find_one(self._tx.tokens.authors, {"id": author_id})

    def get_by_wallet(self, wallet_address: str) -> entities.Author | None:
        return find_one(self._tx.tokens.authors, {"wallet_address": wallet_address.lower()})

    def add(self, author: entities.Author) -> entities.Author:
        """The author, kept; AuthorExists."""
        if self.get_by_wallet(author.wallet_address):
            raise errors.AuthorExists(author.wallet_address)
        return insert(self._tx, self._tx.tokens.authors, author)

    def save(self, author: entities.Author) -> entities.Author:
        return save_if_current(self._tx, self._tx.tokens.authors, author)

    def list_all(self, limit: int = 100, offset: int = 0) -> list[entities.Author]:
        return find_many(self._tx.tokens.authors, {}, NEWEST_FIRST, limit, offset)

    def get_author_leaderboard(self, limit: int = 50) -> list[tuple[str, int]]:
        return list(self._tx.tokens.leaderboard(limit=limit))


@frozen
class TokenRepository:
    """Tokens. The three `get_` of work lock what they give until the transaction ends, and never give it twice."""

    _tx: TokensWrite

    def get_by_id(self, token_uuid: str) -> entities.Token | None:
        return find_one(self._tx.tokens.tokens, {"id": token_uuid})

    def get_by_token_id(self, token_id: int) -> entities.Token | None:
        return find_one(self._tx.tokens.tokens, {"token_id": token_id})

    def add(self, token: entities.Token) -> entities.Token:
        """The token, kept, and its generation due; TokenExists."""
        if self.get_by_token_id(token.token_id):
            raise errors.TokenExists(token.token_id)
        token = insert(self._tx, self._tx.tokens.tokens, token)
        self.make_all_due([token])
        return token

    def save(self, token: entities.Token) -> entities.Token:
        """The token after one step, and the work that it leads to made due; InvalidTransition or Stale."""
        token = save_if_current(self._tx, self._tx.tokens.tokens, token)
        self.make_all_due([token])
        return token

    def make_all_due(self, tokens: Sequence[entities.Token]) -> None:
        """What is to be done with these tokens next; the oldest mint comes first."""
        for stage, dues in due_next(tokens).items():
            self._tx.tasks.enqueue(stage, dues)

    def make_due_again(self, token: entities.Token) -> None:
        """The same for one whose work may be dead: what is put stays buried, and it would wait for ever."""
        self.make_all_due([token])
        for stage in NEXT_STAGE.values():
            with suppress(TaskNotFound, TaskNotDead):
                self._tx.tasks.requeue(stage, token.id)

    def get_pending_for_generation(self, limit: int = 10) -> list[entities.Token]:
        return self._pending(TokenStatus.DETECTED, GENERATE, limit)

    def get_pending_for_upload(self, limit: int = 10) -> list[entities.Token]:
        return self._pending(TokenStatus.UPLOADING, UPLOAD, limit)

    def get_ready_for_reveal(self, limit: int = 50) -> list[entities.Token]:
        return self._pending(TokenStatus.READY, REVEAL_TOKENS, limit)

    def _pending(self, status: TokenStatus, stage: str, limit: int) -> list[entities.Token]:
        found = self._tx.tokens.pending(status, stage, self._tx.clock.now(), limit=limit)
        return [head.entity for head in found]

    def get_by_author(
        self, author_id: str, limit: int = 100, offset: int = 0
    ) -> list[entities.Token]:
        return find_many(
            self._tx.tokens.tokens, {"author_id": author_id}, NEWEST_FIRST, limit, offset
        )

    def get_by_status(
        self, status: TokenStatus, limit: int = 100, offset: int = 0
    ) -> list[entities.Token]:
        return find_many(
            self._tx.tokens.tokens, {"status": status.value}, OLDEST_MINTED_FIRST, limit, offset
        )

    def get_missing_token_ids(self, max_exclusive: int, limit: int | None = None) -> list[int]:
        return self._tx.tokens.missing_ids(
            max_exclusive, limit=2**31 - 1 if limit is None else limit
        )


@frozen
class MintEventRepository:
    """Mints, each occurrence once."""

    _tx: TokensWrite

    def add(self, event: entities.MintEvent) -> entities.MintEvent:
        """The mint, kept; MintEventExists."""
        if self.find(event.block_hash, event.tx_hash, event.log_index) or self.exists(
            event.tx_hash, event.log_index
        ):
            raise errors.MintEventExists(event.tx_hash, event.log_index)
        return insert(self._tx, self._tx.tokens.mints, event)

    def save(self, event: entities.MintEvent) -> entities.MintEvent:
        """The mint after one step; MintEventExists where it comes back while it stands in another block."""
        stands = canonical_mint(self._tx, event.tx_hash, event.log_index)
        if event.is_canonical and stands and stands.id != event.id:
            raise errors.MintEventExists(event.tx_hash, event.log_index)
        return save_if_current(self._tx, self._tx.tokens.mints, event)

    def exists(self, tx_hash: str, log_index: int) -> bool:
        """Whether a mint that is in the chain is kept."""
        return canonical_mint(self._tx, tx_hash, log_index) is not None

    def find(self, block_hash: str, tx_hash: str, log_index: int) -> entities.MintEvent | None:
        """One occurrence of a mint."""
        where = {
            "block_hash": block_hash.lower(),
            "tx_hash": tx_hash.lower(),
            "log_index": log_index,
        }
        return find_one(self._tx.tokens.mints, where)

    def get_by_block_range(
        self, start: int, end: int, limit: int = 10_000
    ) -> list[entities.MintEvent]:
        return [head.entity for head in self._tx.tokens.mints_between(start, end, limit=limit)]


@frozen
class ImageGenerationJobRepository:
    """Orders for images."""

    _tx: TokensWrite

    def add(self, job: entities.ImageGenerationJob) -> entities.ImageGenerationJob:
        return insert(self._tx, self._tx.tokens.image_jobs, job)

    def save(self, job: entities.ImageGenerationJob) -> entities.ImageGenerationJob:
        return save_if_current(self._tx, self._tx.tokens.image_jobs, job)

    def get_by_id(self, job_id: str) -> entities.ImageGenerationJob | None:
        return find_one(self._tx.tokens.image_jobs, {"id": job_id})

    def get_by_token(self, token_uuid: str, limit: int = 100) -> list[entities.ImageGenerationJob]:
        return find_many(self._tx.tokens.image_jobs, {"token_id": token_uuid}, NEWEST_FIRST, limit)

    def get_latest_by_token(self, token_uuid: str) -> entities.ImageGenerationJob | None:
        return find_one(self._tx.tokens.image_jobs, {"token_id": token_uuid}, NEWEST_FIRST)


@frozen
class IPFSUploadRecordRepository:
    """Uploads."""

    _tx: TokensWrite

    def add(self, record: entities.IPFSUploadRecord) -> entities.IPFSUploadRecord:
        return insert(self._tx, self._tx.tokens.uploads, record)

    def save(self, record: entities.IPFSUploadRecord) -> entities.IPFSUploadRecord:
        return save_if_current(self._tx, self._tx.tokens.uploads, record)

    def get_by_id(self, record_id: str) -> entities.IPFSUploadRecord | None:
        return find_one(self._tx.tokens.uploads, {"id": record_id})

    def get_by_token(
        self, token_uuid: str, record_type: entities.RecordType | None = None
    ) -> list[entities.IPFSUploadRecord]:
        kind: dict[str, object] = {} if record_type is None else {"record_type": record_type.value}
        return find_many(
            self._tx.tokens.uploads, {"token_id": token_uuid} | kind, NEWEST_FIRST, 1_000
        )


@frozen
class RevealTransactionRepository:
    """Reveals; `get_pending` gives those that were sent and not yet confirmed."""

    _tx: TokensWrite

    def add(self, reveal: entities.RevealTransaction) -> entities.RevealTransaction:
        return insert(self._tx, self._tx.tokens.reveals, reveal)

    def save(self, reveal: entities.RevealTransaction) -> entities.RevealTransaction:
        return save_if_current(self._tx, self._tx.tokens.reveals, reveal)

    def get_by_id(self, reveal_id: str) -> entities.RevealTransaction | None:
        return find_one(self._tx.tokens.reveals, {"id": reveal_id})

    def get_by_tx_hash(self, tx_hash: str) -> entities.RevealTransaction | None:
        return find_one(self._tx.tokens.reveals, {"tx_hash": tx_hash.lower()})

    def get_by_status(
        self, status: RevealStatus, limit: int = 100
    ) -> list[entities.RevealTransaction]:
        return find_many(self._tx.tokens.reveals, {"status": status.value}, OLDEST_FIRST, limit)

    def get_pending(self, limit: int = 100) -> list[entities.RevealTransaction]:
        return self.get_by_status(RevealStatus.SENT, limit)


@frozen
class SystemStateRepository:
    """Values under keys; a deleted one is None, and its history stays."""

    _tx: TokensWrite

    def get_state(self, key: str) -> Any:  # noqa: ANN401 - what JSON knows
        found = find_one(self._tx.tokens.states, {"id": key})
        return None if found is None else found.state_value

    def set_state(self, key: str, value: Any) -> None:  # noqa: ANN401 - as above
        """Keep the value under the key, whatever it was."""
        if find_one(self._tx.tokens.states, {"id": key}):
            self._move(key, "set", value)
        else:
            new = entities.SystemState.create(
                "create", now=self._tx.clock.now(), id=key, state_value=value
            )
            save_change(self._tx, self._tx.tokens.states, None, new, "create")

    def delete_state(self, key: str) -> bool:
        """Whether there was a value."""
        if self.get_state(key) is None:
            return False
        self._move(key, "delete", None)
        return True

    def list_all_keys(self) -> list[str]:
        return [
            each.id
            for each in find_many(self._tx.tokens.states, {"status": "set"}, ("id",), 10_000)
        ]

    def _move(self, key: str, action: str, value: object) -> None:
        head = self._tx.tokens.states.lock(key)
        state = head.entity.transition(action, now=self._tx.clock.now(), state_value=value)
        save_change(self._tx, self._tx.tokens.states, head, state, action)


@frozen
class Repositories:
    """All seven, over one transaction."""

    authors: AuthorRepository
    tokens: TokenRepository
    mint_events: MintEventRepository
    image_jobs: ImageGenerationJobRepository
    ipfs_records: IPFSUploadRecordRepository
    reveal_txs: RevealTransactionRepository
    system_state: SystemStateRepository

    @classmethod
    def over(cls, tx: TokensWrite) -> "Repositories":
        """The repositories of a transaction."""
        first = (
            AuthorRepository(tx),
            TokenRepository(tx),
            MintEventRepository(tx),
            ImageGenerationJobRepository(tx),
        )
        return cls(
            *first,
            IPFSUploadRecordRepository(tx),
            RevealTransactionRepository(tx),
            SystemStateRepository(tx),
        )

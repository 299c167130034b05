"""The repository of tokens, and the tasks that follow from saving one."""

from collections.abc import Sequence
from contextlib import suppress

from attrs import frozen

from indelible.kernel.task_errors import TaskNotDead, TaskNotFound
from indelible.tokens.entities.tokens import Token
from indelible.tokens.errors import AuthorNotFound, RelatedRecordNotFound, TokenExists
from indelible.tokens.lifecycle import TokenStatus
from indelible.tokens.repositories.finders import TokensWrite
from indelible.tokens.repositories.saving import (
    NEWEST_FIRST,
    find_many,
    find_one,
    insert,
    save_over,
)
from indelible.tokens.rules.tasks import GENERATE_STAGE, REVEAL_STAGE, UPLOAD_STAGE, due_tasks

OLDEST_MINT_FIRST = ("mint_timestamp", "token_id")
NO_LIMIT = 2**31 - 1


def insert_token(tx: TokensWrite, token: Token) -> Token:
    """Save a new token whose author and mint event exist, and enqueue its next task."""
    token = insert(tx, tx.tokens.tokens, token)
    enqueue_next_tasks(tx, [token])

    return token


def enqueue_next_tasks(tx: TokensWrite, tokens: Sequence[Token]) -> None:
    """Enqueue the task that each token's state makes due, if its stage is performed.

    The oldest mint comes first.
    """
    for stage, due in due_tasks(tokens, tx.policy.tokens.stages).items():
        tx.tasks.enqueue(stage, due)


def revive_tasks(tx: TokensWrite, token: Token) -> None:
    """Enqueue the next task of a token, and requeue its dead and canceled tasks.

    Enqueuing does not revive such a task: without the requeue the token would wait forever.
    """
    enqueue_next_tasks(tx, [token])
    for stage in sorted(tx.policy.tokens.stages):
        with suppress(TaskNotFound, TaskNotDead):
            tx.tasks.requeue(stage, token.id)


@frozen
class TokenRepository:
    """Tokens.

    `get_pending_for_generation`, `get_pending_for_upload` and `get_ready_for_reveal` lock the
    tokens they return until the transaction ends, and skip tokens that are locked elsewhere. They
    leave out tokens with an unfinished task: these belong to the stage, not to its caller.
    """

    _tx: TokensWrite

    def get_by_id(self, token_uuid: str) -> Token | None:
        return find_one(self._tx.tokens.tokens, {"id": token_uuid})

    def get_by_token_id(self, token_id: int) -> Token | None:
        return find_one(self._tx.tokens.tokens, {"token_id": token_id})

    def add(self, token: Token) -> Token:
        """Save a new token and enqueue its next task.

        Raises, in this order: TokenExists (TOKEN_EXISTS), AuthorNotFound (AUTHOR_NOT_FOUND),
        RelatedRecordNotFound (TOKEN_PART_NOT_FOUND) for an unknown mint event.
        """
        if self.get_by_token_id(token.token_id):
            raise TokenExists(token.token_id)
        self._check_references(token)

        return insert_token(self._tx, token)

    def save(self, token: Token) -> Token:
        """Save the next state of a token and enqueue its next task.

        Raises, in this order: TokenNotFound (TOKEN_NOT_FOUND), AuthorNotFound
        (AUTHOR_NOT_FOUND), RelatedRecordNotFound (TOKEN_PART_NOT_FOUND), Stale (STALE),
        InvalidTransition (INVALID_TRANSITION), FieldFixed (FIELD_FIXED).
        """
        head = self._tx.tokens.tokens.lock(token.id)
        old = head.entity
        if (token.author_id, token.mint_event_id) != (old.author_id, old.mint_event_id):
            self._check_references(token)

        saved = save_over(self._tx, self._tx.tokens.tokens, head, token)
        enqueue_next_tasks(self._tx, [saved])

        return saved

    def get_pending_for_generation(self, limit: int = 10) -> list[Token]:
        return self._pending(TokenStatus.DETECTED, GENERATE_STAGE, limit)

    def get_pending_for_upload(self, limit: int = 10) -> list[Token]:
        return self._pending(TokenStatus.UPLOADING, UPLOAD_STAGE, limit)

    def get_ready_for_reveal(self, limit: int = 50) -> list[Token]:
        return self._pending(TokenStatus.READY, REVEAL_STAGE, limit)

    def get_by_author(self, author_id: str, limit: int = 100, offset: int = 0) -> list[Token]:
        where = {"author_id": author_id}
        return find_many(self._tx.tokens.tokens, where, NEWEST_FIRST, limit, offset)

    def get_by_status(self, status: TokenStatus, limit: int = 100, offset: int = 0) -> list[Token]:
        where = {"status": status.value}
        return find_many(self._tx.tokens.tokens, where, OLDEST_MINT_FIRST, limit, offset)

    def get_missing_token_ids(self, max_exclusive: int, limit: int | None = None) -> list[int]:
        """Return the ids from 1 below this one that no token has, in order."""
        if limit is None:
            limit = NO_LIMIT
        return self._tx.tokens.tokens.joins.missing_ids(1, max_exclusive, limit=limit)

    def _pending(self, status: TokenStatus, stage: str, limit: int) -> list[Token]:
        heads = self._tx.tokens.tokens.joins.lock_pending(status, stage, limit=limit)
        return [head.entity for head in heads]

    def _check_references(self, token: Token) -> None:
        """Raise unless the token's author and its mint event, if it has one, are stored."""
        if find_one(self._tx.tokens.authors, {"id": token.author_id}) is None:
            raise AuthorNotFound(token.author_id)

        event_id = token.mint_event_id
        if event_id and find_one(self._tx.tokens.mints, {"id": event_id}) is None:
            raise RelatedRecordNotFound(event_id)

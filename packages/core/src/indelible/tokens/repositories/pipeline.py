"""The repositories of image jobs, uploads, reveal transactions and system states."""

from typing import Any

from attrs import frozen

from indelible.kernel.aggregates import save_change
from indelible.tokens.entities.pipeline import (
    ImageGenerationJob,
    IPFSUploadRecord,
    RecordType,
    RevealTransaction,
    SystemState,
)
from indelible.tokens.errors import TokenNotFound
from indelible.tokens.lifecycle import RevealStatus, StateStatus
from indelible.tokens.repositories.finders import TokensWrite
from indelible.tokens.repositories.saving import (
    NEWEST_FIRST,
    OLDEST_FIRST,
    find_many,
    find_one,
    insert,
    save,
)

MAX_UPLOADS_LISTED = 1_000
MAX_KEYS_LISTED = 10_000


def check_token_exists(tx: TokensWrite, token_uuid: str) -> None:
    """Raise TokenNotFound unless a token with this id of an entity is stored."""
    if find_one(tx.tokens.tokens, {"id": token_uuid}) is None:
        raise TokenNotFound(token_uuid)


@frozen
class ImageGenerationJobRepository:
    """Image generation jobs."""

    _tx: TokensWrite

    def add(self, job: ImageGenerationJob) -> ImageGenerationJob:
        """Save a new job. Raises TokenNotFound."""
        check_token_exists(self._tx, job.token_id)
        return insert(self._tx, self._tx.tokens.image_jobs, job)

    def save(self, job: ImageGenerationJob) -> ImageGenerationJob:
        return save(self._tx, self._tx.tokens.image_jobs, job)

    def get_by_id(self, job_id: str) -> ImageGenerationJob | None:
        return find_one(self._tx.tokens.image_jobs, {"id": job_id})

    def get_by_token(self, token_uuid: str, limit: int = 100) -> list[ImageGenerationJob]:
        where = {"token_id": token_uuid}
        return find_many(self._tx.tokens.image_jobs, where, NEWEST_FIRST, limit)

    def get_latest_by_token(self, token_uuid: str) -> ImageGenerationJob | None:
        return find_one(self._tx.tokens.image_jobs, {"token_id": token_uuid}, NEWEST_FIRST)


@frozen
class IPFSUploadRecordRepository:
    """IPFS uploads."""

    _tx: TokensWrite

    def add(self, record: IPFSUploadRecord) -> IPFSUploadRecord:
        """Save a new upload. Raises TokenNotFound."""
        check_token_exists(self._tx, record.token_id)
        return insert(self._tx, self._tx.tokens.uploads, record)

    def save(self, record: IPFSUploadRecord) -> IPFSUploadRecord:
        return save(self._tx, self._tx.tokens.uploads, record)

    def get_by_id(self, record_id: str) -> IPFSUploadRecord | None:
        return find_one(self._tx.tokens.uploads, {"id": record_id})

    def get_by_token(
        self, token_uuid: str, record_type: RecordType | None = None
    ) -> list[IPFSUploadRecord]:
        where: dict[str, object] = {"token_id": token_uuid}
        if record_type is not None:
            where["record_type"] = record_type.value

        return find_many(self._tx.tokens.uploads, where, NEWEST_FIRST, MAX_UPLOADS_LISTED)


@frozen
class RevealTransactionRepository:
    """Reveal transactions."""

    _tx: TokensWrite

    def add(self, reveal: RevealTransaction) -> RevealTransaction:
        """Save a new reveal transaction. Raises TokenNotFound for any unknown token."""
        for token_uuid in reveal.token_ids:
            check_token_exists(self._tx, token_uuid)

        return insert(self._tx, self._tx.tokens.reveals, reveal)

    def save(self, reveal: RevealTransaction) -> RevealTransaction:
        return save(self._tx, self._tx.tokens.reveals, reveal)

    def get_by_id(self, reveal_id: str) -> RevealTransaction | None:
        return find_one(self._tx.tokens.reveals, {"id": reveal_id})

    def get_by_tx_hash(self, tx_hash: str) -> RevealTransaction | None:
        return find_one(self._tx.tokens.reveals, {"tx_hash": tx_hash.lower()})

    def get_by_status(self, status: RevealStatus, limit: int = 100) -> list[RevealTransaction]:
        where = {"status": status.value}
        return find_many(self._tx.tokens.reveals, where, OLDEST_FIRST, limit)

    def get_pending(self, limit: int = 100) -> list[RevealTransaction]:
        """Return the transactions that were sent and are not yet confirmed."""
        return self.get_by_status(RevealStatus.SENT, limit)


@frozen
class SystemStateRepository:
    """JSON values under keys. The history of a deleted value stays."""

    _tx: TokensWrite

    def get_state(self, key: str) -> Any:  # noqa: ANN401 - any JSON value
        """Return the value, or None when the key has none."""
        state = find_one(self._tx.tokens.states, {"id": key})
        if state is None:
            return None
        return state.state_value

    def set_state(self, key: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
        """Store a value under a key, in place of an earlier one."""
        if find_one(self._tx.tokens.states, {"id": key}):
            self._transition(key, "set", value)
            return

        now = self._tx.clock.now()
        state = SystemState.create("create", now=now, id=key, state_value=value)
        save_change(self._tx, self._tx.tokens.states, None, state, "create")

    def delete_state(self, key: str) -> bool:
        """Delete the value under a key. Return False when there was none."""
        if self.get_state(key) is None:
            return False

        self._transition(key, "delete", None)
        return True

    def list_all_keys(self) -> list[str]:
        where = {"status": StateStatus.SET.value}
        states = find_many(self._tx.tokens.states, where, ("id",), MAX_KEYS_LISTED)
        return [state.id for state in states]

    def _transition(self, key: str, action: str, value: object) -> None:
        head = self._tx.tokens.states.lock(key)
        state = head.entity.transition(action, now=self._tx.clock.now(), state_value=value)
        save_change(self._tx, self._tx.tokens.states, head, state, action)

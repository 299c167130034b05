"""The repository of mint events."""

from attrs import frozen

from indelible.tokens.entities.mints import MintEvent
from indelible.tokens.errors import MintEventExists
from indelible.tokens.lifecycle import MintStatus
from indelible.tokens.repositories.finders import TokensWrite
from indelible.tokens.repositories.saving import find_one, insert, save


@frozen
class MintEventRepository:
    """Mint events. Of one transaction's log, at most one event is in the chain."""

    _tx: TokensWrite

    def add(self, event: MintEvent) -> MintEvent:
        """Save a new mint event.

        Raises: MintEventExists when its log is recorded for the same block, or is in the chain.
        """
        recorded = self.find(event.block_hash, event.tx_hash, event.log_index)
        if recorded or self.exists(event.tx_hash, event.log_index):
            raise MintEventExists(event.tx_hash, event.log_index)

        return insert(self._tx, self._tx.tokens.mints, event)

    def save(self, event: MintEvent) -> MintEvent:
        """Save the next state of a mint event.

        Raises: MintEventExists when it is restored while its log is in another block.
        """
        canonical = self.find_canonical(event.tx_hash, event.log_index)
        if event.is_canonical and canonical and canonical.id != event.id:
            raise MintEventExists(event.tx_hash, event.log_index)

        return save(self._tx, self._tx.tokens.mints, event)

    def exists(self, tx_hash: str, log_index: int) -> bool:
        """Return True when a mint event of this log is in the chain."""
        return self.find_canonical(tx_hash, log_index) is not None

    def find(self, block_hash: str, tx_hash: str, log_index: int) -> MintEvent | None:
        """Return the mint event of this log in this block."""
        where = {
            "block_hash": block_hash.lower(),
            "tx_hash": tx_hash.lower(),
            "log_index": log_index,
        }
        return find_one(self._tx.tokens.mints, where)

    def find_canonical(self, tx_hash: str, log_index: int) -> MintEvent | None:
        """Return the mint event of this log that is in the chain, in whichever block."""
        where = {
            "tx_hash": tx_hash.lower(),
            "log_index": log_index,
            "status": MintStatus.CANONICAL.value,
        }
        return find_one(self._tx.tokens.mints, where)

    def get_by_block_range(self, start: int, end: int, limit: int = 10_000) -> list[MintEvent]:
        """Return the mint events from one block to another, both included, in chain order."""
        heads = self._tx.tokens.mints.between(start, end, limit=limit)
        return [head.entity for head in heads]

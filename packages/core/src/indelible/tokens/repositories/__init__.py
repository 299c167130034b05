"""The seven repositories of seed 004, each a facade over the same writes.

A method that finds nothing returns None. A saved entity must be one action after the stored one,
and `updated_at` must be that of the stored one: nothing is overwritten unseen.
"""

from attrs import frozen

from indelible.tokens.repositories.authors import AuthorRepository
from indelible.tokens.repositories.finders import TokensWrite
from indelible.tokens.repositories.mints import MintEventRepository
from indelible.tokens.repositories.pipeline import (
    ImageGenerationJobRepository,
    IPFSUploadRecordRepository,
    RevealTransactionRepository,
    SystemStateRepository,
)
from indelible.tokens.repositories.tokens import TokenRepository

__all__ = [
    "AuthorRepository",
    "IPFSUploadRecordRepository",
    "ImageGenerationJobRepository",
    "MintEventRepository",
    "Repositories",
    "RevealTransactionRepository",
    "SystemStateRepository",
    "TokenRepository",
]


@frozen
class Repositories:
    """All seven repositories over one transaction."""

    authors: AuthorRepository
    tokens: TokenRepository
    mint_events: MintEventRepository
    image_jobs: ImageGenerationJobRepository
    ipfs_records: IPFSUploadRecordRepository
    reveal_txs: RevealTransactionRepository
    system_state: SystemStateRepository

    @classmethod
    def over(cls, tx: TokensWrite) -> "Repositories":
        """Return the repositories of a transaction."""
        return cls(
            authors=AuthorRepository(tx),
            tokens=TokenRepository(tx),
            mint_events=MintEventRepository(tx),
            image_jobs=ImageGenerationJobRepository(tx),
            ipfs_records=IPFSUploadRecordRepository(tx),
            reveal_txs=RevealTransactionRepository(tx),
            system_state=SystemStateRepository(tx),
        )

"""Memory of the checks of token detection."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from attrs import define, field

from indelible.tokens.rules.scanning import Checkpoint

# What the chain says of a mint. Ids and times of detection are of our own making.
OF_CHAIN: Final = (
    "block_hash",
    "tx_hash",
    "log_index",
    "block_number",
    "token_id",
    "quantity",
    "author_wallet",
    "recipient",
    "total_paid",
)
ReadMint = tuple[str, ...]  # the fields of OF_CHAIN in order, as texts


def read_mint(fields: Mapping[str, Any]) -> ReadMint:
    """Return what the chain says of a mint, from its fields or its document."""
    return tuple(str(fields[name]) for name in OF_CHAIN)


@define(eq=False)
class ObservedScans:
    """The checkpoints, tokens and mints that detection has stored, by the hashes of changes.

    What a restore has lost stays in `lost_mints` and `lost_tokens` when it is found again.
    """

    checkpoints: dict[str, Checkpoint] = field(factory=dict[str, Checkpoint])  # oldest first
    tokens: dict[str, int] = field(factory=dict[str, int])  # those that were detected as new
    mints: dict[str, ReadMint] = field(factory=dict[str, ReadMint])
    lost_mints: set[ReadMint] = field(factory=set[ReadMint])
    lost_tokens: set[int] = field(factory=set[int])
    tokens_found_again: set[int] = field(factory=set[int])

    def forget(self, hashes: Collection[str]) -> None:
        """Forget what the changes with these hashes have stored, which a restore has lost."""
        for change_hash in hashes:
            self.checkpoints.pop(change_hash, None)
            if change_hash in self.tokens:
                self.lost_tokens.add(self.tokens.pop(change_hash))
            if change_hash in self.mints:
                self.lost_mints.add(self.mints.pop(change_hash))

    def counts(self) -> dict[str, int]:
        """Return how many tokens were lost, and how many of them were detected again."""
        return {
            "lost tokens": len(self.lost_tokens),
            "lost tokens that are detected again": len(self.tokens_found_again),
        }

"""The port as `indelible.tokens.ports` is going to have it: to be deleted when it is there, and imported instead."""

from typing import Protocol

from indelible.tokens import Block, MintLog


class Chain(Protocol):
    """A contract on a chain, as a node tells of it."""

    def check(self) -> None:
        """WrongChain unless the node serves the configured chain id."""

    def newest(self) -> int:
        """The newest block's number."""
        ...

    def block(self, number: int) -> Block | None:
        """The block at this height, None where the node has none."""
        ...

    def mints(self, first: int, last: int) -> tuple[MintLog, ...]:
        """The contract's mints in these blocks, in chain order; RangeTooLarge, ChainUnreachable, ChainWrong."""
        ...

    def next_token_id(self) -> int:
        """The id that the next minted token is going to have."""
        ...

    def author_of(self, token_id: int) -> str | None:
        """The wallet of the prompt's author, None where no such token was minted."""
        ...

    def metadata_of(self, token_id: int) -> str | None:
        """The token's CID once it is revealed, else None."""
        ...

    def is_signed_by(self, wallet: str, message: str, signature: str) -> bool:
        """Whether the wallet, of a person or of a contract, signed the message; SignatureMalformed."""
        ...

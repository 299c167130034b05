"""Ports of tokens: what they need of a store and of a chain."""

from abc import abstractmethod
from typing import ClassVar, Protocol

from attrs import frozen

from indelible.kernel import Head, ListFilter, ListOrder
from indelible.tokens.entities.chain import Block, ContractLog, ContractState
from indelible.tokens.entities.tokens import Token
from indelible.tokens.lifecycle import TokenStatus


@frozen(kw_only=True, slots=False)
class TokenFilter(ListFilter):
    """The tokens of a list, and their order; without one, in order of their on-chain ids."""

    own_field: ClassVar[str] = "token_id"
    own_type: ClassVar[type[str] | type[int]] = int

    status: TokenStatus | None = None
    order: ListOrder | None = None


ALL_TOKENS = TokenFilter()


class TokenJoins(Protocol):
    """The queries on tokens that count, or read several tables."""

    def count_by_author(self, author_id: str) -> int:
        """Return the number of the author's tokens."""
        ...

    def missing_ids(self, first: int, next_token_id: int, *, limit: int) -> list[int]:
        """Return the on-chain ids from `first` below `next_token_id` that no token has, in order.

        Both are below 2**63: no contract has counted further.
        """
        ...

    def leaderboard(self, *, limit: int) -> tuple[tuple[str, int], ...]:
        """Return wallets of authors with their number of tokens: most tokens, then lowest wallet.

        Authors without tokens are left out.
        """
        ...

    def lock_pending(
        self, status: TokenStatus, stage: str, *, limit: int
    ) -> tuple[Head[Token], ...]:
        """Lock and return the tokens of a status that have no unfinished task in a stage.

        The oldest mint comes first. A token with an unfinished task belongs to the stage, also
        while the task waits: otherwise the stage could claim what is returned here. Left out, too,
        are tokens that another transaction has locked.
        """
        ...


class Chain(Protocol):
    """A contract on a chain, read with no transaction open.

    Every method may raise ChainUnreachable or InvalidNodeResponse. A subclass needs `contract_id`,
    `newest`, `block` and `mints`: the other methods have defaults.
    """

    @property
    @abstractmethod
    def contract_id(self) -> str:
        """Return the CAIP-10 id of the contract: its chain and its address."""
        ...

    @property
    def first_token_id(self) -> int:
        """Return the lowest on-chain id, from which the contract counts."""
        return 0

    def check(self) -> None:
        """Raise ChainIdMismatch unless the node serves the configured chain."""
        return

    def inspect(self) -> ContractState | None:
        """Return the contract's code, None where nothing is known of it.

        Raises: ContractCodeMissing, InterfaceMissing.
        """
        return None

    @abstractmethod
    def newest(self) -> int:
        """Return the number of the newest block."""
        ...

    @abstractmethod
    def block(self, number: int) -> Block | None:
        """Return the block at this height, or None when the node has none."""
        ...

    @abstractmethod
    def mints(self, first: int, last: int) -> tuple[ContractLog, ...]:
        """Return the contract's mints from one block to another, both included, in chain order.

        A log that cannot be a mint is an InvalidLog: `Block.mint` returns either.

        Raises: RangeTooLarge.
        """
        ...

    def next_token_id(self, block: int) -> int | None:  # noqa: ARG002 - for subclasses
        """Return the on-chain id that the next token had after this block.

        Return None for a contract that does not count its tokens.
        """
        return None

    def author_of(self, token_id: int) -> str | None:  # noqa: ARG002 - for subclasses
        """Return the wallet of the token's author at the newest block, None before its mint."""
        return None

    def metadata_of(self, token_id: int) -> str | None:  # noqa: ARG002 - for subclasses
        """Return the CID of the token's metadata at the newest block, None before the reveal."""
        return None

    def is_signed_by(
        self,
        wallet: str,  # noqa: ARG002 - for subclasses
        message: str,  # noqa: ARG002 - for subclasses
        signature: str,  # noqa: ARG002 - for subclasses
    ) -> bool:
        """Return True when the wallet, of a person or of a contract, has signed the message.

        Without an implementation no signature counts.

        Raises: SignatureMalformed.
        """
        return False

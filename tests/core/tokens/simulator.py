"""A chain in memory that can reorganize, lag, be unreachable, and refuse long ranges of blocks.

It implements the port `Chain`. Detection learns of its changes only through the port.
"""

from collections.abc import Iterator
from itertools import count

from attrs import define, evolve, field, frozen

from indelible.testing.stores import BEGINNING
from indelible.testing.tokens.scenarios import chain_hash, wallet
from indelible.tokens import Block, ContractLog, ContractState, InvalidLog, MintLog
from indelible.tokens.errors import (
    ChainIdMismatch,
    ChainUnreachable,
    ContractCodeMissing,
    RangeTooLarge,
)


@frozen
class Mint:
    """A transaction that mints tokens."""

    number: int
    quantity: int
    author: int


@frozen
class SimulatedBlock:
    """A block with its mints, and whether it has a log that cannot be a mint."""

    hash: str
    mints: tuple[Mint, ...]
    is_odd: bool = False


def first_block() -> list[SimulatedBlock]:
    """Return a chain of one block without mints."""
    return [SimulatedBlock(chain_hash(0), ())]


@define
class Simulator:
    """A chain of blocks with mints."""

    max_blocks: int = 1_000
    advises: bool = True
    is_unreachable: bool = False
    serves_another_chain: bool = False
    lag: int = 0  # the number of newest blocks that this node does not have yet
    fork: int = 7  # part of the block hashes, so that two chains have different ones
    before_calls: "Iterator[object] | None" = None  # advanced before every call
    contract_id: str = f"eip155:1:{wallet(9)}"
    first_token_id: int = 1
    counts_tokens: bool = True
    state: ContractState | None = None
    has_code: bool = True
    inspections: int = 0
    _blocks: list[SimulatedBlock] = field(factory=first_block)
    _hashes: "Iterator[int]" = field(factory=lambda: count(1))
    _mints: "Iterator[int]" = field(factory=lambda: count(1))

    def mine(self, blocks: int = 1, *mints: tuple[int, int]) -> None:
        """Add blocks. The first holds the mints, each a quantity and an author."""
        minted = [Mint(next(self._mints), quantity, author) for quantity, author in mints]
        self._add(*minted)
        for _ in range(blocks - 1):
            self._add()

    def mine_odd(self) -> None:
        """Add a block whose only log cannot be a mint."""
        self._add()
        self._blocks[-1] = evolve(self._blocks[-1], is_odd=True)

    def reorg(self, depth: int, *, keeps: bool, extra: int = 1) -> None:
        """Replace the last blocks by others: with the same mints one block later, or with none."""
        depth = min(depth, len(self._blocks) - 1)
        dropped = [self._blocks.pop() for _ in range(depth)]

        self._add()
        for block in reversed(dropped):
            self._add(*(block.mints if keeps else ()))
        for _ in range(extra):
            self._add()

    @property
    def truth(self) -> dict[int, tuple[int, int]]:
        """Return the author and the block of each token in the chain."""
        tokens: dict[int, tuple[int, int]] = {}
        for block, mint, first in self._minted():
            for token_id in range(first, first + mint.quantity):
                tokens[token_id] = (mint.author, block)

        return tokens

    def check(self) -> None:
        self._before_call()
        if self.serves_another_chain:
            raise ChainIdMismatch(1, 2)

    def inspect(self) -> ContractState | None:
        self._before_call()
        self.inspections += 1
        if not self.has_code:
            raise ContractCodeMissing(self.contract_id)
        return self.state

    def newest(self) -> int:
        self._before_call()
        return max(0, len(self._blocks) - 1 - self.lag)

    def block(self, number: int) -> Block | None:
        self._before_call()
        if not 0 <= number < len(self._blocks) - self.lag:
            return None

        parent = max(0, number - 1)
        return Block(
            number=number,
            hash=self._blocks[number].hash,
            parent_hash=self._blocks[parent].hash,
            at=BEGINNING,
        )

    def mints(self, first: int, last: int) -> tuple[ContractLog, ...]:
        self._before_call()
        if last - first + 1 > self.max_blocks:
            advised_last = first + self.max_blocks - 1 if self.advises else None
            raise RangeTooLarge(first, last, advised_last)

        logs: list[ContractLog] = []
        for block, mint, start in self._minted():
            if first <= block <= last:
                logs.append(self._log(block, mint, start))
        for number, simulated in enumerate(self._blocks):
            if simulated.is_odd and first <= number <= last:
                logs.append(self._odd_log(number))
        return tuple(logs)

    def next_token_id(self, block: int) -> int | None:
        self._before_call()
        if not self.counts_tokens:
            return None
        minted = [token_id for token_id, (_, number) in self.truth.items() if number <= block]
        return max(minted, default=self.first_token_id - 1) + 1

    def author_of(self, token_id: int) -> str | None:
        self._before_call()
        if token_id not in self.truth:
            return None
        return wallet(self.truth[token_id][0])

    def metadata_of(self, token_id: int) -> str | None:
        self._before_call()
        return "metadata" if token_id % 5 == 0 else None

    def is_signed_by(self, wallet: str, message: str, signature: str) -> bool:
        self._before_call()
        return signature == f"{wallet} {message}"

    def _add(self, *mints: Mint) -> None:
        self._blocks.append(SimulatedBlock(chain_hash(next(self._hashes), self.fork), mints))

    def _minted(self) -> Iterator[tuple[int, Mint, int]]:
        """Yield each mint in the chain with its block and the id of its first token."""
        following = self.first_token_id
        for number, block in enumerate(self._blocks):
            for mint in block.mints:
                yield number, mint, following
                following += mint.quantity

    def _odd_log(self, block: int) -> InvalidLog:
        return InvalidLog(
            tx_hash=chain_hash(block, 11),
            log_index=3,
            block_number=block,
            block_hash=self._blocks[block].hash,
            problem="It has 3 topics: expected 4.",
            field="topics",
        )

    def _log(self, block: int, mint: Mint, start: int) -> MintLog:
        return MintLog(
            tx_hash=chain_hash(mint.number, 9),
            log_index=0,
            block_number=block,
            block_hash=self._blocks[block].hash,
            block_timestamp=BEGINNING,
            minter=wallet(1),
            author_wallet=wallet(mint.author),
            start_token_id=start,
            quantity=mint.quantity,
            total_paid=0,
        )

    def _before_call(self) -> None:
        if self.before_calls is not None:
            next(self.before_calls, None)
        if self.is_unreachable:
            raise ChainUnreachable("it is unreachable")

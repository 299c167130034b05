"""A chain in memory, which can be reorganised, go stale, be away, and answer for few blocks at once.

It is held to the port, and its reader is told nothing of what it has changed.
"""

from collections.abc import Iterator
from itertools import count

from attrs import define, field, frozen

from indelible.testing.stores import BEGINNING
from indelible.testing.tokens.scenarios import chain_hash, wallet
from indelible.tokens import Block, MintLog
from indelible.tokens.errors import ChainIdMismatch, ChainUnreachable, RangeTooLarge


@frozen
class Mint:
    """A transaction that mints, wherever it stands."""

    number: int
    quantity: int
    author: int


@define
class Simulator:
    """Blocks of mints; the hash of each follows from all that is below it."""

    most_blocks: int = 1_000
    advises: bool = True
    is_away: bool = False
    is_another: bool = False
    lag: int = 0  # how far behind this node is
    fork: int = 7  # by which its blocks differ from another chain's
    between: "Iterator[object] | None" = None  # what happens to the chain between two questions
    contract_id: str = f"eip155:1:{wallet(9)}"
    _blocks: list[tuple[str, list[Mint]]] = field(factory=lambda: [(chain_hash(0), list[Mint]())])
    _hashes: "Iterator[int]" = field(factory=lambda: count(1))
    _mints: "Iterator[int]" = field(factory=lambda: count(1))

    def mine(self, blocks: int = 1, *mints: tuple[int, int]) -> None:
        """So many blocks, the first of which holds mints of so many tokens by an author each."""
        for number in range(blocks):
            held = (
                [Mint(next(self._mints), quantity, author) for quantity, author in mints]
                if number == 0
                else []
            )
            self._add(held)

    def reorganise(self, depth: int, *, keeps: bool, extra: int = 1) -> None:
        """Other blocks instead of the last ones, with the same mints a block later, or with none."""
        depth = min(depth, len(self._blocks) - 1)
        dropped = [self._blocks.pop()[1] for _ in range(depth)][::-1]
        self._add([])
        for held in dropped:
            self._add(held if keeps else [])
        for _ in range(extra):
            self._add([])

    def _add(self, mints: list[Mint]) -> None:
        self._blocks.append((chain_hash(next(self._hashes), self.fork), mints))

    @property
    def truth(self) -> dict[int, tuple[int, int]]:
        """Each token that stands in the chain: its author and its block."""
        found: dict[int, tuple[int, int]] = {}
        for block, mint, first in self._standing():
            found |= dict.fromkeys(range(first, first + mint.quantity), (mint.author, block))
        return found

    def _standing(self) -> Iterator[tuple[int, Mint, int]]:
        following = 1
        for number, (_, mints) in enumerate(self._blocks):
            for mint in mints:
                yield number, mint, following
                following += mint.quantity

    def _happen(self) -> None:
        if self.between is not None:
            next(self.between, None)
        if self.is_away:
            raise ChainUnreachable("it is away")

    def check(self) -> None:
        self._happen()
        if self.is_another:
            raise ChainIdMismatch(1, 2)

    def newest(self) -> int:
        self._happen()
        return max(0, len(self._blocks) - 1 - self.lag)

    def block(self, number: int) -> Block | None:
        self._happen()
        if not 0 <= number < len(self._blocks) - self.lag:
            return None
        parent = self._blocks[number - 1][0] if number else chain_hash(0)
        return Block(number=number, hash=self._blocks[number][0], parent_hash=parent, at=BEGINNING)

    def mints(self, first: int, last: int) -> tuple[MintLog, ...]:
        self._happen()
        if last - first + 1 > self.most_blocks:
            raise RangeTooLarge(first, last, first + self.most_blocks - 1 if self.advises else None)
        return tuple(
            MintLog(
                tx_hash=chain_hash(mint.number, 9),
                log_index=0,
                block_number=block,
                block_hash=self._blocks[block][0],
                block_timestamp=BEGINNING,
                minter=wallet(1),
                author_wallet=wallet(mint.author),
                start_token_id=start,
                quantity=mint.quantity,
                total_paid=0,
            )
            for block, mint, start in self._standing()
            if first <= block <= last
        )

    def next_token_id(self, block: int) -> int:
        self._happen()
        return max((token for token, (_, at) in self.truth.items() if at <= block), default=0) + 1

    def author_of(self, token_id: int) -> str | None:
        self._happen()
        return wallet(self.truth[token_id][0]) if token_id in self.truth else None

    def metadata_of(self, token_id: int) -> str | None:
        self._happen()
        return "metadata" if token_id % 5 == 0 else None

    def is_signed_by(self, wallet: str, message: str, signature: str) -> bool:
        self._happen()
        return signature == f"{wallet} {message}"

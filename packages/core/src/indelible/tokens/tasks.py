"""Work on tokens that leaves the process: the chain is read, a page at a time, and read back where it has changed."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final, TypeVar

from attrs import Factory, define, field, frozen

from indelible.kernel import Actor, IndelibleError, Store
from indelible.kernel.stages import PermanentFailure, RetryLater, Stage
from indelible.kernel.tasks import Leases
from indelible.tokens.commands import RecordBlocks, RecoverToken, RollBackBlocks
from indelible.tokens.entities import Block
from indelible.tokens.errors import (
    ChainUnreachable,
    CheckpointMoved,
    RangeTooLarge,
    ReorgTooDeep,
    TokenExists,
    WrongContract,
)
from indelible.tokens.handlers import checkpoint_of, record_blocks, recover_token, roll_back_blocks
from indelible.tokens.ports import Chain, TokensRead, TokensWrite
from indelible.tokens.queries import blocks_of_mints, checkpoints, missing_tokens
from indelible.tokens.rules import (
    CHAIN,
    DETECT,
    BlockBatch,
    BlockRange,
    Checkpoint,
    Reorg,
    ScanSettings,
    next_size,
    next_span,
    shrink,
)

READS_ONLY: Final = 100  # a batch of work that changes nothing outside: no look at the chain leaves an attempt's record
NEVER: Final = (
    2**31
)  # attempts after which detection would die: a node that is away for a month is asked again
MOST_WALKED: Final = (
    100_000  # checkpoints that are compared with the chain before an operator is asked
)

logger = logging.getLogger("indelible.tokens")

Seen = TypeVar("Seen")
Found = BlockBatch | Reorg | None
Look = tuple[Checkpoint | None]


@define(kw_only=True)
class Detection:
    """Reads a contract's mints: what is confirmed, in order, each once, and again where the chain has changed."""

    store: Store[TokensRead, TokensWrite]
    chain: Chain
    settings: ScanSettings = field(factory=ScanSettings)
    _size: int = field(
        init=False, default=Factory(lambda self: self.settings.most_blocks, takes_self=True)
    )

    def stage(self) -> Stage[TokensWrite, Look, Found]:
        """The stage that does it; its only piece of work is the chain."""
        return Stage(
            name=DETECT,
            batch=READS_ONLY,
            claim=self.claim,
            perform=self.perform,
            finish=self.finish,
            max_attempts=NEVER,
        )

    def claim(self, tx: TokensWrite, leases: Leases) -> Sequence[Look]:
        """How far the chain was read."""
        return [(checkpoint_of(tx),)] * len(leases)

    def perform(self, look: Look) -> Found:
        """What the chain says next; None where there is nothing to be read yet."""
        (checkpoint,) = look
        self._check(checkpoint)
        found = self._next(
            checkpoint
        )  # first: what is read must be of the chain that has kept the checkpoint
        return (
            found
            if self._is_kept(checkpoint)
            else self._settled(self.chain.newest(), self._reorg)[1]
        )

    def finish(self, tx: TokensWrite, done: Sequence[tuple[Look, Found]]) -> None:
        """Keep it, and look again: at once where more is confirmed, else after a pause."""
        for _, found in done:
            is_more = found is not None
            match found:
                case BlockBatch():
                    record_blocks(tx, RecordBlocks(page=found))
                    is_more = not found.is_last
                case Reorg():
                    logger.warning(
                        "the chain has changed: %s",
                        roll_back_blocks(tx, RollBackBlocks(reorg=found)),
                    )
                case None:
                    pass
            pause = timedelta(seconds=0 if is_more else self.settings.poll_seconds)
            tx.tasks.enqueue(DETECT, {CHAIN: tx.clock.now() + pause})

    def _block(self, number: int) -> Block:
        """The block; ChainUnreachable where the node has none, as one has that is not so far."""
        block = self.chain.block(number)
        if block is None:
            raise ChainUnreachable(f"the node has no block {number} yet")
        return block

    def _settled(self, number: int, look: Callable[[], Seen]) -> tuple[Block, Seen]:
        """A block, and what is seen while it stays what it is: what two chains say must not be taken for one's."""
        block, seen = self._block(number), look()
        if self._block(number) != block:
            raise ChainUnreachable("the chain changed while it was read")
        return block, seen

    def _check(self, checkpoint: Checkpoint | None) -> None:
        """WrongChain or WrongContract unless what is asked is what was read."""
        self.chain.check()
        if checkpoint and checkpoint.contract not in ("", self.chain.contract_id):
            raise WrongContract(expected=checkpoint.contract, found=self.chain.contract_id)

    def _is_kept(self, checkpoint: Checkpoint | None) -> bool:
        """Whether the chain has the last block that was read, and those beyond whose mints stay from before a reorg."""
        if checkpoint and not self._stands(checkpoint.number, checkpoint.hash):
            return False
        beyond = self.store.read(blocks_of_mints, checkpoint.number if checkpoint else -1)
        return all(self._stands(*each) for each in beyond)

    def _stands(self, number: int, hash_: str) -> bool:
        """Whether the block is in the chain; ChainUnreachable where the node is not so far: that says nothing."""
        return self._block(number).hash == hash_

    def _reorg(self) -> Reorg:
        """The last checkpoint that the chain has kept, and the blocks with mints that it has not."""
        kept = self._last_kept()
        beyond = self.store.read(blocks_of_mints, kept.number)
        return Reorg(
            last_canonical=kept,
            orphaned_block_hashes=frozenset(
                hash_ for number, hash_ in beyond if not self._stands(number, hash_)
            ),
        )

    def _last_kept(self) -> Checkpoint:
        """The last checkpoint that the chain has kept; where it has none, all is read from the beginning."""
        before, oldest = None, 0
        for _ in range(0, MOST_WALKED, 100):
            found = self.store.read(checkpoints, before=before)
            for before, checkpoint in found:  # noqa: B007 - the last one is where the next page begins
                oldest = checkpoint.number
                if self._stands(checkpoint.number, checkpoint.hash):
                    return checkpoint
            if not found:
                first = self._block(
                    max(0, self.settings.start - 1)
                )  # in the very first block nothing is minted
                return Checkpoint(
                    number=first.number, hash=first.hash, contract=self.chain.contract_id
                )
        raise PermanentFailure(str(ReorgTooDeep(oldest)))

    def _place(self) -> Checkpoint | None:
        """How far the chain was read."""
        return next((checkpoint for _, checkpoint in self.store.read(checkpoints, limit=1)), None)

    def confirmed(self, first: int | None, last: int | None) -> BlockRange:
        """The blocks from one to another that are confirmed; by default all that were not read."""
        place = self._place()
        unread = place.number + 1 if place else self.settings.start
        confirmed = self.chain.newest() - self.settings.confirmations
        return BlockRange(
            first=unread if first is None else first,
            last=confirmed if last is None else min(last, confirmed),
        )

    def read_blocks(self, span: BlockRange) -> Iterator[BlockBatch]:
        """The span in pages, whatever was read of it before; nothing is kept. CheckpointMoved after a reorg."""
        self._check(self._place())
        newest = self.chain.newest()
        while span:
            place, part = (
                self._place(),
                BlockRange(first=span.first, last=min(span.last, span.first + self._size - 1)),
            )
            if page := self._page(part, newest, place):
                if not self._is_kept(place):  # detection alone can see what is gone
                    raise CheckpointMoved(part.first, part.last)
                yield page
                span = BlockRange(first=page.end.number + 1, last=span.last)

    def _next(self, checkpoint: Checkpoint | None) -> BlockBatch | None:
        """The next page; None where there is nothing to be read yet."""
        newest = self.chain.newest()
        while span := next_span(checkpoint, newest, self._size, self.settings):
            if page := self._page(span, newest, checkpoint):
                return page
        return None

    def _page(
        self, span: BlockRange, newest: int, checkpoint: Checkpoint | None
    ) -> BlockBatch | None:
        """What is in the span; None where less must be asked for at once."""
        try:
            last, mints = self._settled(span.last, lambda: self.chain.mints(span.first, span.last))
        except RangeTooLarge as error:
            if span.first == span.last:
                raise RetryLater("the node does not answer even for one block") from error
            self._size = shrink(span, error.advised_last)
            return None
        self._size = next_size(self._size, len(mints), self.settings)
        drops = checkpoint.reorg_count if checkpoint else 0
        end = Checkpoint(
            number=last.number, hash=last.hash, contract=self.chain.contract_id, reorg_count=drops
        )
        is_last = span.last >= newest - self.settings.confirmations
        return BlockBatch(
            span=span,
            end=end,
            seen=checkpoint,
            start=self.settings.start,
            mints=mints,
            is_last=is_last,
        )


@frozen(kw_only=True)
class Recovered:
    """What a look at the chain's own count has found."""

    on_chain: int
    missing: tuple[int, ...]
    recovered: tuple[int, ...]
    failed: tuple[int, ...]


def recover_missing(
    store: Store[TokensRead, TokensWrite],
    chain: Chain,
    *,
    actor: Actor,
    confirmations: int = 12,
    limit: int = 1_000,
    keeps: bool = True,
) -> Recovered:
    """Keep the tokens that the chain has counted and the store has not, up to so many; or only name them.

    What is in fewer than `confirmations` blocks is not counted yet.
    """
    chain.check()
    confirmed = chain.newest() - confirmations
    following = chain.next_token_id(confirmed) if confirmed >= 0 else 1
    missing = store.read(missing_tokens, following, limit=limit)
    recovered = tuple(
        each for each in missing if keeps and _is_recovered(store, chain, actor, each)
    )
    failed = tuple(sorted({*missing} - {*recovered})) if keeps else ()
    return Recovered(
        on_chain=following - 1, missing=tuple(missing), recovered=recovered, failed=failed
    )


def _is_recovered(
    store: Store[TokensRead, TokensWrite], chain: Chain, actor: Actor, token_id: int
) -> bool:
    """Whether the token is kept; a failure of one is no reason to leave the others."""
    try:
        wallet = chain.author_of(token_id)
        if wallet is None:
            return False
        command = RecoverToken(
            token_id=token_id, author_wallet=wallet, metadata_cid=chain.metadata_of(token_id)
        )
        store.run(
            recover_token, command, actor=actor, reason="the chain has it, and nobody told of it"
        )
    except TokenExists:
        return True
    except IndelibleError as error:
        logger.warning("token %d is not recovered: %s", token_id, error.code)
        return False
    return True

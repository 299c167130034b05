"""A contract's mints, detected from a real chain while it forgets and changes: what is kept is what the chain has."""

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final

from attrs import define, evolve, field
from tests.chain.anvil import Anvil, anvil
from tests.chain.proxy import Proxy, proxy

from indelible import tokens
from indelible.app import ReadTx
from indelible.kernel import Actor, Head, SystemClock
from indelible.testing.stores import AnyStore
from indelible.tokens.queries import checkpoints
from indelible_evm import EvmChain
from indelible_workers import process_batch

CHAIN_ID: Final = 84_532
WATCHER: Final = Actor.system("watcher")
AUTHORS: Final = tuple(f"0x{each:040x}" for each in range(1, 8))
MOST_LOOKS: Final = 10_000


@define(kw_only=True)
class Scene:
    """A store that watches a season on a chain, through a provider."""

    node: Anvil
    provider: Proxy
    season: str
    store: AnyStore
    how: tokens.ScanSettings
    events: int = field(default=0, init=False)

    @property
    def chain(self) -> EvmChain:
        """The adapter that sees the season through the provider."""
        return EvmChain(url=self.provider.url, contract=self.season, chain_id=CHAIN_ID)

    def mint(self, chance: Random, times: int) -> None:
        """So many transactions of one to three tokens each."""
        for _ in range(times):
            self.node.mint(self.season, chance.choice(AUTHORS), chance.randint(1, 3))

    def confirm(self) -> None:
        """Let everything that was minted be as deep as the reader wants it."""
        self.node.mine(self.how.confirmations)

    def hint(self) -> None:
        """What a webhook does."""
        self.store.run(
            tokens.request_scan,
            tokens.RequestScan(hint_id="hint"),
            actor=WATCHER,
            reason="a webhook came",
        )

    def detect(self) -> float:
        """Read until nothing confirmed is unread; how long it took."""
        begun = time.monotonic()
        stage = tokens.Detection(store=self.store, chain=self.chain, settings=self.how).stage()
        for _ in range(MOST_LOOKS):
            self.hint()
            process_batch(self.store, stage, actor=WATCHER)
            if self.is_read():
                return time.monotonic() - begun
        raise AssertionError("it never came to an end")

    def is_read(self) -> bool:
        """Whether the store has read what is confirmed, and the chain has what it read."""
        found = self.store.read(tokens.token_stats).checkpoint
        confirmed = self.node_chain.newest() - self.how.confirmations
        block = found and self.node_chain.block(found.number)
        return bool(found and found.number >= confirmed and block and block.hash == found.hash)

    @property
    def node_chain(self) -> EvmChain:
        """The same without the provider."""
        return EvmChain(url=self.node.url, contract=self.season, chain_id=CHAIN_ID)

    def wrong(self) -> list[str]:
        """What the store has otherwise than the chain, of what is confirmed."""
        confirmed = self.node_chain.newest() - self.how.confirmations
        there = {
            (each.block_hash, each.tx_hash, each.log_index): each
            for each in self.node_chain.mints(0, confirmed)
        }
        kept = self.store.read(_mints)
        here = {
            (head.entity.block_hash, head.entity.tx_hash, head.entity.log_index)
            for head in kept
            if head.entity.is_canonical
        }
        authors = {
            token_id: log.author_wallet
            for log in there.values()
            for token_id in range(log.start_token_id, log.start_token_id + log.quantity)
        }
        found = self.store.read(_tokens)
        wallets = {head.entity.id: head.entity.wallet_address for head in self.store.read(_authors)}
        tokens_here = [head.entity for head in found if not head.entity.is_quarantined]
        alive = {each.token_id: wallets[each.author_id] for each in tokens_here}
        other = {
            each for each in authors.keys() | alive.keys() if authors.get(each) != alive.get(each)
        }
        self.events = len(there)
        return [
            *(f"lost mint {each}" for each in there.keys() - here),
            *(f"invented mint {each}" for each in here - there.keys()),
            *(f"token {each} is not as minted" for each in other),
        ]

    def quarantined(self) -> int:
        """How many tokens wait for the chain to mint them again."""
        found = self.store.read(_tokens)
        return sum(head.entity.is_quarantined for head in found)

    def walked(self) -> int:
        """How many checkpoints are remembered."""
        return len(self.store.read(checkpoints, limit=100_000))


def dice(seed: int) -> Random:
    """Chance that is the same in every run."""
    return Random(seed)  # noqa: S311 - no secret


def _authors(tx: ReadTx) -> Sequence[Head[tokens.Author]]:
    return tx.tokens.authors.find({}, limit=1_000)


def _mints(tx: ReadTx) -> Sequence[Head[tokens.MintEvent]]:
    return tx.tokens.mints_between(0, 2**62, limit=100_000)


def _tokens(tx: ReadTx) -> Sequence[Head[tokens.Token]]:
    return tx.tokens.page_by_token_id(None, after=0, limit=100_000)


@contextmanager
def scene(directory: Path, store: AnyStore, *, confirmations: int = 5) -> Generator[Scene]:
    """A new season on a new chain."""
    with anvil(directory, chain_id=CHAIN_ID) as node, proxy(node.url) as provider:
        how = tokens.ScanSettings(confirmations=confirmations, poll_seconds=0)
        found: Any = store
        if hasattr(found, "clock"):
            found.clock = SystemClock()  # the chain's instants are the machine's
        yield Scene(node=node, provider=provider, season=node.deploy_season(), store=store, how=how)


def reorganised(scene: Scene, chance: Random, depth: int) -> None:
    """So many of the newest blocks become others, with other mints in them, and some of the old ones again."""
    scene.node.reorg(depth)
    scene.mint(chance, chance.randint(0, 3))


def smaller_pages(scene: Scene, blocks: int) -> None:
    """Read so many blocks at once at most."""
    scene.how = evolve(scene.how, max_blocks=blocks)

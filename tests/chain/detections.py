"""Detect a contract's mints from a real chain, and compare the store with the chain."""

import time
from collections.abc import Callable, Generator, Sequence
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
from indelible.tokens.rules.scanning import split_logs
from indelible_evm import KINDS, ContractKind, EvmChain
from indelible_workers import process_batch

CHAIN_ID: Final = 84_532
WATCHER: Final = Actor.system("watcher")
AUTHORS: Final = tuple(f"0x{number:040x}" for number in range(1, 8))
MAX_STEPS: Final = 10_000
MAX_ROWS: Final = 100_000
Deploy = Callable[[Anvil], str]  # returns the contract's address


@define(kw_only=True)
class Scene:
    """A store that watches a season on a chain, through a provider."""

    node: Anvil
    provider: Proxy
    season: str
    store: AnyStore
    settings: tokens.ScanSettings
    kind: ContractKind = KINDS["season"]
    events: int = field(default=0, init=False)

    @property
    def chain(self) -> EvmChain:
        """Return the adapter that sees the contract through the provider."""
        return EvmChain(
            url=self.provider.url, contract=self.season, chain_id=CHAIN_ID, kind=self.kind
        )

    def mint(self, chance: Random, times: int) -> None:
        """Send this many transactions of one to three tokens each."""
        for _ in range(times):
            self.node.mint(self.season, chance.choice(AUTHORS), chance.randint(1, 3))

    def confirm(self) -> None:
        """Mine blocks until every mint is confirmed."""
        self.node.mine(self.settings.confirmations)

    def limit_blocks(self, max_blocks: int) -> None:
        """Read at most this many blocks at once."""
        self.settings = evolve(self.settings, max_blocks=max_blocks)

    def hint(self) -> None:
        """Request a scan, as the webhook does."""
        self.store.run(
            tokens.request_scan,
            tokens.RequestScan(hint_id="hint"),
            actor=WATCHER,
            reason="a webhook",
        )

    def detect(self) -> float:
        """Scan until every confirmed block is read. Return the seconds it took."""
        start = time.monotonic()
        stage = tokens.Detection(store=self.store, chain=self.chain, settings=self.settings).stage()
        for _ in range(MAX_STEPS):
            self.hint()
            process_batch(self.store, stage, actor=WATCHER)
            if self.is_read():
                return time.monotonic() - start

        raise AssertionError(f"the scan did not end after {MAX_STEPS} steps")

    def is_read(self) -> bool:
        """Return True when the checkpoint is in the chain and no confirmed block is unread."""
        checkpoint = self.store.read(tokens.token_stats).checkpoint
        if checkpoint is None or checkpoint.number < self._confirmed():
            return False

        block = self.node_chain.block(checkpoint.number)
        return block is not None and block.hash == checkpoint.hash

    @property
    def node_chain(self) -> EvmChain:
        """Return the adapter that sees the contract without the provider."""
        return EvmChain(url=self.node.url, contract=self.season, chain_id=CHAIN_ID, kind=self.kind)

    def differences(self) -> list[str]:
        """Return every difference between the store and the confirmed part of the chain."""
        read = self.node_chain.mints(0, self._confirmed())
        logs, _ = split_logs(read, self.settings)
        self.events = len(logs)
        on_chain = {(log.block_hash, log.tx_hash, log.log_index) for log in logs}
        stored = self._canonical_mints()

        expected: dict[int, str] = {}
        for log in logs:
            for token_id in log.token_ids:
                expected.setdefault(token_id, log.author_wallet)
        actual = self._token_authors()

        faults = [f"lost mint {mint}" for mint in on_chain - stored]
        faults += [f"invented mint {mint}" for mint in stored - on_chain]
        for token_id in sorted(expected.keys() | actual.keys()):
            if expected.get(token_id) != actual.get(token_id):
                authors = f"author {actual.get(token_id)}, expected {expected.get(token_id)}"
                faults.append(f"token {token_id} is not as minted: {authors}")

        return faults

    def quarantined_count(self) -> int:
        """Return the number of tokens that wait for another mint."""
        heads = self.store.read(_tokens)
        return sum(head.entity.is_quarantined for head in heads)

    def checkpoint_count(self) -> int:
        """Return the number of checkpoints in history."""
        return len(self.store.read(checkpoints, limit=MAX_ROWS))

    def _confirmed(self) -> int:
        """Return the number of the newest confirmed block."""
        return self.node_chain.newest() - self.settings.confirmations

    def _canonical_mints(self) -> set[tuple[str, str, int]]:
        mints: set[tuple[str, str, int]] = set()
        for head in self.store.read(_mints):
            event = head.entity
            if event.is_canonical:
                mints.add((event.block_hash, event.tx_hash, event.log_index))

        return mints

    def _token_authors(self) -> dict[int, str]:
        """Return the author's wallet of each token that is not quarantined."""
        wallets: dict[str, str] = {}
        for author in self.store.read(_authors):
            wallets[author.entity.id] = author.entity.wallet_address

        authors: dict[int, str] = {}
        for head in self.store.read(_tokens):
            token = head.entity
            if not token.is_quarantined:
                authors[token.token_id] = wallets[token.author_id]

        return authors


def dice(seed: int) -> Random:
    """Return a source of random numbers that is the same in every run."""
    return Random(seed)  # noqa: S311 - no secret


def _authors(tx: ReadTx) -> Sequence[Head[tokens.Author]]:
    return tx.tokens.authors.find({}, limit=1_000)


def _mints(tx: ReadTx) -> Sequence[Head[tokens.MintEvent]]:
    return tx.tokens.mints.between(0, 2**62, limit=MAX_ROWS)


def _tokens(tx: ReadTx) -> Sequence[Head[tokens.Token]]:
    return tx.tokens.tokens.list_page(tokens.TokenFilter(), after="", limit=MAX_ROWS)


@contextmanager
def scene(
    directory: Path,
    store: AnyStore,
    *,
    confirmations: int = 5,
    kind: ContractKind = KINDS["season"],
    deploy: Deploy = Anvil.deploy_season,
) -> Generator[Scene]:
    """Deploy a contract, by default a season, on a new chain."""
    with anvil(directory, chain_id=CHAIN_ID) as node, proxy(node.url) as provider:
        settings = tokens.ScanSettings(confirmations=confirmations, poll_seconds=0)
        any_store: Any = store
        if hasattr(any_store, "clock"):
            any_store.clock = SystemClock()  # the chain uses the clock of the machine
        yield Scene(
            node=node,
            provider=provider,
            season=deploy(node),
            store=store,
            settings=settings,
            kind=kind,
        )


def reorg_chain(scene: Scene, chance: Random, depth: int) -> None:
    """Replace the newest blocks by others, with some of their mints and some new ones."""
    scene.node.reorg(depth)
    scene.mint(chance, chance.randint(0, 3))

"""Change a chain at random while its contract is read, then compare the store with the chain.

A seed decides which transactions, reorgs and faults there are, and in which order.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, Final

from attrs import define, evolve, field, frozen
from tests.chain.detections import CHAIN_ID, WATCHER, Scene, scene
from tests.chain.proxy import Fault, RefusalForm
from tests.chain.standards import Standard, call_data

from indelible import tokens
from indelible.testing.stores import AnyStore
from indelible.tokens.errors import CheckpointMoved
from indelible.tokens.rules.scanning import split_logs
from indelible_sql import SqlStore, verify
from indelible_workers import process_batch

CONFIRMATIONS: Final = 4
MAX_TOKENS: Final = 3  # of a mint; others are quarantined
MAX_TRANSACTIONS: Final = 4
FIRST_BLOCKS: Final = 12  # no reorg reaches the deployment
DEEPER: Final = 3  # reorgs of this many blocks more than the confirmations
FAULTS: Final = (Fault.TOO_MANY, Fault.BROKEN, Fault.CUT, Fault.GARBAGE)
MAX_QUARANTINED: Final = 100_000
REPEATED_SHARE: Final = 0.7  # of the transactions of replaced blocks


@frozen(kw_only=True)
class StormReport:
    """The numbers of a storm, and its problems."""

    actions: Mapping[str, int]
    events: int
    quarantined: int
    problems: tuple[str, ...]

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self.actions.items()))
        return f"{self.events} mints, {self.quarantined} quarantined logs; {counts}"


@define
class Storm:
    """A scene whose chain, provider and contract change at random."""

    scene: Scene
    standard: Standard
    chance: Random
    actions: Counter[str] = field(factory=Counter[str])
    _code: str = ""
    _detection: tokens.Detection | None = None

    def run(self, steps: int) -> StormReport:
        """Take some steps, repair every fault, read the chain to its end, and compare."""
        node = self.scene.node
        self._code = node.call("eth_getCode", self.scene.season, "latest")
        node.mine(FIRST_BLOCKS)
        for _ in range(steps):
            (action,) = self.chance.choices(list(ACTIONS), list(ACTIONS.values()))
            self.actions[action.__name__] += 1
            action(self)

        self._settle()
        problems = self._problems()
        return StormReport(
            actions=self.actions,
            events=self.scene.events,
            quarantined=len(self._quarantined()),
            problems=tuple(problems),
        )

    def transactions(self) -> None:
        """Send some transactions in one block."""
        node = self.scene.node
        node.set_automine(enabled=False)
        for _ in range(self.chance.randint(1, MAX_TRANSACTIONS)):
            signature, arguments = self.standard.draw(self.chance)
            node.send(self.scene.season, call_data(signature, *arguments))
        node.mine(self.chance.randint(1, 2))
        node.set_automine(enabled=True)

    def blocks(self) -> None:
        """Mine some blocks without transactions."""
        self.scene.node.mine(self.chance.randint(1, CONFIRMATIONS))

    def scans(self) -> None:
        """Scan a few times, in a process that has checked the contract before, or in a new one."""
        if self._detection is None or self.chance.random() < 0.3:
            self._detection = tokens.Detection(
                store=self.scene.store, chain=self.scene.chain, settings=self.scene.settings
            )
        stage = self._detection.stage()
        for _ in range(self.chance.randint(1, 3)):
            self.scene.hint()
            process_batch(self.scene.store, stage, actor=WATCHER)

    def shallow_reorgs(self) -> None:
        """Replace blocks that are not confirmed."""
        self._reorg(self.chance.randint(1, CONFIRMATIONS))

    def deep_reorgs(self) -> None:
        """Replace blocks that are confirmed, and perhaps read."""
        self._reorg(CONFIRMATIONS + self.chance.randint(1, DEEPER))

    def reverts(self) -> None:
        """Make the chain shorter: return to a state before some transactions."""
        snapshot = self.scene.node.snapshot()
        for _ in range(self.chance.randint(1, 3)):
            self.transactions()
        self.scans()
        self.scene.node.revert(snapshot)

    def provider_faults(self) -> None:
        """Let some requests fail, blocks arrive late, and small ranges be refused."""
        provider = self.scene.provider
        provider.faults.extend(self.chance.choices(FAULTS, k=self.chance.randint(1, 4)))
        provider.lag = self.chance.choice((0, 1, 3))
        provider.max_blocks = self.chance.choice((1, 3, 7, 2_000))
        provider.max_logs = self.chance.choice((1, 5, 10_000))
        provider.form = self.chance.choice(list(RefusalForm))

    def removed_codes(self) -> None:
        """Remove the contract's code, scan, and restore the code."""
        node = self.scene.node
        node.call("anvil_setCode", self.scene.season, "0x")
        self.scans()
        node.call("anvil_setCode", self.scene.season, self._code)

    def wrong_chains(self) -> None:
        """Serve another chain, scan, and serve the right one again."""
        self.scene.provider.report_chain_id(CHAIN_ID + 1)
        self.scans()
        self.scene.provider.overrides.clear()

    def recoveries(self) -> None:
        """Recover the tokens of confirmed mints, then read the same blocks."""
        self._repair_provider()
        with suppress(CheckpointMoved):  # a reorg that only a scan handles
            tokens.recover_missing(
                self.scene.store,
                self.scene.chain,
                actor=WATCHER,
                confirmations=CONFIRMATIONS,
                max_tokens_per_mint=MAX_TOKENS,
            )
        self.scene.detect()

    def _reorg(self, depth: int) -> None:
        """Replace blocks by others with some of their transactions in another order."""
        repeated: list[tuple[Mapping[str, Any], int]] = []
        for transaction in self.scene.node.newest_transactions(depth):
            if self.chance.random() < REPEATED_SHARE:
                repeated.append((transaction, self.chance.randrange(depth)))
        self.chance.shuffle(repeated)
        self.scene.node.reorg(depth, repeated)

    def _repair_provider(self) -> None:
        provider = self.scene.provider
        provider.faults.clear()
        provider.lag = 0

    def _settle(self) -> None:
        """Repair everything, and read every block."""
        self._repair_provider()
        self.scene.confirm()
        self.scene.detect()

    def _quarantined(self) -> tuple[tokens.InvalidLog, ...]:
        return self.scene.store.read(tokens.quarantined_logs, limit=MAX_QUARANTINED)

    def _problems(self) -> list[str]:
        """Return every difference between the store and the chain."""
        problems = self.scene.differences()
        chain = self.scene.node_chain
        logs = chain.mints(0, chain.newest() - CONFIRMATIONS)
        _, odd = split_logs(logs, self.scene.settings)
        if self._quarantined() != odd:
            problems.append(f"quarantined are {self._quarantined()}, expected {odd}")

        expected = ["LOGS_QUARANTINED"] if odd else []
        codes = [notice.code for notice in self.scene.store.read(tokens.chain_notices)]
        if codes != expected:
            problems.append(f"the notices are {codes}, expected {expected}")
        if isinstance(self.scene.store, SqlStore):
            problems.extend(str(problem) for problem in verify(self.scene.store))
        return problems


# The actions of a storm with their weights.
ACTIONS: Final[Mapping[Callable[[Storm], None], int]] = {
    Storm.transactions: 30,
    Storm.blocks: 10,
    Storm.scans: 30,
    Storm.shallow_reorgs: 12,
    Storm.deep_reorgs: 5,
    Storm.reverts: 3,
    Storm.provider_faults: 6,
    Storm.removed_codes: 2,
    Storm.wrong_chains: 2,
    Storm.recoveries: 3,
}


def run_storm(
    directory: Path, store: AnyStore, standard: Standard, chance: Random, steps: int
) -> StormReport:
    """Deploy a contract on a new chain, and let a storm of some steps pass over it."""
    with scene(
        directory,
        store,
        confirmations=CONFIRMATIONS,
        kind=standard.kind_in(directory),
        deploy=standard.deploy,
    ) as watched:
        watched.settings = evolve(watched.settings, max_tokens_per_mint=MAX_TOKENS, check_seconds=0)
        return Storm(watched, standard, chance).run(steps)

"""The chain inside the process: blocks by plan, and a node that fails, lags and serves a fork."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from typing import Final

from attrs import define, field, frozen

from indelible.tokens.rules import ScanSettings
from indelible.tokens.tasks import Detection
from indelible_evm import KINDS, EvmChain
from indelible_evm.simulator.chain import CHAIN_ID, CONTRACT, Mints, SimulatedChain
from indelible_evm.simulator.in_process import InProcessProvider
from indelible_evm.simulator.server import answer_document
from indelible_service.contexts.declaration import AnyStage
from indelible_service.simulation.clock import SimulatedClock
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.draws import Seed
from indelible_service.simulation.plan import HOUR, FaultKind, PlannedBlocks
from indelible_service.simulation.planned_chain import CONFIRMATIONS
from indelible_service.simulation.world import World
from indelible_sql import SqlStore

ADDRESS: Final = "http://127.0.0.1:12113"  # nothing listens there: no request leaves
SETTINGS: Final = ScanSettings(
    confirmations=CONFIRMATIONS,
    poll_seconds=HOUR,  # production asks every two seconds
    check_seconds=6 * HOUR,
)
ACTOR: Final = "chain"
NO_RATES: Final[Mapping[FaultKind, float]] = {}
NOT_JSON: Final = b"<html>"


class Failure(StrEnum):
    """The ways in which a node that fails answers."""

    STATUS = "503"
    REFUSAL = "an error of JSON-RPC"
    NOT_JSON = "no JSON"
    SILENCE = "no answer"


@frozen
class SeenBlock:
    """A block that the chain had at some time."""

    number: int
    parent_hash: str


@define(eq=False)
class SimulatedNode:
    """The chain, what it was before its last reorganisation, and the faults of its node.

    All requests of one second are answered by one node of several, which has a view of its own.
    """

    clock: SimulatedClock
    seed: Seed
    chain: SimulatedChain = field(factory=SimulatedChain)
    dropped: SimulatedChain = field(factory=SimulatedChain)  # the chain with its last fork
    seen: dict[str, SeenBlock] = field(factory=dict[str, SeenBlock])  # by hash
    rates: Mapping[FaultKind, float] = NO_RATES
    faults: Counter[FaultKind] = field(factory=Counter[FaultKind])
    requests: int = 0
    reorganisations: int = 0
    during_scans: int = 0
    _blocks: list[Mints] = field(factory=list[Mints])  # from block 1 on
    _armed: list[PlannedBlocks] = field(factory=list[PlannedBlocks])
    _left: int = 0  # requests before the armed blocks come

    def __attrs_post_init__(self) -> None:
        self._see(0)

    @property
    def contents(self) -> list[Mints]:
        """Return the mints of the blocks of the present chain, from block 1 on."""
        return list(self._blocks)

    def begin(self, world: World, chain: Sequence[PlannedBlocks]) -> None:
        """Let the blocks of a plan come."""
        for blocks in chain:
            world.at(blocks.at, ACTOR, blocks.text(), partial(self._come, blocks))

    def counts(self) -> dict[str, int]:
        """Return how much has happened."""
        return {
            "requests to the node": self.requests,
            "reorganisations": self.reorganisations,
            "reorganisations during scans": self.during_scans,
            "failed requests to the node": self.faults[FaultKind.CHAIN_OUTAGE],
            "answers of a node that is behind": self.faults[FaultKind.CHAIN_LAG],
            "answers of a dropped fork": self.faults[FaultKind.CHAIN_FORK],
        }

    def _come(self, blocks: PlannedBlocks) -> str:
        """Let blocks come at once, or after some more requests."""
        self.flush()
        if not blocks.after_requests:
            self._add(blocks)
            return f"block {self.chain.newest}"
        self._armed.append(blocks)
        self._left = blocks.after_requests
        return f"after {self._left} requests"

    def flush(self) -> None:
        """Let the blocks come that wait for requests."""
        while self._armed:
            self._add(self._armed.pop(0))

    def stages(self, store: SqlStore, mortality: Mortality) -> list[AnyStage]:
        """Return the stage of detection, for a process."""
        chain = EvmChain(
            url=ADDRESS,
            contract=CONTRACT,
            chain_id=CHAIN_ID,
            kind=KINDS["erc721"],
            make_provider=partial(InProcessProvider, exchange=partial(self.exchange, mortality)),
        )
        return [Detection(store=store, chain=chain, settings=SETTINGS).stage()]

    def exchange(self, mortality: Mortality, body: bytes) -> tuple[int, bytes]:
        """Return the answer to a request, by the view of the node that answers now.

        Raises: TimeoutError.
        """
        mortality.require_life()
        self.requests += 1
        if self._armed:
            self._left -= 1
            if self._left <= 0:
                self.during_scans += 1
                self.flush()
        if self._happens(FaultKind.CHAIN_OUTAGE):
            return self._fail()
        chain = self.chain
        if self._happens(FaultKind.CHAIN_FORK):
            chain = self.dropped
        elif self._happens(FaultKind.CHAIN_LAG) and self.requests % 2:
            chain = self._behind()
        document = answer_document(chain, json.loads(body))
        return HTTPStatus.OK, json.dumps(document).encode()

    def _happens(self, kind: FaultKind) -> bool:
        """Return True for a share of the seconds, the same for each request of one."""
        rate = self.rates.get(kind, 0.0)
        if not rate:
            return False
        draws = self.seed.draws(ACTOR, f"{kind.name} {self.clock.seconds}")
        happens = draws.happens(rate)
        self.faults[kind] += happens
        return happens

    def _fail(self) -> tuple[int, bytes]:
        draws = self.seed.draws(ACTOR, f"failure {self.clock.seconds}")
        failure = draws.choice(list(Failure))
        if failure is Failure.SILENCE:
            raise TimeoutError
        if failure is Failure.NOT_JSON:
            return HTTPStatus.OK, NOT_JSON
        if failure is Failure.STATUS:
            return HTTPStatus.SERVICE_UNAVAILABLE, NOT_JSON
        error = {"jsonrpc": "2.0", "id": None, "error": {"code": -32_000, "message": "overloaded"}}
        return HTTPStatus.OK, json.dumps(error).encode()

    def _behind(self) -> SimulatedChain:
        """Return the chain without its newest blocks, at most those that are not confirmed."""
        draws = self.seed.draws(ACTOR, f"lag {self.clock.seconds}")
        kept = max(0, len(self._blocks) - draws.whole(1, CONFIRMATIONS))
        return _chain_of(self._blocks[:kept])

    def _add(self, planned: PlannedBlocks) -> None:
        replaced = min(planned.replaced, len(self._blocks))
        new: list[Mints] = []
        for ids in planned.blocks:
            new.append([(token_id, wallet_of(planned.wallet, token_id)) for token_id in ids])
        first = len(self._blocks) - replaced + 1
        if replaced:
            self.reorganisations += 1
            self.dropped = _chain_of(self._blocks)
            self.chain.replace_blocks(first, new)
        else:
            self.chain.add_blocks(new)
        self._blocks = [*self._blocks[: first - 1], *new]
        for number in range(first, len(self._blocks) + 1):
            self._see(number)

    def _see(self, number: int) -> None:
        """Note a block of the present chain."""
        parent_hash = self.chain.hash_of(number - 1) if number else ""
        self.seen[self.chain.hash_of(number)] = SeenBlock(number, parent_hash)


def _chain_of(blocks: list[Mints]) -> SimulatedChain:
    chain = SimulatedChain()
    chain.add_blocks(blocks)
    return chain


def wallet_of(wallet: int, token_id: int) -> str:
    """Return the wallet that a token is minted to."""
    return f"0x{wallet * 1_000_003 + token_id % 5 + 1:040x}"


def blocks_of(node: SimulatedNode) -> Mapping[int, str]:
    """Return the hash of the block of each final mint, by token."""
    blocks: dict[int, str] = {}
    final = node.chain.newest - CONFIRMATIONS
    for number, mints in enumerate(node.contents[:final], start=1):
        for token_id, _ in mints:
            blocks[token_id] = node.chain.hash_of(number)
    return blocks

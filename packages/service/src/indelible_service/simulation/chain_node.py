"""The chain inside the process: blocks by plan, and a node that fails, lags and serves a fork."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from typing import Any, Final, cast

from attrs import define, field, frozen

from indelible.tokens.rules.scanning import ScanSettings
from indelible.tokens.tasks.detection import Detection
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
    poll_seconds=HOUR,  # a service asks every two seconds
    check_seconds=6 * HOUR,
)
ACTOR: Final = "chain"
NO_RATES: Final[Mapping[FaultKind, float]] = {}
NOT_JSON: Final = b"<html>"
LATE_BLOCKS: Final = CONFIRMATIONS + 5  # that follow a block whose logs a node still lacks

JsonObject = dict[str, Any]


class Failure(StrEnum):
    """The ways in which a node that fails answers."""

    STATUS = "503"
    REFUSAL = "an error of JSON-RPC"
    NOT_JSON = "no JSON"
    SILENCE = "no answer"


class WrongLogs(StrEnum):
    """The ways in which the logs of a node are wrong."""

    LATE = "answers without new logs"
    REPEATED = "answers with a repeated log"
    REMOVED = "answers with removed logs"


# Only logs of new blocks can be late.
WRONG_LOGS: Final = (WrongLogs.LATE, WrongLogs.LATE, WrongLogs.REPEATED, WrongLogs.REMOVED)


@frozen
class SeenBlock:
    """A block that the chain had at some time."""

    number: int
    parent_hash: str


def empty_chain() -> SimulatedChain:
    """Return a chain without a mint, in which a transaction keeps its hash in another block."""
    return SimulatedChain(keeps_transactions=True)


@define(eq=False)
class SimulatedNode:
    """The chain, what it was before its last reorganisation, and the faults of its node.

    All requests of one second are answered by one node of several, which has a view of its own.
    """

    clock: SimulatedClock
    seed: Seed
    chain: SimulatedChain = field(factory=empty_chain)
    dropped: SimulatedChain = field(factory=empty_chain)  # the chain with its last fork
    seen: dict[str, SeenBlock] = field(factory=dict[str, SeenBlock])  # by hash
    rates: Mapping[FaultKind, float] = NO_RATES
    faults: Counter[str] = field(factory=Counter[str])
    requests: int = 0
    reorganisations: int = 0
    during_scans: int = 0
    _blocks: list[Mints] = field(factory=list[Mints])  # of the present chain, from block 1 on
    _armed: list[PlannedBlocks] = field(factory=list[PlannedBlocks])
    _left: int = 0  # requests before the armed blocks come

    def __attrs_post_init__(self) -> None:
        self._see(0)

    def begin(self, world: World, chain: Sequence[PlannedBlocks]) -> None:
        """Let the blocks of a plan come."""
        for blocks in chain:
            world.at(blocks.at, ACTOR, blocks.text(), partial(self._come, blocks))

    def counts(self) -> dict[str, int]:
        """Return how much has happened."""
        counts = {
            "requests to the node": self.requests,
            "reorganisations": self.reorganisations,
            "reorganisations during scans": self.during_scans,
            "failed requests to the node": self.faults[FaultKind.CHAIN_OUTAGE],
            "answers of a node that is behind": self.faults[FaultKind.CHAIN_LAG],
            "answers of a dropped fork": self.faults[FaultKind.CHAIN_FORK],
        }
        for wrong in WrongLogs:
            counts[wrong.value] = self.faults[wrong]
        return counts

    def final_mints(self) -> dict[int, str]:
        """Map each token to the hash of the confirmed block in which it is minted."""
        hashes: dict[int, str] = {}
        confirmed = max(0, self.chain.newest - CONFIRMATIONS)
        for number, mints in enumerate(self._blocks[:confirmed], start=1):
            for token_id, _ in mints:
                hashes[token_id] = self.chain.hash_of(number)
        return hashes

    def is_final(self, block_hash: str) -> bool:
        """Return True for a confirmed block of the present chain."""
        block = self.seen[block_hash]
        is_confirmed = block.number <= max(0, self.chain.newest - CONFIRMATIONS)
        return is_confirmed and self.chain.hash_of(block.number) == block_hash

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

        Raises: TimeoutError, SimulatedCrash.
        """
        mortality.require_life()
        self.requests += 1
        self._count_down()
        if self._happens(FaultKind.CHAIN_OUTAGE):
            return self._fail()
        document = answer_document(self._view(), json.loads(body))
        answers = cast("list[JsonObject]", document if isinstance(document, list) else [document])
        for answer in answers:
            self._disturb_logs(answer)
        return HTTPStatus.OK, json.dumps(document).encode()

    def _come(self, blocks: PlannedBlocks) -> str:
        """Let blocks come at once, or after some more requests."""
        self._flush()
        if not blocks.after_requests:
            self._add(blocks)
            return f"block {self.chain.newest}"
        self._armed.append(blocks)
        self._left = blocks.after_requests
        return f"after {self._left} requests"

    def _count_down(self) -> None:
        """Let the blocks come that wait for this request."""
        if not self._armed:
            return
        self._left -= 1
        if self._left <= 0:
            self.during_scans += 1
            self._flush()

    def _flush(self) -> None:
        """Let the blocks come that wait for requests."""
        while self._armed:
            self._add(self._armed.pop(0))

    def _view(self) -> SimulatedChain:
        """Return the chain as the node that answers has it."""
        if self._happens(FaultKind.CHAIN_FORK):
            return self.dropped
        if self.requests % 2 and self._happens(FaultKind.CHAIN_LAG):
            return self._behind()
        return self.chain

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
        length = max(0, len(self._blocks) - draws.whole(1, CONFIRMATIONS))
        return _chain_of(self._blocks[:length])

    def _disturb_logs(self, answer: JsonObject) -> None:
        """Let a list of logs lack new ones, have one twice, or have those of a dropped fork."""
        result: object = answer.get("result")
        if not isinstance(result, list) or not result or not self._happens(FaultKind.CHAIN_LOGS):
            return
        logs = cast("list[JsonObject]", result)
        draws = self.seed.draws(ACTOR, f"logs {self.clock.seconds}")
        wrong = draws.choice(WRONG_LOGS)
        if wrong is WrongLogs.LATE:
            disturbed = [log for log in logs if self._is_old(log)]
        elif wrong is WrongLogs.REPEATED:
            disturbed = [*logs, logs[-1]]
        else:
            disturbed = [*self._removed_logs(), *logs]
        self.faults[wrong] += disturbed != logs
        answer["result"] = disturbed

    def _is_old(self, log: JsonObject) -> bool:
        """Return True for the log of a block whose logs every node has."""
        return int(log["blockNumber"], 16) <= self.chain.newest - LATE_BLOCKS

    def _removed_logs(self) -> Iterator[JsonObject]:
        """Yield the logs that the last reorganisation has dropped."""
        for log in self.dropped.all_logs():
            number = int(log["blockNumber"], 16)
            if number > self.chain.newest or self.chain.hash_of(number) != log["blockHash"]:
                yield {**log, "removed": True}

    def _add(self, planned: PlannedBlocks) -> None:
        """Replace the last blocks by new ones; a token of an earlier block is not minted again."""
        length = len(self._blocks) - min(planned.replaced, len(self._blocks))
        minted: set[int] = set()
        for mints in self._blocks[:length]:
            minted.update(token_id for token_id, _ in mints)
        new: list[Mints] = []
        for ids in planned.blocks:
            unminted = [token_id for token_id in ids if token_id not in minted]
            new.append([(token_id, wallet_of(planned.wallet, token_id)) for token_id in unminted])
            minted.update(unminted)
        if length < len(self._blocks):
            self.reorganisations += 1
            self.dropped = _chain_of(self._blocks)
            self.chain.replace_blocks(length + 1, new)
        else:
            self.chain.add_blocks(new)
        self._blocks = [*self._blocks[:length], *new]
        for number in range(length + 1, len(self._blocks) + 1):
            self._see(number)

    def _see(self, number: int) -> None:
        """Note a block of the present chain."""
        parent_hash = self.chain.hash_of(number - 1) if number else ""
        self.seen[self.chain.hash_of(number)] = SeenBlock(number, parent_hash)


def _chain_of(blocks: Sequence[Mints]) -> SimulatedChain:
    chain = empty_chain()
    chain.add_blocks(blocks)
    return chain


def wallet_of(wallet: int, token_id: int) -> str:
    """Return the wallet that a token is minted to."""
    return f"0x{wallet * 1_000_003 + token_id % 5 + 1:040x}"

"""A chain in memory that mints, grows and is reorganized on command, and answers JSON-RPC."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from threading import Lock
from typing import Any, ClassVar, Final, cast

from attrs import define, field, frozen

from indelible.kernel import Conflict
from indelible_evm.events import ZERO_WORD
from indelible_evm.kinds import ERC_721, INTERFACES, TRANSFER
from indelible_evm.parsing import NUMBER

CONTRACT: Final = "0x5bd1e2cd5e0ddf0b2ba6b1b4d7f5a2e0c3a9f001"
CHAIN_ID: Final = 31_337  # of chains for tests
CODE: Final = "0x60806040"
FIRST_BLOCK_AT: Final = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
BLOCK_SECONDS: Final = 12
LATEST: Final = "latest"
TRUE_WORD: Final = f"0x{1:064x}"
SUPPORTS_INTERFACE: Final = "0x01ffc9a7"  # of ERC-165, and the id of that interface
SELECTOR_CHARACTERS: Final = 10
CALL_KEYS: Final = {"to", "data"}
FILTER_KEYS: Final = {"address", "topics", "fromBlock", "toBlock"}
ADDRESS: Final = re.compile("0x[0-9a-f]{40}", re.IGNORECASE)
WORD: Final = re.compile("0x[0-9a-f]{64}", re.IGNORECASE)
METHOD_NOT_FOUND: Final = -32_601
INVALID_PARAMS: Final = -32_602
REVERTED: Final = 3

JsonObject = dict[str, Any]
Mints = Sequence[tuple[int, str]]  # the id of each token, and the wallet that it is minted to


@frozen
class SimulatedChainTooShort(Conflict):
    """A block is to be replaced that the simulated chain does not have, or its first one."""

    message: ClassVar[str] = (
        "Block {number} of the simulated chain cannot be replaced: expected one from 1 to {newest}."
    )
    number: int
    newest: int


@frozen
class RpcError(Exception):
    """An error that JSON-RPC returns in place of a result."""

    code: int
    message: str


@frozen(kw_only=True)
class SimulatedBlock:
    """A block with its mints; the same mints after the same blocks give the same hash.

    With `keeps_transactions` the transaction of a mint has the same hash in another block.
    """

    number: int
    parent_hash: str
    mints: tuple[tuple[int, str], ...]
    keeps_transactions: bool = False

    @property
    def hash(self) -> str:
        """Return the digest of the block and of all blocks before it."""
        return _digest(f"{self.parent_hash} {self.mints!r}")

    def header(self) -> JsonObject:
        """Return the header as a node returns it; each mint is a transaction."""
        return {
            "number": hex(self.number),
            "hash": self.hash,
            "parentHash": self.parent_hash,
            "timestamp": hex(FIRST_BLOCK_AT + BLOCK_SECONDS * self.number),
            "transactions": [self.transaction(index) for index in range(len(self.mints))],
        }

    def transaction(self, index: int) -> str:
        """Return the hash of the transaction of a mint."""
        if self.keeps_transactions:
            return _digest(f"{self.mints[index]!r}")
        return _digest(f"{self.hash} {index}")

    def logs(self) -> Iterator[JsonObject]:
        """Yield the log of each mint."""
        for index, (token_id, wallet) in enumerate(self.mints):
            recipient = f"0x{wallet.removeprefix('0x'):0>64}"
            yield {
                "address": CONTRACT,
                "topics": [TRANSFER.topic, ZERO_WORD, recipient, f"0x{token_id:064x}"],
                "data": "0x",
                "blockNumber": hex(self.number),
                "blockHash": self.hash,
                "transactionHash": self.transaction(index),
                "transactionIndex": hex(index),
                "logIndex": hex(index),
                "removed": False,
            }


@define
class SimulatedChain:
    """A chain with one ERC-721 contract; its block 0 has no mints. Threads may share it.

    With `keeps_transactions` a reorg moves the transactions that it repeats to other blocks.
    `chain_id` and `code` may be changed: the node serves another chain, or the contract has been
    upgraded or destroyed, which has the code `0x` then.
    """

    contract: ClassVar[str] = CONTRACT
    chain_id: int = field(default=CHAIN_ID, kw_only=True)
    code: str = field(default=CODE, kw_only=True)
    keeps_transactions: bool = field(default=False, kw_only=True)
    _blocks: list[SimulatedBlock] = field(factory=list[SimulatedBlock], init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.add_blocks([()])

    @property
    def newest(self) -> int:
        """Return the number of the newest block."""
        return len(self._blocks) - 1

    def hash_of(self, number: int) -> str:
        """Return the hash of a block of the present chain."""
        return self._blocks[number].hash

    def all_logs(self) -> Iterator[JsonObject]:
        """Yield the logs of all blocks."""
        for block in self._blocks:
            yield from block.logs()

    def add_blocks(self, blocks: Iterable[Mints]) -> None:
        """Add a block for each group of mints."""
        with self._lock:
            self._extend(blocks)

    def replace_blocks(self, first: int, blocks: Iterable[Mints]) -> None:
        """Replace the blocks from this number on by others, which is a reorg.

        Raises: SimulatedChainTooShort.
        """
        with self._lock:
            if not 0 < first <= self.newest:
                raise SimulatedChainTooShort(first, self.newest)
            del self._blocks[first:]
            self._extend(blocks)

    def answer(self, method: str, params: list[Any]) -> JsonObject:
        """Return the result of a JSON-RPC request, or its error."""
        try:
            with self._lock:
                return {"result": self._result(method, params)}
        except RpcError as error:
            return {"error": {"code": error.code, "message": error.message}}

    def _extend(self, blocks: Iterable[Mints]) -> None:
        for mints in blocks:
            parent_hash = self._blocks[-1].hash if self._blocks else ZERO_WORD
            block = SimulatedBlock(
                number=len(self._blocks),
                parent_hash=parent_hash,
                mints=tuple(mints),
                keeps_transactions=self.keeps_transactions,
            )
            self._blocks.append(block)

    def _result(self, method: str, params: list[Any]) -> object:
        """Return the result of a method. Raises RpcError, also for one that is not implemented."""
        result: object = None
        match method, params:
            case "eth_chainId", []:
                result = hex(self.chain_id)
            case "eth_blockNumber", []:
                result = hex(self.newest)
            case "eth_getBlockByNumber", [str(tag), False]:
                block = self._find_block(tag)
                result = block.header() if block else None
            case "eth_getCode", [str(address), str(tag)]:
                self._check_block(tag)
                result = self.code if _is_contract(address) else "0x"
            case "eth_getStorageAt", [str(address), str(), str(tag)]:
                self._check_block(tag)
                _is_contract(address)
                result = ZERO_WORD
            case "eth_call", [{"to": str(address), "data": str(data), **rest}, str(tag)] if (
                not rest
            ):
                self._check_block(tag)
                result = _call(address, data)
            case "eth_getLogs", [dict()] if set(params[0]) == FILTER_KEYS:
                result = list(self._logs(params[0]))
            case _:
                problem = f"the simulator does not implement {method} with {params}"
                raise RpcError(METHOD_NOT_FOUND, problem)

        return result

    def _find_block(self, tag: str) -> SimulatedBlock | None:
        """Return the block of a number or of `latest`, None where the chain is shorter."""
        number = self.newest if tag == LATEST else _number(tag)
        return self._blocks[number] if number <= self.newest else None

    def _check_block(self, tag: str) -> None:
        """Raise RpcError where the chain has no such block. The code is the same in each."""
        if self._find_block(tag) is None:
            raise RpcError(INVALID_PARAMS, f"the chain has no block {tag}")

    def _logs(self, query: JsonObject) -> Iterator[JsonObject]:
        """Yield the logs that a filter matches. Raises RpcError."""
        first, last = _number(query["fromBlock"]), _number(query["toBlock"])
        if first > last:
            raise RpcError(INVALID_PARAMS, f"expected blocks in order, got {first} to {last}")
        topics = _topics(query["topics"])
        if not _is_contract(query["address"]):
            return
        for block in self._blocks[first : last + 1]:
            for log in block.logs():
                if _matches(topics, log["topics"]):
                    yield log


def _call(address: object, data: str) -> str:
    """Return the answer of the contract, which knows its interfaces only. Raises RpcError."""
    selector, argument = data[:SELECTOR_CHARACTERS], data[SELECTOR_CHARACTERS:]
    if not _is_contract(address):
        return "0x"
    if selector != SUPPORTS_INTERFACE:
        raise RpcError(REVERTED, f"execution reverted: the contract has no function {selector}")

    supported = (SUPPORTS_INTERFACE.removeprefix("0x"), INTERFACES[ERC_721].hex())
    return TRUE_WORD if argument.startswith(supported) else ZERO_WORD


def _is_contract(address: object) -> bool:
    """Return True for the contract. Raises RpcError for a list, or for no address."""
    if not isinstance(address, str) or not ADDRESS.fullmatch(address):
        problem = f"the simulator implements one address of 20 bytes, got {address!r}"
        raise RpcError(INVALID_PARAMS, problem)
    return address.lower() == CONTRACT


def _topics(values: object) -> list[str | None]:
    """Return the topics of a filter. Raises RpcError for a choice of topics."""
    if not isinstance(values, list):
        raise RpcError(INVALID_PARAMS, f"expected a list of topics, got {values!r}")

    topics: list[str | None] = []
    for value in cast("list[object]", values):
        if isinstance(value, str) and WORD.fullmatch(value):
            topics.append(value.lower())
        elif value is None:
            topics.append(None)
        else:
            problem = f"the simulator implements topics of 32 bytes, or null, got {value!r}"
            raise RpcError(INVALID_PARAMS, problem)
    return topics


def _matches(topics: list[str | None], log_topics: list[str]) -> bool:
    """Return whether a log has the topics of a filter, of which None stands for any."""
    if len(topics) > len(log_topics):
        return False

    for expected, topic in zip(topics, log_topics, strict=False):
        if expected is not None and expected != topic:
            return False
    return True


def _number(text: object) -> int:
    """Return the number of a block. Raises RpcError."""
    if isinstance(text, str) and NUMBER.fullmatch(text):
        return int(text, 16)
    raise RpcError(INVALID_PARAMS, f"expected the number of a block, got {text!r}")


def _digest(text: str) -> str:
    return f"0x{sha256(text.encode()).hexdigest()}"

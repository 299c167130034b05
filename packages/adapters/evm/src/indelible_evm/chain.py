"""A contract on a chain, read from one node over JSON-RPC."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from attrs import Factory, field, frozen
from eth_account.messages import encode_defunct
from eth_utils.crypto import keccak

from indelible.kernel import UsageError
from indelible.tokens import Block, ContractLog, ContractState
from indelible.tokens.errors import (
    ChainIdMismatch,
    ChainUnreachable,
    ContractCodeMissing,
    InterfaceMissing,
    InvalidNodeResponse,
    RangeTooLarge,
)
from indelible_evm import parsing, signatures
from indelible_evm.kinds import INTERFACES, SEASON, ContractKind
from indelible_evm.limits import range_error
from indelible_evm.parsing import JsonObject
from indelible_evm.provider import QuietProvider, Refusal
from indelible_evm.receipts import logs_of_receipts

ADDRESS: Final = re.compile("0x[0-9a-f]{40}")
HEADERS_PER_REQUEST: Final = 50  # providers accept a hundred and more, public nodes fewer
TOKEN_IDS: Final = range(2**256)
IPFS_SCHEME: Final = "ipfs://"

# selectors of the contract's functions
COUNTER: Final = "nextTokenId()"
NEXT_TOKEN_ID: Final = bytes.fromhex("75794a3c")
TOKEN_PROMPT_AUTHOR: Final = bytes.fromhex("7c407c92")
IS_REVEALED: Final = bytes.fromhex("5055fbc3")
TOKEN_URI: Final = bytes.fromhex("c87b56dd")
SUPPORTS_INTERFACE: Final = bytes.fromhex("01ffc9a7")  # ERC-165
NO_INTERFACE: Final = bytes.fromhex("ffffffff")  # that no contract supports
IMPLEMENTATION: Final = bytes.fromhex("5c60da1b")  # of a beacon

# Where proxies store the address that they call (EIP-1967).
IMPLEMENTATION_SLOT: Final = "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc"
BEACON_SLOT: Final = "0xa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6cb3582b35133d50"
MAX_COUNT: Final = 2**63 - 1  # of tokens that a contract counts

# A call that the contract itself fails has this code, or, at other nodes, one of these words.
EXECUTION_REVERTED: Final = 3
EXECUTION_FAILED: Final = re.compile(
    r"revert|opcode|out of gas|execution|stack|invalid jump|evm error", re.IGNORECASE
)


def _lowercase_address(value: str) -> str:
    """Return a contract's address in lower case. Raises UsageError."""
    address = value.lower()
    if not ADDRESS.fullmatch(address):
        raise UsageError("expected the address of a contract: 0x and 40 hexadecimal digits")
    return address


@frozen(kw_only=True)
class EvmChain:
    """Mints, tokens and signatures on one chain. Threads may share it.

    `make_provider` is called with the arguments of `QuietProvider`.
    """

    url: str = field(repr=lambda _: "***")  # providers put the key into the path
    contract: str = field(converter=_lowercase_address)
    chain_id: int
    kind: ContractKind = SEASON
    timeout_seconds: float = 10.0
    make_provider: Callable[..., QuietProvider] = field(default=QuietProvider, repr=False, eq=False)
    _provider: QuietProvider = field(
        default=Factory(
            lambda self: self.make_provider(self.url, timeout_seconds=self.timeout_seconds),
            takes_self=True,
        ),
        init=False,
        repr=False,
        eq=False,
    )

    @property
    def contract_id(self) -> str:
        """Return the CAIP-10 id of the contract: its chain and its address."""
        return f"eip155:{self.chain_id}:{self.contract}"

    def close(self) -> None:
        """Close the idle connections. A later call opens a new one."""
        self._provider.close()

    def check(self) -> None:
        """Raise ChainIdMismatch unless the node serves the configured chain id."""
        (value,) = self._request("eth_chainId", ())
        chain_id = parsing.parse_number(value)
        if chain_id != self.chain_id:
            raise ChainIdMismatch(expected=self.chain_id, actual=chain_id)

    @property
    def first_token_id(self) -> int:
        """Return the lowest id that a token of the contract may have."""
        return self.kind.first_token_id

    def inspect(self) -> ContractState:
        """Return the code of the contract, and of the implementation if it is a proxy (EIP-1967).

        Raises: ContractCodeMissing, InterfaceMissing.
        """
        state = hex(self.newest())
        code = self._code(self.contract, state)
        if not code:
            raise ContractCodeMissing(self.contract_id)

        missing = self._missing_interface(state)
        if missing:
            raise InterfaceMissing(self.contract_id, missing, self.kind.name)

        implementation = self._implementation(state)
        if not implementation:
            return ContractState(code_hash=_digest(code))
        return ContractState(
            code_hash=_digest(code),
            implementation=implementation,
            implementation_hash=_digest(self._code(implementation, state)),
        )

    def newest(self) -> int:
        """Return the number of the newest block."""
        (value,) = self._request("eth_blockNumber", ())
        return parsing.parse_number(value)

    def block(self, number: int) -> Block | None:
        """Return the block at this height, None when the node has none."""
        return self._blocks([number])[number]

    def mints(self, first: int, last: int) -> tuple[ContractLog, ...]:
        """Return the contract's mints from one block to another, both included, in chain order.

        A log that cannot be a mint is an InvalidLog.

        Raises: RangeTooLarge, ChainUnreachable, InvalidNodeResponse.
        """
        if first > last:
            return ()

        # A node that is behind returns the logs it has, without an error: check its height first.
        end = self.block(last)
        if end is None:
            raise ChainUnreachable(f"the node has no block {last} yet")

        logs = self._logs_by_position(first, last)

        # Several nodes may be behind one address. The logs of one are compared with the block
        # headers of another.
        numbers = {number for number, _ in logs}
        blocks = self._blocks(numbers | {last})
        mints: list[ContractLog] = []
        for number, index in sorted(logs):
            mint = self._read_mint(logs[number, index], blocks[number])
            if mint is not None:
                mints.append(mint)
        if blocks[last] != end:
            raise ChainUnreachable(f"block {last} was replaced while it was read")

        return tuple(mints)

    def next_token_id(self, block: int) -> int | None:
        """Return the id that the next minted token had after this block.

        Return None for a contract that does not count its tokens.
        """
        if not self.kind.is_season:
            return None

        answer = self._call(self.contract, NEXT_TOKEN_ID, hex(block))
        count = int.from_bytes(parsing.parse_word(answer))
        if count > MAX_COUNT:
            raise InvalidNodeResponse(f"the contract counts {count} tokens, more than {MAX_COUNT}")
        return count

    def author_of(self, token_id: int) -> str | None:
        """Return the wallet of the prompt's author, None for a token that was never minted.

        The standards know no author, only owners.
        """
        if not self.kind.is_season:
            return None

        answer = self._call_with_token(TOKEN_PROMPT_AUTHOR, token_id)
        if answer is None or not any(parsing.parse_word(answer)):
            return None
        return parsing.parse_address(answer)

    def metadata_of(self, token_id: int) -> str | None:
        """Return the CID of a revealed token's metadata, None before the reveal.

        The standards know no reveal.
        """
        if not self.kind.is_season:
            return None

        # Both calls read the state after one block: after a reorg in between, the placeholder
        # of an unrevealed token would be taken for its metadata.
        (newest,) = self._request("eth_getBlockByNumber", ("latest", False))
        block_hash = parsing.parse_hex(parsing.parse_object(newest).get("hash"))
        state = {"blockHash": block_hash}

        is_revealed = self._call_with_token(IS_REVEALED, token_id, state)
        if is_revealed is None or not any(parsing.parse_word(is_revealed)):
            return None

        uri = parsing.parse_text(self._call_with_token(TOKEN_URI, token_id, state))
        if not uri.startswith(IPFS_SCHEME) or uri == IPFS_SCHEME:
            raise InvalidNodeResponse(f"expected an ipfs:// URI of revealed token {token_id}")
        return uri.removeprefix(IPFS_SCHEME)

    def is_signed_by(self, wallet: str, message: str, signature: str) -> bool:
        """Return True when a wallet, of a person or of a contract, signed the message.

        Raises: SignatureMalformed.
        """
        octets = signatures.parse_signature(signature)
        wallet = wallet.lower()
        signable = encode_defunct(primitive=message.encode(errors="surrogatepass"))
        if len(octets) <= signatures.FULL_BYTES:
            signer = signatures.recover_signer(signable, octets)
            if signer == wallet:
                return True

        # The compact form is one of keys, not of contracts.
        if len(octets) == signatures.COMPACT_BYTES or not ADDRESS.fullmatch(wallet):
            return False
        answer = self._call(wallet, signatures.encode_contract_call(signable, octets))
        if answer is None:
            return False
        return answer[: parsing.WORD_BYTES] == signatures.IS_VALID_SIGNATURE + bytes(28)

    def _read_mint(self, log: JsonObject, block: Block | None) -> ContractLog | None:
        """Return the mint in a log, None for another transfer. Its time is that of its block."""
        position = parsing.parse_position(log)
        number = position.block_number
        if block is None:
            raise InvalidNodeResponse(f"the node returned a log of block {number}, not the block")
        if block.hash != position.block_hash:
            raise ChainUnreachable(f"block {number} was replaced while it was read")

        topics = parsing.parse_topics(log, self.contract)
        for event in self.kind.events:
            if event.topic == f"0x{topics[0].hex()}":
                data = parsing.parse_bytes(log.get("data"))
                return event.read(position, block, topics, data)

        raise InvalidNodeResponse("a log is not an event of a mint")

    def _code(self, address: str, state: str) -> bytes:
        """Return the code at an address."""
        (code,) = self._request("eth_getCode", (address, state))
        return parsing.parse_bytes(code)

    def _missing_interface(self, state: str) -> str:
        """Return what the kind of contract has and the contract has not, '' for nothing.

        A season is an ERC-721 contract with other events: its counter makes the difference.
        """
        interface = self.kind.interface
        if interface and not self._supports(INTERFACES[interface], state):
            return interface

        if self.kind.is_season:
            count = self._call(self.contract, NEXT_TOKEN_ID, state)
            if count is None or len(count) != parsing.WORD_BYTES:
                return COUNTER
        return ""

    def _supports(self, interface: bytes, state: str) -> bool:
        """Return True when the contract supports an interface (ERC-165).

        A contract that answers any call with true, as some fallback functions do, supports none.
        """
        answers: list[bool] = []
        for interface_id in (interface, NO_INTERFACE):
            data = SUPPORTS_INTERFACE + interface_id.ljust(parsing.WORD_BYTES, b"\0")
            answer = self._call(self.contract, data, state)
            is_word = answer is not None and len(answer) == parsing.WORD_BYTES
            answers.append(is_word and any(answer or b""))

        return answers == [True, False]

    def _implementation(self, state: str) -> str:
        """Return the address that a proxy calls, '' for any other contract."""
        implementation = self._slot(IMPLEMENTATION_SLOT, state)
        beacon = self._slot(BEACON_SLOT, state)
        if any(implementation):
            return _address(implementation)
        if not any(beacon):
            return ""

        answer = self._call(_address(beacon), IMPLEMENTATION, state)
        return _address(parsing.parse_word(answer))

    def _slot(self, slot: str, state: str) -> bytes:
        """Return a word of the contract's storage."""
        (value,) = self._request("eth_getStorageAt", (self.contract, slot, state))
        return parsing.parse_bytes(value).rjust(parsing.WORD_BYTES, b"\0")

    def _logs_by_position(self, first: int, last: int) -> dict[tuple[int, int], JsonObject]:
        """Return the contract's mint logs by block number and log index."""
        positions: dict[tuple[int, int], JsonObject] = {}
        for log in self._logs(first, last):
            if log.get("removed") is True:
                continue  # its block was replaced; the present block has logs of its own
            position = parsing.block_position(log)
            if position in positions or not first <= position[0] <= last:
                raise InvalidNodeResponse("the node returned a log twice, or of another block")
            positions[position] = log

        return positions

    def _logs(self, first: int, last: int) -> list[JsonObject]:
        """Return the logs of the events in one batch: a node can filter each of them only alone."""
        queries: list[tuple[object]] = []
        for event in self.kind.events:
            query = {
                "address": self.contract,
                "topics": list(event.topics),
                "fromBlock": hex(first),
                "toBlock": hex(last),
            }
            queries.append((query,))

        try:
            answers = self._provider.call("eth_getLogs", *queries)
        except Refusal as refusal:
            error = range_error(refusal, first, last)
            if isinstance(error, RangeTooLarge) and first == last:
                events = self.kind.events
                return list(logs_of_receipts(self._request, first, self.contract, events))
            raise error from None

        logs: list[JsonObject] = []
        for answer in answers:
            logs.extend(parsing.parse_object(log) for log in parsing.parse_array(answer))
        return logs

    def _blocks(self, numbers: Iterable[int]) -> dict[int, Block | None]:
        """Return blocks by number, None for those that the node does not have."""
        blocks: dict[int, Block | None] = {}
        remaining = sorted(numbers)
        while remaining:
            batch = remaining[:HEADERS_PER_REQUEST]
            remaining = remaining[HEADERS_PER_REQUEST:]
            params = [(hex(number), False) for number in batch]
            headers = self._request("eth_getBlockByNumber", *params)
            for number, header in zip(batch, headers, strict=True):
                blocks[number] = parsing.parse_block(header, number)

        return blocks

    def _call_with_token(
        self, selector: bytes, token_id: int, state: object = "latest"
    ) -> bytes | None:
        """Call a function of the contract with a token id, None where the id cannot exist."""
        if token_id not in TOKEN_IDS:
            return None
        return self._call(self.contract, selector + token_id.to_bytes(32), state)

    def _call(self, to: str, data: bytes, state: object = "latest") -> bytes | None:
        """Return the answer of a contract, None when its execution fails."""
        call = {"to": to, "data": f"0x{data.hex()}"}
        try:
            (answer,) = self._provider.call("eth_call", (call, state))
        except Refusal as refusal:
            if refusal.code == EXECUTION_REVERTED or EXECUTION_FAILED.search(refusal.message):
                return None
            raise refusal.as_unreachable() from None
        return parsing.parse_bytes(answer)

    def _request(self, method: str, *params: tuple[object, ...]) -> list[object]:
        """Return the results of a method. Any refusal is ChainUnreachable."""
        try:
            return self._provider.call(method, *params)
        except Refusal as refusal:
            raise refusal.as_unreachable() from None


def _address(word: bytes) -> str:
    """Return the address in the last bytes of a word of storage."""
    return f"0x{word[-parsing.ADDRESS_BYTES :].hex()}"


def _digest(code: bytes) -> str:
    """Return the digest of code, as EXTCODEHASH has it."""
    return f"0x{keccak(code).hex()}"

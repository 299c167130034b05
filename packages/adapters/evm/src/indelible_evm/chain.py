"""A contract on a chain, read from one node over JSON-RPC."""

import re
from collections.abc import Iterable
from typing import Final

from attrs import Factory, field, frozen
from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_account.messages import encode_defunct

from indelible.kernel import UsageError
from indelible.tokens import Block, MintLog
from indelible.tokens.errors import ChainIdMismatch, ChainUnreachable, InvalidNodeResponse
from indelible_evm import parsing, signatures
from indelible_evm.limits import range_error
from indelible_evm.parsing import JsonObject
from indelible_evm.provider import QuietProvider, Refusal

ADDRESS: Final = re.compile("0x[0-9a-f]{40}")
HEADERS_PER_REQUEST: Final = 50  # providers accept a hundred and more, public nodes fewer
TOKEN_IDS: Final = range(2**256)
IPFS_SCHEME: Final = "ipfs://"

# selectors of the contract's functions
NEXT_TOKEN_ID: Final = bytes.fromhex("75794a3c")
TOKEN_PROMPT_AUTHOR: Final = bytes.fromhex("7c407c92")
IS_REVEALED: Final = bytes.fromhex("5055fbc3")
TOKEN_URI: Final = bytes.fromhex("c87b56dd")

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
    """Mints, tokens and signatures on one chain. Threads may share it."""

    url: str = field(repr=lambda _: "***")  # providers put the key into the path
    contract: str = field(converter=_lowercase_address)
    chain_id: int
    timeout_seconds: float = 10.0
    _provider: QuietProvider = field(
        default=Factory(
            lambda self: QuietProvider(self.url, timeout_seconds=self.timeout_seconds),
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

    def newest(self) -> int:
        """Return the number of the newest block."""
        (value,) = self._request("eth_blockNumber", ())
        return parsing.parse_number(value)

    def block(self, number: int) -> Block | None:
        """Return the block at this height, None when the node has none."""
        return self._blocks([number])[number]

    def mints(self, first: int, last: int) -> tuple[MintLog, ...]:
        """Return the contract's mints from one block to another, both included, in chain order.

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
        mints: list[MintLog] = []
        for position in sorted(logs):
            mint = parsing.parse_mint(logs[position], self.contract, blocks)
            block = blocks[mint.block_number]
            if block is None or block.hash != mint.block_hash:
                raise ChainUnreachable(f"block {mint.block_number} was replaced while it was read")
            mints.append(mint)
        if blocks[last] != end:
            raise ChainUnreachable(f"block {last} was replaced while it was read")

        return tuple(mints)

    def next_token_id(self, block: int) -> int:
        """Return the id that the next minted token had after this block."""
        answer = self._call(self.contract, NEXT_TOKEN_ID, hex(block))
        return int.from_bytes(_word(answer))

    def author_of(self, token_id: int) -> str | None:
        """Return the wallet of the prompt's author, None for a token that was never minted."""
        answer = self._call_with_token(TOKEN_PROMPT_AUTHOR, token_id)
        if answer is None or not any(_word(answer)):
            return None
        return parsing.parse_address(answer)

    def metadata_of(self, token_id: int) -> str | None:
        """Return the CID of a revealed token's metadata, None before the reveal."""
        # Both calls read the state after one block: after a reorg in between, the placeholder
        # of an unrevealed token would be taken for its metadata.
        (newest,) = self._request("eth_getBlockByNumber", ("latest", False))
        block_hash = parsing.parse_hex(parsing.parse_object(newest).get("hash"))
        state = {"blockHash": block_hash}

        is_revealed = self._call_with_token(IS_REVEALED, token_id, state)
        if is_revealed is None or not any(_word(is_revealed)):
            return None

        uri = _text(self._call_with_token(TOKEN_URI, token_id, state))
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
        query = {
            "address": self.contract,
            "topics": [parsing.BATCH_MINTED],
            "fromBlock": hex(first),
            "toBlock": hex(last),
        }
        try:
            (logs,) = self._provider.call("eth_getLogs", (query,))
        except Refusal as refusal:
            raise range_error(refusal, first, last) from None
        return [parsing.parse_object(log) for log in parsing.parse_array(logs)]

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


def _word(answer: bytes | None) -> bytes:
    """Return an answer of one word. Raises InvalidNodeResponse for another contract's answer."""
    if answer is None or len(answer) != parsing.WORD_BYTES:
        raise InvalidNodeResponse("the contract's answer is not one word: check its address")
    return answer


def _text(answer: bytes | None) -> str:
    """Return an answer that is one text."""
    try:
        return str(decode(["string"], answer or b"")[0])
    except (DecodingError, ValueError, OverflowError):
        raise InvalidNodeResponse("the contract's answer is not a text") from None

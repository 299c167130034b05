"""A contract on a chain, as one node tells of it over JSON-RPC."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from attrs import Factory, field, frozen
from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_account.messages import encode_defunct

from indelible.kernel import UsageError
from indelible.tokens import Block, MintLog
from indelible.tokens.errors import ChainIdMismatch, ChainUnreachable, InvalidNodeResponse
from indelible_evm import reading, signatures
from indelible_evm.limits import refused
from indelible_evm.provider import QuietProvider, Refusal

ADDRESS: Final = re.compile("0x[0-9a-f]{40}")
MAX_HEADERS: Final = 50  # in one request: providers take a hundred and more, public nodes fewer
IDS: Final = range(2**256)
SCHEME: Final = "ipfs://"
MOVED: Final = "the chain moved while it was read"
NEXT_TOKEN_ID, TOKEN_PROMPT_AUTHOR = bytes.fromhex("75794a3c"), bytes.fromhex("7c407c92")
IS_REVEALED, TOKEN_URI = bytes.fromhex("5055fbc3"), bytes.fromhex("c87b56dd")
REVERTED: Final = 3
# Not every node has a code for it: of a contract's own failure these words are said.
FAILED: Final = re.compile(
    r"revert|opcode|out of gas|execution|stack|invalid jump|evm error", re.IGNORECASE
)


def _address(value: str) -> str:
    if not ADDRESS.fullmatch(value.lower()):
        raise UsageError("the address of a contract is 0x and 40 hexadecimal digits")
    return value.lower()


@frozen(kw_only=True)
class EvmChain:
    """Mints, tokens and signatures on one chain; what it was asked last leaves nothing behind, and threads share it."""

    url: str = field(repr=lambda _: "***")  # providers put the key into the path
    contract: str = field(converter=_address)
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
        """The chain and the contract, as CAIP-10 writes them."""
        return f"eip155:{self.chain_id}:{self.contract}"

    def close(self) -> None:
        """End the connections on which nothing is asked now; another question opens another."""
        self._provider.close()

    def check(self) -> None:
        """WrongChain unless the node serves the configured chain id."""
        found = reading.number(*self._ask("eth_chainId", ()))
        if found != self.chain_id:
            raise ChainIdMismatch(expected=self.chain_id, found=found)

    def newest(self) -> int:
        """The newest block's number."""
        return reading.number(*self._ask("eth_blockNumber", ()))

    def block(self, number: int) -> Block | None:
        """The block at this height, None where the node has none."""
        return self._blocks({number})[number]

    def mints(self, first: int, last: int) -> tuple[MintLog, ...]:
        """The contract's mints in these blocks, in chain order; RangeTooLarge, ChainUnreachable, ChainWrong."""
        if first > last:
            return ()
        end = self.block(last)
        if end is None:  # it would give the logs that it has, and not say that some are missing
            raise ChainUnreachable(f"the node has no block {last} yet")
        # What was removed was in a block that has been replaced: what is there now has logs of its own.
        given = [log for log in self._logs(first, last) if log.get("removed") is not True]
        logs = {reading.block_position(log): log for log in given}
        if len(logs) != len(given) or any(not first <= number <= last for number, _ in logs):
            raise InvalidNodeResponse("it gave a log twice, or of a block that was not asked for")
        # Behind one address there may be several nodes: what one gives of logs is held to what another says of blocks.
        blocks = self._blocks({last} | {at for at, _ in logs})
        mints = tuple(reading.mint(log, self.contract, blocks) for _, log in sorted(logs.items()))
        hashes = {number: found.hash for number, found in blocks.items() if found}
        if blocks[last] != end or any(
            hashes[each.block_number] != each.block_hash for each in mints
        ):
            raise ChainUnreachable(MOVED)
        return mints

    def next_token_id(self, block: int) -> int:
        """The id that the next minted token had after this block."""
        return int.from_bytes(_word(self._call(self.contract, NEXT_TOKEN_ID, hex(block))))

    def author_of(self, token_id: int) -> str | None:
        """The wallet of the prompt's author, None where no such token was minted."""
        answer = self._call_of_token(TOKEN_PROMPT_AUTHOR, token_id)
        return None if answer is None or not any(_word(answer)) else reading.wallet(answer)

    def metadata_of(self, token_id: int) -> str | None:
        """The token's CID once it is revealed, else None."""
        (newest,) = self._ask("eth_getBlockByNumber", ("latest", False))
        # Both of one state: else, after a reorg, what stood there before the reveal would be taken for the CID.
        at = {"blockHash": reading.digits(reading.members(newest).get("hash"))}
        answer = self._call_of_token(IS_REVEALED, token_id, at)
        if answer is None or not any(_word(answer)):
            return None
        uri = _text(self._call_of_token(TOKEN_URI, token_id, at))
        if not uri.startswith(SCHEME) or uri == SCHEME:
            raise InvalidNodeResponse(f"token {token_id} was revealed, and not in IPFS")
        return uri.removeprefix(SCHEME)

    def is_signed_by(self, wallet: str, message: str, signature: str) -> bool:
        """Whether the wallet, of a person or of a contract, signed the message; SignatureMalformed."""
        signed, wallet = signatures.octets(signature), wallet.lower()
        signable = encode_defunct(primitive=message.encode(errors="surrogatepass"))
        if len(signed) <= signatures.WHOLE_BYTES and signatures.signer(signable, signed) == wallet:
            return True
        may_be_contract = (
            ADDRESS.fullmatch(wallet) and len(signed) != signatures.COMPACT_BYTES
        )  # a form of keys alone
        answer = (
            self._call(wallet, signatures.question(signable, signed)) if may_be_contract else None
        )
        return answer is not None and answer[:32] == signatures.IS_VALID_SIGNATURE + bytes(28)

    def _logs(self, first: int, last: int) -> list[Mapping[str, object]]:
        blocks = {"fromBlock": hex(first), "toBlock": hex(last)}
        wanted = {"address": self.contract, "topics": [reading.BATCH_MINTED], **blocks}
        try:
            (found,) = self._provider.ask("eth_getLogs", (wanted,))
        except Refusal as refusal:
            raise refused(refusal, first, last) from None
        return [reading.members(log) for log in reading.sequence(found)]

    def _blocks(self, numbers: Iterable[int]) -> dict[int, Block | None]:
        found, left = dict[int, Block | None](), sorted(numbers)
        while asked := left[:MAX_HEADERS]:
            answers = self._ask("eth_getBlockByNumber", *((hex(number), False) for number in asked))
            found |= {
                at: reading.block(answer, at) for at, answer in zip(asked, answers, strict=True)
            }
            left = left[MAX_HEADERS:]
        return found

    def _call_of_token(self, selector: bytes, token_id: int, at: object = "latest") -> bytes | None:
        return (
            self._call(self.contract, selector + token_id.to_bytes(32), at)
            if token_id in IDS
            else None
        )

    def _call(self, to: str, data: bytes, at: object = "latest") -> bytes | None:
        """What a contract answers, None where it fails."""
        try:
            (answer,) = self._provider.ask("eth_call", ({"to": to, "data": f"0x{data.hex()}"}, at))
        except Refusal as refusal:
            if refusal.code == REVERTED or FAILED.search(refusal.message):
                return None
            raise refusal.unreachable() from None
        return reading.octets(answer)

    def _ask(self, method: str, *each: tuple[object, ...]) -> list[object]:
        try:
            return self._provider.ask(method, *each)
        except Refusal as refusal:
            raise refusal.unreachable() from None


def _word(answer: bytes | None) -> bytes:
    if answer is None or len(answer) != reading.WORD_BYTES:
        raise InvalidNodeResponse("the contract does not answer as ours does: look at its address")
    return answer


def _text(answer: bytes | None) -> str:
    try:
        return str(decode(["string"], answer or b"")[0])
    except (DecodingError, ValueError, OverflowError):
        raise InvalidNodeResponse("the contract answers no text") from None

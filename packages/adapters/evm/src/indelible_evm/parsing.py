"""Parse a node's JSON strictly: any value of another form raises InvalidNodeResponse."""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, cast

from indelible.kernel import Invalid
from indelible.tokens import Block, MintLog
from indelible.tokens.errors import InvalidNodeResponse

# keccak-256 of BatchMinted(address,address,uint256,uint256,uint256); three of them are indexed.
BATCH_MINTED: Final = "0x20c0d4a5bab7118059cf1d2fd0403c4f29a05e446d435b347f90b80778374c54"
TOPICS_PER_LOG: Final = 4
NUMBER: Final = re.compile("0x[0-9a-f]{1,64}", re.IGNORECASE)
BYTES: Final = re.compile("0x(?:[0-9a-f]{2})*", re.IGNORECASE)
WORD_BYTES: Final = 32
ADDRESS_BYTES: Final = 20

JsonObject = Mapping[str, object]


def parse_object(value: object) -> JsonObject:
    """Return a JSON object; an empty one for any other value."""
    if not isinstance(value, dict):
        return {}
    return cast(JsonObject, value)


def parse_array(value: object) -> list[object]:
    """Return a JSON array."""
    if not isinstance(value, list):
        raise InvalidNodeResponse("expected an array")
    return cast(list[object], value)


def parse_number(value: object) -> int:
    """Return a number from 0x and hexadecimal digits."""
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise InvalidNodeResponse("expected a hexadecimal number")
    return int(value, 16)


def parse_bytes(value: object, size: int | None = None) -> bytes:
    """Return bytes from 0x and hexadecimal digits, exactly `size` of them if it is given."""
    if not isinstance(value, str) or not BYTES.fullmatch(value):
        raise InvalidNodeResponse("expected hexadecimal bytes")

    octets = bytes.fromhex(value[2:])
    if size is not None and len(octets) != size:
        raise InvalidNodeResponse(f"expected {size} bytes, got {len(octets)}")
    return octets


def parse_hex(value: object, size: int = WORD_BYTES) -> str:
    """Return bytes as 0x and hexadecimal digits in lower case."""
    return f"0x{parse_bytes(value, size).hex()}"


def parse_address(word: bytes) -> str:
    """Return the address in a word of contract data, in lower case."""
    padding = word[:-ADDRESS_BYTES]
    if len(word) != WORD_BYTES or any(padding):
        raise InvalidNodeResponse("expected an address in a word of 32 bytes")
    return f"0x{word[-ADDRESS_BYTES:].hex()}"


def parse_instant(value: object) -> datetime:
    """Return an instant from hexadecimal seconds since 1970."""
    try:
        return datetime.fromtimestamp(parse_number(value), UTC)
    except (OverflowError, ValueError, OSError):
        raise InvalidNodeResponse("the timestamp of a block is out of range") from None


@contextmanager
def invalid_as_node_error() -> Generator[None]:
    """Report values that core refuses, such as a mint of 51 tokens, as an error of the node."""
    try:
        yield
    except Invalid as error:
        raise InvalidNodeResponse(f"impossible values ({error.code})") from None


def parse_block(value: object, expected: int) -> Block | None:
    """Return the header of the block at a height, None when the node has none."""
    if value is None:
        return None

    header = parse_object(value)
    number = parse_number(header.get("number"))
    if number != expected:
        raise InvalidNodeResponse(f"expected block {expected}, got block {number}")

    with invalid_as_node_error():
        return Block(
            number=expected,
            hash=parse_hex(header.get("hash")),
            parent_hash=parse_hex(header.get("parentHash")),
            at=parse_instant(header.get("timestamp")),
        )


def block_position(log: JsonObject) -> tuple[int, int]:
    """Return the block number and the log index, which sort logs in chain order."""
    return parse_number(log.get("blockNumber")), parse_number(log.get("logIndex"))


def parse_mint(log: JsonObject, contract: str, blocks: Mapping[int, Block | None]) -> MintLog:
    """Return the mint in a log of a contract. Its timestamp is that of its block."""
    topics = [parse_bytes(topic, WORD_BYTES) for topic in parse_array(log.get("topics"))]
    is_of_contract = parse_hex(log.get("address"), ADDRESS_BYTES) == contract
    is_mint = len(topics) == TOPICS_PER_LOG and topics[0].hex() == BATCH_MINTED[2:]
    if not is_of_contract or not is_mint:
        raise InvalidNodeResponse("a log is not a mint of the contract")

    block_number, log_index = block_position(log)
    data = parse_bytes(log.get("data"), 2 * WORD_BYTES)
    block = blocks.get(block_number)
    if block is None:
        raise InvalidNodeResponse(f"the node returned a log of block {block_number}, not the block")

    with invalid_as_node_error():
        return MintLog(
            tx_hash=parse_hex(log.get("transactionHash")),
            log_index=log_index,
            block_number=block_number,
            block_hash=parse_hex(log.get("blockHash")),
            block_timestamp=block.at,
            minter=parse_address(topics[1]),
            author_wallet=parse_address(topics[2]),
            start_token_id=int.from_bytes(topics[3]),
            quantity=int.from_bytes(data[:WORD_BYTES]),
            total_paid=int.from_bytes(data[WORD_BYTES:]),
        )

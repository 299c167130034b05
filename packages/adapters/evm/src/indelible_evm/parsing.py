"""Parse a node's JSON strictly: any value of another form raises InvalidNodeResponse."""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, cast

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from indelible.kernel import Invalid
from indelible.tokens import Block, LogPosition
from indelible.tokens.errors import InvalidNodeResponse

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
    """Report values that core refuses, such as a block from the future, as an error of the node."""
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


def parse_position(log: JsonObject) -> LogPosition:
    """Return the position of a log."""
    block_number, log_index = block_position(log)
    with invalid_as_node_error():
        return LogPosition(
            tx_hash=parse_hex(log.get("transactionHash")),
            log_index=log_index,
            block_number=block_number,
            block_hash=parse_hex(log.get("blockHash")),
        )


def parse_topics(log: JsonObject, contract: str) -> list[bytes]:
    """Return the topics of a log of a contract."""
    if parse_hex(log.get("address"), ADDRESS_BYTES) != contract:
        raise InvalidNodeResponse("a log is not one of the contract")

    topics = [parse_bytes(topic, WORD_BYTES) for topic in parse_array(log.get("topics"))]
    if not topics:
        raise InvalidNodeResponse("a log has no topics")
    return topics


def parse_word(answer: bytes | None) -> bytes:
    """Return an answer of one word. Raises InvalidNodeResponse for another contract's answer."""
    if answer is None or len(answer) != WORD_BYTES:
        raise InvalidNodeResponse("the contract's answer is not one word: check its address")
    return answer


def parse_text(answer: bytes | None) -> str:
    """Return an answer that is one text."""
    try:
        return str(decode(["string"], answer or b"")[0])
    except (DecodingError, ValueError, OverflowError):
        raise InvalidNodeResponse("the contract's answer is not a text") from None

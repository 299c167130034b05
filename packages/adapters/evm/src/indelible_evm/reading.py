"""What a node says, read closely: whatever has not the form that it should have is ChainWrong."""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, cast

from indelible.kernel import Invalid
from indelible.tokens import Block, MintLog
from indelible.tokens.errors import InvalidNodeResponse

# keccak-256 of BatchMinted(address,address,uint256,uint256,uint256), the first three of them indexed
BATCH_MINTED: Final = "0x20c0d4a5bab7118059cf1d2fd0403c4f29a05e446d435b347f90b80778374c54"
TOPICS: Final = 4
NUMBER: Final = re.compile("0x[0-9a-f]{1,64}", re.IGNORECASE)
BYTES: Final = re.compile("0x(?:[0-9a-f]{2})*", re.IGNORECASE)
WORD_BYTES: Final = 32


def members(value: object) -> Mapping[str, object]:
    """What an object of JSON has; of anything else nothing."""
    return cast(Mapping[str, object], value) if isinstance(value, dict) else {}


def sequence(value: object) -> list[object]:
    """An array of JSON."""
    if not isinstance(value, list):
        raise InvalidNodeResponse("something is no array")
    return cast(list[object], value)


def number(value: object) -> int:
    """A number as nodes write it: 0x and hexadecimal digits."""
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise InvalidNodeResponse("something is no number")
    return int(value, 16)


def octets(value: object, size: int | None = None) -> bytes:
    """Bytes as nodes write them, so many of them where the size is given."""
    if not isinstance(value, str) or not BYTES.fullmatch(value):
        raise InvalidNodeResponse("something is no bytes")
    found = bytes.fromhex(value[2:])
    if size not in {None, len(found)}:
        raise InvalidNodeResponse(f"something has {len(found)} bytes and not {size}")
    return found


def digits(value: object, size: int = WORD_BYTES) -> str:
    """A hash, or what has another size, in lower case."""
    return f"0x{octets(value, size).hex()}"


def wallet(word: bytes) -> str:
    """The address that a word of the contract's holds, in lower case."""
    if len(word) != WORD_BYTES or any(word[:-20]):
        raise InvalidNodeResponse("a word is no address")
    return f"0x{word[-20:].hex()}"


def instant(value: object) -> datetime:
    """Seconds since 1970, as an instant."""
    try:
        return datetime.fromtimestamp(number(value), UTC)
    except (OverflowError, ValueError, OSError):
        raise InvalidNodeResponse("a block is of no time") from None


@contextmanager
def sense() -> Generator[None]:
    """What core takes for no block and no mint of our contract's: fifty-one tokens at once, or the token 0."""
    try:
        yield
    except Invalid as error:
        raise InvalidNodeResponse(f"it says what cannot be: {error.code}") from None


def block(value: object, expected: int) -> Block | None:
    """The header of the block at a height, None where there is none."""
    header = members(value)
    if value is None:
        return None
    if number(header.get("number")) != expected:
        raise InvalidNodeResponse(f"asked for block {expected}, it gave another")
    with sense():
        return Block(
            number=expected,
            hash=digits(header.get("hash")),
            parent_hash=digits(header.get("parentHash")),
            at=instant(header.get("timestamp")),
        )


def block_position(log: Mapping[str, object]) -> tuple[int, int]:
    """The block and the place in it: the order of the chain."""
    return number(log.get("blockNumber")), number(log.get("logIndex"))


def mint(log: Mapping[str, object], contract: str, blocks: Mapping[int, Block | None]) -> MintLog:
    """What a log says was minted; when, says its block, which is among these."""
    topics = [octets(each, WORD_BYTES) for each in sequence(log.get("topics"))]
    if (
        digits(log.get("address"), 20) != contract
        or len(topics) != TOPICS
        or topics[0].hex() != BATCH_MINTED[2:]
    ):
        raise InvalidNodeResponse("it gave a log that was not asked for")
    block_number, log_index = block_position(log)
    header, data = blocks.get(block_number), octets(log.get("data"), 2 * WORD_BYTES)
    if header is None:
        raise InvalidNodeResponse("it has not the block of which it gave a log")
    with sense():
        return MintLog(
            tx_hash=digits(log.get("transactionHash")),
            log_index=log_index,
            block_number=block_number,
            block_hash=digits(log.get("blockHash")),
            block_timestamp=header.at,
            minter=wallet(topics[1]),
            author_wallet=wallet(topics[2]),
            start_token_id=int.from_bytes(topics[3]),
            quantity=int.from_bytes(data[:WORD_BYTES]),
            total_paid=int.from_bytes(data[WORD_BYTES:]),
        )

"""Read the logs of one block from the receipts of its transactions, some at a time.

A node limits the logs of one answer, and no filter divides a block.
"""

from collections.abc import Callable, Iterator
from typing import Final

from indelible.tokens.errors import ChainUnreachable
from indelible_evm import parsing
from indelible_evm.events import MintEventType
from indelible_evm.parsing import JsonObject

RECEIPTS_PER_REQUEST: Final = 20  # each may have thousands of logs

Request = Callable[..., list[object]]  # of a method with the parameters of several requests


def logs_of_receipts(
    request: Request, number: int, contract: str, events: tuple[MintEventType, ...]
) -> Iterator[JsonObject]:
    """Yield the logs of a contract's events in a block.

    Raises: ChainUnreachable, InvalidNodeResponse.
    """
    (header,) = request("eth_getBlockByNumber", (hex(number), False))
    hashes = parsing.parse_array(parsing.parse_object(header).get("transactions"))
    for start in range(0, len(hashes), RECEIPTS_PER_REQUEST):
        page = hashes[start : start + RECEIPTS_PER_REQUEST]
        receipts = request("eth_getTransactionReceipt", *((tx_hash,) for tx_hash in page))
        for receipt in receipts:
            if receipt is None:
                raise ChainUnreachable(f"block {number} was replaced while it was read")
            yield from _matching_logs(parsing.parse_object(receipt), contract, events)


def _matching_logs(
    receipt: JsonObject, contract: str, events: tuple[MintEventType, ...]
) -> Iterator[JsonObject]:
    """Yield the logs in a receipt that a filter of the contract's events would return."""
    for value in parsing.parse_array(receipt.get("logs")):
        log = parsing.parse_object(value)
        if parsing.parse_hex(log.get("address"), parsing.ADDRESS_BYTES) != contract:
            continue
        topics = [parsing.parse_hex(topic) for topic in parsing.parse_array(log.get("topics"))]
        for event in events:
            if _matches(event, topics):
                yield log
                break


def _matches(event: MintEventType, topics: list[str]) -> bool:
    """Return True when a log with these topics is one of the event's mints."""
    if len(topics) < len(event.topics):
        return False

    for expected, topic in zip(event.topics, topics, strict=False):
        if expected not in (None, topic):
            return False

    return True

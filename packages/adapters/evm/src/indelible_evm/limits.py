"""Recognize a provider's refusal of a range of blocks that is too large.

Each provider has its own words for it, and some suggest a smaller range.
"""

import re
from collections.abc import Iterator
from typing import Final

from indelible.tokens.errors import ChainUnreachable, RangeTooLarge
from indelible_evm.parsing import parse_object
from indelible_evm.provider import Refusal

LIMIT_EXCEEDED: Final = -32005  # EIP-1474

# Some providers use the same code for too many requests in a period of time.
TOO_MANY_REQUESTS: Final = re.compile(
    r"rate|per second|too many requests|request count|quota|credits|capacity", re.IGNORECASE
)
# The node does not have these blocks yet: a smaller range would not help.
BLOCK_NOT_FOUND: Final = re.compile(
    r"invalid block range|beyond|cannot be found|not found|unknown block", re.IGNORECASE
)
RANGE_REFUSED: Final = re.compile(
    r"(?:more than|exceeds?|over|limit of) [\d,_]+ (?:results|logs|blocks)"
    r"|response size|block range|range (?:is )?too|retry with the range|limited to"
    r"|too many (?:results|logs|blocks)|(?:query|request) tim(?:eout|ed out)",
    re.IGNORECASE,
)
NUMBER: Final = r"\b(0x[0-9a-f]{1,16}|0|[1-9][0-9]{0,18})\b"
SUGGESTED_RANGE: Final = re.compile(
    rf"\[\s*{NUMBER}\s*,\s*{NUMBER}\s*\]|range\s+{NUMBER}\s*-\s*{NUMBER}", re.IGNORECASE
)
SUGGESTED_SIZE: Final = re.compile(
    r"(?:range|up to|up to an?|limited to|limited to an?|max)[ :]+(\d[\d,_]{0,24})\b(?!\s*-)",
    re.IGNORECASE,
)


def range_error(refusal: Refusal, first: int, last: int) -> RangeTooLarge | ChainUnreachable:
    """Return the error that a refusal of the logs of a range of blocks stands for."""
    if not _is_about_range(refusal):
        return refusal.as_unreachable()

    advised_last = None
    for start, end in _suggested_ranges(refusal, first):
        if start <= first <= end < last:
            advised_last = end
            break

    return RangeTooLarge(first=first, last=last, advised_last=advised_last)


def _is_about_range(refusal: Refusal) -> bool:
    """Return True when a smaller range of blocks may be accepted."""
    text = refusal.message
    if BLOCK_NOT_FOUND.search(text):
        return False
    if RANGE_REFUSED.search(text):
        return True
    return refusal.code == LIMIT_EXCEEDED and not TOO_MANY_REQUESTS.search(text)


def _suggested_ranges(refusal: Refusal, first: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of blocks that a refusal suggests, the most reliable first."""
    data = parse_object(refusal.data)
    yield from _ranges_in(f"[{data.get('from')}, {data.get('to')}]")
    yield from _ranges_in(refusal.message)
    for match in SUGGESTED_SIZE.finditer(refusal.message):
        size = int(match[1].replace(",", "").replace("_", ""))
        yield first, first + size - 1


def _ranges_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of blocks in a text."""
    for match in SUGGESTED_RANGE.finditer(text):
        start, end = (int(number, 0) for number in match.groups() if number)
        yield start, end

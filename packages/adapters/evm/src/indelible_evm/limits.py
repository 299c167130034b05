"""How providers say that a range of blocks is too large: each in its own words, some with a range that works."""

import re
from collections.abc import Iterator
from typing import Final

from indelible.tokens.errors import ChainUnreachable, RangeTooLarge
from indelible_evm.provider import Refusal
from indelible_evm.reading import members

LIMIT_EXCEEDED: Final = -32005  # of EIP-1474
# Of requests in a time, and not of blocks in a request: the same code, at some providers.
TOO_OFTEN: Final = re.compile(
    r"rate|per second|too many requests|request count|quota|credits|capacity", re.IGNORECASE
)
# Of blocks that the node has not yet: a smaller range would be as far ahead.
AHEAD: Final = re.compile(
    r"invalid block range|beyond|cannot be found|not found|unknown block", re.IGNORECASE
)
TOO_LARGE: Final = re.compile(
    r"(?:more than|exceeds?|over|limit of) [\d,_]+ (?:results|logs|blocks)|response size|block range|range (?:is )?too"
    r"|retry with the range|limited to|too many (?:results|logs|blocks)|(?:query|request) tim(?:eout|ed out)",
    re.IGNORECASE,
)
NUMBER: Final = r"\b(0x[0-9a-f]{1,16}|0|[1-9][0-9]{0,18})\b"
RANGE: Final = re.compile(
    rf"\[\s*{NUMBER}\s*,\s*{NUMBER}\s*\]|range\s+{NUMBER}\s*-\s*{NUMBER}", re.IGNORECASE
)
WIDTH: Final = re.compile(
    r"(?:range|up to|up to an?|limited to|limited to an?|max)[ :]+(\d[\d,_]{0,24})\b(?!\s*-)",
    re.IGNORECASE,
)


def refused(refusal: Refusal, first: int, last: int) -> RangeTooLarge | ChainUnreachable:
    """What a refusal to give the logs of a range means."""
    said = refusal.message
    is_about_range = TOO_LARGE.search(said) or (
        refusal.code == LIMIT_EXCEEDED and not TOO_OFTEN.search(said)
    )
    if not is_about_range or AHEAD.search(said):
        return refusal.unreachable()
    advised = (end for begin, end in _ranges(refusal, first) if begin <= first <= end < last)
    return RangeTooLarge(first=first, last=last, advised_last=next(advised, None))


def _ranges(refusal: Refusal, first: int) -> Iterator[tuple[int, int]]:
    """The ranges that it hints at, the surest first."""
    data = members(refusal.data)
    yield from _pairs(f"[{data.get('from')}, {data.get('to')}]")
    yield from _pairs(refusal.message)
    for width in WIDTH.finditer(refusal.message):
        blocks = int(width[1].replace(",", "").replace("_", ""))
        yield first, first + blocks - 1


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    for found in RANGE.finditer(text):
        begin, end = (int(each, 0) for each in filter(None, found.groups()))
        yield begin, end

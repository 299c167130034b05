"""A provider's refusal of a range is told from other refusals, and its advice is found."""

import pytest

from indelible.tokens.errors import ChainUnreachable, RangeTooLarge
from indelible_evm.limits import range_error
from indelible_evm.provider import Refusal

FIRST = 0x100
LAST = 0xFFFF
RESULTS = "query returned more than 10000 results. Try with this block range [0x100, 0x1ff]."
SIZE = (
    "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range"
    " and no limit on the response size, or you can request any block range with a cap of 10K logs"
    " in the response. Based on your parameters and the response size limit, this block range"
    " should work: [0x100, 0x1ff]"
)
FREE = (
    "Under the Free tier plan, you can make eth_getLogs requests with up to a 10 block range."
    " Based on your parameters, this block range should work: [0x100, 0x109]. Upgrade to PAYG for"
    " expanded block range."
)
ADVICE = [
    (-32005, RESULTS, {"from": "0x100", "to": "0x1fe", "limit": 10_000}, 0x1FE),
    (-32005, RESULTS, None, 0x1FF),
    (-32005, "query returned more than 10000 results", {"from": "0x100", "to": "0x1ff"}, 0x1FF),
    (
        -32005,
        "query returned more than 10000 results. Try with this block range [256, 511]",
        None,
        0x1FF,
    ),
    (-32005, "query returned more than 10000 results", None, None),
    (-32005, "limit exceeded", None, None),
    (-32005, "", "nothing", None),
    (-32602, SIZE, None, 0x1FF),
    (-32600, FREE, None, 0x109),
    (-32000, "exceed max block range 5000", None, FIRST + 4_999),
    (-32000, "exceed maximum block range: 5000", None, FIRST + 4_999),
    (-32614, "eth_getLogs is limited to a 10,000 range", None, FIRST + 9_999),
    (-32602, "eth_getLogs block range too large, range: 65280, max: 1000", None, FIRST + 999),
    (-32600, "query exceeds max results 20000, retry with the range 256-511", None, 0x1FF),
    (-32600, "query exceeds max results 20000, retry with the range 0x100-0x1ff", None, 0x1FF),
    (-32000, "block range is too wide", None, None),
    (-32000, "Block range limit exceeded", None, None),
    (-32000, "query timeout exceeded", None, None),
    (-32002, "request timed out", None, None),
]
# These ranges begin elsewhere, end before the first block, or are as long as the refused one.
USELESS_RANGES = [
    "[0x101, 0x1ff]",
    "[0x50, 0xff]",
    "[0x100, 0xffff]",
    "[0x100, 0x1ffff]",
    "[0x100]",
    "[0x100, latest]",
]
OTHER_REFUSALS = [
    (-32005, "daily request count exceeded, request rate limited"),
    (-32005, "Too Many Requests"),
    (429, "Your app has exceeded its compute units per second capacity"),
    (-32000, "header not found"),
    (-32602, "invalid block range params"),
    (-32000, "block range extends beyond current head block"),
    (
        -32000,
        "One of the blocks specified in filter (fromBlock, toBlock or blockHash) cannot be found.",
    ),
    (-32603, "Internal error"),
    (-32601, "the method eth_getLogs does not exist/is not available"),
]


def range_too_large(refusal: Refusal, last: int = LAST) -> RangeTooLarge:
    """Return the error for a refused range, which must be too large."""
    error = range_error(refusal, FIRST, last)
    assert isinstance(error, RangeTooLarge)
    assert (error.first, error.last) == (FIRST, last)
    return error


@pytest.mark.parametrize(("code", "message", "data", "advised"), ADVICE)
def test_a_range_that_is_too_large_has_the_advised_end(
    code: int, message: str, data: object, advised: int | None
) -> None:
    assert range_too_large(Refusal(code, message, data)).advised_last == advised


@pytest.mark.parametrize("useless_range", USELESS_RANGES)
def test_a_useless_suggestion_is_ignored(useless_range: str) -> None:
    message = f"query returned more than 10000 results. Try with this block range {useless_range}."

    assert range_too_large(Refusal(-32005, message)).advised_last is None


def test_the_first_useful_suggestion_is_the_advice() -> None:
    refusal = Refusal(-32005, f"{RESULTS} [0x100, 0x110]", {"from": "0x100", "to": "0xfffff"})

    assert range_too_large(refusal).advised_last == 0x1FF


def test_a_single_block_can_be_too_large() -> None:
    assert range_too_large(Refusal(-32005, RESULTS), last=FIRST).advised_last is None


@pytest.mark.parametrize(("code", "message"), OTHER_REFUSALS)
def test_a_refusal_for_another_reason_is_unreachable(code: int, message: str) -> None:
    error = range_error(Refusal(code, message), FIRST, LAST)

    assert isinstance(error, ChainUnreachable)
    assert error.reason == f"{code}: {message}"

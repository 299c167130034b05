"""The words in which providers refuse a range of blocks, and similar words."""

import pytest

from indelible.kernel import IndelibleError
from indelible.tokens.errors import ChainUnreachable, RangeTooLarge
from indelible_evm.limits import range_error
from indelible_evm.provider import Refusal

FIRST, LAST = 0x100, 0xFFFF
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
# A hint that begins later, ends before it begins, or asks for as much again, is none.
NO_ADVICE = [
    "[0x101, 0x1ff]",
    "[0x50, 0xff]",
    "[0x100, 0xffff]",
    "[0x100, 0x1ffff]",
    "[0x100]",
    "[0x100, latest]",
]
OTHERS = [
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


def told(refusal: Refusal, last: int = LAST) -> tuple[type[IndelibleError], dict[str, object]]:
    error = range_error(refusal, FIRST, last)
    return type(error), error.detail


def too_large(
    advised: int | None, last: int = LAST
) -> tuple[type[IndelibleError], dict[str, object]]:
    return RangeTooLarge, {"first": FIRST, "last": last, "advised_last": advised}


@pytest.mark.parametrize(("code", "message", "data", "advised"), ADVICE)
def test_a_range_that_is_too_large_has_the_advised_end(
    code: int, message: str, data: object, advised: int | None
) -> None:
    assert told(Refusal(code, message, data)) == too_large(advised)


@pytest.mark.parametrize("hint", NO_ADVICE)
def test_a_useless_suggestion_is_ignored(hint: str) -> None:
    message = f"query returned more than 10000 results. Try with this block range {hint}."

    assert told(Refusal(-32005, message)) == too_large(None)


def test_the_first_useful_suggestion_is_taken() -> None:
    said = Refusal(-32005, f"{RESULTS} [0x100, 0x110]", {"from": "0x100", "to": "0xfffff"})

    assert told(said) == too_large(0x1FF)


def test_a_single_block_can_be_too_large() -> None:
    assert told(Refusal(-32005, RESULTS), last=FIRST) == too_large(None, last=FIRST)


@pytest.mark.parametrize(("code", "message"), OTHERS)
def test_a_refusal_for_another_reason_is_unreachable(code: int, message: str) -> None:
    assert told(Refusal(code, message)) == (ChainUnreachable, {"reason": f"{code}: {message}"})

"""A node's JSON is parsed strictly: a valid log becomes a mint, anything else an error."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.evm.raw import CONTRACT, raw, word

from indelible.tokens import Block, MintLog
from indelible.tokens.errors import InvalidNodeResponse
from indelible_evm import parsing

HASHES = st.binary(min_size=32, max_size=32).map(lambda each: f"0x{each.hex()}")
WALLETS = st.binary(min_size=20, max_size=20).map(lambda each: f"0x{each.hex()}")
WORDS = st.integers(0, 2**256 - 1)
TIMES = st.integers(946_684_800, 2**33).map(lambda each: datetime.fromtimestamp(each, UTC))
MOST = 2**63 - 1  # that a database counts to
MINTS = st.builds(
    MintLog,
    tx_hash=HASHES,
    log_index=st.integers(0, MOST),
    block_number=st.integers(1, MOST),
    block_hash=HASHES,
    block_timestamp=TIMES,
    minter=WALLETS,
    author_wallet=WALLETS,
    start_token_id=st.integers(1, MOST),
    quantity=st.integers(1, 50),
    total_paid=WORDS,
)
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["0x", "0x0", word(7)])
)
JSON = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=10,
)
FIELDS = ("address", "topics", "data", "blockNumber", "blockHash", "transactionHash", "logIndex")
HOSTILE: list[Callable[[dict[str, Any]], object]] = [
    lambda log: log["topics"].append(word(1)),
    lambda log: log["topics"].pop(),
    lambda log: log["topics"].clear(),
    lambda log: log["topics"].__setitem__(0, word(1)),
    lambda log: log["topics"].__setitem__(1, "0x" + "ff" * 32),  # more than an address
    lambda log: log["topics"].__setitem__(2, "0x" + "01" + "00" * 31),
    lambda log: log["topics"].__setitem__(3, word(0)),  # ids begin at 1
    lambda log: log["topics"].__setitem__(3, "0x01"),
    lambda log: log.update(address="0x" + "c1" * 20),
    lambda log: log.update(address="0x"),
    lambda log: log.update(data="0x"),
    lambda log: log.update(data=log["data"][:-2]),
    lambda log: log.update(data=log["data"][:-1]),
    lambda log: log.update(data=log["data"] + "00"),
    lambda log: log.update(data=word(0) + word(0)[2:]),  # a mint of nothing
    lambda log: log.update(data=word(51) + word(0)[2:]),
    lambda log: log["topics"].__setitem__(3, word(MOST + 1)),
    lambda log: log.update(blockNumber="0x0"),  # in which nothing is ever mined
    lambda log: log.update(logIndex=hex(MOST + 1)),
    lambda log: log.update(data=word(2**256 - 1) + word(0)[2:]),
    lambda log: log.update(blockHash="0x" + "00" * 31),
    lambda log: log.update(transactionHash=None),
    lambda log: log.update(logIndex=3),
    lambda log: log.update(logIndex="-0x3"),
    lambda log: log.update(logIndex="0x" + "f" * 65),
    lambda log: log.update(blockNumber="latest"),
    lambda log: log.update(blockNumber="0x_1"),
]


def block_of(mint: MintLog) -> dict[int, Block | None]:
    header = Block(
        number=mint.block_number,
        hash=mint.block_hash,
        parent_hash=mint.block_hash,
        at=mint.block_timestamp,
    )
    return {mint.block_number: header}


@given(MINTS)
def test_a_log_is_parsed_to_its_mint(mint: MintLog) -> None:
    assert parsing.parse_mint(raw(mint), CONTRACT, block_of(mint)) == mint


@given(MINTS)
def test_the_case_of_letters_does_not_matter(mint: MintLog) -> None:
    log = raw(mint)
    shouted = {
        name: each.upper().replace("X", "x") if isinstance(each, str) else each
        for name, each in log.items()
    }

    assert parsing.parse_mint(shouted, CONTRACT, block_of(mint)) == mint


@given(MINTS, TIMES)
def test_a_mint_has_the_time_of_its_block(mint: MintLog, at: datetime) -> None:
    header = Block(
        number=mint.block_number, hash=mint.block_hash, parent_hash=mint.block_hash, at=at
    )

    for log in (raw(mint), raw(mint) | {"blockTimestamp": None}):
        assert parsing.parse_mint(log, CONTRACT, {mint.block_number: header}).block_timestamp == at


@pytest.mark.parametrize("change", HOSTILE)
@given(mint=MINTS)
def test_a_hostile_log_is_refused(
    change: Callable[[dict[str, Any]], object], mint: MintLog
) -> None:
    log = raw(mint)
    change(log)

    with pytest.raises(InvalidNodeResponse):
        parsing.parse_mint(log, CONTRACT, block_of(mint))


@given(MINTS, st.sampled_from(FIELDS), JSON.filter(lambda each: not str(each).startswith("0x")))
def test_an_invalid_field_is_refused(mint: MintLog, name: str, nonsense: object) -> None:
    with pytest.raises(InvalidNodeResponse):
        parsing.parse_mint(raw(mint) | {name: nonsense}, CONTRACT, block_of(mint))


@given(JSON)
def test_invalid_json_is_no_block(nonsense: object) -> None:
    with suppress(InvalidNodeResponse):
        assert parsing.parse_block(nonsense, 1) is nonsense is None


@given(
    st.dictionaries(
        st.sampled_from(("number", "hash", "parentHash", "timestamp")),
        JSON | HASHES | st.just("0x1"),
    )
)
def test_a_header_is_refused_or_has_the_expected_height(
    header: dict[str, object],
) -> None:
    with suppress(InvalidNodeResponse):
        found = parsing.parse_block(header, 1)
        assert found is not None
        assert found.number == 1

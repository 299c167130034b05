"""The JSON of a node is parsed strictly: a valid log becomes a mint, any other value an error."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.evm.raw import CONTRACT, raw_log, word

from indelible.tokens import Block, ContractLog, InvalidLog, MintLog
from indelible.tokens.errors import InvalidNodeResponse
from indelible_evm import EvmChain, parsing

HASHES = st.binary(min_size=32, max_size=32).map(lambda data: f"0x{data.hex()}")
WALLETS = st.binary(min_size=20, max_size=20).map(lambda data: f"0x{data.hex()}")
WORDS = st.integers(0, 2**256 - 1)
TIMES = st.integers(946_684_800, 2**33).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
MAX_NUMBER = 2**63 - 1  # that a database can store
MINTS = st.builds(
    MintLog,
    tx_hash=HASHES,
    log_index=st.integers(0, MAX_NUMBER),
    block_number=st.integers(1, MAX_NUMBER),
    block_hash=HASHES,
    block_timestamp=TIMES,
    minter=WALLETS,
    author_wallet=WALLETS,
    start_token_id=st.integers(0, 2**256 - 10_000),
    quantity=st.integers(1, 10_000),
    total_paid=WORDS,
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["0x", "0x0", word(7)])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=10,
)
FIELDS = ("address", "topics", "data", "blockNumber", "blockHash", "transactionHash", "logIndex")
# Changes that no contract can make: the node is wrong, and is asked again.
HOSTILE_CHANGES: list[Callable[[dict[str, Any]], object]] = [
    lambda log: log["topics"].clear(),
    lambda log: log["topics"].__setitem__(0, word(1)),
    lambda log: log["topics"].__setitem__(3, "0x01"),
    lambda log: log.update(address="0x" + "c1" * 20),
    lambda log: log.update(address="0x"),
    lambda log: log.update(data=log["data"][:-1]),
    lambda log: log.update(logIndex=hex(MAX_NUMBER + 1)),
    lambda log: log.update(blockHash="0x" + "00" * 31),
    lambda log: log.update(transactionHash=None),
    lambda log: log.update(logIndex=3),
    lambda log: log.update(logIndex="-0x3"),
    lambda log: log.update(logIndex="0x" + "f" * 65),
    lambda log: log.update(blockNumber="latest"),
    lambda log: log.update(blockNumber="0x_1"),
]
# Changes that a contract can make, with the field that is impossible then.
ODD_CHANGES: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda log: log["topics"].append(word(1)), "topics"),
    (lambda log: log["topics"].pop(), "topics"),
    (lambda log: log["topics"].__setitem__(1, "0x" + "ff" * 32), "minter"),
    (lambda log: log["topics"].__setitem__(2, "0x" + "01" + "00" * 31), "promptAuthor"),
    (lambda log: log["topics"].__setitem__(3, word(2**256 - 1)), "quantity"),
    (lambda log: log.update(data="0x"), "data"),
    (lambda log: log.update(data=log["data"][:-2]), "data"),
    (lambda log: log.update(data=log["data"] + "00"), "data"),
    (lambda log: log.update(data=word(0) + word(0)[2:]), "quantity"),
    (lambda log: log.update(data=word(10_001) + word(0)[2:]), "quantity"),
    (lambda log: log.update(data=word(2**256 - 1) + word(0)[2:]), "quantity"),
]


def parse(log: dict[str, Any], mint: MintLog, at: datetime | None = None) -> ContractLog | None:
    """Return what the season's adapter reads in a log of the mint's block."""
    chain = EvmChain(url="http://127.0.0.1:1", contract=CONTRACT, chain_id=1)
    position = parsing.parse_position(log)
    topics = parsing.parse_topics(log, CONTRACT)
    data = parsing.parse_bytes(log["data"])
    (event,) = chain.kind.events
    if event.topic != f"0x{topics[0].hex()}":
        raise InvalidNodeResponse("another event")
    return event.read(position, block_of(mint, at), topics, data)


def block_of(mint: MintLog, at: datetime | None = None) -> Block:
    """Return the header of the mint's block, at the mint's time or another one."""
    return Block(
        number=mint.block_number,
        hash=mint.block_hash,
        parent_hash=mint.block_hash,
        at=at or mint.block_timestamp,
    )


def is_not_hexadecimal(value: object) -> bool:
    """Return False for a value that a node may write for a field."""
    return not str(value).startswith("0x")


@given(MINTS)
def test_a_log_is_parsed_to_its_mint(mint: MintLog) -> None:
    assert parse(raw_log(mint), mint) == mint


@given(MINTS)
def test_the_case_of_letters_does_not_matter(mint: MintLog) -> None:
    in_upper_case: dict[str, Any] = {}
    for name, value in raw_log(mint).items():
        is_text = isinstance(value, str)
        in_upper_case[name] = value.upper().replace("X", "x") if is_text else value

    assert parse(in_upper_case, mint) == mint


@given(MINTS, TIMES)
def test_a_mint_has_the_time_of_its_block(mint: MintLog, at: datetime) -> None:
    with_time = raw_log(mint)
    without_time = {**with_time, "blockTimestamp": None}

    for log in (with_time, without_time):
        parsed = parse(log, mint, at)
        assert isinstance(parsed, MintLog)
        assert parsed.block_timestamp == at


@pytest.mark.parametrize("change", HOSTILE_CHANGES)
@given(mint=MINTS)
def test_a_hostile_log_is_refused(
    change: Callable[[dict[str, Any]], object], mint: MintLog
) -> None:
    log = raw_log(mint)
    change(log)

    with pytest.raises(InvalidNodeResponse):
        parse(log, mint)


@pytest.mark.parametrize(("change", "field"), ODD_CHANGES)
@given(mint=MINTS)
def test_an_odd_log_keeps_its_position_and_names_its_field(
    change: Callable[[dict[str, Any]], object], field: str, mint: MintLog
) -> None:
    if field == "quantity" and mint.quantity == 1:
        mint = evolve(mint, quantity=2)
    log = raw_log(mint)
    change(log)

    odd = parse(log, mint)
    assert isinstance(odd, InvalidLog)
    assert (odd.tx_hash, odd.log_index) == (mint.tx_hash, mint.log_index)
    assert (odd.block_number, odd.block_hash) == (mint.block_number, mint.block_hash)
    assert odd.field == field
    assert odd.problem


@pytest.mark.slow
@given(MINTS, st.sampled_from(FIELDS), JSON.filter(is_not_hexadecimal))
def test_an_invalid_field_is_refused(mint: MintLog, name: str, invalid: object) -> None:
    log = {**raw_log(mint), name: invalid}

    with pytest.raises(InvalidNodeResponse):
        parse(log, mint)


@given(JSON)
def test_json_is_refused_as_a_block_unless_it_is_null(value: object) -> None:
    if value is None:
        assert parsing.parse_block(value, 1) is None
        return

    with pytest.raises(InvalidNodeResponse):
        parsing.parse_block(value, 1)


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
        block = parsing.parse_block(header, 1)
        assert block is not None
        assert block.number == 1

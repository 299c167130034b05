"""Mints are read from the events of the standards, and from any event of an ABI by a mapping."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from indelible.tokens import Block, ContractLog, InvalidLog, LogPosition, MintLog
from indelible.tokens.entities.fields import MAX_TOKENS_PER_MINT, MAX_UINT256
from indelible_evm.events import EventField, EventMappingInvalid, MintEventType
from indelible_evm.kinds import (
    CONSECUTIVE_TRANSFER,
    KINDS,
    TRANSFER,
    TRANSFER_BATCH,
    TRANSFER_SINGLE,
    kind_from_abi,
)

ZERO = "0x" + "00" * 20
TO = "0x" + "ab" * 20
OPERATOR = "0x" + "cd" * 20
HASH = "0x" + "11" * 32
POSITION = LogPosition(tx_hash="0x" + "22" * 32, log_index=4, block_number=9, block_hash=HASH)
BLOCK = Block(number=9, hash=HASH, parent_hash=HASH, at=datetime(2026, 1, 1, tzinfo=UTC))
WORDS = st.integers(0, MAX_UINT256)
ABI: list[dict[str, Any]] = [
    {"type": "function", "name": "mint", "inputs": []},
    {
        "type": "event",
        "name": "Minted",
        "inputs": [
            {"name": "artist", "type": "address", "indexed": True},
            {"name": "owner", "type": "address", "indexed": False},
            {"name": "id", "type": "uint128", "indexed": True},
            {"name": "amount", "type": "uint16", "indexed": False},
            {"name": "note", "type": "string", "indexed": False},
            {"name": "part", "type": "tuple", "components": [{"name": "a", "type": "uint8"}]},
        ],
    },
    {"type": "event", "name": "Minted", "inputs": [{"name": "id", "type": "uint256"}]},
    {"type": "event", "name": "Secret", "anonymous": True, "inputs": []},
]
SIGNATURE = "Minted(address,address,uint128,uint16,string,(uint8))"
MAPPING = {"token_id": "id", "recipient": "owner", "author": "artist", "quantity": "amount"}


def word(value: str | int) -> bytes:
    """Return an address or a number as a topic."""
    return encode(["address" if isinstance(value, str) else "uint256"], [value])


def read(event: MintEventType, *topics: str | int, data: bytes = b"") -> ContractLog | None:
    """Return what is read in a log of the event."""
    signature = bytes.fromhex(event.topic[2:])
    return event.read(POSITION, BLOCK, [signature, *(word(topic) for topic in topics)], data)


def transfer_batch(ids: list[int], values: list[int]) -> ContractLog | None:
    data = encode(["uint256[]", "uint256[]"], [ids, values])
    return read(TRANSFER_BATCH, OPERATOR, ZERO, TO, data=data)


def problem_of(event: MintEventType, *topics: str | int, data: bytes = b"") -> str:
    """Return the field that makes a log invalid."""
    log = read(event, *topics, data=data)
    assert isinstance(log, InvalidLog)
    assert (log.tx_hash, log.block_number) == (POSITION.tx_hash, POSITION.block_number)
    return log.field


@given(WORDS)
def test_a_transfer_from_zero_is_a_mint_of_its_token(token_id: int) -> None:
    mint = read(TRANSFER, ZERO, TO, token_id)

    assert isinstance(mint, MintLog)
    assert (mint.start_token_id, mint.quantity) == (token_id, 1)
    assert mint.minter == mint.author_wallet == TO
    assert mint.block_timestamp == BLOCK.at


def test_a_transfer_between_wallets_of_no_copies_or_of_erc_20_is_no_mint() -> None:
    assert read(TRANSFER, OPERATOR, TO, 1) is None
    assert read(CONSECUTIVE_TRANSFER, 1, OPERATOR, TO, data=word(4)) is None
    no_copies = encode(["uint256", "uint256"], [7, 0])
    assert read(TRANSFER_SINGLE, OPERATOR, ZERO, TO, data=no_copies) is None
    assert problem_of(TRANSFER, ZERO, TO, data=word(10**18)) == "topics"


def test_a_consecutive_transfer_is_a_mint_of_its_range() -> None:
    mint = read(CONSECUTIVE_TRANSFER, 5, ZERO, TO, data=word(9))

    assert isinstance(mint, MintLog)
    assert mint.token_ids == range(5, 10)
    assert problem_of(CONSECUTIVE_TRANSFER, 5, ZERO, TO, data=word(4)) == "quantity"
    too_large = word(5 + MAX_TOKENS_PER_MINT)
    assert problem_of(CONSECUTIVE_TRANSFER, 5, ZERO, TO, data=too_large) == "quantity"


@given(WORDS, st.integers(1, MAX_UINT256))
def test_a_single_transfer_is_a_mint_of_copies(token_id: int, copies: int) -> None:
    data = encode(["uint256", "uint256"], [token_id, copies])
    mint = read(TRANSFER_SINGLE, OPERATOR, ZERO, TO, data=data)

    assert isinstance(mint, MintLog)
    assert (mint.token_ids, mint.copies) == (range(token_id, token_id + 1), (copies,))


@given(st.lists(st.tuples(WORDS, WORDS), max_size=20))
def test_a_batch_is_one_mint_of_the_ids_with_copies(pairs: list[tuple[int, int]]) -> None:
    mint = transfer_batch([token_id for token_id, _ in pairs], [copies for _, copies in pairs])
    minted = [pair for pair in pairs if pair[1] > 0]
    if not minted:
        assert mint is None
        return

    assert isinstance(mint, MintLog)
    assert mint.batch == tuple(token_id for token_id, _ in minted)
    assert mint.copies == tuple(copies for _, copies in minted)
    assert list(mint.token_ids) == list(dict.fromkeys(token_id for token_id, _ in minted))


def test_an_impossible_batch_names_its_field() -> None:
    log = transfer_batch([1, 2], [1])
    many = transfer_batch(list(range(MAX_TOKENS_PER_MINT + 1)), [1] * (MAX_TOKENS_PER_MINT + 1))
    cut = encode(["uint256[]", "uint256[]"], [[1], [1]])[:-32]

    assert isinstance(log, InvalidLog)
    assert (log.field, log.problem) == ("copies", "There are 1 for 2 token ids.")
    assert isinstance(many, InvalidLog)
    assert many.field == "quantity"
    assert problem_of(TRANSFER_BATCH, OPERATOR, ZERO, TO, data=cut) == "data"
    bomb = word(64) + word(2**255) + word(2**255)
    assert problem_of(TRANSFER_BATCH, OPERATOR, ZERO, TO, data=bomb) == "data"


@given(st.binary(max_size=300))
def test_any_data_is_a_mint_or_an_invalid_log_or_nothing(data: bytes) -> None:
    for event in (TRANSFER_BATCH, TRANSFER_SINGLE):
        log = read(event, OPERATOR, ZERO, TO, data=data)
        assert log is None or isinstance(log, MintLog | InvalidLog)


def test_the_topics_are_those_of_the_standards() -> None:
    topics = {event.name: event.topic for kind in KINDS.values() for event in kind.events}

    assert topics == {
        "BatchMinted": "0x20c0d4a5bab7118059cf1d2fd0403c4f29a05e446d435b347f90b80778374c54",
        "Transfer": "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
        "ConsecutiveTransfer": "0xdeaa91b6123d068f5821d0fb0678463d1a8a6079fe8af5de3ce5e896dcf9133d",
        "TransferSingle": "0xc3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62",
        "TransferBatch": "0x4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb",
    }
    assert TRANSFER.topics == (TRANSFER.topic, "0x" + "00" * 32)
    assert TRANSFER_SINGLE.topics == (TRANSFER_SINGLE.topic, None, "0x" + "00" * 32)


def abi_file(directory: Path, document: object = ABI) -> Path:
    """Write an ABI into a file."""
    path = directory / "abi.json"
    path.write_text(json.dumps(document))
    return path


def refusal(path: Path, event: str, mapping: Mapping[str, str]) -> EventMappingInvalid:
    """Return the error for an event of an ABI and a mapping."""
    with pytest.raises(EventMappingInvalid) as refused:
        kind_from_abi(path, event, mapping)
    return refused.value


def test_an_event_of_an_abi_is_read_by_its_mapping(tmp_path: Path) -> None:
    kind = kind_from_abi(abi_file(tmp_path, {"abi": ABI}), SIGNATURE, MAPPING)
    (event,) = kind.events
    data = encode(["address", "uint16", "string", "(uint8)"], [TO, 3, "a note", (1,)])
    mint = read(event, OPERATOR, 2**128 - 1, data=data)

    assert isinstance(mint, MintLog)
    assert (mint.minter, mint.author_wallet) == (TO, OPERATOR)
    assert mint.token_ids == range(2**128 - 1, 2**128 + 2)
    assert (kind.first_token_id, kind.interface, event.topics) == (0, "", (event.topic,))


@pytest.mark.parametrize(
    ("event", "changed", "field", "problem"),
    [
        ("Burned", {}, "event", "only these events"),
        ("Secret", {}, "event", "only these events"),
        ("Minted", {}, "event", "name one of them"),
        (SIGNATURE, {"token_id": "tokenId"}, "token_id", "no field tokenId"),
        (SIGNATURE, {"token_id": "owner"}, "token_id", "has the type address"),
        (SIGNATURE, {"token_id": "note"}, "token_id", "has the type string"),
        (SIGNATURE, {"recipient": "id"}, "recipient", "has the type uint128"),
        (SIGNATURE, {"colour": "id"}, "colour", "expected one of"),
        (SIGNATURE, {"last_token_id": "id"}, "quantity", "is mapped as well"),
        ("Minted(uint256)", {"recipient": "id"}, "recipient", "has the type uint256"),
    ],
)
def test_an_event_that_cannot_be_mapped_is_refused_with_its_field(
    tmp_path: Path, event: str, changed: dict[str, str], field: str, problem: str
) -> None:
    error = refusal(abi_file(tmp_path), event, {**MAPPING, **changed})

    assert (error.event.split("(")[0], error.field) == (event.split("(", maxsplit=1)[0], field)
    assert problem in error.problem


@pytest.mark.parametrize("name", ["token_id", "recipient"])
def test_a_mapping_without_a_required_field_is_refused(tmp_path: Path, name: str) -> None:
    mapping = {key: value for key, value in MAPPING.items() if key != name}

    assert refusal(abi_file(tmp_path), SIGNATURE, mapping).field == name


@pytest.mark.parametrize(
    "document", [{}, {"abi": 5}, "abi", [5], [{"type": "event"}], [{"type": "event", "name": "A"}]]
)
def test_a_file_without_an_abi_is_refused(tmp_path: Path, document: object) -> None:
    assert refusal(abi_file(tmp_path, document), "Minted", MAPPING).field == "abi"


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("[" * 100_000)

    assert refusal(tmp_path / "text", "Minted", MAPPING).field == "abi"
    assert refusal(tmp_path / "missing", "Minted", MAPPING).field == "abi"
    assert refusal(tmp_path, "Minted", MAPPING).field == "abi"


def test_an_event_with_four_indexed_fields_is_refused() -> None:
    fields: list[Any] = [EventField(name=name, type="uint256", indexed=True) for name in "abcd"]
    fields.append(EventField(name="to", type="address"))
    mapping = {"token_id": "a", "recipient": "to"}

    with pytest.raises(EventMappingInvalid, match="more than 3"):
        MintEventType(name="Minted", fields=tuple(fields), mapping=mapping)

"""Entities of tokens refuse values that cannot exist on the chain."""

from typing import Any

import pytest
from attrs import evolve

from indelible.testing.captures.scenarios import code
from indelible.testing.stores import BEGINNING
from indelible.testing.tokens.scenarios import (
    chain_hash,
    make_author,
    make_log,
    make_mint,
    make_token,
    wallet,
)
from indelible.tokens import Block, RevealTransaction, SetAuthorPrompt, SystemState
from indelible.tokens.entities.fields import MAX_UINT256


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("wallet_address", "0x12", "NOT_HEX"),
        ("wallet_address", "0x" + "g" * 40, "NOT_HEX"),
        ("wallet_address", wallet(1)[2:], "NOT_HEX"),
        ("wallet_address", 7, "WRONG_TYPE"),
        ("wallet_address", None, "WRONG_TYPE"),
        ("prompt_text", "", "TEXT_BLANK"),
        ("prompt_text", " \n", "TEXT_BLANK"),
        ("prompt_text", "x" * 1_001, "TEXT_TOO_LONG"),
        ("twitter_handle", "x" * 256, "TEXT_TOO_LONG"),
    ],
)
def test_an_author_that_cannot_be_is_refused(field: str, value: object, expected: str) -> None:
    fields: dict[str, Any] = {field: value}

    assert code(lambda: make_author(**fields)) == expected


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("token_id", -1, "NUMBER_OUT_OF_RANGE"),
        ("token_id", 2**256, "NUMBER_OUT_OF_RANGE"),
        ("token_id", True, "WRONG_TYPE"),
        ("generation_attempts", -1, "NUMBER_OUT_OF_RANGE"),
        ("generation_error", "x" * 1_001, "TEXT_TOO_LONG"),
        ("minter_address", "0x", "NOT_HEX"),
        ("reveal_tx_hash", wallet(1), "NOT_HEX"),
        ("mint_timestamp", BEGINNING.replace(tzinfo=None), "INSTANT_OUT_OF_RANGE"),
        ("image_cid", "x" * 256, "TEXT_TOO_LONG"),
        ("error_data", ["a"], "WRONG_TYPE"),
        ("error_data", {"a": {0.5}}, "WRONG_USE"),
        ("error_data", {"a": "\x00"}, "TEXT_UNSTORABLE"),
    ],
)
def test_a_token_that_cannot_be_is_refused(field: str, value: object, expected: str) -> None:
    fields: dict[str, Any] = {field: value}

    assert code(lambda: make_token(1, **fields)) == expected


@pytest.mark.parametrize("quantity", [0, 10_001, -1])
def test_a_mint_is_of_1_to_10000_tokens(quantity: int) -> None:
    assert code(lambda: make_mint(1, quantity=quantity)) == "NUMBER_OUT_OF_RANGE"
    assert code(lambda: make_log(1, block=1, quantity=quantity)) == "NUMBER_OUT_OF_RANGE"


@pytest.mark.parametrize("token_id", [0, 2**63, MAX_UINT256])
def test_every_number_of_a_word_is_a_token_id(token_id: int) -> None:
    assert make_token(1, token_id=token_id).token_id == token_id
    assert make_mint(1, token_id=token_id).token_ids == range(token_id, token_id + 1)


def test_a_mint_beyond_the_last_token_id_is_refused() -> None:
    log = make_log(1, block=1)
    last = evolve(log, start_token_id=MAX_UINT256)

    assert last.token_ids == range(MAX_UINT256, MAX_UINT256 + 1)
    assert code(lambda: evolve(last, quantity=2)) == "NUMBER_OUT_OF_RANGE"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("batch", (7, 9, 9), "NUMBER_OUT_OF_RANGE"),
        ("batch", (7,), "NUMBER_OUT_OF_RANGE"),
        ("batch", (7, -1), "NUMBER_OUT_OF_RANGE"),
        ("batch", (7, 2**256), "NUMBER_OUT_OF_RANGE"),
        ("batch", (7, True), "NUMBER_OUT_OF_RANGE"),
        ("batch", (), "NUMBER_OUT_OF_RANGE"),
        ("batch", [7, 8], "WRONG_TYPE"),
        ("copies", (1,), "NUMBER_OUT_OF_RANGE"),
    ],
)
def test_a_batch_that_cannot_be_is_refused(field: str, value: object, expected: str) -> None:
    log = evolve(make_log(7, block=1), quantity=2, batch=(7, 9), copies=(1, 2))
    changed: dict[str, Any] = {field: value}
    if value == (7, 9, 9):
        changed["quantity"] = 3

    assert log.token_ids == (7, 9)
    assert code(lambda: evolve(log, **changed)) == expected


@pytest.mark.parametrize("value", [(str(2**256),), ("-1",), ("07",), ("7 ",), (7,)], ids=str)
def test_a_batch_is_stored_as_decimal_texts(value: object) -> None:
    mint = make_mint(1, batch=["7", "9"], quantity=2)

    assert (mint.batch, mint.token_ids) == (("7", "9"), (7, 9))
    assert code(lambda: make_mint(1, batch=value)) == "NUMBER_OUT_OF_RANGE"


@pytest.mark.parametrize("count", [0, 51])
def test_a_reveal_is_of_1_to_50_tokens(count: int) -> None:
    ids = [f"t-{number}" for number in range(count)]

    assert (
        code(lambda: RevealTransaction.create("create", now=BEGINNING, id="r", token_ids=ids))
        == "BATCH_SIZE_WRONG"
    )


def test_a_reveal_holds_a_token_once() -> None:
    def reveal() -> RevealTransaction:
        return RevealTransaction.create("create", now=BEGINNING, id="r", token_ids=("a", "a"))

    assert code(reveal) == "BATCH_SIZE_WRONG"


def test_the_case_of_an_address_or_a_hash_does_not_matter() -> None:
    upper = "0x" + "ABCDEF".zfill(40)
    block = Block(
        number=0,
        hash=chain_hash(1).upper().replace("X", "x"),
        parent_hash=chain_hash(0),
        at=BEGINNING,
    )

    assert make_author(wallet_address=upper).wallet_address == upper.lower()
    assert (
        SetAuthorPrompt(wallet_address=upper, prompt_text="A boat.").wallet_address == upper.lower()
    )
    assert block.hash == chain_hash(1)


def test_a_mint_lists_its_tokens_and_their_common_fields() -> None:
    event = make_mint(5, quantity=3)

    assert list(event.token_ids) == [5, 6, 7]
    assert event.token_fields == {
        "minter_address": wallet(2),
        "mint_timestamp": BEGINNING,
        "mint_event_id": event.id,
    }


def test_a_mint_event_has_the_values_of_its_log() -> None:
    log = make_log(3, block=4, quantity=2)
    event = make_mint(1, **log.event_fields)

    assert (event.token_id, event.recipient, event.total_paid) == (3, log.minter, "7")
    assert (event.block_hash, event.tx_hash, event.log_index) == (
        log.block_hash,
        log.tx_hash,
        log.log_index,
    )
    assert (event.author_wallet, event.quantity, event.block_number) == (log.author_wallet, 2, 4)
    assert event.block_timestamp == log.block_timestamp


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ((1, 2), [1, 2]),
        ({3: "x"}, {"3": "x"}),
        (2**80, 2**80),
        ("\\u0000", "\\u0000"),
        ("\\\\u0000", "\\\\u0000"),
    ],
)
def test_a_state_s_value_is_stored_as_json(value: object, stored: object) -> None:
    state = SystemState.create("create", now=BEGINNING, id="k", state_value=value)

    assert state.state_value == stored

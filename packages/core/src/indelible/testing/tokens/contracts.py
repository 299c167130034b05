"""Requirements on contracts of any kind: ids of 256 bits, batches, second mints, odd logs."""

from typing import Any

from attrs import evolve

from indelible import tokens
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import AnyStore, do
from indelible.testing.suite import Suite
from indelible.testing.tokens.detection import actions, pending, roll_back
from indelible.testing.tokens.lifecycle import read_token
from indelible.testing.tokens.scenarios import (
    chain_hash,
    make_batch,
    make_log,
    make_token,
    record,
    wallet,
    with_repositories,
)
from indelible.tokens import (
    BlocksRecorded,
    ChainFault,
    ContractState,
    InvalidLog,
    MintEvent,
    MintLog,
    RecordContract,
    RecoverToken,
    ReportChainFault,
)
from indelible.tokens.entities.fields import MAX_UINT256

LARGE_IDS = (0, 9, 10, 2**63 - 1, 2**63, 10**77, MAX_UINT256)


def odd_log(number: int, block: int) -> InvalidLog:
    """Return a log that cannot be a mint."""
    return make_log(number, block=block).position.invalid("data", "It has 3 bytes: expected 64.")


def minted(
    number: int,
    token_id: int,
    block: int,
    **fields: Any,  # noqa: ANN401 - those of a MintLog
) -> MintLog:
    """Return a mint of one id, or of the batch among the fields, by a transaction."""
    return evolve(make_log(number, block=block), start_token_id=token_id, **fields)


def stored_mints(store: AnyStore) -> list[MintEvent]:
    """Return the stored mints in chain order."""
    return with_repositories(store, lambda r: r.mint_events.get_by_block_range(0, 10_000))


class ContractsConformance(Suite):
    """Subclass it, and give it a fixture `store` with an empty store whose clock ticks."""

    def test_token_ids_of_256_bits_are_stored_exactly_and_in_order(self, store: AnyStore) -> None:
        logs = [minted(number, token_id, 3) for number, token_id in enumerate(LARGE_IDS)]
        record(store, make_batch(1, 10, *logs))

        assert [token.token_id for token in store.read(tokens.list_tokens)] == list(LARGE_IDS)
        for token_id in LARGE_IDS:
            assert store.read(tokens.get_token, token_id).token.token_id == token_id
            (change,) = store.read(tokens.token_history, token_id)
            assert change.data["token_id"] == token_id
        after_ten = store.read(tokens.list_tokens, after="10", limit=2)
        assert [token.token_id for token in after_ten] == [2**63 - 1, 2**63]
        assert sorted(event.token_id for event in stored_mints(store)) == list(LARGE_IDS)
        newest = store.read(tokens.author_tokens, wallet(1), limit=2).tokens
        assert [token.token_id for token in newest] == [MAX_UINT256, 10**77]

    def test_a_token_id_is_taken_once_whatever_its_size(self, store: AnyStore) -> None:
        command = RecoverToken(token_id=MAX_UINT256, author_wallet=wallet(1))
        do(store, tokens.recover_token, command)

        assert code(lambda: do(store, tokens.recover_token, command)) == "TOKEN_EXISTS"
        token = read_token(store, MAX_UINT256)
        other = make_token(1, token_id=MAX_UINT256, author_id=token.author_id)
        assert code(lambda: with_repositories(store, lambda r: r.tokens.add(other))) == (
            "TOKEN_EXISTS"
        )

    def test_missing_ids_are_counted_from_the_first_one(self, store: AnyStore) -> None:
        logs = [minted(number, token_id, 3) for number, token_id in enumerate((1, 4, 2**70))]
        record(store, make_batch(1, 10, *logs))

        assert store.read(tokens.missing_tokens, 7, first=0) == [0, 2, 3, 5, 6]
        assert store.read(tokens.missing_tokens, 7) == [2, 3, 5, 6]
        assert store.read(tokens.missing_tokens, 7, first=0, limit=2) == [0, 2]
        assert store.read(tokens.missing_tokens, 1, first=0) == [0]
        assert store.read(tokens.missing_tokens, 0, first=0) == []
        assert store.read(tokens.unknown_tokens, [0, 1, 2**70, 2**70 + 1]) == [0, 2**70 + 1]

    def test_the_ids_of_a_batch_are_all_detected(self, store: AnyStore) -> None:
        ids = (9, MAX_UINT256, 0, 9)
        log = minted(1, 9, 3, quantity=3, batch=ids, copies=(1, 5, 10**70, 2))
        assert record(store, make_batch(1, 10, log)) == BlocksRecorded(mints=1, tokens=3)
        assert record(store, make_batch(1, 10, log)) == BlocksRecorded(mints=0, tokens=0)

        assert [token.token_id for token in store.read(tokens.list_tokens)] == [0, 9, MAX_UINT256]
        (event,) = stored_mints(store)
        assert event.token_ids == (9, MAX_UINT256, 0)
        assert event.copies == ("1", "5", str(10**70), "2")

        assert roll_back(store, 2, 3).tokens == len(event.token_ids)
        assert pending(store) == []

    def test_a_second_mint_of_an_id_is_an_event_and_adds_no_token(self, store: AnyStore) -> None:
        first = minted(1, 7, 3, copies=(1,))
        second = evolve(minted(2, 7, 4, copies=(5,)), author_wallet=wallet(5))
        assert record(store, make_batch(1, 10, first, second)) == BlocksRecorded(mints=2, tokens=1)

        assert [event.token_id for event in stored_mints(store)] == [7, 7]
        token = read_token(store, 7)
        assert token.mint_timestamp == first.block_timestamp
        assert actions(store, 7) == ["detect"]

        assert roll_back(store, 3, 4).tokens == 0
        assert pending(store) == [7]

    def test_a_token_whose_mint_is_dropped_belongs_to_an_earlier_one(self, store: AnyStore) -> None:
        later = minted(2, 7, 9)
        earlier = evolve(minted(1, 7, 3), author_wallet=wallet(5))
        record(store, make_batch(1, 10, later))
        record(store, make_batch(1, 10, earlier, later))
        assert read_token(store, 7).mint_timestamp == later.block_timestamp

        roll_back(store, 8, 9)
        token = read_token(store, 7)
        assert token.mint_timestamp == earlier.block_timestamp
        assert actions(store, 7) == ["detect", "fail", "retry"]
        assert pending(store) == [7]

    def test_the_odd_logs_of_read_blocks_are_quarantined(self, store: AnyStore) -> None:
        odd = (odd_log(1, 3), odd_log(2, 3), odd_log(3, 5))
        batch = evolve(make_batch(1, 10, make_log(4, block=4)), invalid_logs=odd)
        assert record(store, batch) == BlocksRecorded(mints=1, tokens=1, quarantined=odd)
        assert record(store, batch) == BlocksRecorded(mints=0, tokens=0)
        assert store.read(tokens.quarantined_logs) == odd
        assert store.read(tokens.quarantined_logs, first=4, last=5) == (odd[2],)

        again = evolve(make_batch(1, 4), invalid_logs=(odd[1],))
        record(store, again)
        assert store.read(tokens.quarantined_logs) == (odd[1], odd[2])
        roll_back(store, 3)
        assert store.read(tokens.quarantined_logs) == (odd[1],)

    def test_a_fault_is_shown_until_the_contract_is_recorded(self, store: AnyStore) -> None:
        report = ReportChainFault(fault=ChainFault(code="WRONG_CHAIN", message="Another chain."))
        assert do(store, tokens.report_chain_fault, report)
        assert not do(store, tokens.report_chain_fault, report)
        (notice,) = store.read(tokens.chain_notices)
        assert (notice.code, notice.message) == ("WRONG_CHAIN", "Another chain.")

        state = ContractState(code_hash=chain_hash(1))
        contract = RecordContract(contract_id="eip155:1:0xaa", state=state)
        assert do(store, tokens.record_contract, contract) is None
        assert store.read(tokens.chain_notices) == ()
        changed = evolve(contract, state=evolve(state, code_hash=chain_hash(2)))
        assert do(store, tokens.record_contract, changed) is not None
        (notice,) = store.read(tokens.chain_notices)
        assert notice.code == "CONTRACT_CHANGED"

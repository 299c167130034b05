"""Detection checks the chain and the contract, and pauses itself while one of them is wrong."""

from collections.abc import Sequence

import pytest
from attrs import evolve
from tests.core.tokens.scans import (
    CONFIRMATIONS,
    DETECTOR,
    SETTINGS,
    check_equal,
    new_detection,
    settle,
    started_detection,
    step,
    stored_tokens,
)
from tests.core.tokens.simulator import Simulator

from indelible.testing.stores import AnyStore, do
from indelible.tokens import (
    AcknowledgeContract,
    ContractState,
    acknowledge_contract,
    chain_notices,
    recover_missing,
)
from indelible.tokens.errors import ContractCodeMissing

FIRST_CODE = ContractState(code_hash="0x01")
PROXY = ContractState(code_hash="0x02", implementation="0xaa", implementation_hash="0x03")


def notices(store: AnyStore) -> Sequence[str]:
    """Return the codes of the notices of the chain."""
    return [notice.code for notice in store.read(chain_notices)]


def test_a_contract_without_code_pauses_detection_until_it_has_code(
    chain: Simulator, store: AnyStore, caplog: pytest.LogCaptureFixture
) -> None:
    detection = started_detection(chain, store)
    chain.mine(9, (2, 1))
    chain.has_code = False
    assert step(new_detection(chain, store), store) == ""

    assert stored_tokens(store) == {}
    (notice,) = store.read(chain_notices)
    assert notice.code == "CONTRACT_CODE_MISSING"
    assert chain.contract_id in notice.message
    assert caplog.text.count("detection pauses: CONTRACT_CODE_MISSING") == 1

    chain.has_code = True
    settle(detection, store)
    assert notices(store) == []
    check_equal(store, chain)


def test_a_fault_is_logged_once_and_keeps_its_beginning(
    chain: Simulator, store: AnyStore, caplog: pytest.LogCaptureFixture
) -> None:
    chain.mine(9)
    chain.serves_another_chain = True
    detection = new_detection(chain, store)
    assert step(detection, store) == ""
    before = store.read(chain_notices)
    for _ in range(3):
        assert step(detection, store) == ""

    assert store.read(chain_notices) == before
    assert caplog.text.count("detection pauses: WRONG_CHAIN") == 1


def test_a_chain_that_becomes_another_one_changes_no_stored_mint(
    chain: Simulator, store: AnyStore
) -> None:
    detection = started_detection(chain, store)
    chain.mine(9, (2, 1))
    settle(detection, store)
    other = Simulator(fork=8, serves_another_chain=True)
    other.mine(30, (1, 5))
    detection.chain = other
    before = stored_tokens(store)
    assert step(new_detection(other, store), store) == ""

    assert stored_tokens(store) == before
    assert notices(store) == ["WRONG_CHAIN"]


def test_the_code_is_checked_at_the_start_and_at_intervals(
    chain: Simulator, store: AnyStore
) -> None:
    chain.mine(9)
    rare = new_detection(chain, store, evolve(SETTINGS, check_seconds=86_400.0))
    for _ in range(3):
        assert step(rare, store) == ""
    assert chain.inspections == 1

    always = new_detection(chain, store, evolve(SETTINGS, check_seconds=0.0))
    for _ in range(3):
        assert step(always, store) == ""
    assert chain.inspections == 4


def test_changed_code_is_shown_until_it_is_acknowledged(
    chain: Simulator, store: AnyStore, caplog: pytest.LogCaptureFixture
) -> None:
    settings = evolve(SETTINGS, check_seconds=0.0)
    chain.state = FIRST_CODE
    detection = started_detection(chain, store, settings)
    assert notices(store) == []

    chain.state = PROXY
    chain.mine(9, (1, 1))
    settle(detection, store)
    assert notices(store) == ["CONTRACT_CHANGED"]
    assert "its code has changed" in caplog.text
    check_equal(store, chain)

    do(store, acknowledge_contract, AcknowledgeContract())
    settle(detection, store)
    assert notices(store) == []

    chain.state = evolve(PROXY, implementation_hash="0x04")
    settle(detection, store)
    (notice,) = store.read(chain_notices)
    assert (notice.code, "0x04" in notice.message) == ("CONTRACT_CHANGED", True)


def test_an_acknowledgement_without_a_change_writes_nothing(
    chain: Simulator, store: AnyStore
) -> None:
    do(store, acknowledge_contract, AcknowledgeContract())
    chain.state = FIRST_CODE
    settle(started_detection(chain, store), store)
    do(store, acknowledge_contract, AcknowledgeContract())

    assert notices(store) == []


def test_a_recovery_from_a_contract_without_code_is_refused(
    chain: Simulator, store: AnyStore
) -> None:
    chain.mine(9, (1, 1))
    chain.has_code = False

    with pytest.raises(ContractCodeMissing):
        recover_missing(store, chain, actor=DETECTOR, confirmations=CONFIRMATIONS)

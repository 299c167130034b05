"""The adapter reads mints, reveals and reorgs from a real chain, and refuses invalid responses."""

from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.adapters.evm.conftest import AUTHOR, CHAIN_ID
from tests.chain.anvil import Anvil
from tests.chain.proxy import GET_BLOCK, GET_LOGS, Proxy
from web3 import Web3

from indelible.kernel import UsageError
from indelible.tokens import MintLog
from indelible.tokens.errors import ChainIdMismatch, ChainUnreachable, InvalidNodeResponse
from indelible.tokens.ports import Chain
from indelible_evm import EvmChain, QuietProvider
from indelible_evm import season as contract

OTHER_HASH = "0x" + "11" * 32

Log = dict[str, Any]


def read_mints(chain: Chain, first: int, last: int) -> tuple[MintLog, ...]:
    """Return the mints of a range, in which no log is odd."""
    mints: list[MintLog] = []
    for log in chain.mints(first, last):
        assert isinstance(log, MintLog)
        mints.append(log)

    return tuple(mints)


def start_token_ids(mints: Iterable[MintLog]) -> list[int]:
    return [mint.start_token_id for mint in mints]


@pytest.mark.slow
def test_only_the_configured_chain_is_accepted(chain: Chain, provider: Proxy) -> None:
    chain.check()
    provider.report_chain_id(1)

    with pytest.raises(ChainIdMismatch) as refused:
        chain.check()
    assert (refused.value.expected, refused.value.actual) == (CHAIN_ID, 1)


def test_a_block_has_the_hash_of_the_one_before_it(chain: Chain, node: Anvil) -> None:
    node.mine(3)
    newest = chain.newest()
    parent = chain.block(newest - 1)
    block = chain.block(newest)

    assert parent is not None
    assert block is not None
    assert block.parent_hash == parent.hash
    assert abs((datetime.now(UTC) - block.at).total_seconds()) < 600
    assert chain.block(newest + 1) is None


def test_a_mint_has_its_position_and_its_time(chain: Chain, node: Anvil, season: str) -> None:
    transaction_hash = node.mint(season, AUTHOR, 3, sender=2, value=7)
    receipt = node.receipt(transaction_hash)
    block = chain.block(chain.newest())
    (mint,) = read_mints(chain, 0, chain.newest())

    assert receipt is not None
    assert block is not None
    assert mint.tx_hash == transaction_hash
    assert mint.block_hash == block.hash == receipt["blockHash"]
    assert mint.block_number == block.number
    assert mint.block_timestamp == block.at
    assert mint.log_index == int(receipt["logs"][-1]["logIndex"], 16) == 3
    assert (mint.minter, mint.author_wallet) == (node.accounts[2], AUTHOR)
    assert (mint.start_token_id, mint.quantity, mint.total_paid) == (1, 3, 7)


def test_mints_of_a_range_come_in_chain_order(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    node.set_automine(enabled=False)
    for sender in (3, 4, 5):
        node.mint(season, AUTHOR, 2, sender=sender)
    node.mine(2)
    for sender in (3, 4):
        node.mint(season, AUTHOR, sender=sender)
    node.mine()

    provider.overrides[GET_LOGS] = lambda logs: logs[::-1]
    last = chain.newest()
    mints = read_mints(chain, 0, last)

    assert start_token_ids(mints) == [1, 3, 5, 7, 8]
    assert [mint.block_number for mint in mints] == [last - 2] * 3 + [last] * 2
    assert read_mints(chain, last - 2, last - 2) == mints[:3]
    assert read_mints(chain, last - 1, last - 1) == ()
    assert read_mints(chain, last, last) == mints[3:]
    assert read_mints(chain, last, last - 1) == ()


def test_mints_of_another_season_are_left_out(chain: Chain, node: Anvil) -> None:
    node.mint(node.deploy_season(), AUTHOR)

    assert read_mints(chain, 0, chain.newest()) == ()


def test_the_headers_of_a_range_are_read_by_one_request(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    node.set_automine(enabled=False)
    for _ in range(3):
        node.mint(season, AUTHOR)
        node.mint(season, AUTHOR)
        node.call("evm_increaseTime", 60)
        node.mine()
    last = chain.newest()
    mints = read_mints(chain, 0, last)
    assert len({mint.block_timestamp for mint in mints}) == 3

    provider.overrides[GET_LOGS] = without_times
    provider.methods.clear()
    provider.posts = 0
    assert read_mints(chain, 0, last) == mints
    # The end of the range, the logs, and the three blocks of the logs with the end once more.
    assert provider.posts == 3
    assert provider.count(GET_BLOCK) == 4


def without_times(logs: list[Log]) -> list[Log]:
    """Return the logs as a node returns them that sends no times of blocks."""
    for log in logs:
        log.pop("blockTimestamp", None)

    return logs


@pytest.mark.slow
def test_many_headers_are_read_by_several_requests(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    for _ in range(120):
        node.mint(season, AUTHOR)
    provider.overrides[GET_LOGS] = without_times
    provider.posts = 0

    mints = read_mints(chain, 0, chain.newest())

    assert start_token_ids(mints) == list(range(1, 121))
    assert provider.posts == 1 + 2 + 3


def test_a_range_beyond_the_node_s_height_is_refused_whole(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    node.mint(season, AUTHOR)
    last = chain.newest()
    provider.lag = 1  # Its response would be an empty list of logs, and no error.

    with pytest.raises(ChainUnreachable, match=f"no block {last} yet"):
        read_mints(chain, 0, last)


def test_a_token_has_its_author_and_its_metadata_once_it_is_revealed(
    chain: Chain, node: Anvil, season: str
) -> None:
    node.mint(season, AUTHOR, 2)
    node.mint(season, node.accounts[5].upper().replace("X", "x"))
    node.reveal(season, {2: "ipfs://bafytwo", 3: "ipfs://bafythree"})

    assert chain.next_token_id(chain.newest()) == 4
    authors = [chain.author_of(token_id) for token_id in range(5)]
    metadata = [chain.metadata_of(token_id) for token_id in range(5)]

    assert authors == [None, AUTHOR, AUTHOR, node.accounts[5], None]
    assert metadata == [None, None, "bafytwo", "bafythree", None]


@pytest.mark.parametrize("token_id", [-1, 2**256, 2**256 - 1])
def test_an_impossible_id_belongs_to_no_token(chain: Chain, token_id: int) -> None:
    assert chain.author_of(token_id) is None
    assert chain.metadata_of(token_id) is None


@pytest.mark.parametrize("uri", ["https://example.org/1", "ipfs://", "", "bafyone"])
def test_a_uri_outside_ipfs_has_no_cid(chain: Chain, node: Anvil, season: str, uri: str) -> None:
    node.mint(season, AUTHOR)
    node.reveal(season, {1: uri})

    with pytest.raises(InvalidNodeResponse, match="expected an ipfs:// URI"):
        chain.metadata_of(1)


@pytest.mark.parametrize("invalid", ["0x", "0x01", "0x" + "ff" * 64])
def test_a_result_that_is_no_text_has_no_cid(
    chain: Chain, node: Anvil, season: str, provider: Proxy, invalid: str
) -> None:
    node.mint(season, AUTHOR)
    is_revealed = "0x" + "00" * 31 + "01"
    results = iter([is_revealed, invalid])
    provider.overrides["eth_call"] = lambda _: next(results)

    with pytest.raises(InvalidNodeResponse, match="not a text"):
        chain.metadata_of(1)


def test_a_reveal_is_read_from_one_block(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    node.mint(season, AUTHOR)
    before = node.snapshot()
    node.reveal(season, {1: "ipfs://bafyone"})

    def revert_reveal(revealed: str) -> str:
        provider.overrides.clear()
        node.revert(before)
        return revealed

    provider.overrides["eth_call"] = revert_reveal
    # The placeholder must never be returned as the metadata of a revealed token.
    with pytest.raises((ChainUnreachable, InvalidNodeResponse)):
        chain.metadata_of(1)
    assert chain.metadata_of(1) is None


@pytest.mark.parametrize("method", ["next_token_id", "author_of", "metadata_of"])
def test_an_address_without_a_contract_is_an_error(
    provider: Proxy, season: str, method: str
) -> None:
    other_address = season[:-2] + "00"
    chain = EvmChain(url=provider.url, contract=other_address, chain_id=CHAIN_ID)

    with closing(chain), pytest.raises(InvalidNodeResponse, match="check its address"):
        getattr(chain, method)(1)


def test_a_contract_that_fails_has_no_next_token(chain: Chain, node: Anvil, season: str) -> None:
    node.call("anvil_setCode", season, "0x60006000fd")

    with pytest.raises(InvalidNodeResponse, match="check its address"):
        chain.next_token_id(1)
    assert chain.author_of(1) is None


@pytest.mark.parametrize("depth", [1, 3, 7])
def test_a_reorg_replaces_mints_and_hashes(
    chain: Chain, node: Anvil, season: str, depth: int
) -> None:
    for _ in range(8):
        node.mint(season, AUTHOR)
    last = chain.newest()
    mints_before = read_mints(chain, 0, last)
    block_before = chain.block(last)
    node.reorg(depth)

    assert chain.newest() == last
    assert read_mints(chain, 0, last) == mints_before[:-depth]
    assert chain.block(last) != block_before
    assert chain.next_token_id(last) == 9 - depth


def mints_by_transaction(chain: Chain) -> dict[str, MintLog]:
    """Map the hash of each transaction to its mint."""
    return {mint.tx_hash: mint for mint in read_mints(chain, 0, chain.newest())}


def test_a_mint_that_is_mined_again_has_another_position(
    chain: Chain, node: Anvil, season: str
) -> None:
    before = node.snapshot()
    node.set_automine(enabled=False)
    first = node.mint(season, AUTHOR, sender=3)
    second = node.mint(season, AUTHOR, sender=4)
    node.mine()
    mined = mints_by_transaction(chain)

    # Mine both transactions again in the opposite order, each in a block of its own.
    transactions = [node.call("eth_getRawTransactionByHash", tx) for tx in (second, first)]
    node.revert(before)
    for transaction in transactions:
        node.call("eth_sendRawTransaction", transaction)
        node.mine()
    mined_again = mints_by_transaction(chain)

    assert set(mined) == set(mined_again) == {first, second}
    assert mined[first].block_hash != mined_again[first].block_hash
    assert [mined[tx].log_index for tx in (first, second)] == [1, 3]
    assert [mined_again[tx].log_index for tx in (first, second)] == [1, 1]
    assert [mined_again[tx].start_token_id for tx in (first, second)] == [2, 1]


def test_a_chain_that_changes_during_a_read_is_an_error(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    node.mint(season, AUTHOR)
    node.mint(season, AUTHOR)

    def reorg_after_logs(logs: object) -> object:
        provider.overrides.clear()
        node.reorg(1)
        return logs

    provider.overrides[GET_LOGS] = reorg_after_logs
    with pytest.raises(ChainUnreachable, match="was replaced while it was read"):
        read_mints(chain, 0, chain.newest())
    assert start_token_ids(read_mints(chain, 0, chain.newest())) == [1]


@pytest.mark.parametrize("has_time", [True, False])
def test_a_log_of_a_replaced_block_is_an_error(
    chain: Chain, node: Anvil, season: str, provider: Proxy, *, has_time: bool
) -> None:
    node.set_automine(enabled=False)
    node.mint(season, AUTHOR)
    node.mint(season, AUTHOR)
    node.mine(2)

    def replace_first_hash(logs: list[Log]) -> list[Log]:
        logs[0]["blockHash"] = OTHER_HASH
        if not has_time:
            logs[0]["blockTimestamp"] = None
        return logs

    provider.overrides[GET_LOGS] = replace_first_hash

    with pytest.raises(ChainUnreachable, match="was replaced while it was read"):
        read_mints(chain, 0, chain.newest())


def test_removed_logs_are_left_out(chain: Chain, node: Anvil, season: str, provider: Proxy) -> None:
    node.mint(season, AUTHOR)

    def add_removed_log(logs: list[Log]) -> list[Log]:
        removed = {**logs[0], "removed": True, "blockHash": OTHER_HASH}
        return [*logs, removed]

    provider.overrides[GET_LOGS] = add_removed_log

    assert start_token_ids(read_mints(chain, 0, chain.newest())) == [1]


INVALID_LOGS: dict[str, Callable[[list[Log]], object]] = {
    "repeated": lambda logs: logs * 2,
    "first block": lambda logs: [{**logs[0], "blockNumber": "0x0"}],
    "block outside the range": lambda logs: [{**logs[0], "blockNumber": "0xffff"}],
    "no bytes": lambda logs: [{**logs[0], "data": "0xf"}],
    "no object": lambda _: ["0x1"],
    "null": lambda _: None,
    "no list": lambda _: {},
}


@pytest.mark.parametrize("override", INVALID_LOGS.values(), ids=INVALID_LOGS)
def test_invalid_logs_are_refused(
    chain: Chain,
    node: Anvil,
    season: str,
    provider: Proxy,
    override: Callable[[list[Log]], object],
) -> None:
    node.mint(season, AUTHOR)
    provider.overrides[GET_LOGS] = override

    with pytest.raises(InvalidNodeResponse):
        read_mints(chain, 1, chain.newest())


def test_web3_works_over_the_provider_and_by_the_contracts_own_abi(
    chain: Chain, node: Anvil, season: str
) -> None:
    node.mint(season, AUTHOR, 2)
    web3 = Web3(QuietProvider(node.url, timeout_seconds=5))
    season_contract = web3.eth.contract(Web3.to_checksum_address(season), abi=contract().abi)

    assert web3.eth.chain_id == CHAIN_ID
    assert web3.eth.block_number == chain.newest()
    assert season_contract.functions.nextTokenId().call() == 3


@pytest.mark.parametrize("contract", ["", "0x", "0x" + "a" * 39, "0x" + "g" * 40, "ab" * 20])
def test_a_contract_without_an_address_is_refused_at_once(contract: str) -> None:
    with pytest.raises(UsageError):
        EvmChain(url="http://localhost", contract=contract, chain_id=1)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost",
        "ftp://localhost",
        "http://",
        "http://me:word@host/",
        "http://host/a b",
        "http://host/\n",
    ],
)
def test_an_invalid_node_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        EvmChain(url=url, contract=AUTHOR, chain_id=1)
    assert not url or url not in str(refused.value)

"""The adapter on a real chain: mints, reveals and reorgs."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.adapters.evm.conftest import AUTHOR, CHAIN_ID
from tests.chain.anvil import Anvil
from tests.chain.proxy import Proxy
from web3 import Web3

from indelible.kernel import UsageError
from indelible.tokens.errors import ChainIdMismatch, ChainUnreachable, InvalidNodeResponse
from indelible.tokens.ports import Chain
from indelible_evm import EvmChain, QuietProvider
from indelible_evm import season as contract

pytestmark = pytest.mark.slow

HEADERS = "eth_getBlockByNumber"


def test_only_the_configured_chain_is_accepted(chain: Chain, provider: Proxy) -> None:
    chain.check()
    provider.report_chain_id(1)

    with pytest.raises(ChainIdMismatch) as refused:
        chain.check()
    assert (refused.value.expected, refused.value.actual) == (CHAIN_ID, 1)


def test_a_block_has_the_hash_of_the_one_before_it(chain: Chain, node: Anvil) -> None:
    node.mine(3)
    newest = chain.newest()
    one, other = chain.block(newest - 1), chain.block(newest)

    assert one is not None
    assert other is not None
    assert other.parent_hash == one.hash
    assert abs((datetime.now(UTC) - one.at).total_seconds()) < 600
    assert chain.block(newest + 1) is None


def test_a_mint_has_its_position_and_its_time(chain: Chain, node: Anvil, season: str) -> None:
    sent = node.mint(season, AUTHOR, 3, sender=2, value=7)
    receipt, block = node.receipt(sent), chain.block(chain.newest())
    (mint,) = chain.mints(0, chain.newest())

    assert receipt is not None
    assert block is not None
    assert (mint.tx_hash, mint.block_hash) == (sent, receipt["blockHash"])
    assert (mint.block_number, mint.block_timestamp, mint.block_hash) == (
        block.number,
        block.at,
        block.hash,
    )
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
    provider.overrides["eth_getLogs"] = lambda logs: logs[::-1]
    last = chain.newest()
    mints = chain.mints(0, last)

    assert [each.start_token_id for each in mints] == [1, 3, 5, 7, 8]
    assert [each.block_number for each in mints] == [last - 2] * 3 + [last] * 2
    assert chain.mints(last - 2, last - 2) == mints[:3]
    assert chain.mints(last - 1, last - 1) == ()
    assert chain.mints(last, last) == mints[3:]
    assert chain.mints(last, last - 1) == ()


def test_mints_of_another_season_are_not_ours(chain: Chain, node: Anvil) -> None:
    node.mint(node.deploy_season(), AUTHOR)

    assert chain.mints(0, chain.newest()) == ()


def test_the_headers_of_a_range_are_read_by_one_request(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    node.set_automine(enabled=False)
    for _ in range(3):
        node.mint(season, AUTHOR)
        node.mint(season, AUTHOR)
        node.call("evm_increaseTime", 60)
        node.mine()
    last, told = chain.newest(), chain.mints(0, chain.newest())
    provider.overrides["eth_getLogs"] = without_time
    provider.methods.clear()
    provider.posts = 0

    assert chain.mints(0, last) == told
    assert (
        provider.posts == 3
    )  # the end of the range, the logs, and their blocks with the end once more
    assert provider.count(HEADERS) == 4
    assert (
        len({each.block_timestamp for each in told})
        == len({each.block_number for each in told})
        == 3
    )


def without_time(logs: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{key: value for key, value in log.items() if key != "blockTimestamp"} for log in logs]


def test_many_headers_are_read_by_several_requests(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    for _ in range(120):
        node.mint(season, AUTHOR)
    provider.overrides["eth_getLogs"] = without_time
    provider.posts = 0

    assert [each.start_token_id for each in chain.mints(0, chain.newest())] == list(range(1, 121))
    assert provider.posts == 1 + 2 + 3


def test_a_range_beyond_the_node_s_height_is_refused_whole(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    node.mint(season, AUTHOR)
    last = chain.newest()
    provider.lag = 1  # its logs of this range would be none, and no error

    with pytest.raises(ChainUnreachable, match=f"no block {last} yet"):
        chain.mints(0, last)


def test_a_token_has_its_author_and_its_metadata_once_it_is_revealed(
    chain: Chain, node: Anvil, season: str
) -> None:
    node.mint(season, AUTHOR, 2)
    node.mint(season, node.accounts[5].upper().replace("X", "x"))
    node.reveal(season, {2: "ipfs://bafytwo", 3: "ipfs://bafythree"})

    assert chain.next_token_id(chain.newest()) == 4
    assert [chain.author_of(each) for each in range(5)] == [
        None,
        AUTHOR,
        AUTHOR,
        node.accounts[5],
        None,
    ]
    assert [chain.metadata_of(each) for each in range(5)] == [
        None,
        None,
        "bafytwo",
        "bafythree",
        None,
    ]


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


@pytest.mark.parametrize("answer", ["0x", "0x01", "0x" + "ff" * 64])
def test_an_answer_that_is_no_text_has_no_cid(
    chain: Chain, node: Anvil, season: str, provider: Proxy, answer: str
) -> None:
    node.mint(season, AUTHOR)
    answers = iter(["0x" + "00" * 31 + "01", answer])
    provider.overrides["eth_call"] = lambda _: next(answers)

    with pytest.raises(InvalidNodeResponse, match="not a text"):
        chain.metadata_of(1)


def test_a_reveal_is_read_from_one_block(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    node.mint(season, AUTHOR)
    before = node.snapshot()
    node.reveal(season, {1: "ipfs://bafyone"})

    def undo(revealed: str) -> str:
        provider.overrides.clear()
        node.revert(before)
        return revealed

    provider.overrides["eth_call"] = undo
    with pytest.raises((ChainUnreachable, InvalidNodeResponse)):  # and never the placeholder
        chain.metadata_of(1)
    assert chain.metadata_of(1) is None


def test_an_address_without_a_contract_is_an_error(provider: Proxy, season: str) -> None:
    chain = EvmChain(url=provider.url, contract=season[:-2] + "00", chain_id=CHAIN_ID)

    for ask in (
        lambda: chain.next_token_id(1),
        lambda: chain.author_of(1),
        lambda: chain.metadata_of(1),
    ):
        with closing(chain), pytest.raises(InvalidNodeResponse, match="check its address"):
            ask()


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
    last, before = chain.newest(), chain.mints(0, chain.newest())
    gone = chain.block(last)
    node.reorg(depth)

    assert chain.newest() == last
    assert chain.mints(0, last) == before[:-depth]
    assert chain.block(last) != gone
    assert chain.next_token_id(last) == 9 - depth


def test_a_mint_that_is_mined_again_has_another_position(
    chain: Chain, node: Anvil, season: str
) -> None:
    before = node.snapshot()
    node.set_automine(enabled=False)
    (first, second) = (node.mint(season, AUTHOR, sender=each) for each in (3, 4))
    node.mine()
    raw = [node.call("eth_getRawTransactionByHash", each) for each in (second, first)]
    once = {each.tx_hash: each for each in chain.mints(0, chain.newest())}
    node.revert(before)
    for each in raw:
        node.call("eth_sendRawTransaction", each)
        node.mine()
    again = {each.tx_hash: each for each in chain.mints(0, chain.newest())}

    assert set(once) == set(again) == {first, second}
    assert once[first].block_hash != again[first].block_hash
    assert (once[first].log_index, again[first].start_token_id) == (1, 2)
    assert (once[second].log_index, again[second].log_index, again[second].start_token_id) == (
        3,
        1,
        1,
    )


def test_a_chain_that_changes_during_a_read_is_an_error(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    node.mint(season, AUTHOR)
    node.mint(season, AUTHOR)

    def move(logs: object) -> object:
        provider.overrides.clear()
        node.reorg(1)
        return logs

    provider.overrides["eth_getLogs"] = move
    with pytest.raises(ChainUnreachable, match="was replaced while it was read"):
        chain.mints(0, chain.newest())
    assert [each.start_token_id for each in chain.mints(0, chain.newest())] == [1]


@pytest.mark.parametrize("has_time", [True, False])
def test_a_log_of_a_replaced_block_is_an_error(
    chain: Chain, node: Anvil, season: str, provider: Proxy, *, has_time: bool
) -> None:
    node.set_automine(enabled=False)
    node.mint(season, AUTHOR)
    node.mint(season, AUTHOR)
    node.mine(2)
    strange = {"blockHash": "0x" + "11" * 32} | ({} if has_time else {"blockTimestamp": None})
    provider.overrides["eth_getLogs"] = lambda logs: [logs[0] | strange, logs[1]]

    with pytest.raises(ChainUnreachable, match="was replaced while it was read"):
        chain.mints(0, chain.newest())


def test_removed_logs_are_left_out(chain: Chain, node: Anvil, season: str, provider: Proxy) -> None:
    node.mint(season, AUTHOR)
    provider.overrides["eth_getLogs"] = lambda logs: [
        *logs,
        logs[0] | {"removed": True, "blockHash": "0x" + "11" * 32},
    ]

    assert [each.start_token_id for each in chain.mints(0, chain.newest())] == [1]


LIES: list[Callable[[list[dict[str, Any]]], object]] = [
    lambda logs: logs * 2,
    lambda logs: [logs[0] | {"blockNumber": "0x0"}],
    lambda logs: [logs[0] | {"blockNumber": "0xffff"}],
    lambda logs: [logs[0] | {"quantity": "0x1", "data": "0x" + "ff" * 64}],
    lambda _: ["0x1"],
    lambda _: None,
    lambda _: {},
]


@pytest.mark.parametrize("lie", LIES)
def test_invalid_logs_are_refused(
    chain: Chain,
    node: Anvil,
    season: str,
    provider: Proxy,
    lie: Callable[[list[dict[str, Any]]], object],
) -> None:
    node.mint(season, AUTHOR)
    provider.overrides["eth_getLogs"] = lie

    with pytest.raises(InvalidNodeResponse):
        chain.mints(1, chain.newest())


def test_web3_works_over_the_provider_and_by_the_contracts_own_abi(
    chain: Chain, node: Anvil, season: str
) -> None:
    web3 = Web3(QuietProvider(node.url, timeout_seconds=5))
    node.mint(season, AUTHOR, 2)

    assert web3.eth.chain_id == CHAIN_ID
    assert web3.eth.block_number == chain.newest()
    assert (
        web3.eth.contract(Web3.to_checksum_address(season), abi=contract().abi)
        .functions.nextTokenId()
        .call()
        == 3
    )


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

"""The simulated chain answers what detection asks, and refuses the rest by its name."""

import json
from collections.abc import Generator
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import httpx
import pytest
from attrs import frozen

from indelible.tokens import Block, MintLog
from indelible.tokens.errors import ChainUnreachable
from indelible_evm import KINDS, EvmChain
from indelible_evm.kinds import TRANSFER
from indelible_evm.simulator.chain import (
    CHAIN_ID,
    CONTRACT,
    SimulatedChain,
    SimulatedChainTooShort,
)
from indelible_evm.simulator.in_process import Exchange, InProcessProvider
from indelible_evm.simulator.server import answer_document, running_chain

ANN: Final = f"0x{'a1' * 20}"
BOB: Final = f"0x{'b2' * 20}"
NO_MINTS: Final = ()
NOT_IMPLEMENTED: Final[list[tuple[str, list[Any]]]] = [
    ("eth_sendRawTransaction", ["0x00"]),
    ("eth_getTransactionReceipt", ["0x00"]),
    ("eth_getBlockByNumber", ["0x1", True]),
    ("eth_getBlockByNumber", [1, False]),
    ("eth_getLogs", [{"address": CONTRACT, "topics": [], "blockHash": "0x00"}]),
    ("eth_chainId", ["latest"]),
    ("eth_call", [{"to": CONTRACT, "data": "0x", "from": ANN}, "latest"]),
]
LOGS: Final[dict[str, Any]] = {
    "address": CONTRACT,
    "topics": [],
    "fromBlock": "0x0",
    "toBlock": "0x3",
}


@frozen
class Served:
    """A simulated chain, and its address."""

    chain: SimulatedChain
    url: str

    def reader(self, kind: str = "erc721") -> EvmChain:
        """Return the real reader of the chain."""
        return EvmChain(url=self.url, contract=CONTRACT, chain_id=CHAIN_ID, kind=KINDS[kind])

    def post(self, body: object) -> Any:  # noqa: ANN401 - JSON
        """Send a body, and return the JSON of the answer."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return httpx.post(self.url, content=content).json()

    def error(self, method: str, *params: object) -> dict[str, Any]:
        """Send a request that is refused, and return the error."""
        answer = self.post({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
        assert (answer["id"], "result" in answer) == (7, False)
        error: dict[str, Any] = answer["error"]
        return error


def in_process_reader(
    chain: SimulatedChain, exchange: Exchange | None = None, *, kind: str = "erc721"
) -> EvmChain:
    """Return the reader of a chain of this process, or of a function in its place."""

    def answer(body: bytes) -> tuple[int, bytes]:
        return HTTPStatus.OK, json.dumps(answer_document(chain, json.loads(body))).encode()

    return EvmChain(
        url="http://127.0.0.1:1",
        contract=CONTRACT,
        chain_id=CHAIN_ID,
        kind=KINDS[kind],
        make_provider=partial(InProcessProvider, exchange=exchange or answer),
    )


@pytest.fixture
def served() -> Generator[Served]:
    chain = SimulatedChain()
    chain.add_blocks([NO_MINTS, [(1, ANN), (2, BOB)], [(3, ANN)]])
    with running_chain(chain) as url:
        yield Served(chain, url)


def minted(reader: EvmChain, first: int, last: int) -> list[tuple[int, str, int]]:
    """Return the tokens in a range of blocks, with their wallets and blocks."""
    result: list[tuple[int, str, int]] = []
    for mint in reader.mints(first, last):
        assert isinstance(mint, MintLog)
        result.append((mint.start_token_id, mint.minter, mint.block_number))
    return result


def test_the_real_reader_finds_every_mint(served: Served) -> None:
    reader = served.reader()
    reader.check()
    state = reader.inspect()

    assert state.code_hash.startswith("0x")
    assert reader.newest() == 3
    assert minted(reader, 0, 3) == [(1, ANN, 2), (2, BOB, 2), (3, ANN, 3)]
    assert minted(reader, 3, 3) == [(3, ANN, 3)]
    assert reader.block(4) is None


def test_the_same_mints_give_the_same_chain(served: Served) -> None:
    again = SimulatedChain()
    again.add_blocks([NO_MINTS, [(1, ANN), (2, BOB)], [(3, ANN)]])

    assert again.hash_of(3) == served.chain.hash_of(3)


def test_replaced_blocks_have_other_hashes_and_mints(served: Served) -> None:
    reader = served.reader()
    before = reader.block(2)
    served.chain.replace_blocks(2, [NO_MINTS, [(3, BOB)], NO_MINTS])
    after = reader.block(2)

    assert isinstance(before, Block)
    assert isinstance(after, Block)
    assert before.hash != after.hash
    assert before.parent_hash == after.parent_hash
    assert minted(reader, 0, 4) == [(3, BOB, 3)]


def test_a_transaction_may_keep_its_hash_in_another_block() -> None:
    chain = SimulatedChain(keeps_transactions=True)
    chain.add_blocks([[(1, ANN), (2, BOB)]])
    before = [*chain.all_logs()]
    chain.replace_blocks(1, [NO_MINTS, [(2, BOB), (1, BOB)]])
    after = [*chain.all_logs()]

    assert after[0]["transactionHash"] == before[1]["transactionHash"]
    assert after[0]["blockHash"] != before[1]["blockHash"]
    assert (before[1]["logIndex"], after[0]["logIndex"]) == ("0x1", "0x0")
    assert after[1]["transactionHash"] not in [log["transactionHash"] for log in before]


def test_a_provider_of_the_same_process_gives_the_answers_of_a_socket(served: Served) -> None:
    reader = in_process_reader(served.chain)
    reader.check()

    assert reader.inspect() == served.reader().inspect()
    assert reader.mints(0, 3) == served.reader().mints(0, 3)
    with pytest.raises(ChainUnreachable, match="does not implement eth_call"):
        in_process_reader(served.chain, kind="season").metadata_of(1)


def test_a_provider_of_the_same_process_may_be_unreachable() -> None:
    def no_answer(_: bytes) -> tuple[int, bytes]:
        raise TimeoutError

    with pytest.raises(ChainUnreachable, match="TimeoutError"):
        in_process_reader(SimulatedChain(), no_answer).newest()


@pytest.mark.parametrize("first", [0, 4, -1])
def test_only_blocks_that_exist_are_replaced(first: int) -> None:
    chain = SimulatedChain()
    chain.add_blocks([NO_MINTS] * 3)

    with pytest.raises(SimulatedChainTooShort):
        chain.replace_blocks(first, [NO_MINTS])
    assert chain.newest == 3


@pytest.mark.parametrize(("method", "params"), NOT_IMPLEMENTED)
def test_what_is_not_implemented_is_refused_by_name(
    method: str, params: list[object], served: Served
) -> None:
    error = served.error(method, *params)

    assert error["code"] == -32_601
    assert f"does not implement {method} with {params}" in error["message"]


def test_a_function_that_the_contract_lacks_reverts(served: Served) -> None:
    error = served.error("eth_call", {"to": CONTRACT, "data": "0x75794a3c"}, "latest")

    assert (error["code"], error["message"][:18]) == (3, "execution reverted")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"address": [CONTRACT]}, "implements one address"),
        ({"address": "contract"}, "implements one address"),
        ({"topics": [[TRANSFER.topic]]}, "implements topics"),
        ({"topics": ["0x01"]}, "implements topics"),
        ({"topics": None}, "expected a list of topics"),
        ({"fromBlock": "0x3", "toBlock": "0x1"}, "expected blocks in order"),
        ({"fromBlock": "-0x1"}, "expected the number of a block"),
        ({"toBlock": "finalized"}, "expected the number of a block"),
    ],
)
def test_a_filter_that_would_find_nothing_is_refused(
    change: dict[str, object], problem: str, served: Served
) -> None:
    error = served.error("eth_getLogs", {**LOGS, **change})

    assert error["code"] == -32_602
    assert problem in error["message"]


def test_an_address_and_a_topic_have_any_case(served: Served) -> None:
    upper = {"address": f"0x{CONTRACT[2:].upper()}", "topics": [f"0x{TRANSFER.topic[2:].upper()}"]}
    request = {"jsonrpc": "2.0", "id": 7, "method": "eth_getLogs", "params": [{**LOGS, **upper}]}

    assert len(served.post(request)["result"]) == 3


@pytest.mark.parametrize("tag", ["0x9", "earliest", "x"])
def test_the_state_of_an_unknown_block_is_refused(tag: str, served: Served) -> None:
    assert served.error("eth_getCode", CONTRACT, tag)["code"] == -32_602


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32_700),
        ([], -32_600),
        ({"method": "eth_chainId"}, -32_600),
        ({"id": 7, "method": "eth_chainId", "params": []}, -32_600),
    ],
)
def test_a_body_that_is_no_request_is_refused(body: object, code: int, served: Served) -> None:
    assert served.post(body)["error"]["code"] == code


def test_a_body_of_unknown_length_is_refused(served: Served) -> None:
    answer = httpx.post(served.url, content=iter([b"{}"]))

    assert "Content-Length" in answer.json()["error"]["message"]

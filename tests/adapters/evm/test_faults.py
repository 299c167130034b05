"""A node's faults are errors of the port, and none contains the node's address."""

import json
import logging
import pickle
import re
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import attrs
import pytest
from tests.adapters.evm.conftest import AUTHOR, CHAIN_ID
from tests.chain.anvil import Anvil
from tests.chain.proxy import KEY, Fault, Proxy, proxy

from indelible.kernel import IndelibleError
from indelible.tokens.errors import ChainUnreachable, InvalidNodeResponse
from indelible.tokens.ports import Chain
from indelible_evm import EvmChain

pytestmark = pytest.mark.slow

SIGNATURE = "0x" + "11" * 66
ASKS: dict[str, Callable[[Chain], object]] = {
    "check": lambda chain: chain.check(),
    "newest": lambda chain: chain.newest(),
    "block": lambda chain: chain.block(1),
    "mints": lambda chain: chain.mints(0, 1),
    "next_token_id": lambda chain: chain.next_token_id(1),
    "author_of": lambda chain: chain.author_of(1),
    "metadata_of": lambda chain: chain.metadata_of(1),
    "is_signed_by": lambda chain: chain.is_signed_by(AUTHOR, "text", SIGNATURE),
}
EXPECTED: dict[Fault, tuple[type[IndelibleError], str]] = {
    Fault.TOO_MANY: (ChainUnreachable, "HTTP 429"),
    Fault.BROKEN: (ChainUnreachable, "HTTP 500"),
    Fault.SILENT: (ChainUnreachable, "TimeoutError"),
    Fault.DRIPPING: (ChainUnreachable, "TimeoutError"),
    Fault.CUT: (ChainUnreachable, "HTTPException"),
    Fault.GARBAGE: (InvalidNodeResponse, "not JSON"),
}


@pytest.fixture
def chain(provider: Proxy, season: str) -> Generator[EvmChain]:
    with closing(
        EvmChain(url=provider.url, contract=season, chain_id=CHAIN_ID, timeout_seconds=0.3)
    ) as found:
        yield found


@pytest.fixture(autouse=True)
def nothing_tells_the_address(provider: Proxy, caplog: pytest.LogCaptureFixture) -> Generator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert not re.search(KEY, caplog.text)
    assert provider.url not in caplog.text


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_a_fault_is_an_error_of_the_port_and_the_next_call_succeeds(
    chain: Chain, node: Anvil, provider: Proxy, ask: Callable[[Chain], object], fault: Fault
) -> None:
    node.mine()
    chain.check()  # so that there is a connection to break
    provider.faults.append(fault)
    kind, reason = EXPECTED[fault]

    with pytest.raises(kind, match=reason) as refused:
        ask(chain)
    provider.release()
    for told in (
        str(refused.value),
        repr(refused.value),
        str(refused.value.detail),
        str(refused.value.__cause__),
    ):
        assert KEY not in told
        assert "127.0.0.1" not in told
    ask(chain)


@pytest.mark.parametrize("after", [1, 2])
def test_a_fault_between_two_requests_of_a_call_is_an_error(
    chain: Chain, node: Anvil, season: str, provider: Proxy, after: int
) -> None:
    node.mint(season, AUTHOR)

    def fail(result: object) -> object:
        provider.faults.append(Fault.TOO_MANY)
        provider.overrides.clear()
        return result

    provider.overrides["eth_getBlockByNumber" if after == 1 else "eth_getLogs"] = fail
    with pytest.raises(ChainUnreachable, match="HTTP 429"):
        chain.mints(0, 2)


def test_an_address_without_a_server_is_unreachable() -> None:
    for url in (
        f"http://127.0.0.1:1/{KEY}",
        f"https://127.0.0.1:1/{KEY}",
        f"http://nowhere.invalid/{KEY}?key={KEY}",
    ):
        chain = EvmChain(url=url, contract=AUTHOR, chain_id=1, timeout_seconds=5)
        with pytest.raises(ChainUnreachable) as refused:
            chain.newest()
        assert not re.search(rf"{KEY}|nowhere|127\.0", f"{refused.value}{refused.value!r}")
        assert refused.value.__cause__ is None
        assert refused.value.__suppress_context__


def test_the_repr_does_not_contain_the_address(chain: Chain) -> None:
    assert "url=***" in repr(chain)
    for shown in (repr(chain), str(chain), f"{chain}", repr([chain])):
        assert KEY not in shown


def test_a_key_in_a_refusal_is_masked(
    chain: Chain, provider: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"error": {"code": -32000, "message": f"no such project: {KEY} at {provider.url}"}}

    def refuse(*_: object) -> bytes:
        return json.dumps(said).encode()

    monkeypatch.setattr(Proxy, "respond", refuse)

    with pytest.raises(ChainUnreachable) as refused:
        chain.newest()
    assert refused.value.reason.startswith("-32000: no such project: ***")
    assert not re.search(rf"{KEY}|127\.0", refused.value.reason)


def test_a_wrong_key_is_unreachable_with_the_node_s_message(season: str, provider: Proxy) -> None:
    chain = EvmChain(
        url=provider.url.replace(KEY, "another-key"), contract=season, chain_id=CHAIN_ID
    )

    with closing(chain), pytest.raises(ChainUnreachable, match="-32600: Must be authenticated!"):
        chain.newest()


def test_a_missing_block_of_a_log_is_invalid_and_a_missing_end_is_unreachable(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    node.mint(season, AUTHOR)
    node.mine()
    provider.overrides["eth_getLogs"] = lambda logs: [logs[0] | {"blockTimestamp": None}]
    provider.overrides["eth_getBlockByNumber"] = lambda block: (
        block if block["number"] == "0x3" else None
    )
    with pytest.raises(InvalidNodeResponse, match="returned a log of block"):
        chain.mints(0, 3)

    provider.drop_blocks()
    assert chain.block(1) is None
    with pytest.raises(ChainUnreachable, match="no block 3 yet"):
        chain.mints(0, 3)


def test_missing_logs_are_not_noticed(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    node.mint(season, AUTHOR)
    provider.drop_logs()

    assert (
        chain.mints(0, chain.newest()) == ()
    )  # but a second read has them, and the ids have a gap
    assert chain.next_token_id(chain.newest()) == 2
    provider.overrides.clear()
    assert len(chain.mints(0, chain.newest())) == 1


def test_a_stale_head_has_a_lower_newest_block_and_none_above_it(
    chain: Chain, node: Anvil, provider: Proxy
) -> None:
    node.mine(5)
    newest = chain.newest()
    provider.lag = 3

    assert chain.newest() == newest - 3
    assert chain.block(newest - 3) is not None
    assert chain.block(newest - 2) is None


@pytest.mark.parametrize(
    "nonsense", [None, 7, "", "0x", "latest", [], {}, "0x" + "f" * 65, "-0x1", "0x 1"]
)
def test_an_invalid_number_is_refused(chain: Chain, provider: Proxy, nonsense: object) -> None:
    for method in ("eth_blockNumber", "eth_chainId"):
        provider.overrides[method] = lambda _: nonsense

    for ask in (chain.newest, chain.check):
        with pytest.raises(InvalidNodeResponse):
            ask()


@pytest.mark.parametrize("nonsense", [7, "", "0x0", "0xzz", [], {}])
def test_an_invalid_answer_of_a_contract_is_refused(
    chain: Chain, provider: Proxy, nonsense: object
) -> None:
    provider.overrides["eth_call"] = lambda _: nonsense

    for name in ("next_token_id", "author_of", "metadata_of", "is_signed_by"):
        with pytest.raises(InvalidNodeResponse):
            ASKS[name](chain)


NO_ANSWERS = [
    b"null",
    b"7",
    b'"text"',
    b"[]",
    b"{}",
    b"[[[[",
    b"[" * 100_000,
    b"\xff",
    b'{"error":{}}',
]


@pytest.mark.parametrize("said", NO_ANSWERS)
@pytest.mark.parametrize("is_batch", [True, False])
def test_json_that_is_no_response_is_refused(
    chain: Chain, provider: Proxy, monkeypatch: pytest.MonkeyPatch, said: bytes, *, is_batch: bool
) -> None:
    def answer(_: Proxy, body: bytes) -> bytes:
        return said if body.startswith(b"[") is is_batch else original(provider, body)

    original = Proxy.respond
    monkeypatch.setattr(Proxy, "respond", answer)
    provider.overrides["eth_getLogs"] = lambda _: [{"blockNumber": "0x0", "logIndex": "0x0"}]

    with pytest.raises(InvalidNodeResponse):
        chain.mints(0, 1)


CHANGES: list[Callable[[list[object]], list[object]]] = [
    lambda answers: answers[1:],
    lambda answers: [*answers, *answers],
    lambda answers: [answers[0]] * 2,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_batch_without_one_response_per_request_is_refused(
    chain: Chain,
    provider: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[list[object]], list[object]],
) -> None:
    provider.overrides["eth_getLogs"] = lambda _: [{"blockNumber": "0x0", "logIndex": "0x0"}]
    monkeypatch.setattr("tests.chain.proxy.in_any_order", change)

    with pytest.raises(InvalidNodeResponse):
        chain.mints(0, 1)


def test_a_batch_that_is_refused_as_a_whole_or_in_part_is_unreachable(
    chain: Chain, provider: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.overrides["eth_getLogs"] = lambda _: [{"blockNumber": "0x0", "logIndex": "0x0"}]
    refusal = {"error": {"code": -32007, "message": "batches are for those who pay"}}

    def refuse_one(answers: list[dict[str, object]]) -> object:
        return [answers[0], answers[1] | refusal]

    def refuse_all(_: object) -> object:
        return refusal

    for change in (refuse_all, refuse_one):
        monkeypatch.setattr("tests.chain.proxy.in_any_order", change)
        with pytest.raises(ChainUnreachable, match="-32007: batches are for those who pay"):
            chain.mints(0, 1)


def test_a_connection_that_the_node_ended_while_it_was_idle_is_not_noticed(
    node: Anvil, season: str
) -> None:
    with proxy(node.url, idle_seconds=0.1) as provider:
        with closing(EvmChain(url=provider.url, contract=season, chain_id=CHAIN_ID)) as chain:
            for _ in range(3):
                chain.check()
                time.sleep(0.3)

        assert provider.posts == 3  # none was asked twice


def test_connections_are_kept_and_shared_by_threads(
    chain: EvmChain, node: Anvil, season: str, provider: Proxy
) -> None:
    for _ in range(20):
        node.mint(season, AUTHOR)
    with closing(attrs.evolve(chain, timeout_seconds=10)) as patient, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(patient.author_of, range(1, 21)))

    assert found == [AUTHOR] * 20
    assert provider.connections <= 8


def test_errors_can_be_pickled(chain: Chain, provider: Proxy) -> None:
    provider.faults.append(Fault.TOO_MANY)
    with pytest.raises(ChainUnreachable) as refused:
        chain.newest()

    assert pickle.loads(pickle.dumps(refused.value)).detail == {"reason": "HTTP 429"}  # noqa: S301 - our own


def test_the_import_keeps_the_recursion_limit() -> None:
    script = """if True:
        import json, sys
        before = sys.getrecursionlimit()
        import indelible_evm
        assert sys.getrecursionlimit() == before
        try:
            json.loads("[" * 100_000)  # where web3 alone was imported, this ends the process
        except RecursionError:
            print("RecursionError")
    """
    done = subprocess.run(
        (sys.executable, "-c", script), check=True, capture_output=True, text=True
    )

    assert done.stdout == "RecursionError\n"

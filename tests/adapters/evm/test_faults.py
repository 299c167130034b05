"""A node's faults are errors of the port, and none contains the node's address."""

import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import attrs
import pytest
from tests.adapters.evm.conftest import AUTHOR, CHAIN_ID
from tests.chain.anvil import Anvil
from tests.chain.proxy import GET_BLOCK, GET_LOGS, KEY, Fault, Proxy, proxy

from indelible.kernel import IndelibleError
from indelible.tokens.errors import ChainUnreachable, InvalidNodeResponse
from indelible.tokens.ports import Chain
from indelible_evm import EvmChain

SIGNATURE = "0x" + "11" * 66
CALLS: dict[str, Callable[[Chain], object]] = {
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
    adapter = EvmChain(url=provider.url, contract=season, chain_id=CHAIN_ID, timeout_seconds=0.3)
    with closing(adapter):
        yield adapter


@pytest.fixture(autouse=True)
def no_log_contains_the_address(
    provider: Proxy, caplog: pytest.LogCaptureFixture
) -> Generator[None]:
    """Check after each test that no log line contains the provider's address or key."""
    caplog.set_level(logging.DEBUG)
    yield
    assert KEY not in caplog.text
    assert provider.url not in caplog.text


@pytest.mark.dose
@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_fault_is_an_error_of_the_port_and_the_next_call_succeeds(
    chain: Chain, node: Anvil, provider: Proxy, call: Callable[[Chain], object], fault: Fault
) -> None:
    node.mine()
    chain.check()  # opens the connection that then breaks
    provider.faults.append(fault)
    kind, reason = EXPECTED[fault]

    with pytest.raises(kind, match=reason) as refused:
        call(chain)
    provider.release()
    for text in (
        str(refused.value),
        repr(refused.value),
        str(refused.value.detail),
        str(refused.value.__cause__),
    ):
        assert KEY not in text
        assert "127.0.0.1" not in text

    call(chain)


@pytest.mark.parametrize("method", [GET_BLOCK, GET_LOGS])
def test_a_fault_between_two_requests_of_a_call_is_an_error(
    chain: Chain, node: Anvil, season: str, provider: Proxy, method: str
) -> None:
    node.mint(season, AUTHOR)

    def fail_next(result: object) -> object:
        provider.faults.append(Fault.TOO_MANY)
        provider.overrides.clear()
        return result

    provider.overrides[method] = fail_next
    with pytest.raises(ChainUnreachable, match="HTTP 429"):
        chain.mints(0, 2)


@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1:1/{KEY}",
        f"https://127.0.0.1:1/{KEY}",
        f"http://nowhere.invalid/{KEY}?key={KEY}",
    ],
    ids=["http", "https", "no such host"],
)
def test_an_address_without_a_server_is_unreachable(url: str) -> None:
    chain = EvmChain(url=url, contract=AUTHOR, chain_id=1, timeout_seconds=5)

    with pytest.raises(ChainUnreachable) as refused:
        chain.newest()
    assert not re.search(rf"{KEY}|nowhere|127\.0", f"{refused.value}{refused.value!r}")
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_the_repr_does_not_contain_the_address(chain: Chain) -> None:
    assert "url=***" in repr(chain)
    for text in (repr(chain), str(chain), f"{chain}", repr([chain])):
        assert KEY not in text


def test_a_key_in_a_refusal_is_masked(
    chain: Chain, provider: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = {"code": -32000, "message": f"no such project: {KEY} at {provider.url}"}

    def refuse(*_: object) -> bytes:
        return json.dumps({"error": error}).encode()

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


def test_a_log_of_a_missing_block_is_invalid(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    node.mint(season, AUTHOR)
    node.mine()

    def only_the_end(block: dict[str, object]) -> object:
        return block if block["number"] == "0x3" else None

    provider.overrides[GET_LOGS] = lambda logs: [{**logs[0], "blockTimestamp": None}]
    provider.overrides[GET_BLOCK] = only_the_end
    with pytest.raises(InvalidNodeResponse, match="returned a log of block"):
        chain.mints(0, 3)


def test_missing_logs_are_found_only_by_a_second_read(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    node.mint(season, AUTHOR)
    provider.drop_logs()

    assert chain.mints(0, chain.newest()) == ()
    # The next id shows that there was a mint.
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
    "invalid", [None, 7, "", "0x", "latest", [], {}, "0x" + "f" * 65, "-0x1", "0x 1"]
)
def test_an_invalid_number_is_refused(chain: Chain, provider: Proxy, invalid: object) -> None:
    provider.overrides["eth_blockNumber"] = lambda _: invalid
    provider.overrides["eth_chainId"] = lambda _: invalid

    with pytest.raises(InvalidNodeResponse):
        chain.newest()
    with pytest.raises(InvalidNodeResponse):
        chain.check()


@pytest.mark.parametrize("invalid", [7, "", "0x0", "0xzz", [], {}])
@pytest.mark.parametrize("name", ["next_token_id", "author_of", "metadata_of", "is_signed_by"])
def test_an_invalid_result_of_a_contract_is_refused(
    chain: Chain, provider: Proxy, name: str, invalid: object
) -> None:
    provider.overrides["eth_call"] = lambda _: invalid

    with pytest.raises(InvalidNodeResponse):
        CALLS[name](chain)


INVALID_RESPONSES = [
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


@pytest.mark.parametrize("response", INVALID_RESPONSES, ids=lambda response: ascii(response[:12]))
@pytest.mark.parametrize("is_batch", [True, False])
def test_json_that_is_no_response_is_refused(
    chain: Chain,
    provider: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    response: bytes,
    *,
    is_batch: bool,
) -> None:
    valid_response = Proxy.respond

    def respond(_: Proxy, body: bytes) -> bytes:
        if body.startswith(b"[") is is_batch:
            return response
        return valid_response(provider, body)

    monkeypatch.setattr(Proxy, "respond", respond)
    provider.overrides[GET_LOGS] = lambda _: [{"blockNumber": "0x0", "logIndex": "0x0"}]

    with pytest.raises(InvalidNodeResponse):
        chain.mints(0, 1)


INVALID_BATCHES: dict[str, Callable[[list[object]], list[object]]] = {
    "a response is missing": lambda responses: responses[1:],
    "all responses twice": lambda responses: [*responses, *responses],
    "one response twice": lambda responses: [responses[0]] * 2,
}


@pytest.mark.parametrize("change", INVALID_BATCHES.values(), ids=INVALID_BATCHES)
def test_a_batch_without_one_response_per_request_is_refused(
    chain: Chain,
    provider: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[list[object]], list[object]],
) -> None:
    provider.overrides[GET_LOGS] = lambda _: [{"blockNumber": "0x0", "logIndex": "0x0"}]
    monkeypatch.setattr("tests.chain.proxy.in_any_order", change)

    with pytest.raises(InvalidNodeResponse):
        chain.mints(0, 1)


BATCH_REFUSAL = {"error": {"code": -32007, "message": "batches are for those who pay"}}


def refuse_all(_: object) -> object:
    return BATCH_REFUSAL


def refuse_one(responses: list[dict[str, object]]) -> object:
    return [responses[0], {**responses[1], **BATCH_REFUSAL}]


@pytest.mark.parametrize("change", [refuse_all, refuse_one])
def test_a_batch_that_is_refused_as_a_whole_or_in_part_is_unreachable(
    chain: Chain,
    provider: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Any], object],
) -> None:
    provider.overrides[GET_LOGS] = lambda _: [{"blockNumber": "0x0", "logIndex": "0x0"}]
    monkeypatch.setattr("tests.chain.proxy.in_any_order", change)

    with pytest.raises(ChainUnreachable, match="-32007: batches are for those who pay"):
        chain.mints(0, 1)


def test_a_connection_that_the_node_closed_while_it_was_idle_is_opened_again(
    node: Anvil, season: str
) -> None:
    with proxy(node.url, idle_seconds=0.1) as provider:
        chain = EvmChain(url=provider.url, contract=season, chain_id=CHAIN_ID)
        with closing(chain):
            for _ in range(3):
                chain.check()
                time.sleep(0.3)

        assert provider.posts == 3  # no request was sent twice


def test_connections_are_kept_and_shared_by_threads(
    chain: EvmChain, node: Anvil, season: str, provider: Proxy
) -> None:
    for _ in range(20):
        node.mint(season, AUTHOR)
    patient = attrs.evolve(chain, timeout_seconds=10)
    with closing(patient), ThreadPoolExecutor(8) as pool:
        authors = list(pool.map(patient.author_of, range(1, 21)))

    assert authors == [AUTHOR] * 20
    assert provider.connections <= 8


@pytest.mark.slow
def test_the_import_keeps_the_recursion_limit() -> None:
    script = """if True:
        import json, sys
        before = sys.getrecursionlimit()
        import indelible_evm
        assert sys.getrecursionlimit() == before
        try:
            json.loads("[" * 100_000)  # ends the process if only web3 was imported
        except RecursionError:
            print("RecursionError")
    """
    completed = subprocess.run(
        (sys.executable, "-c", script), check=True, capture_output=True, text=True
    )

    assert completed.stdout == "RecursionError\n"

"""Mints of unmodified contracts of the standards are detected from a real chain."""

import json
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from attrs import evolve, frozen
from tests.chain.anvil import Anvil
from tests.chain.detections import AUTHORS, CHAIN_ID, WATCHER, Scene, scene
from tests.chain.standards import contracts, deploy, transact
from tests.conftest import folder

from indelible import tokens
from indelible.kernel import SystemClock
from indelible.memory import MemoryStore
from indelible.testing.stores import AnyStore
from indelible.tokens.errors import ChainIdMismatch, ContractCodeMissing, InterfaceMissing
from indelible_evm import KINDS, ContractKind, EvmChain, kind_from_abi
from indelible_sql import SqlStore, verify
from indelible_workers import process_batch

pytestmark = pytest.mark.slow

CONFIRMATIONS = 4
LAST_ID = 2**256 - 1
OWNER = AUTHORS[0]
OTHER = AUTHORS[1]


@frozen
class Standard:
    """A contract of a standard: how it is deployed, and how it mints its next tokens."""

    kind: ContractKind
    deploy: Callable[[Anvil], str]
    mint: Callable[[Scene, int], object]


def mint_721(watched: Scene, number: int) -> None:
    """Mint one id: 0 first, and the last one of 256 bits with the second mint."""
    token_id = LAST_ID if number == 1 else number
    transact(watched.node, watched.season, "mint(address,uint256)", OWNER, token_id)


def mint_721a(watched: Scene, number: int) -> None:
    transact(watched.node, watched.season, "mint(address,uint256)", OWNER, 1 + number % 3)


def mint_1155(watched: Scene, number: int) -> None:
    """Mint a batch with an id of its own and with id 0, or more copies of that id."""
    if number % 2 == 0:
        ids = [number * 2**200 % LAST_ID, 0]
        signature = "mintBatch(address,uint256[],uint256[])"
        transact(watched.node, watched.season, signature, OTHER, ids, [1, 10])
    else:
        signature = "mint(address,uint256,uint256)"
        transact(watched.node, watched.season, signature, OWNER, LAST_ID - number, 5)


STANDARDS = {
    "erc721": Standard(
        kind=KINDS["erc721"], deploy=lambda node: deploy(node, "Standard721"), mint=mint_721
    ),
    "erc721a": Standard(
        kind=KINDS["erc721a"],
        deploy=lambda node: deploy(node, "Standard721A", OTHER, 7),
        mint=mint_721a,
    ),
    "erc1155": Standard(
        kind=KINDS["erc1155"], deploy=lambda node: deploy(node, "Standard1155"), mint=mint_1155
    ),
}


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> AnyStore:
    if request.param == "memory":
        return MemoryStore(clock=SystemClock())

    database_store: AnyStore = request.getfixturevalue(request.param)
    return database_store


@pytest.fixture(params=STANDARDS)
def standard(request: pytest.FixtureRequest) -> Standard:
    return STANDARDS[request.param]


@pytest.fixture
def watched(standard: Standard, store: AnyStore) -> Generator[Scene]:
    with (
        folder() as directory,
        scene(
            directory,
            store,
            confirmations=CONFIRMATIONS,
            kind=standard.kind,
            deploy=standard.deploy,
        ) as opened,
    ):
        yield opened


def test_every_mint_of_a_standard_contract_is_detected(watched: Scene, standard: Standard) -> None:
    for number in range(6):
        standard.mint(watched, number)
    watched.confirm()
    watched.detect()
    stored = watched.store.read(tokens.list_tokens, limit=100)

    assert watched.differences() == []
    assert watched.events >= 6
    assert stored[0].token_id == 0
    assert watched.store.read(tokens.chain_notices) == ()


@pytest.mark.parametrize("depth", range(1, CONFIRMATIONS + 1))
def test_a_reorg_up_to_the_confirmations_changes_nothing(
    watched: Scene, standard: Standard, depth: int
) -> None:
    for number in range(5):
        standard.mint(watched, number)
    watched.detect()
    watched.node.reorg(depth)
    watched.confirm()
    watched.detect()

    assert watched.differences() == []
    assert watched.quarantined_count() == 0


def test_a_deeper_reorg_quarantines_the_dropped_tokens(watched: Scene, standard: Standard) -> None:
    for number in range(4):
        standard.mint(watched, number)
    watched.confirm()
    watched.detect()
    watched.node.reorg(CONFIRMATIONS + 2)
    watched.confirm()
    watched.detect()
    assert watched.differences() == []

    for number in range(2, 6):
        standard.mint(watched, number)
    watched.confirm()
    watched.detect()
    assert watched.differences() == []


def test_missed_tokens_of_a_standard_contract_are_recovered(
    watched: Scene, standard: Standard
) -> None:
    for number in range(4):
        standard.mint(watched, number)
    report = tokens.recover_missing(watched.store, watched.chain, actor=WATCHER, confirmations=0)
    again = tokens.recover_missing(watched.store, watched.chain, actor=WATCHER, confirmations=0)

    assert 0 in report.recovered
    assert (report.failed, again.missing) == ((), ())
    assert report.on_chain == len(report.recovered)
    watched.confirm()
    watched.detect()
    assert watched.differences() == []


def test_a_second_mint_of_an_id_adds_no_token(sqlite: SqlStore) -> None:
    standard = STANDARDS["erc1155"]
    with (
        folder() as directory,
        scene(directory, sqlite, kind=standard.kind, deploy=standard.deploy) as watched,
    ):
        for recipient in (OWNER, OTHER):
            transact(watched.node, watched.season, "mint(address,uint256,uint256)", recipient, 7, 3)
        watched.confirm()
        watched.detect()

        (token,) = sqlite.read(tokens.list_tokens)
        assert token.token_id == 7
        assert watched.differences() == []
        assert watched.events == 2
        assert verify(sqlite) == ()


def test_a_token_that_was_burned_and_minted_again_is_one_token(sqlite: SqlStore) -> None:
    standard = STANDARDS["erc721"]
    with (
        folder() as directory,
        scene(directory, sqlite, kind=standard.kind, deploy=standard.deploy) as watched,
    ):
        transact(watched.node, watched.season, "mint(address,uint256)", OWNER, 0)
        transact(watched.node, watched.season, "burn(uint256)", 0)
        transact(watched.node, watched.season, "mint(address,uint256)", OTHER, 0)
        watched.confirm()
        watched.detect()

        assert [token.token_id for token in sqlite.read(tokens.list_tokens)] == [0]
        assert watched.differences() == []
        assert watched.events == 2


def gallery_kind(directory: Path) -> ContractKind:
    """Return the kind of the gallery, from its ABI in a file."""
    path = directory / "gallery.json"
    path.write_text(json.dumps(contracts()["Gallery"].abi))
    mapping = {"token_id": "id", "recipient": "owner", "author": "artist", "quantity": "amount"}
    return kind_from_abi(path, "Minted", mapping)


def test_an_odd_log_is_quarantined_while_detection_goes_on(store: AnyStore) -> None:
    with (
        folder() as directory,
        scene(
            directory,
            store,
            kind=gallery_kind(directory),
            deploy=lambda node: deploy(node, "Gallery"),
        ) as watched,
    ):
        mint = "mint(address,address,uint256,uint256)"
        transact(watched.node, watched.season, mint, OWNER, OTHER, 0, 2)
        odd = transact(watched.node, watched.season, mint, OWNER, OTHER, 5, 10**9)
        transact(watched.node, watched.season, mint, OWNER, OTHER, LAST_ID, 1)
        watched.confirm()
        watched.detect()

        assert watched.differences() == []
        stored = store.read(tokens.list_tokens)
        assert [token.token_id for token in stored] == [0, 1, LAST_ID]
        (log,) = store.read(tokens.quarantined_logs)
        receipt = watched.node.receipt(odd)
        assert receipt is not None
        assert (log.tx_hash, log.field) == (odd, "quantity")
        assert log.block_number == int(receipt["blockNumber"], 16)
        (notice,) = store.read(tokens.chain_notices)
        assert notice.code == "LOGS_QUARANTINED"


def test_a_transfer_event_of_erc_20_is_quarantined(sqlite: SqlStore) -> None:
    with (
        folder() as directory,
        scene(
            directory,
            sqlite,
            kind=KINDS["erc721"],
            deploy=lambda node: deploy(node, "Gallery"),
        ) as watched,
    ):
        transact(watched.node, watched.season, "pay(address,uint256)", OWNER, 10**18)
        watched.confirm()
        watched.detect()

        (log,) = sqlite.read(tokens.quarantined_logs)
        assert log.field == "topics"


def test_a_wrong_address_or_kind_or_chain_is_refused_before_anything_is_read(
    store: AnyStore,
) -> None:
    with folder() as directory, scene(directory, store) as watched:
        collection = deploy(watched.node, "Standard1155")
        right = EvmChain(
            url=watched.node.url, contract=collection, chain_id=CHAIN_ID, kind=KINDS["erc1155"]
        )
        wrong_address = evolve(right, contract="0x" + "12" * 20)
        wrong_kind = evolve(right, kind=KINDS["erc721"])
        wrong_chain = evolve(right, chain_id=1)
        refusals: dict[str, str] = {}
        for chain in (wrong_address, wrong_kind, wrong_chain):
            with pytest.raises((ContractCodeMissing, InterfaceMissing, ChainIdMismatch)) as refused:
                tokens.Detection(store=store, chain=chain).check()
            refusals[refused.value.code] = refused.value.describe()

        tokens.Detection(store=store, chain=right).check()
        assert set(refusals) == {"CONTRACT_CODE_MISSING", "INTERFACE_MISSING", "WRONG_CHAIN"}
        assert "12" * 20 in refusals["CONTRACT_CODE_MISSING"]
        assert "ERC-721" in refusals["INTERFACE_MISSING"]


def notices(watched: Scene) -> list[str]:
    """Return the codes of the notices of the chain."""
    return [notice.code for notice in watched.store.read(tokens.chain_notices)]


def test_code_that_is_removed_or_a_chain_that_changes_pauses_detection(store: AnyStore) -> None:
    with folder() as directory, scene(directory, store) as watched:
        watched.settings = evolve(watched.settings, check_seconds=0)
        watched.node.mint(watched.season, OWNER)
        watched.confirm()
        watched.detect()
        code = watched.node.call("eth_getCode", watched.season, "latest")
        before = watched.store.read(tokens.token_stats).checkpoint

        watched.node.call("anvil_setCode", watched.season, "0x")
        watched.node.mine(9)
        scan_once(watched)
        assert notices(watched) == ["CONTRACT_CODE_MISSING"]
        watched.provider.report_chain_id(1)
        scan_once(watched)
        assert notices(watched) == ["WRONG_CHAIN"]
        assert watched.store.read(tokens.token_stats).checkpoint == before

        watched.provider.overrides.clear()
        watched.node.call("anvil_setCode", watched.season, code)
        watched.node.mint(watched.season, OTHER)
        watched.confirm()
        watched.detect()
        assert notices(watched) == []
        assert watched.differences() == []


def test_a_proxy_that_changes_is_detected_and_shown(store: AnyStore) -> None:
    def deploy_proxy(node: Anvil) -> str:
        return deploy(node, "Proxy", deploy(node, "Standard721"))

    with (
        folder() as directory,
        scene(directory, store, kind=KINDS["erc721"], deploy=deploy_proxy) as watched,
    ):
        watched.settings = evolve(watched.settings, check_seconds=0)
        transact(watched.node, watched.season, "mint(address,uint256)", OWNER, 0)
        watched.confirm()
        watched.detect()
        assert notices(watched) == []

        gallery = deploy(watched.node, "Gallery")
        transact(watched.node, watched.season, "upgradeTo(address)", gallery)
        watched.confirm()
        watched.detect()
        (notice,) = watched.store.read(tokens.chain_notices)
        assert notice.code == "CONTRACT_CHANGED"
        assert gallery in notice.message


def scan_once(watched: Scene) -> None:
    """Scan once, with a detection that has checked nothing before."""
    stage = tokens.Detection(
        store=watched.store, chain=watched.chain, settings=watched.settings
    ).stage()
    watched.hint()
    assert process_batch(watched.store, stage, actor=WATCHER) == 1


def test_ten_thousand_mints_in_a_block_are_read_in_pages(sqlite: SqlStore) -> None:
    standard = STANDARDS["erc721a"]
    with (
        folder() as directory,
        scene(directory, sqlite, kind=standard.kind, deploy=standard.deploy) as watched,
    ):
        node = watched.node
        node.set_automine(enabled=False)
        for _ in range(10):
            transact(node, watched.season, "mint(address,uint256)", OWNER, 1_000)
        node.mine()
        node.set_automine(enabled=True)
        watched.confirm()
        watched.provider.max_logs = 2_000
        watched.detect()

        assert watched.provider.count("eth_getTransactionReceipt") >= 10
        assert watched.differences() == []
        assert watched.events == 10_001

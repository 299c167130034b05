"""Contracts that are wrong, change, or emit odd logs are noticed, and detection goes on."""

from collections.abc import Callable

import pytest
from attrs import evolve
from tests.chain.anvil import Anvil
from tests.chain.detections import CHAIN_ID, WATCHER, Scene, scene
from tests.chain.standards import (
    LAST_ID,
    MINT,
    OTHER,
    OWNER,
    STANDARDS,
    call_data,
    deploy,
    gallery_kind,
    transact,
)
from tests.conftest import folder

from indelible import tokens
from indelible.kernel import SystemClock
from indelible.memory import MemoryStore
from indelible.testing.stores import AnyStore
from indelible.tokens.errors import ChainIdMismatch, ContractCodeMissing, InterfaceMissing
from indelible_evm import KINDS, EvmChain
from indelible_sql import SqlStore
from indelible_workers import process_batch

pytestmark = pytest.mark.slow

# Where proxies store the address of their admin (EIP-1967).
ADMIN_SLOT = "0xb53127684a568b3173ae13b9f8a6016e243e63b6e8ee1178d6a717850b5d6103"
RETURNS_TRUE = "0x600160005260206000f3"  # the code of a contract that returns 1 to any call
Upgrade = Callable[[str], None]  # to the code at an address


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> AnyStore:
    if request.param == "memory":
        return MemoryStore(clock=SystemClock())

    database_store: AnyStore = request.getfixturevalue(request.param)
    return database_store


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


def test_a_contract_that_answers_any_call_with_true_supports_no_interface(
    sqlite: SqlStore,
) -> None:
    with folder() as directory, scene(directory, sqlite) as watched:
        address = "0x" + "ab" * 20
        watched.node.call("anvil_setCode", address, RETURNS_TRUE)
        chain = EvmChain(
            url=watched.node.url, contract=address, chain_id=CHAIN_ID, kind=KINDS["erc721"]
        )

        with pytest.raises(InterfaceMissing):
            chain.inspect()


def test_a_collection_that_is_read_as_a_season_by_default_is_refused(sqlite: SqlStore) -> None:
    with folder() as directory, scene(directory, sqlite) as watched:
        EvmChain(url=watched.node.url, contract=watched.season, chain_id=CHAIN_ID).inspect()

        for name in ("erc721", "erc721a"):
            collection = STANDARDS[name].deploy(watched.node)
            chain = EvmChain(url=watched.node.url, contract=collection, chain_id=CHAIN_ID)
            with pytest.raises(InterfaceMissing) as refused:
                chain.inspect()
            assert refused.value.interface == "nextTokenId()"


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


def deploy_transparent(node: Anvil, logic: str) -> tuple[str, Upgrade]:
    """Deploy OpenZeppelin's transparent proxy, and return its address and its upgrade."""
    first_mint = call_data(MINT, OWNER, 0)
    contract = deploy(node, "TransparentUpgradeableProxy", logic, node.accounts[0], first_mint)
    admin = node.call("eth_getStorageAt", contract, ADMIN_SLOT, "latest")

    def upgrade(new: str) -> None:
        transact(
            node, f"0x{admin[-40:]}", "upgradeAndCall(address,address,bytes)", contract, new, b""
        )

    return contract, upgrade


def deploy_beacon(node: Anvil, logic: str) -> tuple[str, Upgrade]:
    """Deploy OpenZeppelin's proxy of a beacon, and return its address and the beacon's upgrade."""
    beacon = deploy(node, "UpgradeableBeacon", logic, node.accounts[0])
    contract = deploy(node, "BeaconProxy", beacon, call_data(MINT, OWNER, 0))

    def upgrade(new: str) -> None:
        transact(node, beacon, "upgradeTo(address)", new)

    return contract, upgrade


@pytest.mark.parametrize("deploy_proxy", [deploy_transparent, deploy_beacon])
def test_a_proxy_that_changes_is_detected_and_shown(
    store: AnyStore, deploy_proxy: Callable[[Anvil, str], tuple[str, Upgrade]]
) -> None:
    upgrades: list[Upgrade] = []

    def deploy_contract(node: Anvil) -> str:
        contract, upgrade = deploy_proxy(node, deploy(node, "Standard721"))
        upgrades.append(upgrade)
        return contract

    with (
        folder() as directory,
        scene(directory, store, kind=KINDS["erc721"], deploy=deploy_contract) as watched,
    ):
        watched.settings = evolve(watched.settings, check_seconds=0)
        transact(watched.node, watched.season, MINT, OWNER, 1)
        watched.confirm()
        watched.detect()
        assert notices(watched) == []

        other = deploy(watched.node, "Standard721")
        upgrades[0](other)
        transact(watched.node, watched.season, MINT, OWNER, 2)
        watched.confirm()
        watched.detect()
        (notice,) = store.read(tokens.chain_notices)
        assert notice.code == "CONTRACT_CHANGED"
        assert other in notice.message
        assert watched.differences() == []
        assert watched.events == 3

        command = tokens.AcknowledgeContract()
        store.run(tokens.acknowledge_contract, command, actor=WATCHER, reason="announced")
        watched.node.mine()
        watched.detect()
        assert notices(watched) == []


def scan_once(watched: Scene) -> None:
    """Scan once, with a detection that has checked nothing before."""
    stage = tokens.Detection(
        store=watched.store, chain=watched.chain, settings=watched.settings
    ).stage()
    watched.hint()
    assert process_batch(watched.store, stage, actor=WATCHER) == 1

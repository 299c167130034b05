"""Mints of unmodified contracts of the standards are detected from a real chain."""

from collections.abc import Generator
from functools import partial

import pytest
from tests.chain.detections import WATCHER, Scene, scene
from tests.chain.standards import (
    CONSTRUCTED_TOKENS,
    MINT_1155,
    MINT_BATCH,
    MINT_GALLERY,
    OTHER,
    OWNER,
    STANDARDS,
    Standard,
    transact,
)
from tests.conftest import folder

from indelible import tokens
from indelible.kernel import SystemClock
from indelible.memory import MemoryStore
from indelible.testing.stores import AnyStore
from indelible_evm import KINDS
from indelible_sql import SqlStore, verify

pytestmark = pytest.mark.slow

CONFIRMATIONS = 4
STORES = ("memory", "sqlite", "postgresql")


def pairs() -> list[tuple[str, str]]:
    """Return the contracts with the stores that they are detected in.

    The contracts that OpenZeppelin publishes in compiled form count their own ids.
    """
    names = ("erc721", "erc721a", "erc1155")
    every = [(name, database) for name in names for database in STORES]
    published = [("erc721-published", "postgresql"), ("erc1155-published", "sqlite")]
    return every + published


def store_of(database: str, request: pytest.FixtureRequest) -> AnyStore:
    """Return an empty store of this kind."""
    if database == "memory":
        return MemoryStore(clock=SystemClock())

    database_store: AnyStore = request.getfixturevalue(database)
    return database_store


@pytest.fixture(params=pairs(), ids="-".join)
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    name, database = request.param
    return name, database


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> AnyStore:
    return store_of(request.param, request)


@pytest.fixture
def standard(pair: tuple[str, str]) -> Standard:
    return STANDARDS[pair[0]]


@pytest.fixture
def watched(
    pair: tuple[str, str], standard: Standard, request: pytest.FixtureRequest
) -> Generator[Scene]:
    with (
        folder() as directory,
        scene(
            directory,
            store_of(pair[1], request),
            confirmations=CONFIRMATIONS,
            kind=standard.kind_in(directory),
            deploy=standard.deploy,
        ) as opened,
    ):
        yield opened


def test_every_mint_of_a_standard_contract_is_detected(watched: Scene, standard: Standard) -> None:
    for number in range(6):
        standard.mint(watched.node, watched.season, number)
    watched.confirm()
    watched.detect()
    stored = watched.store.read(tokens.list_tokens, limit=100)

    assert watched.differences() == []
    assert watched.events >= 6
    assert stored[0].token_id == 0
    assert watched.store.read(tokens.chain_notices) == ()


@pytest.mark.parametrize("depth", range(1, CONFIRMATIONS + 1))
def test_a_reorg_up_to_the_confirmations_is_followed(
    watched: Scene, standard: Standard, depth: int
) -> None:
    for number in range(CONFIRMATIONS + 2):
        standard.mint(watched.node, watched.season, number)
    watched.detect()
    before = len(watched.node_chain.mints(0, watched.node_chain.newest()))
    transactions = watched.node.newest_transactions(depth)
    watched.node.reorg(depth, [(transaction, depth - 1) for transaction in transactions])
    watched.confirm()
    watched.detect()

    assert watched.differences() == []
    assert watched.events == before
    assert watched.quarantined_count() == 0

    for number in range(CONFIRMATIONS + 2, 2 * CONFIRMATIONS + 4):
        standard.mint(watched.node, watched.season, number)
    watched.detect()
    watched.node.reorg(depth)
    watched.confirm()
    watched.detect()

    assert watched.differences() == []
    assert watched.quarantined_count() == 0


def test_a_deeper_reorg_quarantines_the_dropped_tokens(watched: Scene, standard: Standard) -> None:
    for number in range(4):
        standard.mint(watched.node, watched.season, number)
    watched.confirm()
    watched.detect()
    watched.node.reorg(CONFIRMATIONS + 2)
    watched.confirm()
    watched.detect()
    assert watched.differences() == []

    for number in range(2, 6):
        standard.mint(watched.node, watched.season, number)
    watched.confirm()
    watched.detect()
    assert watched.differences() == []


def test_missed_tokens_of_a_standard_contract_are_recovered(
    watched: Scene, standard: Standard
) -> None:
    for number in range(4):
        standard.mint(watched.node, watched.season, number)
    report = tokens.recover_missing(watched.store, watched.chain, actor=WATCHER, confirmations=0)
    again = tokens.recover_missing(watched.store, watched.chain, actor=WATCHER, confirmations=0)

    assert 0 in report.recovered
    assert (report.failed, again.missing) == ((), ())
    assert report.on_chain == len(report.recovered)
    watched.confirm()
    watched.detect()
    assert watched.differences() == []


def test_the_kind_erc721_reads_the_consecutive_transfers_of_a_constructor(
    sqlite: SqlStore,
) -> None:
    with (
        folder() as directory,
        scene(
            directory, sqlite, kind=KINDS["erc721"], deploy=STANDARDS["erc721a"].deploy
        ) as watched,
    ):
        transact(watched.node, watched.season, "mint(address,uint256)", OWNER, 2)
        watched.confirm()
        watched.detect()

        stored = sqlite.read(tokens.list_tokens, limit=100)
        assert [token.token_id for token in stored] == list(range(CONSTRUCTED_TOKENS + 2))


def test_a_second_mint_of_an_id_adds_no_token(sqlite: SqlStore) -> None:
    standard = STANDARDS["erc1155"]
    with (
        folder() as directory,
        scene(directory, sqlite, kind=KINDS[standard.kind], deploy=standard.deploy) as watched,
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
        scene(directory, sqlite, kind=KINDS[standard.kind], deploy=standard.deploy) as watched,
    ):
        transact(watched.node, watched.season, "mint(address,uint256)", OWNER, 0)
        transact(watched.node, watched.season, "burn(uint256)", 0)
        transact(watched.node, watched.season, "mint(address,uint256)", OTHER, 0)
        watched.confirm()
        watched.detect()

        assert [token.token_id for token in sqlite.read(tokens.list_tokens)] == [0]
        assert watched.differences() == []
        assert watched.events == 2


def test_a_recovered_token_keeps_its_mint_when_its_id_is_minted_again(
    store: AnyStore,
) -> None:
    standard = STANDARDS["erc1155"]
    with (
        folder() as directory,
        scene(
            directory,
            store,
            confirmations=CONFIRMATIONS,
            kind=KINDS[standard.kind],
            deploy=standard.deploy,
        ) as watched,
    ):
        transact(watched.node, watched.season, MINT_BATCH, OWNER, [5, 7], [1, 1])
        watched.confirm()
        report = tokens.recover_missing(
            store, watched.chain, actor=WATCHER, confirmations=CONFIRMATIONS
        )
        assert report.recovered == (5, 7)

        watched.node.mine(CONFIRMATIONS + 1)
        transact(watched.node, watched.season, MINT_1155, OTHER, 7, 3)
        watched.confirm()
        watched.detect()
        assert watched.differences() == []

        watched.node.reorg(CONFIRMATIONS + 1)
        watched.confirm()
        watched.detect()
        assert watched.differences() == []
        assert watched.quarantined_count() == 0
        assert [change.action for change in store.read(tokens.token_history, 7)] == ["detect"]


def test_a_quarantined_mint_is_not_recovered_before_its_limit_is_raised(store: AnyStore) -> None:
    standard = STANDARDS["gallery"]
    with folder() as directory:
        kind = standard.kind_in(directory)
        with scene(directory, store, kind=kind, deploy=standard.deploy) as watched:
            transact(watched.node, watched.season, MINT_GALLERY, OWNER, OTHER, 0, 4)
            transact(watched.node, watched.season, MINT_GALLERY, OWNER, OTHER, 9, 1)
            watched.confirm()
            recover = partial(
                tokens.recover_missing,
                store,
                watched.chain,
                actor=WATCHER,
                confirmations=watched.settings.confirmations,
            )

            assert recover(max_tokens_per_mint=3).recovered == (9,)
            assert len(store.read(tokens.quarantined_logs)) == 1
            assert recover(max_tokens_per_mint=4).recovered == (0, 1, 2, 3)
            assert store.read(tokens.quarantined_logs) == ()

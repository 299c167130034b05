"""Mints are detected from a real chain: none is lost and none is invented."""

from collections.abc import Generator
from pathlib import Path

import pytest
from tests.chain.detections import WATCHER, Scene, dice, reorg_chain, scene
from tests.chain.proxy import RefusalForm
from tests.conftest import folder

from indelible import tokens
from indelible.kernel import SystemClock
from indelible.memory import MemoryStore
from indelible.testing.stores import AnyStore
from indelible_sql import SqlStore, verify

pytestmark = pytest.mark.slow

CONFIRMATIONS = 4


@pytest.fixture
def chain_directory() -> Generator[Path]:
    with folder() as directory:
        yield directory


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> AnyStore:
    if request.param == "memory":
        return MemoryStore(clock=SystemClock())

    database_store: AnyStore = request.getfixturevalue(request.param)
    return database_store


@pytest.fixture
def watched(chain_directory: Path, store: AnyStore) -> Generator[Scene]:
    with scene(chain_directory, store, confirmations=CONFIRMATIONS) as watched:
        yield watched


def test_a_mint_is_detected_once_however_many_hints_arrive(watched: Scene) -> None:
    watched.mint(dice(1), 12)
    watched.confirm()
    for _ in range(3):
        watched.hint()
        watched.detect()

    assert watched.differences() == []
    assert watched.events == 12


def test_an_unconfirmed_mint_is_not_detected(watched: Scene) -> None:
    watched.confirm()
    watched.mint(dice(2), 1)
    watched.detect()
    before = watched.store.read(tokens.token_stats).statuses["detected"]
    watched.confirm()
    watched.detect()

    assert before == 0
    assert watched.differences() == []
    assert watched.events == 1


@pytest.mark.parametrize("depth", range(1, CONFIRMATIONS + 1))
def test_a_reorg_of_unconfirmed_blocks_changes_nothing(watched: Scene, depth: int) -> None:
    chance = dice(depth)
    watched.mint(chance, 8)
    watched.detect()
    reorg_chain(watched, chance, depth)
    watched.confirm()
    watched.detect()

    assert watched.differences() == []
    assert watched.quarantined_count() == 0


@pytest.mark.parametrize("number", range(3))
def test_a_reorg_of_confirmed_blocks_quarantines_their_tokens(watched: Scene, number: int) -> None:
    chance = dice(number)
    watched.mint(chance, 6)
    watched.confirm()
    watched.detect()
    watched.mint(chance, 6)
    watched.confirm()
    watched.detect()

    watched.node.reorg(CONFIRMATIONS + 3)
    watched.confirm()
    watched.detect()
    dropped = watched.store.read(tokens.token_stats).orphaned

    assert watched.differences() == []
    assert len(dropped) == 3
    assert watched.quarantined_count() == sum(event.quantity for event in dropped)

    watched.mint(chance, 6)
    watched.confirm()
    watched.detect()
    assert watched.differences() == []
    assert watched.quarantined_count() == 0


@pytest.mark.parametrize("form", RefusalForm)
def test_a_provider_with_small_ranges_gets_smaller_requests(
    watched: Scene, form: RefusalForm
) -> None:
    watched.provider.form = form
    watched.provider.max_blocks = 7
    watched.mint(dice(3), 20)
    watched.confirm()
    watched.detect()

    assert watched.differences() == []
    assert watched.events == 20


def test_the_size_of_a_batch_is_a_setting(watched: Scene) -> None:
    watched.limit_blocks(3)
    watched.mint(dice(4), 20)
    watched.confirm()
    watched.detect()

    assert watched.differences() == []
    assert watched.checkpoint_count() >= 20 // 3


def test_missed_tokens_are_recovered_from_the_chain_s_count(watched: Scene) -> None:
    watched.mint(dice(5), 5)
    next_token_id = watched.chain.next_token_id(watched.chain.newest())
    assert next_token_id is not None
    count = next_token_id - 1
    watched.node.reveal(watched.season, {1: "ipfs://bafyone"})
    dry_run = tokens.recover_missing(
        watched.store, watched.chain, actor=WATCHER, confirmations=0, dry_run=True
    )
    report = tokens.recover_missing(watched.store, watched.chain, actor=WATCHER, confirmations=0)
    again = tokens.recover_missing(watched.store, watched.chain, actor=WATCHER, confirmations=0)

    assert dry_run.missing == report.missing == report.recovered == tuple(range(1, count + 1))
    assert report.failed == ()
    assert again.missing == ()
    assert watched.store.read(tokens.get_token, 1).token.metadata_cid == "bafyone"

    watched.confirm()
    watched.detect()
    assert watched.differences() == []


def test_verify_finds_nothing_after_many_reorgs(chain_directory: Path, sqlite: SqlStore) -> None:
    with scene(chain_directory, sqlite, confirmations=CONFIRMATIONS) as watched:
        chance = dice(6)
        for depth in (1, 6, 2, 9):
            watched.mint(chance, 5)
            watched.confirm()
            watched.detect()
            reorg_chain(watched, chance, depth)
        watched.confirm()
        watched.detect()

        assert watched.differences() == []
        assert verify(sqlite) == ()

"""Test the search of a large space by its own index: as good as exact, and of that space only."""

from collections.abc import Generator

import psycopg
import pytest
from attrs import frozen
from sqlalchemy import text
from tests.bench import large_spaces
from tests.bench.large_spaces import LargeSpace
from tests.conftest import POLICY
from tests.sql.conftest import code, opened

from indelible import captures
from indelible.captures.queries import ArtifactMatch
from indelible.kernel import TimeOrderedIds
from indelible.testing.captures.scenarios import (
    CaptureScenario,
    activate_algorithm_for,
    change,
    place_in,
    space_of,
)
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlReading, SqlStore, index_spaces, open_store
from indelible_sql.captures.nearest import index_of
from indelible_sql.captures.tables import ARTIFACTS
from indelible_sql.maintenance.snapshot_files import differences

pytestmark = pytest.mark.slow

DIMENSION, MANY, FEW, WANTED, QUESTIONS = 64, 3_000, 10, 10, 40
EXACT, HOSTILE = "exact_search_artifacts", "o'neil%s:of"
SCANS = text("SELECT pg_stat_get_xact_numscans(CAST(:index AS regclass))")
SHOWN = text(
    "SELECT concat_ws("
    "' ', current_setting('plan_cache_mode'), current_setting('hnsw.ef_search', true))"
)
BROKEN = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'indelible.{}'::regclass"
VALID = "SELECT bool_and(indisvalid) FROM pg_index WHERE indexrelid = 'indelible.{}'::regclass"
OTHER = "CREATE INDEX artifacts_near_0 ON indelible.artifacts (title)"


class HostileIds(TimeOrderedIds):
    """Ids of which the first is not what anybody expects."""

    is_first = True

    def new(self) -> str:
        found, self.is_first = HOSTILE if self.is_first else super().new(), False
        return found


@frozen
class Crowd:
    """A store with a large space and a small one, and who may make their indexes."""

    store: SqlStore
    owner_url: str
    large: LargeSpace
    small: CaptureScenario

    def indexed(self, above: int) -> tuple[str, ...]:
        """Index the spaces of more than `above` artifacts, and return the spaces with an index."""
        self.above(above)
        return index_spaces(self.store, self.owner_url)

    def above(self, artifacts: int) -> None:
        """Search spaces of more than so many by their index."""
        kept = self.store.read(captures.list_settings)
        change(self.store, EXACT, str(artifacts), seq=kept[0].seq if kept else 0)

    def found(self, space_id: str, seed: int) -> tuple[ArtifactMatch, ...]:
        """The nearest of what is asked for."""
        return self.store.read(
            captures.search_artifacts, "maya", space_id, asked(seed), limit=WANTED
        )


def asked(seed: int) -> list[float]:
    found: list[float] = large_spaces.clustered_vectors(1, DIMENSION, seed=1_000 + seed)[0].tolist()
    return found


@pytest.fixture
def crowd(database: PostgresServer) -> Generator[Crowd]:
    ids = HostileIds()
    ids.is_first = False
    store = open_store(database.url, policy=POLICY, ids=ids)
    activate_algorithm_for(store)
    ids.is_first = True
    large, small = (
        large_spaces.create_space(store, 0, DIMENSION),
        space_of(store, dimension=DIMENSION),
    )
    large = LargeSpace(large.scenario, (), large_spaces.clustered_vectors(1, DIMENSION).tolist())
    large.scenario.capture(large.vectors[0])
    with large_spaces.unguarded(database.admin_url, ARTIFACTS) as connection:
        large_spaces.copy_artifacts(
            connection, large, large_spaces.clustered_vectors(MANY - 1, DIMENSION, seed=2)
        )
    for number in range(FEW):
        small.capture(asked(number), url=f"https://example.org/{number}")
    yield Crowd(store, database.owner_url, large, small)
    store.dispose()


def test_what_an_index_finds_is_what_is_nearest(crowd: Crowd) -> None:
    large = crowd.large.scenario.space_id
    exact = [crowd.found(large, seed) for seed in range(QUESTIONS)]
    assert large == HOSTILE
    assert crowd.indexed(MANY - 1) == (large,)
    found = [crowd.found(large, seed) for seed in range(QUESTIONS)]
    shared = sum(
        len({each.artifact.id for each in right}.intersection(each.artifact.id for each in near))
        for right, near in zip(exact, found, strict=True)
    )
    distances = {
        (seed, each.artifact.id): each.distance
        for seed, right in enumerate(exact)
        for each in right
    }

    assert [len(near) for near in found] == [WANTED] * QUESTIONS
    assert shared / WANTED / QUESTIONS >= 0.95
    for seed, near in enumerate(found):
        assert [(each.distance, each.artifact.id) for each in near] == sorted(
            (distances.get((seed, each.artifact.id), each.distance), each.artifact.id)
            for each in near
        )


def scans(tx: SqlReading, space_id: str, times: int) -> tuple[int, int]:
    """How many searches there were in the transaction, and how often the index was gone through."""
    index = {"index": f"indelible.{index_of(space_id)}"}
    before = tx.connection.execute(
        SCANS, index
    ).scalar_one()  # of this connection's transactions of the last second too
    found = [
        len(captures.search_artifacts(tx, "maya", space_id, asked(each), limit=WANTED))
        for each in range(times)
    ]
    return found.count(WANTED), tx.connection.execute(SCANS, index).scalar_one() - before


def test_postgresql_goes_through_the_index_whichever_way_it_plans(crowd: Crowd) -> None:
    large = crowd.large.scenario.space_id
    crowd.indexed(MANY - 1)

    assert crowd.store.read(scans, large, 12) == (
        12,
        12,
    )  # a prepared statement may forget its values after five
    assert crowd.store.read(settings) in (
        "auto",
        "auto 40",
    )  # of a connection that never searched, and of one that did
    crowd.above(MANY)
    assert crowd.store.read(scans, large, 3) == (3, 0)


def settings(tx: SqlReading) -> str:
    return str(tx.connection.execute(SHOWN).scalar_one())


@pytest.mark.parametrize("above", [FEW - 1, FEW, MANY])
def test_a_small_space_beside_a_large_one_gives_all_that_it_has(crowd: Crowd, above: int) -> None:
    indexes = len(crowd.indexed(above))

    assert indexes == {FEW - 1: 2, FEW: 1, MANY: 0}[above]
    for seed in range(FEW):
        found = crowd.found(crowd.small.space_id, seed)
        assert len(found) == FEW
        assert found[0].artifact.normalized_url == f"https://example.org/{seed}"
        assert found[0].distance < 1e-6


def test_what_is_captured_after_the_index_was_made_is_found_where_it_is_now(crowd: Crowd) -> None:
    place = crowd.large.scenario
    crowd.indexed(MANY - 1)
    late = place.capture(asked(0), url="https://example.org/late").artifact_id
    first = crowd.found(place.space_id, 0)[0].artifact.id
    place.capture(asked(1), url="https://example.org/late")

    assert first == late
    assert crowd.found(place.space_id, 0)[0].artifact.id != late
    assert crowd.found(place.space_id, 1)[0].artifact.id == late


def test_an_index_of_a_space_is_no_damage_and_any_other_is(crowd: Crowd) -> None:
    crowd.indexed(MANY - 1)
    with opened(crowd.store.own_url) as another:
        assert another.read(captures.list_spaces, "maya")
        assert differences(another) == {}
    with psycopg.connect(crowd.owner_url, autocommit=True) as owner:
        owner.execute(OTHER)
    with opened(crowd.store.own_url) as another:
        assert code(another.feed) == "SCHEMA_DAMAGED"


def test_an_index_that_was_not_finished_is_not_used_and_is_made_again(
    crowd: Crowd, database: PostgresServer
) -> None:
    large = crowd.large.scenario.space_id
    crowd.indexed(MANY - 1)
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(BROKEN.format(index_of(large)).encode())
        assert crowd.store.read(scans, large, 1) == (1, 0)
        assert index_spaces(crowd.store, crowd.owner_url) == (large,)
        assert admin.execute(VALID.format(index_of(large)).encode()).fetchall() == [(True,)]
    assert crowd.store.read(scans, large, 1) == (1, 1)


def test_where_no_index_can_be_all_is_searched_exactly(
    crowd: Crowd, database: PostgresServer
) -> None:
    large = crowd.large.scenario.space_id
    exact = crowd.found(large, 0)
    crowd.indexed(MANY - 1)
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("DROP EXTENSION vector CASCADE")
    crowd.store.upgrade(crowd.owner_url)

    assert index_spaces(crowd.store, crowd.owner_url) == ()
    assert [each.artifact.id for each in crowd.found(large, 0)] == [
        each.artifact.id for each in exact
    ]


def test_sqlite_has_no_indexes_of_vectors(sqlite: SqlStore) -> None:
    place = place_in(sqlite)
    for number in range(3):
        place.capture((1.0, float(number), 0.0), url=f"https://example.org/{number}")
    change(sqlite, EXACT, "1")

    assert index_spaces(sqlite) == ()
    assert len(place.read(captures.search_artifacts, place.space_id, (1.0, 0.0, 0.0))) == 3

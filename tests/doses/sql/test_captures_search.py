"""Test the search of a large space by its own index: as good as exact, and of that space only."""

from collections.abc import Generator, Sequence
from typing import Any

import psycopg
import pytest
from attrs import evolve, frozen
from sqlalchemy import text
from tests.conftest import POLICY
from tests.databases import temporary_copy, temporary_database
from tests.sql import large_spaces
from tests.sql.conftest import code, opened
from tests.sql.large_spaces import LargeSpace

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

pytestmark = [pytest.mark.slow, pytest.mark.newest]

DIMENSION = 64
LARGE_SIZE = 3_000
SMALL_SIZE = 10
LIMIT = 10
SEARCHES = 40
EXACT_SETTING = "exact_search_artifacts"
HOSTILE_ID = "o'neil%s:of"

# The statistics of a transaction also count the scans of its connection in the last second.
COUNT_SCANS = text("SELECT pg_stat_get_xact_numscans(CAST(:index AS regclass))")
SEARCH_SETTINGS = text("""
    SELECT concat_ws(
        ' ',
        current_setting('plan_cache_mode'),
        current_setting('hnsw.ef_search', true)
    )
""")
INVALIDATE_INDEX = """
    UPDATE pg_index
    SET indisvalid = false
    WHERE indexrelid = 'indelible.{}'::regclass
"""
IS_INDEX_VALID = """
    SELECT indisvalid
    FROM pg_index
    WHERE indexrelid = 'indelible.{}'::regclass
"""
CREATE_OTHER_INDEX = "CREATE INDEX artifacts_near_0 ON indelible.artifacts (title)"


class PlannedIds(TimeOrderedIds):
    """Time-ordered ids, except for the next one if it is set."""

    next_id = ""

    def new(self) -> str:
        if not self.next_id:
            return super().new()

        planned_id = self.next_id
        self.next_id = ""
        return planned_id


@frozen
class Spaces:
    """A store with a large space and a small one."""

    store: SqlStore
    owner_url: str
    large: LargeSpace
    small: CaptureScenario

    def index_above(self, artifacts: int) -> tuple[str, ...]:
        """Index the spaces of more than this number of artifacts, and return their ids."""
        self.search_exactly_up_to(artifacts)
        return index_spaces(self.store, self.owner_url)

    def search_exactly_up_to(self, artifacts: int) -> None:
        """Change the setting up to which size the search of a space uses no index."""
        settings = self.store.read(captures.list_settings)
        seq = settings[0].seq if settings else 0
        change(self.store, EXACT_SETTING, str(artifacts), seq=seq)

    def search(self, space_id: str, seed: int) -> tuple[ArtifactMatch, ...]:
        """Return the artifacts that are nearest to a random vector."""
        vector = random_vector(seed)
        return self.store.read(captures.search_artifacts, "maya", space_id, vector, limit=LIMIT)


def random_vector(seed: int) -> list[float]:
    vectors = large_spaces.clustered_vectors(1, DIMENSION, seed=1_000 + seed)
    vector: list[float] = vectors[0].tolist()
    return vector


@pytest.fixture(scope="module")
def template_spaces(server: PostgresServer, template: PostgresServer) -> Generator[Spaces]:
    """Create the spaces in a database to copy from."""
    template_name = template.url.rpartition("/")[2]
    with temporary_database(server, "template_of_spaces", template_name) as database:
        ids = PlannedIds()
        store = open_store(database.url, policy=POLICY, ids=ids)
        activate_algorithm_for(store)
        ids.next_id = HOSTILE_ID
        large = create_large_space(store, database)

        small = space_of(store, dimension=DIMENSION)
        for number in range(SMALL_SIZE):
            small.capture(random_vector(number), url=f"https://example.org/{number}")

        store.dispose()  # a database with connections cannot be copied
        yield Spaces(store, database.owner_url, large, small)


@pytest.fixture
def spaces(database: PostgresServer, template_spaces: Spaces) -> Generator[Spaces]:
    """Open a store on a copy of the spaces."""
    with opened(database.url) as store:
        small = evolve(template_spaces.small, store=store)
        scenario = evolve(template_spaces.large.scenario, store=store)
        large = evolve(template_spaces.large, scenario=scenario)
        yield Spaces(store, database.owner_url, large, small)


@pytest.fixture
def database(
    admin: psycopg.Connection[Any], server: PostgresServer, template_spaces: Spaces
) -> Generator[PostgresServer]:
    """Create a database with the spaces for one test."""
    template_name = template_spaces.owner_url.rpartition("/")[2]
    with temporary_copy(admin, server, "spaces", template_name) as lent:
        yield lent


def create_large_space(store: SqlStore, database: PostgresServer) -> LargeSpace:
    """Create a space, capture one artifact, and copy it until the space is large."""
    scenario = large_spaces.create_space(store, 0, DIMENSION).scenario
    vectors = large_spaces.clustered_vectors(1, DIMENSION).tolist()
    large = LargeSpace(scenario, (), vectors)
    scenario.capture(vectors[0])

    copies = large_spaces.clustered_vectors(LARGE_SIZE - 1, DIMENSION, seed=2)
    with large_spaces.unguarded(database.admin_url, ARTIFACTS) as connection:
        large_spaces.copy_artifacts(connection, large, copies)
    return large


def artifact_ids(matches: Sequence[ArtifactMatch]) -> list[str]:
    return [match.artifact.id for match in matches]


@pytest.mark.slow
def test_an_indexed_search_finds_the_nearest_at_their_exact_distances(spaces: Spaces) -> None:
    large_id = spaces.large.space_id
    exact_results = [spaces.search(large_id, seed) for seed in range(SEARCHES)]
    indexed_ids = spaces.index_above(LARGE_SIZE - 1)
    results = [spaces.search(large_id, seed) for seed in range(SEARCHES)]

    assert large_id == HOSTILE_ID
    assert indexed_ids == (large_id,)
    assert [len(matches) for matches in results] == [LIMIT] * SEARCHES
    common = 0
    for exact_matches, matches in zip(exact_results, results, strict=True):
        exact_distances = {match.artifact.id: match.distance for match in exact_matches}
        for match in matches:
            if match.artifact.id in exact_distances:
                common += 1
                assert match.distance == exact_distances[match.artifact.id]
        ranking = [(match.distance, match.artifact.id) for match in matches]
        assert ranking == sorted(ranking)
    assert common / (LIMIT * SEARCHES) >= 0.95


def search_and_count_scans(tx: SqlReading, space_id: str, searches: int) -> tuple[int, int]:
    """Search several times; return the number of full results, and of scans of the index."""
    index = {"index": f"indelible.{index_of(space_id)}"}
    scans_before = tx.connection.execute(COUNT_SCANS, index).scalar_one()
    full_results = 0
    for seed in range(searches):
        vector = random_vector(seed)
        matches = captures.search_artifacts(tx, "maya", space_id, vector, limit=LIMIT)
        if len(matches) == LIMIT:
            full_results += 1
    scans = tx.connection.execute(COUNT_SCANS, index).scalar_one()

    return full_results, scans - scans_before


def search_settings(tx: SqlReading) -> str:
    """Return the connection's settings that a search changes within its transaction."""
    return str(tx.connection.execute(SEARCH_SETTINGS).scalar_one())


@pytest.mark.slow
def test_every_search_of_a_large_space_scans_the_index(spaces: Spaces) -> None:
    spaces.index_above(LARGE_SIZE - 1)

    # PostgreSQL may plan a prepared statement without its values after five executions.
    assert spaces.store.read(search_and_count_scans, spaces.large.space_id, 12) == (12, 12)


def test_the_settings_of_an_indexed_search_end_with_its_transaction(spaces: Spaces) -> None:
    spaces.index_above(LARGE_SIZE - 1)
    spaces.search(spaces.large.space_id, 0)

    # A connection that has not searched yet does not know the second setting.
    assert spaces.store.read(search_settings) in ("auto", "auto 40")


@pytest.mark.slow
def test_a_space_below_the_size_of_the_setting_is_searched_without_its_index(
    spaces: Spaces,
) -> None:
    spaces.index_above(LARGE_SIZE - 1)
    spaces.search_exactly_up_to(LARGE_SIZE)

    assert spaces.store.read(search_and_count_scans, spaces.large.space_id, 3) == (3, 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("exact_up_to", "indexes"), [(SMALL_SIZE - 1, 2), (SMALL_SIZE, 1), (LARGE_SIZE, 0)]
)
def test_a_search_of_a_small_space_finds_all_its_artifacts(
    spaces: Spaces, exact_up_to: int, indexes: int
) -> None:
    assert len(spaces.index_above(exact_up_to)) == indexes

    for seed in range(SMALL_SIZE):
        matches = spaces.search(spaces.small.space_id, seed)
        assert len(matches) == SMALL_SIZE
        assert matches[0].artifact.normalized_url == f"https://example.org/{seed}"
        assert matches[0].distance < 1e-6


@pytest.mark.slow
def test_an_artifact_captured_after_indexing_is_found_at_its_newest_vector(
    spaces: Spaces,
) -> None:
    scenario = spaces.large.scenario
    spaces.index_above(LARGE_SIZE - 1)

    late = scenario.capture(random_vector(0), url="https://example.org/late").artifact_id
    assert artifact_ids(spaces.search(scenario.space_id, 0))[0] == late

    scenario.capture(random_vector(1), url="https://example.org/late")
    assert artifact_ids(spaces.search(scenario.space_id, 0))[0] != late
    assert artifact_ids(spaces.search(scenario.space_id, 1))[0] == late


@pytest.mark.slow
def test_the_index_of_a_space_is_no_damage_but_another_index_is(spaces: Spaces) -> None:
    spaces.index_above(LARGE_SIZE - 1)
    with opened(spaces.store.own_url) as store:
        assert store.read(captures.list_spaces, "maya")
        assert differences(store) == {}

    with psycopg.connect(spaces.owner_url, autocommit=True) as owner:
        owner.execute(CREATE_OTHER_INDEX)
    with opened(spaces.store.own_url) as store:
        assert code(store.feed) == "SCHEMA_DAMAGED"


@pytest.mark.slow
def test_an_invalid_index_is_not_used_and_is_created_again(
    spaces: Spaces, database: PostgresServer
) -> None:
    large_id = spaces.large.space_id
    spaces.index_above(LARGE_SIZE - 1)

    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(INVALIDATE_INDEX.format(index_of(large_id)).encode())
        assert spaces.store.read(search_and_count_scans, large_id, 1) == (1, 0)

        assert index_spaces(spaces.store, spaces.owner_url) == (large_id,)
        rows = admin.execute(IS_INDEX_VALID.format(index_of(large_id)).encode()).fetchall()
        assert rows == [(True,)]
    assert spaces.store.read(search_and_count_scans, large_id, 1) == (1, 1)


@pytest.mark.slow
def test_without_the_vector_extension_a_search_is_exact(
    spaces: Spaces, database: PostgresServer
) -> None:
    large_id = spaces.large.space_id
    exact_matches = spaces.search(large_id, 0)
    spaces.index_above(LARGE_SIZE - 1)

    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("DROP EXTENSION vector CASCADE")
    spaces.store.upgrade(spaces.owner_url)

    assert index_spaces(spaces.store, spaces.owner_url) == ()
    assert artifact_ids(spaces.search(large_id, 0)) == artifact_ids(exact_matches)


@pytest.mark.slow
def test_sqlite_searches_without_an_index(sqlite: SqlStore) -> None:
    scenario = place_in(sqlite)
    for number in range(3):
        scenario.capture((1.0, float(number), 0.0), url=f"https://example.org/{number}")
    change(sqlite, EXACT_SETTING, "1")

    matches = scenario.read(captures.search_artifacts, scenario.space_id, (1.0, 0.0, 0.0))

    assert index_spaces(sqlite) == ()
    assert len(matches) == 3

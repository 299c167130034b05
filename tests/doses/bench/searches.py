"""Measure searches: the nearest subspaces, as each capture needs, and the nearest artifacts."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from typing import Any, Final, Self

import numpy as np
from attrs import evolve, field, frozen
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.postgres import types
from psycopg.pq import Format
from sqlalchemy import text
from tests.doses.bench.rounds import Dose, Goal, Measured, Table, Way, measure_in_turns, seconds_of
from tests.doses.bench.statements import Sent
from tests.doses.bench.vector_functions import (
    IN_PYTHON,
    NUMPY_ALONE,
    PURE_PYTHON,
    UNCACHED,
    with_functions,
)
from tests.sql.drivers import watched
from tests.sql.large_spaces import (
    OURS,
    REASON,
    TOPICS,
    LargeSpace,
    Reals,
    array_bytes,
    clustered_vectors,
    copied_id,
    copy_artifacts,
    copy_subspaces,
    create_space,
    unguarded,
)
from tests.testbed import Testbed

from indelible import captures
from indelible.testing.captures.scenarios import activate_algorithm_for
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore, index_spaces, open_store
from indelible_sql.captures.sqlite_functions import install
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SUBSPACES

DIMENSION: Final = 256
SUBSPACE_COUNTS: Final = (10, 100, 1_000, 10_000)
PROMISED_COUNT: Final = 100  # of subspaces that are searched within a millisecond
RESULTS: Final = 10
IN_NUMPY: Final = "numpy, all vectors in memory"
BY_INDEX: Final = "indelible, by an index"
TO_CREATE, TO_STORE = "to create the index", "to store: the table, the index, the vectors"
MAX_RECALL_QUESTIONS: Final = 100
EXACT_SEARCH: Final = {"exact_search_artifacts": "1000000"}
INDEXED_SEARCH: Final = {"exact_search_artifacts": "1"}
ON_POSTGRESQL, ON_SQLITE = "PostgreSQL", "SQLite"
MAX_ROUNDS, MAX_SEARCH_ROUNDS = 5, 3
SLOWER: Final = 50  # so many times as slow as an edit
SUBSPACES_IN_A_ROUND: Final = 10_000
SIZES: Final = text("""
    SELECT
        pg_table_size('indelible.artifacts'),
        CAST(sum(pg_relation_size(indexrelid)) AS bigint)
    FROM pg_index
    JOIN pg_class AS c ON c.oid = indexrelid
    WHERE relname LIKE 'artifacts\\_near\\_%'
""")


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure the nearest subspaces, then the nearest artifacts."""
    yield _nearest_subspaces(bed, dose)
    yield _nearest_artifacts(bed, dose)


class ArrayDumper(Dumper):
    """Sends an array of numpy in PostgreSQL's binary format."""

    format = Format.BINARY
    oid = types["float4"].array_oid

    def dump(self, obj: Reals) -> Buffer:
        """Return the bytes of an array."""
        return array_bytes(obj)


@frozen
class OpenDatabase:
    """A store with an active algorithm, and the URL of the administrator."""

    store: SqlStore
    admin_url: str

    def create_space(self) -> LargeSpace:
        """Create a space with two subspaces."""
        return create_space(self.store, 2, DIMENSION)


@contextmanager
def _both_databases(bed: Testbed) -> Generator[dict[str, OpenDatabase]]:
    server, url = bed.postgresql(), bed.sqlite()
    databases = {
        ON_POSTGRESQL: OpenDatabase(open_store(server.url), server.admin_url),
        ON_SQLITE: OpenDatabase(open_store(url), url),
    }
    for database in databases.values():
        activate_algorithm_for(database.store)
    yield databases
    for database in databases.values():
        database.store.dispose()


def _nearest_subspaces(bed: Testbed, dose: Dose) -> Table:
    rows: list[Measured] = []
    goals: list[Goal] = []
    for number in SUBSPACE_COUNTS:
        if number > dose.artifacts:
            break
        times = max(1, min(dose.times, SUBSPACES_IN_A_ROUND // number))
        fewer = evolve(dose, rounds=min(dose.rounds, MAX_ROUNDS), times=times)
        with _both_databases(bed) as databases, ExitStack() as stack:
            ways: dict[str, Way] = {}
            for name, database in databases.items():
                ways[name] = stack.enter_context(_nearest_way(database, number))
            measured = measure_in_turns(ways, fewer, f"of {number:,} subspaces")
        rows += measured.values()
        if number == PROMISED_COUNT:
            promise = f"milliseconds for {number} subspaces, on PostgreSQL"
            median = measured[ON_POSTGRESQL].median
            goals.append(Goal(promise=promise, value=median, at_most=1))

    return Table(
        name="capture-nearest",
        title="The two nearest subspaces",
        description=(
            "The one statement of a preview, sent again and again by a bare driver, prepared, with"
            f" vectors of {DIMENSION} numbers, which PostgreSQL gets as bytes. PostgreSQL computes"
            " by pgvector, SQLite by functions of the process, by numpy. Every subspace is"
            " compared exactly. All but two subspaces of each space are copies of one, each with a"
            " centroid of its own, inserted by COPY (on SQLite by INSERT) as the administrator,"
            " without triggers and foreign keys."
        ),
        rows=tuple(rows),
        baseline=ON_POSTGRESQL,
        goals=tuple(goals),
    )


@contextmanager
def _nearest_way(database: OpenDatabase, number: int) -> Generator[Way]:
    """Fill a space with subspaces; yield a way that sends the statement of a preview."""
    store, space = database.store, database.create_space()
    store.run(captures.capture_artifact, space.command(0), actor=MAYA, reason=REASON)
    with unguarded(database.admin_url, SUBSPACES, CENTROIDS) as connection:
        copy_subspaces(connection, space, number - len(space.subspace_ids))

    sent = _record_preview(store.own_url, space)
    values = sent.values
    with store.engines.reader.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            install(connection)
        driver: Any = connection.connection.driver_connection
        connection.detach()  # the store gets another connection
        if not is_sqlite:
            driver.autocommit = True
            driver.adapters.register_dumper(np.ndarray, ArrayDumper)
            values = {**values, "vector": np.asarray(values["vector"], np.float32)}

        answers = 0
        with closing(driver.cursor()) as cursor:

            def search() -> None:
                nonlocal answers
                cursor.execute(sent.text, values)
                answers += len(cursor.fetchall())

            yield Way(search, lambda: answers)


def _record_preview(url: str, space: LargeSpace) -> Sent:
    """Preview a margin, and return the statement that searches the nearest subspaces."""
    store = open_store(url)
    sent: list[Sent] = []
    watch = watched(store.engines.reader)
    watch.before.append(lambda text, values: sent.append(Sent(text, values)))
    store.read(captures.preview_margin, MAYA.id, space.space_id, space.vectors[0])
    store.dispose()

    (nearest,) = [statement for statement in sent if "second_distance" in statement.text]
    return nearest


def _nearest_artifacts(bed: Testbed, dose: Dose) -> Table:
    rows: list[Measured] = []
    goals: list[Goal] = []
    vectors = clustered_vectors(dose.artifacts, DIMENSION, seed=4)
    with _both_databases(bed) as databases:
        for name, database in databases.items():
            search = ArtifactSearch.create(database, vectors)
            ways = {
                OURS: Way(search.by_store, search.answers.__len__),
                IN_NUMPY: Way(search.by_numpy, search.exact.__len__),
            }
            indexed = None
            times = 1
            if name == ON_POSTGRESQL:
                indexed = search.with_index(database.admin_url, rows, dose)
                ways[BY_INDEX] = Way(indexed.by_store, indexed.answers.__len__)
                times = max(1, dose.times // SLOWER)
            else:
                ways |= _without_extras(search)
            fewer = evolve(dose, rounds=min(dose.rounds, MAX_SEARCH_ROUNDS), times=times)
            rows += measure_in_turns(ways, fewer, name).values()

            promise = f"of the {RESULTS} nearest are found, on {name}"
            goals.append(Goal(promise=promise, value=search.recall(), at_least=1))
            if indexed:
                goals += _index_goals(indexed, min(MAX_RECALL_QUESTIONS, dose.artifacts))
                indexed.store.dispose()

    return Table(
        name="capture-search",
        title=f"The {RESULTS} nearest of {dose.artifacts:,} artifacts",
        description=(
            f"`search_artifacts`, with vectors of {DIMENSION} numbers around {TOPICS} topics, next"
            " to the exact answer by numpy, which has only the vectors, in memory, all of length"
            " one. indelible compares every artifact of the space, or those that the HNSW index of"
            " the space leads to, and returns whole artifacts. All but one are"
            " copies, each with a vector of its own, inserted by COPY (on SQLite by INSERT) as the"
            " administrator, without triggers and foreign keys. On SQLite, indelible uses numpy and"
            " remembers the vectors of the space; it is also measured without"
            " them. The index is created with the"
            " default `maintenance_work_mem` of the server."
        ),
        rows=tuple(rows),
        baseline=OURS,
        goals=tuple(goals),
    )


def _without_extras(search: "ArtifactSearch") -> dict[str, Way]:
    """Return the same search on SQLite without the cache of vectors, and in pure Python."""
    ways: dict[str, Way] = {}
    for name, functions in ((UNCACHED, NUMPY_ALONE), (IN_PYTHON, PURE_PYTHON)):
        other = evolve(search, store=open_store(search.store.own_url), answers=[], exact=[])
        ways[name] = Way(with_functions(functions, other.by_store), other.answers.__len__)
    return ways


def _index_goals(search: "ArtifactSearch", questions: int) -> Iterator[Goal]:
    """Search until so many questions are answered, and yield the goals of the index."""
    while len(search.answers) < questions:
        search.by_store()

    recall = f"of the {RESULTS} nearest are found by the index, in {len(search.answers)} searches"
    yield Goal(promise=recall, value=search.recall(), at_least=0.95)
    fewest = min(map(len, search.answers))
    yield Goal(
        promise=f"of {RESULTS} results are returned at least", value=fewest, at_least=RESULTS
    )


@frozen
class ArtifactSearch:
    """A space with many artifacts, and the answers of the store and of numpy."""

    store: SqlStore
    space: LargeSpace
    ids: Sequence[str]
    vectors: Reals
    answers: list[Sequence[str]] = field(factory=list[Sequence[str]])
    exact: list[Sequence[str]] = field(factory=list[Sequence[str]])

    @classmethod
    def create(cls, database: OpenDatabase, vectors: Reals) -> Self:
        """Create a space with an artifact for each vector."""
        space = database.create_space()
        command = space.command(0)
        first = database.store.run(captures.capture_artifact, command, actor=MAYA, reason=REASON)
        database.store.dispose()  # prepared plans were made for empty tables
        with unguarded(database.admin_url, ARTIFACTS) as connection:
            copy_artifacts(connection, space, vectors)

        ids = (first.artifact_id, *map(copied_id, range(len(vectors))))
        known = np.vstack([np.asarray([command.embedding], np.float32), vectors])
        units = known / np.linalg.norm(known, axis=1, keepdims=True)
        return cls(database.store, space, ids, units)

    def with_index(self, owner_url: str, rows: list[Measured], dose: Dose) -> Self:
        """Create an index, and return the same search through it; add its costs to the rows."""
        store = open_store(self.store.own_url)
        store.config.fetch = INDEXED_SEARCH.copy
        self.store.config.fetch = EXACT_SEARCH.copy
        self.store.config.invalidate()  # or its cached settings would still allow the index

        seconds = seconds_of(partial(index_spaces, store, owner_url))
        with store.engines.reader.connect() as connection:
            table_bytes, index_bytes = connection.execute(SIZES).one()
        self.store.dispose()

        created = (seconds,) * dose.rounds
        rows.append(Measured(name=OURS, group=TO_CREATE, unit="s", values=created))
        sizes = {OURS: table_bytes, BY_INDEX: index_bytes, IN_NUMPY: self.vectors.nbytes}
        for name, size in sizes.items():
            values = (size / 2**20,) * dose.rounds
            rows.append(Measured(name=name, group=TO_STORE, unit="MiB", values=values))

        return evolve(self, store=store, answers=[], exact=[])

    def by_store(self) -> None:
        """Answer the next question by the store."""
        vector = self._question(len(self.answers)).tolist()
        space_id = self.space.space_id
        matches = self.store.read(
            captures.search_artifacts, MAYA.id, space_id, vector, limit=RESULTS
        )
        self.answers.append([match.artifact.id for match in matches])

    def by_numpy(self) -> None:
        """Answer the next question by numpy."""
        self.exact.append(self._nearest(self._question(len(self.exact))))

    def recall(self) -> float:
        """Return the share of the nearest artifacts that the store has found."""
        hits = 0
        for number, answer in enumerate(self.answers):
            exact = self._nearest(self._question(number))
            hits += len(set(exact).intersection(answer))

        return hits / RESULTS / len(self.answers)

    def _question(self, number: int) -> Reals:
        vector: Reals = clustered_vectors(1, DIMENSION, seed=number + 100)[0]
        return vector

    def _nearest(self, vector: Reals) -> Sequence[str]:
        similarities = self.vectors @ vector
        candidates = np.argpartition(similarities, -RESULTS)[-RESULTS:]
        nearest: list[int] = candidates[np.argsort(-similarities[candidates])].tolist()
        return [self.ids[index] for index in nearest]

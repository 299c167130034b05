"""Spaces to capture into, also with many rows that are copied from one that the store wrote."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from struct import pack
from typing import Any, Final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, create_engine, make_url, select, update

from indelible import captures
from indelible.captures import EmbeddingVector, EngagementLevel
from indelible.testing.captures.scenarios import MODEL, CaptureScenario, space_of
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS, SUBSPACES
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.guard import guards_disabled
from indelible_sql.schema.tables import writable_columns

Reals = NDArray[np.floating[Any]]
REASON: Final = "one of many captures"
OURS: Final = "indelible"
NOISE: Final = 0.3
DIGITS: Final = 3  # of a number in a vector that is copied as text
SIGNALS_PER_ARTIFACT: Final = 10
TOPICS: Final = 100
Vectors = Sequence[Sequence[float]]
Change = Mapping[str, Any]
# An array of float4 in PostgreSQL's binary format: a header, then the size and value of each.
ARRAY_ITEM: Final = np.dtype([("size", ">i4"), ("value", ">f4")])
FLOAT4_OID: Final = 700
CONTENT: Final = (
    "Fractions that name the same amount, though their numerators and denominators differ. " * 5
)
READING: Final[Mapping[str, Any]] = {
    "content": CONTENT,
    "engagement_level": EngagementLevel.ENGAGED,
    "word_count": 1_200,
    "dwell_time_ms": 42_000,
    "scroll_depth": 0.8,
    "reading_depth": 0.39,
}


@frozen
class CaptureInput:
    """A capture of a number; every page is captured twice."""

    number: int
    vector: Sequence[float]

    def fields(self, scenario: CaptureScenario) -> dict[str, Any]:
        """Return the fields of its command, without the vector."""
        page = self.number // 2
        return {
            **READING,
            "url": f"https://example.org/{page}?utm_source=x",
            "title": f"Page {page}",
            "capture_key": f"{scenario.space_id}-{self.number:09}",
        }


@frozen
class LargeSpace:
    """A space with its subspaces, and vectors that are each near one of them."""

    scenario: CaptureScenario
    subspace_ids: tuple[str, ...]
    vectors: Vectors

    @property
    def space_id(self) -> str:
        """Return the id of the space."""
        return self.scenario.space_id

    def command(self, number: int) -> captures.CaptureArtifactCommand:
        """Return the command of the capture of this number."""
        capture = CaptureInput(number, self.vectors[number % len(self.vectors)])
        return self.scenario.command(capture.vector, **capture.fields(self.scenario))


def random_directions(number: int, dimension: int, seed: int = 1) -> Reals:
    """Return unit vectors in random directions."""
    vectors: Reals = np.random.default_rng(seed).standard_normal((number, dimension))
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: Reals = (vectors / lengths).round(DIGITS).astype(np.float32)
    return units


def clustered_vectors(number: int, dimension: int, seed: int = 1) -> Reals:
    """Return vectors around topics, like embeddings: near their topic and far from the others."""
    topics = random_directions(TOPICS, dimension, seed=0)
    choices = np.random.default_rng(seed).integers(0, TOPICS, number)
    vectors: Reals = random_directions(number, dimension, seed) + topics[choices]
    return vectors.round(DIGITS)


def create_space(store: SqlStore, subspaces: int, dimension: int) -> LargeSpace:
    """Create a space with subspaces in random directions."""
    scenario = space_of(store, dimension=dimension)
    seeds = random_directions(subspaces, dimension)
    ids: list[str] = []
    with store.transaction(actor=MAYA, reason=REASON) as tx:
        for number, values in enumerate(seeds.tolist()):
            command = captures.CreateSubspace(
                user_id=MAYA.id,
                space_id=scenario.space_id,
                name=f"Part {number}",
                seed=EmbeddingVector(values=values, model=MODEL),
            )
            ids.append(captures.create_subspace(tx, command).subspace.id)

    near = seeds + NOISE * random_directions(subspaces, dimension, seed=2)
    return LargeSpace(scenario, tuple(ids), near.tolist())


@contextmanager
def unguarded(url: str, *tables: Table) -> Generator[Connection]:
    """Open a transaction in which these tables have no triggers and foreign keys."""
    address = make_url(url)
    is_sqlite = address.drivername == "sqlite"
    if not is_sqlite:
        address = address.set(drivername="postgresql+psycopg")
    engine = create_engine(address)
    schemas = {SCHEMA: None if is_sqlite else SCHEMA}
    guards = [guard for guard in CATALOG.guards(engine.dialect.name) if guard.table in tables]

    with engine.begin() as transaction:
        connection = transaction.execution_options(schema_translate_map=schemas)
        if not is_sqlite:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        with guards_disabled(connection, SCHEMA, guards):
            yield connection

    if not is_sqlite:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def copy_subspaces(connection: Connection, space: LargeSpace, number: int) -> None:
    """Add subspaces with a centroid each; one subspace of the space must have a centroid."""
    subspaces: list[Change] = []
    centroids: list[Change] = []
    for index, vector in enumerate(random_directions(number, len(space.vectors[0]), seed=3)):
        copied_id = f"copied-{space.space_id}-{index:06}"
        value = to_database(connection, vector)
        subspaces.append({"id": copied_id, "seed": value})
        centroids.append({"id": copied_id, "vector": value, "logged_vector": value})

    copy_row(connection, SUBSPACES, space.subspace_ids[0], subspaces)
    copy_row(connection, CENTROIDS, first_id(connection, CENTROIDS, space), centroids)


def copy_artifacts(connection: Connection, space: LargeSpace, vectors: Reals) -> None:
    """Add an artifact for each vector; its id is the number of the vector."""
    changes = (
        {
            "id": copied_id(number),
            "normalized_url": f"https://example.org/copied/{number}",
            "vector": to_database(connection, vector),
        }
        for number, vector in enumerate(vectors)
    )
    copy_row(connection, ARTIFACTS, first_id(connection, ARTIFACTS, space), changes)


def copy_signals(connection: Connection, space: LargeSpace, number: int) -> None:
    """Add signals up to this number, with their heads; each subspace must have one signal."""
    subspaces = len(space.subspace_ids)
    copied = number - subspaces
    copy_row(connection, SIGNALS, first_id(connection, SIGNALS, space), _signals(space, copied))
    copy_row(connection, ARTIFACTS, first_id(connection, ARTIFACTS, space), _artifacts(copied))

    for index, subspace_id in enumerate(space.subspace_ids):
        last = number - 1 - (number - 1 - index) % subspaces
        seq = last // subspaces + 1
        values = {"seq": seq, "logged_seq": seq, "hash": f"{last - subspaces:064x}"}
        is_subspace = CENTROIDS.c.id == subspace_id
        connection.execute(update(CENTROIDS).where(is_subspace).values(values))


def _signals(space: LargeSpace, number: int) -> Iterator[Change]:
    subspaces = len(space.subspace_ids)
    for index in range(number):
        yield {
            "id": copied_id(index),
            "capture_key": copied_id(index),
            "artifact_id": copied_id(index // SIGNALS_PER_ARTIFACT),
            "artifact_seq": str(index % SIGNALS_PER_ARTIFACT + 1),
            "subspace_id": space.subspace_ids[index % subspaces],
            "applied_seq": str(index // subspaces + 2),
            "hash": f"{index:064x}",
        }


def _artifacts(signals: int) -> Iterator[Change]:
    """Yield an artifact for every ten signals, which shows the last of them."""
    for first in range(0, signals, SIGNALS_PER_ARTIFACT):
        last = min(first + SIGNALS_PER_ARTIFACT, signals) - 1
        page = first // SIGNALS_PER_ARTIFACT
        yield {
            "id": copied_id(page),
            "normalized_url": f"https://example.org/copied/{page}",
            "seq": str(last - first + 1),
            "hash": f"{last:064x}",
        }


def copied_id(number: int) -> str:
    """Return the id of a copied row."""
    return f"copied-{number:09}"


def first_id(connection: Connection, table: Table, space: LargeSpace) -> str:
    """Return the id of a row that the store wrote."""
    is_in_space = table.c.space_id == space.space_id
    query = select(table.c.id).where(is_in_space).order_by(table.c.id).limit(1)
    return str(connection.execute(query).scalar_one())


def to_database(connection: Connection, vector: Reals) -> Any:  # noqa: ANN401 - by database
    """Return a vector in the form in which it is copied: bytes, or text for COPY."""
    if connection.dialect.name == "sqlite":
        return vector.astype("<f4").tobytes()

    numbers = vector.astype(float).round(DIGITS).tolist()
    return "{" + ",".join(map(repr, numbers)) + "}"


def copy_row(connection: Connection, table: Table, row_id: str, changes: Iterable[Change]) -> None:
    """Insert copies of a row with some columns changed, by COPY on PostgreSQL."""
    if connection.dialect.name == "sqlite":
        _copy_on_sqlite(connection, table, row_id, changes)
    else:
        _copy_on_postgresql(connection, table, row_id, changes)


def _copy_on_sqlite(
    connection: Connection, table: Table, row_id: str, changes: Iterable[Change]
) -> None:
    driver: Any = connection.connection.driver_connection
    names = [column.name for column in writable_columns(table)]
    columns = ", ".join(names)
    cursor = driver.execute(f"SELECT {columns} FROM {table.name} WHERE id = ?", (row_id,))
    row = dict(zip(names, cursor.fetchone(), strict=True))

    marks = ", ".join("?" * len(names))
    insert = f"INSERT INTO {table.name} ({columns}) VALUES ({marks})"
    driver.executemany(insert, (tuple({**row, **change}.values()) for change in changes))


def _copy_on_postgresql(
    connection: Connection, table: Table, row_id: str, changes: Iterable[Change]
) -> None:
    driver: Any = connection.connection.driver_connection
    names = [column.name for column in writable_columns(table)]
    columns = ", ".join(names)
    name = f"{SCHEMA}.{table.name}"
    cursor = driver.cursor()
    query = f"SELECT {columns} FROM {name} WHERE id = '{row_id}'"
    with cursor.copy(f"COPY ({query}) TO STDOUT") as output:
        text = b"".join(output).decode().rstrip("\n")
    row = dict(zip(names, text.split("\t"), strict=True))

    with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as target:
        for change in changes:
            target.write("\t".join({**row, **change}.values()) + "\n")


def array_bytes(vector: Reals) -> bytes:
    """Return a vector in PostgreSQL's binary format."""
    items = np.empty(len(vector), ARRAY_ITEM)
    items["size"] = 4
    items["value"] = vector
    return pack(">iiIii", 1, 0, FLOAT4_OID, len(vector), 1) + items.tobytes()

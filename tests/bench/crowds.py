"""Spaces to capture into, and such as have many rows already, copied from one that the store wrote."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from attrs import frozen
from sqlalchemy import Connection, Table, create_engine, make_url, select, update
from tests.bench.by_hand import REASON, Asked, Reals

from indelible import captures
from indelible.captures import EmbeddingVector
from indelible.testing.captures.scenarios import MODEL, CaptureScenario, space_of
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, SIGNALS, SUBSPACES
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.atomic_write import writable_columns
from indelible_sql.schema.columns import SCHEMA
from indelible_sql.schema.guards import guards_disabled

OURS: Final = "indelible"
NOISE: Final = 0.3
DIGITS: Final = 3  # of a number in a vector that is copied as a text
OF_ONE_PAGE: Final = 10  # signals
TOPICS: Final = 100
Vectors = Sequence[Sequence[float]]


@frozen
class Reading:
    """A space, its parts, and vectors each of which is near one of them."""

    place: CaptureScenario
    parts: tuple[str, ...]
    vectors: Vectors

    def capture(self, number: int) -> captures.CaptureArtifactCommand:
        """The command that keeps the capture of this number."""
        asked = Asked(number, self.vectors[number % len(self.vectors)])
        return self.place.command(asked.vector, **asked.said(self.place))


def directions(number: int, dimension: int, seed: int = 1) -> Reals:
    """So many, each as likely as any other."""
    found: Reals = np.random.default_rng(seed).standard_normal((number, dimension))
    units: Reals = (
        (found / np.linalg.norm(found, axis=1, keepdims=True)).round(DIGITS).astype(np.float32)
    )
    return units


def gathered(number: int, dimension: int, seed: int = 1) -> Reals:
    """So many, as embeddings are: each about as far from its topic as from nothing, but far nearer than from others."""
    topics, found = directions(TOPICS, dimension, seed=0), directions(number, dimension, seed)
    units: Reals = found + topics[np.random.default_rng(seed).integers(0, TOPICS, number)]
    return units.round(DIGITS)


def space(store: SqlStore, parts: int, dimension: int) -> Reading:
    """A space whose parts lie in directions of their own."""
    place, seeds, ids = (
        space_of(store, dimension=dimension),
        directions(parts, dimension),
        list[str](),
    )
    with store.transaction(actor=MAYA, reason=REASON) as tx:
        for number, values in enumerate(seeds.tolist()):
            seed, said = (
                EmbeddingVector(values=values, model=MODEL),
                {"user_id": MAYA.id, "space_id": place.space_id},
            )
            command = captures.CreateSubspace(**said, name=f"Part {number}", seed=seed)
            ids.append(captures.create_subspace(tx, command).subspace.id)
    near = seeds + NOISE * directions(parts, dimension, seed=2)
    return Reading(place, tuple(ids), near.tolist())


@contextmanager
def unguarded(url: str, *tables: Table) -> Generator[Connection]:
    """The tables without triggers and foreign keys, for whoever may lift them, until the transaction ends."""
    address = make_url(url)
    is_sqlite = address.drivername == "sqlite"
    engine = create_engine(address if is_sqlite else address.set(drivername="postgresql+psycopg"))
    place = {SCHEMA: None if is_sqlite else SCHEMA}
    with engine.begin() as opened:
        connection = opened.execution_options(schema_translate_map=place)
        if not is_sqlite:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        with guards_disabled(
            connection,
            SCHEMA,
            [each for each in CATALOG.guards(engine.dialect.name) if each.table in tables],
        ):
            yield connection
    if not is_sqlite:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def subspaces(connection: Connection, reading: Reading, number: int) -> None:
    """So many more parts of the space, each with a centroid of its own; one of the space's has one already."""
    vectors = [
        stored(connection, each) for each in directions(number, len(reading.vectors[0]), seed=3)
    ]
    ids = [f"copied-{reading.place.space_id}-{each:06}" for each in range(number)]
    parts = [{"id": part, "seed": vector} for part, vector in zip(ids, vectors, strict=True)]
    copied(connection, SUBSPACES, reading.parts[0], parts)
    drawn = (
        {"id": each["id"], **dict.fromkeys(("vector", "logged_vector"), each["seed"])}
        for each in parts
    )
    copied(connection, CENTROIDS, first_of(connection, CENTROIDS, reading), drawn)


def artifacts(connection: Connection, reading: Reading, vectors: Reals) -> None:
    """An artifact for each vector, its id the vector's number."""
    changes = (
        {
            "id": id_of(each),
            "normalized_url": f"https://example.org/copied/{each}",
            "vector": stored(connection, vector),
        }
        for each, vector in enumerate(vectors)
    )
    copied(connection, ARTIFACTS, first_of(connection, ARTIFACTS, reading), changes)


def signals(connection: Connection, reading: Reading, number: int) -> None:
    """So many signals in all, and the heads that they lead to; each of the space's parts has one signal already."""
    many = len(reading.parts)
    copied(connection, SIGNALS, first_of(connection, SIGNALS, reading), _signals(reading, number))
    copied(
        connection, ARTIFACTS, first_of(connection, ARTIFACTS, reading), _artifacts(number - many)
    )
    for part, subspace_id in enumerate(reading.parts):
        last = number - 1 - (number - 1 - part) % many
        shown = {
            "seq": last // many + 1,
            "logged_seq": last // many + 1,
            "hash": f"{last - many:064x}",
        }
        connection.execute(update(CENTROIDS).where(CENTROIDS.c.id == subspace_id).values(shown))


def _signals(reading: Reading, number: int) -> Iterable[Mapping[str, str]]:
    many = len(reading.parts)
    for each in range(number - many):
        yield {
            "id": id_of(each),
            "capture_key": id_of(each),
            "artifact_id": id_of(each // OF_ONE_PAGE),
            "artifact_seq": str(each % OF_ONE_PAGE + 1),
            "subspace_id": reading.parts[each % many],
            "applied_seq": str(each // many + 2),
            "hash": f"{each:064x}",
        }


def _artifacts(number: int) -> Iterable[Mapping[str, str]]:
    for first in range(0, number, OF_ONE_PAGE):
        last, page = min(first + OF_ONE_PAGE, number) - 1, first // OF_ONE_PAGE
        address = f"https://example.org/copied/{page}"
        shown = {"seq": str(last - first + 1), "hash": f"{last:064x}"}
        yield {"id": id_of(page), "normalized_url": address, **shown}


def id_of(number: int) -> str:
    """The id of a row that was copied."""
    return f"copied-{number:09}"


def first_of(connection: Connection, table: Table, reading: Reading) -> str:
    """The id of a row that the store wrote."""
    asked = (
        select(table.c.id)
        .where(table.c.space_id == reading.place.space_id)
        .order_by(table.c.id)
        .limit(1)
    )
    return str(connection.execute(asked).scalar_one())


def stored(connection: Connection, vector: Reals) -> Any:  # noqa: ANN401 - what the database takes
    """A vector as it is copied."""
    if connection.dialect.name == "sqlite":
        return vector.astype("<f4").tobytes()
    return f"{{{','.join(map(repr, vector.astype(float).round(DIGITS).tolist()))}}}"


def copied(
    connection: Connection, table: Table, row_id: str, changes: Iterable[Mapping[str, Any]]
) -> None:
    """The row again and again, by COPY where there is one, each time with some columns changed."""
    names = [column.name for column in writable_columns(table)]
    columns, driver = ", ".join(names), connection.connection.driver_connection
    one = f"SELECT {columns} FROM {{}} WHERE id = '{row_id}'"
    cursor: Any = driver.cursor() if driver else None
    if connection.dialect.name == "sqlite":
        row = dict(zip(names, cursor.execute(one.format(table.name)).fetchone(), strict=True))
        into = f"INSERT INTO {table.name} ({columns}) VALUES ({', '.join('?' * len(names))})"
        cursor.executemany(into, ([*{**row, **change}.values()] for change in changes))
        return
    place = f"{SCHEMA}.{table.name}"
    with cursor.copy(f"COPY ({one.format(place)}) TO STDOUT") as found:
        row = dict(zip(names, b"".join(found).decode().rstrip("\n").split("\t"), strict=True))
    with cursor.copy(f"COPY {place} ({columns}) FROM STDIN") as into:
        for change in changes:
            into.write("\t".join({**row, **change}.values()) + "\n")

"""Statements of a capture that is computed in the client, and the bare drivers that send them."""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final, Protocol

import numpy as np
import psycopg
from attrs import frozen
from psycopg.abc import Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.postgres import types
from psycopg.pq import Format
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg.types.string import StrDumper
from tests.doses.bench.capture_rows import (
    ARRAY_HEADER_BYTES,
    ARRAY_ITEM,
    CaptureInput,
    Reals,
    Row,
    array_bytes,
    assignment,
    input_row,
    written_row,
)
from tests.doses.bench.rounds import Act
from tests.doses.bench.statements import ENCODER

from indelible.kernel import instant_text
from indelible.testing.captures.scenarios import CaptureScenario
from indelible_sql.captures.tables import RISING, SIGNALS

PARAMETER: Final = re.compile(r":(\w+)")
SCHEMA: Final = "indelible."
# SQLite has no such clause; there the transaction is alone because it writes.
LOCK: Final = "FOR NO KEY UPDATE OF spaces"

STORED_SIGNAL: Final = """
SELECT id AS stored
FROM indelible.signals
WHERE user_id = :user_id AND capture_key = :capture_key
"""
ACTIVE_ALGORITHM: Final = """
SELECT id AS algorithm_id
FROM indelible.algorithms
WHERE status = 'ACTIVE'
"""
LOCK_SPACE: Final = f"""
SELECT spaces.dimension
FROM indelible.spaces AS spaces
WHERE spaces.id = :space_id
  AND spaces.user_id = :user_id
  AND spaces.status = 'ACTIVE'
  AND spaces.model = :embedding_model
{LOCK}
"""
LOCK_SPACE_WITH_ALGORITHM: Final = f"""
SELECT algorithms.id AS algorithm_id
FROM indelible.spaces AS spaces, indelible.algorithms AS algorithms
WHERE spaces.id = :space_id
  AND spaces.user_id = :user_id
  AND spaces.status = 'ACTIVE'
  AND spaces.model = :embedding_model
  AND spaces.dimension = :dimension
  AND algorithms.status = 'ACTIVE'
{LOCK}
"""
POSITIONS: Final = """
SELECT subspaces.id, coalesce(centroids.vector, subspaces.seed) AS position
FROM indelible.subspaces AS subspaces
LEFT JOIN indelible.centroids AS centroids ON centroids.id = subspaces.id
WHERE subspaces.space_id = :space_id AND subspaces.status = 'ACTIVE'
"""
ARTIFACT_COLUMNS: Final = """
    artifacts.id AS page_id,
    artifacts.seq AS page_seq,
    artifacts.updated_at AS page_updated_at,
    artifacts.engagement_level AS page_level
"""
CENTROID_COLUMNS: Final = """
    centroids.seq AS old_seq,
    centroids.logged_vector AS old_logged,
    centroids.logged_seq AS old_logged_seq,
    centroids.updated_at AS old_updated_at
"""
IS_PAGE: Final = "artifacts.space_id = :space_id AND artifacts.normalized_url = :normalized_url"
ARTIFACT_HEAD: Final = f"""
SELECT {ARTIFACT_COLUMNS}
FROM indelible.artifacts AS artifacts
WHERE {IS_PAGE}
"""
CENTROID_HEAD: Final = f"""
SELECT {CENTROID_COLUMNS}
FROM indelible.centroids AS centroids
WHERE centroids.id = :subspace_id
"""
SIGNAL_AND_HEADS: Final = f"""
SELECT ({STORED_SIGNAL}) AS stored, {ARTIFACT_COLUMNS}, {CENTROID_COLUMNS}
FROM indelible.subspaces AS subspaces
LEFT JOIN indelible.artifacts AS artifacts ON {IS_PAGE}
LEFT JOIN indelible.centroids AS centroids ON centroids.id = subspaces.id
WHERE subspaces.id = :subspace_id
"""

# The columns that the latest capture determines, by the stamp that orders the captures.
LATEST_COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "title_stamp": ("title", "title_stamp"),
    "content_stamp": ("content", "content_stamp"),
    "stamp": ("vector", "content_source", "stamp"),
}
SAME_NAMES: Final = (
    *RISING,
    "hash",
    "space_id",
    "content",
    "title",
    "vector",
    "content_source",
    "stamp",
)
# The columns of each table with the names of their values.
ARTIFACT: Final[Mapping[str, str]] = {
    "id": "artifact_id",
    "seq": "artifact_seq",
    "created_at": "recorded_at",
    "updated_at": "recorded_at",
    "title_stamp": "stamp",
    "content_stamp": "stamp",
    **{name: name for name in (*SAME_NAMES, "user_id", "normalized_url")},
}
CENTROID: Final[Mapping[str, str]] = {
    "id": "subspace_id",
    "seq": "applied_seq",
    "vector": "moved",
    "logged_vector": "logged",
    "created_at": "recorded_at",
    "updated_at": "recorded_at",
    **{name: name for name in ("hash", "space_id", "logged_seq", "confidence")},
}
SIGNAL: Final[Mapping[str, str]] = {column.name: column.name for column in SIGNALS.columns}
FIXED_COLUMNS: Final = ("id", "created_at", "user_id", "space_id", "normalized_url")


def _merged_columns() -> Mapping[str, str]:
    """Return the expressions of the columns of an artifact that was captured before."""
    expressions: dict[str, str] = {}
    for name in RISING:
        expressions[name] = f"CASE WHEN :{name} > {name} THEN :{name} ELSE {name} END"
    for stamp, names in LATEST_COLUMNS.items():
        for name in names:
            value = ARTIFACT[name]
            expressions[name] = f"CASE WHEN :stamp > {stamp} THEN :{value} ELSE {name} END"

    return expressions


MERGED_COLUMNS: Final = _merged_columns()


def _insert(table: str, columns: Mapping[str, str]) -> str:
    values = ", ".join(f":{value}" for value in columns.values())
    return f"INSERT INTO {SCHEMA}{table} ({', '.join(columns)}) VALUES ({values})"


def _update(table: str, columns: Mapping[str, str], merged: Mapping[str, str]) -> str:
    assignments: list[str] = []
    for name, value in columns.items():
        if name not in FIXED_COLUMNS:
            assignments.append(f"{name} = {merged.get(name, f':{value}')}")

    return f"UPDATE {SCHEMA}{table} SET {', '.join(assignments)} WHERE id = :{columns['id']}"


@frozen(kw_only=True)
class Steps:
    """The statements of a capture: before the nearest centroid is known, and after it."""

    before: tuple[str, ...]
    positions: str
    after: tuple[str, ...]
    is_one_write: bool = False

    def writes(self, heads: Row) -> tuple[str, ...]:
        """Return the statements that write the artifact, the centroid and the signal."""
        artifact = _insert("artifacts", ARTIFACT)
        if heads.get("page_id"):
            artifact = _update("artifacts", ARTIFACT, MERGED_COLUMNS)
        centroid = _insert("centroids", CENTROID)
        if heads.get("old_seq"):
            centroid = _update("centroids", CENTROID, {})
        signal = _insert("signals", SIGNAL)

        if not self.is_one_write:
            return artifact, centroid, signal

        parts = f"artifact AS ({artifact} RETURNING 1), centroid AS ({centroid} RETURNING 1)"
        return (f"WITH {parts} {signal}",)


# Each statement needs the result or the lock of the one before it.
FEWEST_STEPS: Final = Steps(
    before=(LOCK_SPACE_WITH_ALGORITHM,),
    positions=POSITIONS,
    after=(SIGNAL_AND_HEADS,),
    is_one_write=True,
)
SINGLE_STEPS: Final = Steps(
    before=(STORED_SIGNAL, LOCK_SPACE, ACTIVE_ALGORITHM),
    positions=POSITIONS,
    after=(ARTIFACT_HEAD, CENTROID_HEAD),
)


class Driver(Protocol):
    """A connection that converts the values of a capture."""

    def begin(self) -> object: ...
    def rows(self, text: str, values: Row) -> Sequence[Row]: ...
    def run(self, text: str, values: Row) -> int: ...
    def commit(self) -> object: ...


def capture_by_driver(
    driver: Driver,
    steps: Steps,
    scenario: CaptureScenario,
    vectors: Sequence[Sequence[float]],
) -> Act:
    """Return a function that stores the next capture of a space at each call."""
    numbers = count()

    def capture() -> None:
        number = next(numbers)
        row = input_row(CaptureInput(number, vectors[number % len(vectors)]), scenario)
        driver.begin()

        heads = _joined_rows(driver, steps.before, row)
        positions = driver.rows(steps.positions, row)
        row.update(assignment(row, {found["id"]: found["position"] for found in positions}))
        heads.update(_joined_rows(driver, steps.after, row))
        assert heads.get("stored") is None

        complete = written_row(row, heads)
        for statement in steps.writes(heads):
            assert driver.run(statement, complete) == 1
        driver.commit()

    return capture


def _joined_rows(driver: Driver, statements: Sequence[str], values: Row) -> dict[str, Any]:
    """Run some statements, and return the columns of all their rows."""
    columns: dict[str, Any] = {}
    for statement in statements:
        for row in driver.rows(statement, values):
            columns.update(row)

    return columns


class ArrayDumper(Dumper):
    """Sends an array of numpy in PostgreSQL's binary format."""

    format = Format.BINARY
    oid = types["float4"].array_oid

    def dump(self, obj: Reals) -> Buffer:
        """Return the bytes of an array."""
        return array_bytes(obj)


class ArrayLoader(Loader):
    """Reads an array in PostgreSQL's binary format."""

    format = Format.BINARY

    def load(self, data: Buffer) -> Reals:
        """Return the numbers of an array."""
        items = np.frombuffer(data, ARRAY_ITEM, offset=ARRAY_HEADER_BYTES)
        numbers: Reals = items["value"].astype(np.float32)
        return numbers


class PsycopgDriver:
    """A connection to PostgreSQL; `is_fast` prepares statements and sends vectors as bytes."""

    def __init__(self, connection: psycopg.Connection[Any], *, is_fast: bool) -> None:
        # One value goes into columns of several types.
        connection.adapters.register_dumper(str, StrDumper)
        if is_fast:
            connection.adapters.register_dumper(np.ndarray, ArrayDumper)
            connection.adapters.register_loader(types["float4"].array_oid, ArrayLoader)
        self._is_fast = is_fast
        self._texts: dict[str, bytes] = {}
        self._cursor = connection.cursor(binary=is_fast, row_factory=dict_row)
        self.commit = connection.commit

    def begin(self) -> None:
        """Do nothing: the driver begins with the first statement."""

    def rows(self, text: str, values: Row) -> Sequence[Row]:
        """Return the rows of a query."""
        return self._send(text, values).fetchall()

    def run(self, text: str, values: Row) -> int:
        """Return the number of written rows."""
        converted = dict(values)
        if not self._is_fast:
            converted = {name: _as_list(value) for name, value in values.items()}
        converted["warnings"] = Jsonb([*values["warnings"]])
        return self._send(text, converted).rowcount

    def _send(self, text: str, values: Row) -> psycopg.Cursor[dict[str, Any]]:
        if text not in self._texts:
            self._texts[text] = PARAMETER.sub(r"%(\1)s", text).encode()
        prepare = True if self._is_fast else None
        return self._cursor.execute(self._texts[text], values, prepare=prepare)


class SqliteDriver:
    """A connection to SQLite, where vectors are bytes, and instants are texts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._texts: dict[str, str] = {}
        connection.row_factory = sqlite3.Row

    def begin(self) -> object:
        """Begin a transaction that writes."""
        return self._connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> object:
        """Commit the transaction."""
        return self._connection.execute("COMMIT")

    def rows(self, text: str, values: Row) -> Sequence[Row]:
        """Return the rows of a query."""
        rows: list[Row] = []
        for row in self._send(text, values):
            names = row.keys()
            rows.append({name: _from_sqlite(name, row[name]) for name in names})

        return rows

    def run(self, text: str, values: Row) -> int:
        """Return the number of written rows."""
        converted = {**values, "warnings": ENCODER.encode([*values["warnings"]])}
        return self._send(text, converted).rowcount

    def _send(self, text: str, values: Row) -> sqlite3.Cursor:
        if text not in self._texts:
            self._texts[text] = text.replace(SCHEMA, "").replace(LOCK, "")
        converted = {name: _to_sqlite(value) for name, value in values.items()}
        return self._connection.execute(self._texts[text], converted)


def _as_list(value: Any) -> Any:  # noqa: ANN401 - the value of any column
    return value.tolist() if isinstance(value, np.ndarray) else value


def _to_sqlite(value: Any) -> Any:  # noqa: ANN401 - the value of any column
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, datetime):
        return instant_text(value)

    return value


def _from_sqlite(name: str, value: Any) -> Any:  # noqa: ANN401 - the value of any column
    if isinstance(value, bytes):
        return np.frombuffer(value, "<f4")
    if value and name.endswith("_at"):
        return datetime.fromisoformat(value)

    return value

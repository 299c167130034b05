"""The statements of a capture that is computed in the client, and the bare drivers that send them."""

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
from tests.bench.by_hand import HEADER, SENT, Asked, Reals, Row, given, kept, placed, sent
from tests.bench.rounds import Act
from tests.bench.statements import ENCODER

from indelible.kernel import instant_text
from indelible.testing.captures.scenarios import CaptureScenario
from indelible_sql.captures.tables import RISING, SIGNALS

NAMED: Final = re.compile(r":(\w+)")
PLACE: Final = "indelible."
LOCKED: Final = (
    " FOR NO KEY UPDATE OF s"  # for which SQLite has no word: it begins to write, and is alone
)
SPACE: Final = "s.id = :space_id AND s.user_id = :user_id AND s.status = 'ACTIVE' AND s.model = :embedding_model"
KEPT: Final = "SELECT id AS kept FROM indelible.signals WHERE user_id = :user_id AND capture_key = :capture_key"
ACTIVE: Final = "SELECT id AS algorithm_id FROM indelible.algorithms WHERE status = 'ACTIVE'"
PAGE: Final = "a.id AS page_id, a.seq AS page_seq, a.updated_at AS page_updated_at, a.engagement_level AS page_level"
OF_PAGE: Final = "a.space_id = :space_id AND a.normalized_url = :normalized_url"
OLD: Final = "c.seq AS old_seq, c.logged_vector AS old_logged, c.logged_seq AS old_logged_seq, c.updated_at AS old_updated_at"
OF_SPACE: Final = "p.space_id = :space_id AND p.status = 'ACTIVE'"
LATEST: Final[Mapping[str, Sequence[str]]] = {
    "title_stamp": ("title", "title_stamp"),
    "content_stamp": ("content", "content_stamp"),
    "stamp": ("vector", "content_source", "stamp"),
}
_SAME: Final = (
    *RISING,
    "hash",
    "space_id",
    "content",
    "title",
    "vector",
    "content_source",
    "stamp",
)
# The columns of each table, and which value each is given.
ARTIFACT: Final[Mapping[str, str]] = {
    "id": "artifact_id",
    "seq": "artifact_seq",
    **dict.fromkeys(("created_at", "updated_at"), "recorded_at"),
    **dict.fromkeys(("title_stamp", "content_stamp"), "stamp"),
    **{name: name for name in (*_SAME, "user_id", "normalized_url")},
}
CENTROID: Final[Mapping[str, str]] = {
    "id": "subspace_id",
    "seq": "applied_seq",
    "vector": "moved",
    "logged_vector": "logged",
    **dict.fromkeys(("created_at", "updated_at"), "recorded_at"),
    **{name: name for name in ("hash", "space_id", "logged_seq", "confidence")},
}
SIGNAL: Final[Mapping[str, str]] = {column.name: column.name for column in SIGNALS.columns}
FIXED: Final = ("id", "created_at", "user_id", "space_id", "normalized_url")
JOINED: Final[Mapping[str, str]] = {
    **{name: f"CASE WHEN :{name} > {name} THEN :{name} ELSE {name} END" for name in RISING},
    **{
        name: f"CASE WHEN :stamp > {stamp} THEN :{ARTIFACT[name]} ELSE {name} END"
        for stamp, names in LATEST.items()
        for name in names
    },
}


def _born(table: str, columns: Mapping[str, str]) -> str:
    values = ", ".join(f":{value}" for value in columns.values())
    return f"INSERT INTO {PLACE}{table} ({', '.join(columns)}) VALUES ({values})"


def _moved(table: str, columns: Mapping[str, str], joined: Mapping[str, str]) -> str:
    moved = (
        f"{name} = {joined.get(name, f':{value}')}"
        for name, value in columns.items()
        if name not in FIXED
    )
    return f"UPDATE {PLACE}{table} SET {', '.join(moved)} WHERE id = :{columns['id']}"


@frozen(kw_only=True)
class Stages:
    """What is sent before the nearest is known, what after, and whether what is written is sent as one."""

    held: tuple[str, ...]
    parts: str
    beside: tuple[str, ...]
    fuses: bool = False

    def writes(self, known: Row) -> tuple[str, ...]:
        """The artifact, the centroid, then the signal that they show."""
        artifact = (
            _moved("artifacts", ARTIFACT, JOINED)
            if known.get("page_id")
            else _born("artifacts", ARTIFACT)
        )
        centroid = (
            _moved("centroids", CENTROID, {})
            if known.get("old_seq")
            else _born("centroids", CENTROID)
        )
        signal = _born("signals", SIGNAL)
        if self.fuses:
            return (
                f"WITH page AS ({artifact} RETURNING 1), middle AS ({centroid} RETURNING 1) {signal}",
            )
        return artifact, centroid, signal


HOLD_ALL: Final = (
    "SELECT a.id AS algorithm_id FROM indelible.spaces s, indelible.algorithms a"
    f" WHERE {SPACE} AND s.dimension = :dimension AND a.status = 'ACTIVE'{LOCKED}"
)
MIDDLES: Final = (
    "SELECT p.id, coalesce(c.vector, p.seed) AS middle FROM indelible.subspaces p"
    f" LEFT JOIN indelible.centroids c ON c.id = p.id WHERE {OF_SPACE}"
)
KEPT_AND_HEADS: Final = (
    f"SELECT ({KEPT}) AS kept, {PAGE}, {OLD} FROM indelible.subspaces p LEFT JOIN indelible.artifacts a"
    f" ON {OF_PAGE} LEFT JOIN indelible.centroids c ON c.id = p.id WHERE p.id = :subspace_id"
)
HOLD: Final = f"SELECT s.dimension FROM indelible.spaces s WHERE {SPACE}{LOCKED}"
ITS_PAGE: Final = f"SELECT {PAGE} FROM indelible.artifacts a WHERE {OF_PAGE}"
ITS_CENTROID: Final = f"SELECT {OLD} FROM indelible.centroids c WHERE c.id = :subspace_id"
# Each needs what the one before it gave, or its lock.
FEWEST: Final = Stages(held=(HOLD_ALL,), parts=MIDDLES, beside=(KEPT_AND_HEADS,), fuses=True)
STEPS: Final = Stages(held=(KEPT, HOLD, ACTIVE), parts=MIDDLES, beside=(ITS_PAGE, ITS_CENTROID))


class Driver(Protocol):
    """A connection, and its way with values."""

    def begin(self) -> object: ...
    def rows(self, text: str, values: Row) -> Sequence[Row]: ...
    def run(self, text: str, values: Row) -> int: ...
    def commit(self) -> object: ...


def capturing(
    driver: Driver, stages: Stages, place: CaptureScenario, vectors: Sequence[Sequence[float]]
) -> Act:
    """Each call keeps the next capture of the place."""
    numbers = count()

    def once() -> None:
        number = next(numbers)
        said = given(Asked(number, vectors[number % len(vectors)]), place)
        driver.begin()
        known = _one(driver, stages.held, said)
        said |= placed(
            said, {each["id"]: each["middle"] for each in driver.rows(stages.parts, said)}
        )
        known |= _one(driver, stages.beside, said)
        assert known.get("kept") is None
        row = kept(said, known)
        assert all(driver.run(text, row) == 1 for text in stages.writes(known))
        driver.commit()

    return once


def _one(driver: Driver, texts: Sequence[str], values: Row) -> dict[str, Any]:
    return {
        name: value
        for text in texts
        for row in driver.rows(text, values)
        for name, value in dict(row).items()
    }


class Sends(Dumper):
    """Gives PostgreSQL an array of numpy's as it sends one itself."""

    format = Format.BINARY
    oid = types["float4"].array_oid

    def dump(self, obj: Reals) -> Buffer:
        """Its bytes."""
        return sent(obj)


class Takes(Loader):
    """Takes an array as PostgreSQL sends it."""

    format = Format.BINARY

    def load(self, data: Buffer) -> Reals:
        """Its numbers, as numpy's."""
        found: Reals = np.frombuffer(data, SENT, offset=HEADER)["value"].astype(np.float32)
        return found


class ByPsycopg:
    """PostgreSQL's; `is_fast` where everything is prepared, and vectors come and go as bytes."""

    def __init__(self, connection: psycopg.Connection[Any], *, is_fast: bool) -> None:
        connection.adapters.register_dumper(
            str, StrDumper
        )  # one value goes into columns of several types
        if is_fast:
            connection.adapters.register_dumper(np.ndarray, Sends)
            connection.adapters.register_loader(types["float4"].array_oid, Takes)
        self._is_fast, self._texts = is_fast, dict[str, bytes]()
        self._cursor = connection.cursor(binary=is_fast, row_factory=dict_row)
        self.commit = connection.commit

    def begin(self) -> None:
        """The driver begins with the first statement."""

    def rows(self, text: str, values: Row) -> Sequence[Row]:
        """What it asks for."""
        return self._sent(text, values).fetchall()

    def run(self, text: str, values: Row) -> int:
        """How many rows it wrote."""
        plain = (
            values if self._is_fast else {name: _listed(value) for name, value in values.items()}
        )
        return self._sent(text, {**plain, "warnings": Jsonb([*values["warnings"]])}).rowcount

    def _sent(self, text: str, values: Row) -> psycopg.Cursor[dict[str, Any]]:
        known = self._texts.get(text) or self._texts.setdefault(
            text, NAMED.sub(r"%(\1)s", text).encode()
        )
        return self._cursor.execute(known, values, prepare=True if self._is_fast else None)


class BySqlite3:
    """SQLite's, where vectors are bytes, and instants texts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection, self._texts = connection, dict[str, str]()
        connection.row_factory = sqlite3.Row

    def begin(self) -> object:
        """To write, from the start."""
        return self._connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> object:
        """For good."""
        return self._connection.execute("COMMIT")

    def rows(self, text: str, values: Row) -> Sequence[Row]:
        """What it asks for."""
        found = self._sent(text, values)
        return [{name: _read(name, row[name]) for name in row.keys()} for row in found]  # noqa: SIM118 - a row's own

    def run(self, text: str, values: Row) -> int:
        """How many rows it wrote."""
        return self._sent(
            text, {**values, "warnings": ENCODER.encode([*values["warnings"]])}
        ).rowcount

    def _sent(self, text: str, values: Row) -> sqlite3.Cursor:
        known = self._texts.get(text) or self._texts.setdefault(
            text, text.replace(PLACE, "").replace(LOCKED, "")
        )
        return self._connection.execute(
            known, {name: _stored(value) for name, value in values.items()}
        )


def _listed(value: Any) -> Any:  # noqa: ANN401 - whatever a row holds, as below
    return value.tolist() if isinstance(value, np.ndarray) else value


def _stored(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, np.ndarray):
        return value.tobytes()
    return instant_text(value) if isinstance(value, datetime) else value


def _read(name: str, value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, bytes):
        return np.frombuffer(value, "<f4")
    return datetime.fromisoformat(value) if value and name.endswith("_at") else value

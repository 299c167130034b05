"""The queries on captures in SQL."""

from functools import lru_cache
from typing import Any, Final

from attrs import frozen
from sqlalchemy import and_, bindparam, cast, exists, func, select
from sqlalchemy.sql.base import Executable

from indelible.captures import errors
from indelible.captures.entities.aggregates import AlgorithmVersion
from indelible.captures.entities.records import Artifact, Centroid, Signal
from indelible.captures.entities.vectors import Vector
from indelible.captures.ports import ArtifactFilter
from indelible.captures.rules.tuning import EXACT_SEARCH_ARTIFACTS
from indelible.kernel import Head, NamedListOrder
from indelible.kernel.settings import Config
from indelible_sql.captures.columns import EMBEDDING, REALS
from indelible_sql.captures.heads import ALGORITHM_HEADS
from indelible_sql.captures.nearest import (
    EF_SEARCH,
    MAX_SCANNED,
    OVERFETCH,
    PREPARE_INDEX_SEARCH,
    index_of,
    index_search,
)
from indelible_sql.captures.sqlite_search import SqliteSearch
from indelible_sql.captures.tables import ALGORITHMS, ARTIFACTS, CENTROIDS, SIGNALS
from indelible_sql.engine.session import Query, Session
from indelible_sql.kernel.history import ROWS, fetch_all, fetch_one
from indelible_sql.kernel.lists import ListedTable, conditions_on, list_rows
from indelible_sql.schema.columns import NUMBER, prefix_of
from indelible_sql.schema.expressions import in_json_list
from indelible_sql.schema.tables import page_by, rows_by

ACTIVE_ALGORITHM: Final = (
    select(ALGORITHMS).where(ALGORITHMS.c.status == "ACTIVE").order_by(ALGORITHMS.c.id)
)
CENTROID: Final = rows_by(CENTROIDS, "id")
CENTROIDS_OF: Final = rows_by(CENTROIDS, "space_id").order_by(CENTROIDS.c.id)
ARTIFACT: Final = rows_by(ARTIFACTS, "id")
_IS_LAST_SIGNAL = and_(
    SIGNALS.c.artifact_id == ARTIFACTS.c.id, SIGNALS.c.artifact_seq == ARTIFACTS.c.seq
)
_IS_ACTOR = SIGNALS.c.actor == bindparam("actor")
_ARTIFACT_CONDITIONS = conditions_on(dict(ARTIFACTS.c.items()))
LISTED_ARTIFACTS: Final = ListedTable(
    rows=select(ARTIFACTS),
    columns=dict(ARTIFACTS.c.items()),
    conditions={**_ARTIFACT_CONDITIONS, "actor": exists().where(_IS_LAST_SIGNAL, _IS_ACTOR)},
)
# An index on the time of artifacts would be written at each capture, together with the index of
# their vectors. The time of an artifact is that of its last signal, and signals have an index.
_BY_CHANGE = {
    **dict(ARTIFACTS.c.items()),
    "space_id": SIGNALS.c.space_id,
    "updated_at": SIGNALS.c.recorded_at,
}
ARTIFACTS_BY_CHANGE: Final = ListedTable(
    rows=select(ARTIFACTS).join(SIGNALS, _IS_LAST_SIGNAL),
    columns=_BY_CHANGE,
    conditions={**conditions_on(_BY_CHANGE), "actor": _IS_ACTOR},
)
SIGNALS_OF: Final = page_by(SIGNALS, ("artifact_id",), ("artifact_seq", "id"))
APPLIED_TO: Final = page_by(SIGNALS, ("subspace_id",), ("applied_seq", "id"))
RECENT: Final = (
    rows_by(SIGNALS, "space_id")
    .order_by(SIGNALS.c.recorded_at.desc(), SIGNALS.c.id.desc())
    .limit(bindparam("limit"))
)


ARTIFACTS_BY_ID: Final = (
    select(ARTIFACTS).where(in_json_list(ARTIFACTS.c.id, "ids")).order_by(ARTIFACTS.c.id)
)


@lru_cache(maxsize=100)
def exact_search(schema: str) -> Query:
    """Return the statement by which PostgreSQL compares every artifact of a space."""
    vector = bindparam("vector", type_=EMBEDDING)
    vec_dist: Any = getattr(func, schema).vec_dist
    distance = vec_dist(ARTIFACTS.c.vector, cast(vector, REALS), type_=NUMBER)
    distance = distance.label("distance")
    return (
        select(ARTIFACTS, distance)
        .where(ARTIFACTS.c.space_id == bindparam("space_id"))
        .order_by(distance, ARTIFACTS.c.id)
        .limit(bindparam("limit"))
    )


@frozen
class SqlCaptureSearch:
    """The CaptureSearch in SQL."""

    _session: Session
    _config: Config
    _is_reader: bool  # A read transaction sees no rows that could be rolled back.

    def active_algorithm(self) -> Head[AlgorithmVersion] | None:
        """Return the version that new captures are computed by."""
        row = self._session.first(ACTIVE_ALGORITHM, {})
        return None if row is None else ALGORITHM_HEADS.of_row(row)

    def centroid(self, subspace_id: str) -> Centroid | None:
        """Return the subspace's centroid; None before the first capture moves it."""
        return fetch_one(self._session, Centroid, CENTROID, {"id": subspace_id})

    def centroids_of(self, space_id: str) -> tuple[Centroid, ...]:
        """Return every centroid of the space, in order of id."""
        return fetch_all(self._session, Centroid, CENTROIDS_OF, {"space_id": space_id})

    def artifact(self, artifact_id: str) -> Artifact:
        """Return the artifact, or raise ArtifactNotFound."""
        artifact = fetch_one(self._session, Artifact, ARTIFACT, {"id": artifact_id})
        if artifact is None:
            raise errors.ArtifactNotFound(artifact_id)
        return artifact

    def artifacts_of(
        self, space_id: str, matching: ArtifactFilter, *, after: str, limit: int
    ) -> tuple[Artifact, ...]:
        """Return the space's next matching artifacts after a position, in the filter's order."""
        listed = LISTED_ARTIFACTS
        if matching.order is NamedListOrder.CHANGED:
            listed = ARTIFACTS_BY_CHANGE
        where = {"space_id": space_id}
        rows = list_rows(self._session, listed, matching, where=where, after=after, limit=limit)

        return tuple(ROWS.structure(row, Artifact) for row in rows)

    def signals_of(self, artifact_id: str, *, after: int, limit: int) -> tuple[Signal, ...]:
        """Return the artifact's next signals, oldest first."""
        values = {"artifact_id": artifact_id, "after": after, "limit": limit}
        return fetch_all(self._session, Signal, SIGNALS_OF, values)

    def applied_to(self, subspace_id: str, *, after: int, limit: int) -> tuple[Signal, ...]:
        """Return the next signals that moved the subspace's centroid, in their order."""
        values = {"subspace_id": subspace_id, "after": after, "limit": limit}
        return fetch_all(self._session, Signal, APPLIED_TO, values)

    def recent(self, space_id: str, *, limit: int) -> tuple[Signal, ...]:
        """Return the space's last signals, newest first."""
        return fetch_all(self._session, Signal, RECENT, {"space_id": space_id, "limit": limit})

    def nearest(
        self, space_id: str, vector: Vector, *, limit: int
    ) -> tuple[tuple[Artifact, float], ...]:
        """Return the space's nearest artifacts with their distances, nearest first, then by id."""
        if self._session.is_sqlite:
            return self._nearest_on_sqlite(space_id, vector, limit)

        statement = self._search_statement(space_id, len(vector))
        values = {
            "space_id": space_id,
            "vector": vector,
            "limit": limit,
            "fetched": OVERFETCH * limit,
        }
        rows = self._session.rows(statement, values)
        return tuple((ROWS.structure(row, Artifact), row["distance"]) for row in rows)

    def _nearest_on_sqlite(
        self, space_id: str, vector: Vector, limit: int
    ) -> tuple[tuple[Artifact, float], ...]:
        search = SqliteSearch(self._session, is_cached=self._is_reader)
        nearest = search.nearest(space_id, vector.packed(), limit)

        ids = [artifact_id for _, artifact_id in nearest]
        artifacts = fetch_all(self._session, Artifact, ARTIFACTS_BY_ID, {"ids": ids})
        by_id = {artifact.id: artifact for artifact in artifacts}
        return tuple((by_id[artifact_id], distance) for distance, artifact_id in nearest)

    def _search_statement(self, space_id: str, dimension: int) -> Executable:
        """Choose the space's vector index where it has one and is large, or the exact search."""
        schema_prefix = prefix_of(self._session, self._session.schema)
        values = {
            "index": schema_prefix + index_of(space_id),
            "exact": self._config.get(EXACT_SEARCH_ARTIFACTS),
            "ef_search": str(EF_SEARCH),
            "max_scanned": str(MAX_SCANNED),
        }
        index = self._session.first(PREPARE_INDEX_SEARCH, values)
        if index is None:
            return exact_search(self._session.schema)
        return index_search(schema_prefix, index["extension_schema"], dimension)
